// A rep's action that a tool of sales reports as an event, and the decision about it.
//
// Events come at least once, so a lead remembers which it has taken in: the latest
// kSalesEventsMax by (source, id), and how late the latest of those is that it has forgotten. An
// event that is not among them and not later than that is refused: nobody could say whether it has
// acted before. So no event ever acts twice, however old the repetition. Pure; value types.
#ifndef BATON_CORE_SALES_EVENT_H_
#define BATON_CORE_SALES_EVENT_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "core/decide.h"
#include "core/event.h"

namespace baton::core {

// How far the clock of a tool of sales may be behind, where its time tells assignments apart.
inline constexpr DurationMs kSalesClockSkewMax = kMinuteMs;

struct SalesEvent {
  LeadKey key;
  std::string id;      // CloudEvents id, unique within source; 1..128 bytes
  std::string source;  // CloudEvents source; 1..256 bytes
  TimeMs occurred_at_ms = 0;
  RepId rep;      // whose lead it is; empty: not said, then there is a generation
  Action action;  // generation 0: not known, the owner's current assignment is meant;
                  // request_id and fingerprint stay empty
  // Only there to make what follows possible: that the lead's stage does not allow it (any more) is
  // no fault.
  bool implied = false;
  std::string traceparent;  // W3C trace context, empty if none
  SourcePosition position;
};

// An event that has had its effect. `same_record`: it is the very record that had it, read again.
struct SeenSalesEvent {
  bool same_record = false;
};

using SalesDecision = std::variant<Plan, SeenSalesEvent>;

// DecideAction for an event. Its change has the event's id as cause and its source among the
// details; what the policy then makes of the lead (suppression.h) has the cause alone. Besides the
// errors of DecideAction, and before them: INVALID_ARGUMENT REQUEST_ID_REUSED (the id was another
// action's), ABORTED EVENT_TOO_OLD (see above), NOT_THE_OWNER (the rep named does not own the lead)
// and, for an event without a generation, STALE_GENERATION if it occurred more than
// kSalesClockSkewMax before that rep was given the lead.
absl::StatusOr<SalesDecision> DecideSalesEvent(const LeadRecord& record, const SalesEvent& event,
                                               const Policy* policy, TimeMs now_ms);

}  // namespace baton::core

#endif  // BATON_CORE_SALES_EVENT_H_
