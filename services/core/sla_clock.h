// A service level of one lead, as it runs: what the lead keeps of it. Rules in sla.h.
#ifndef BATON_CORE_SLA_CLOCK_H_
#define BATON_CORE_SLA_CLOCK_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/time.h"

namespace baton::core {

// kIdle: not begun. kMetLate: stopped, but behind its due time. kCancelled: nothing to keep any
// more, which counts neither as met nor as broken.
enum class SlaState { kIdle, kPending, kWarned, kBreached, kMet, kMetLate, kCancelled };
std::string_view SlaStateName(SlaState state);  // "PENDING", "MET_LATE"
std::optional<SlaState> ParseSlaState(std::string_view name);

struct SlaClock {
  std::string sla;  // name in the policy
  SlaState state = SlaState::kIdle;
  int64_t generation = 0;      // of the assignment for which it began
  TimeMs started_ms = 0;       // 0: idle
  TimeMs from_ms = 0;          // counts from here on; 0 while the lead is paused
  DurationMs spent_ms = 0;     // what was counted before
  TimeMs due_ms = 0;           // when the target is used up; 0 while the lead is paused
  int32_t announced = 0;       // percent of the target of the latest thing said
  int32_t touches_before = 0;  // of the lead when it began
  bool operator==(const SlaClock&) const = default;

  bool runs() const {
    return state == SlaState::kPending || state == SlaState::kWarned ||
           state == SlaState::kBreached;
  }
};

}  // namespace baton::core

#endif  // BATON_CORE_SLA_CLOCK_H_
