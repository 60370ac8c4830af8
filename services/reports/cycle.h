// A handoff cycle of a lead as reports count it: what its published changes add up to. KPIS.md says
// what each field means and which change sets it. Value types.
#ifndef BATON_REPORTS_CYCLE_H_
#define BATON_REPORTS_CYCLE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "core/lifecycle.h"
#include "core/reasons.h"
#include "core/time.h"

namespace baton::reports {

// Of one cycle; of more offers the earliest but the first are forgotten, of more clocks the
// earliest.
inline constexpr size_t kOffersMax = 64;
inline constexpr size_t kClocksMax = 64;
inline constexpr size_t kFactorsMax = 128;

enum class OfferEnd {
  kOpen,
  kDeclined,
  kExpired,
  kRerouted,
  kReleased,
  kPulledBack,
  kClosed,  // with the cycle
};
inline constexpr int kOfferEnds = 7;

struct Offer {
  int64_t generation = 0;
  std::string queue;
  std::string rep;
  core::TimeMs at_ms = 0;
  core::TimeMs deadline_ms = 0;  // to be accepted by then; 0: was accepted at once
  core::TimeMs accepted_at_ms = 0;
  core::TimeMs ended_at_ms = 0;
  OfferEnd end = OfferEnd::kOpen;
  std::string reason;  // of a decline or reroute
  bool charged = true;
  int32_t touches = 0;
  bool operator==(const Offer&) const = default;
};

// A clock of a service level.
struct Clock {
  std::string sla;
  core::TimeMs started_ms = 0;
  bool accept = false;  // its metric is the time to accept
  bool warned = false;
  core::TimeMs broken_at_ms = 0;
  core::TimeMs met_at_ms = 0;
  bool late = false;
  core::TimeMs last_at_ms = 0;  // of its latest event
  bool operator==(const Clock&) const = default;
};

// All times are 0 until they are known.
struct Cycle {
  core::TimeMs last_at_ms = 0;  // of the latest change; 0: there is no such cycle
  core::Stage stage = core::Stage::kNew;
  core::TimeMs captured_at_ms = 0;  // of cycle 0, or of one whose lead has none
  core::TimeMs began_at_ms = 0;
  core::TimeMs signal_at_ms = 0;
  core::TimeMs delivered_at_ms = 0;
  core::TimeMs accepted_at_ms = 0;
  core::TimeMs first_touch_at_ms = 0;
  core::TimeMs touch_offer_at_ms = 0;  // of the offer whose rep made the first touch
  core::TimeMs sql_at_ms = 0;
  core::TimeMs sqo_at_ms = 0;
  core::TimeMs won_at_ms = 0;
  core::TimeMs lost_at_ms = 0;
  core::TimeMs rejected_at_ms = 0;
  core::TimeMs recycled_at_ms = 0;
  core::TimeMs requalified_at_ms = 0;  // the next cycle began
  std::string source;
  std::string campaign;
  std::string queue;  // that the latest change names
  int64_t policy_revision = 0;
  std::string reason;  // how it ended; of cycle 0: why it is disqualified
  core::ReasonFault fault = core::ReasonFault::kNone;
  bool counts = true;      // in acceptance
  bool premature = false;  // NO_RESPONSE before the cadence was met
  int32_t touches = 0;     // before the sale
  int64_t amount_minor = 0;
  std::string currency;
  std::vector<std::string> factors;  // "fit/rule", "intent/rule"
  std::vector<Offer> offers;         // in order
  std::vector<Clock> clocks;         // by their first event
  bool operator==(const Cycle&) const = default;
};

}  // namespace baton::reports

#endif  // BATON_REPORTS_CYCLE_H_
