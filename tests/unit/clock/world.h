// A memory store with workspace "acme", the sample policy and two clocks that tests set by hand.
#ifndef BATON_TESTS_UNIT_CLOCK_WORLD_H_
#define BATON_TESTS_UNIT_CLOCK_WORLD_H_

#include <memory>
#include <string>
#include <vector>

#include "clock/timer_sweep.h"
#include "core/decide.h"
#include "platform/metrics.h"
#include "store/memory/memory_store.h"
#include "support/builders.h"
#include "support/manual_clock.h"

namespace baton::clock {

struct World {
  explicit World(const store::StoreLimits& limits = {});

  void AddWorkspace(const std::string& id);
  void AddRep(const std::string& id, int32_t capacity = 5, const std::string& workspace = "acme");
  void SetPresence(const std::string& rep, core::Presence presence);
  // A qualified lead for queue "dach".
  void Capture(const std::string& lead, const std::string& workspace = "acme");
  void Act(const std::string& lead, core::ActionType type, const std::string& reason = "");
  core::LeadRecord Lead(const std::string& lead, const std::string& workspace = "acme");
  void Pass(core::DurationMs duration_ms);  // on both clocks
  // Of each workspace the one in `own_policies`, or `policy`, as they are then.
  PolicySource policies();

  support::ManualClock store_clock{support::kNow};
  support::ManualClock own_clock{support::kNow};
  store::MemoryStore store;
  std::unique_ptr<platform::Metrics> metrics = platform::NewMetrics();
  core::Policy policy = support::SamplePolicy();
  std::map<std::string, core::Policy> own_policies;  // by workspace
};

inline constexpr core::DurationMs kAcceptWithinMs = 2 * core::kHourMs;  // of the sample policy
inline constexpr core::DurationMs kRetryAfterMs = 5 * core::kMinuteMs;

}  // namespace baton::clock

#endif  // BATON_TESTS_UNIT_CLOCK_WORLD_H_
