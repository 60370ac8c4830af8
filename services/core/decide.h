// The decisions: (record, what happened, policy, now) -> plan. Pure, total, deterministic.
//
// Errors carry a machine-readable reason (errors.h). An INVALID_ARGUMENT, FAILED_PRECONDITION or
// ABORTED means: nothing to commit.
#ifndef BATON_CORE_DECIDE_H_
#define BATON_CORE_DECIDE_H_

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/account_match.h"
#include "core/plan.h"

namespace baton::core {

// Folds `events` (all of record.key, in source order) and judges the lead by `policy` (nullptr: the
// workspace has none yet, facts only). Stages NEW, SCORED and NURTURE are judged: the lead becomes
// NURTURE or, if qualified, MQL and on to the queue of its route with the next cycle number; other
// stages only gain facts, but for those who have withdrawn consent: they are left alone at once,
// QUEUED to WORKING become REJECTED, reason DO_NOT_CONTACT. `outcomes`, if given, receives one
// entry per event. A plan without effect (every event redelivered) has applied == duplicates == 0
// and facts_changed false: the caller need not commit it. `account`: what LookUpDomains leads to
// (nullptr: it was not looked up): a route that asks for an account's owner gets those of the lead,
// and the judgment says which state of the account it saw. `shadow`: a draft that judges the lead,
// too, whenever the policy does, and changes nothing else of the plan than what shadow.h says
// (nullptr: there is none).
Plan DecideEvents(const LeadRecord& record, absl::Span<const LeadEvent> events,
                  const Policy* policy, TimeMs now_ms, std::vector<FoldOutcome>* outcomes = nullptr,
                  const AccountView* account = nullptr, const Shadow* shadow = nullptr);

// The domains whose account DecideEvents wants to know, the best first (account_match.h). Empty: it
// wants none, because the policy does not ask, the lead will not be judged, or it has no company's
// domain.
std::vector<std::string> LookUpDomains(const LeadRecord& record, absl::Span<const LeadEvent> events,
                                       const Policy* policy);

// kReassign is a manager's; the others are the owner's.
enum class ActionType {
  kAccept,
  kDecline,
  kLogTouch,
  kReject,
  kRecycle,
  kReroute,
  kReportOutcome,
  kReassign,
  kRelease,
  kPause,
  kResume
};

inline constexpr int64_t kAmountMinorMax = 1'000'000'000'000'000;  // exact in JSON and in Lua

// What was done with a lead that is assigned.
struct Action {
  ActionType type = ActionType::kAccept;
  int64_t generation = 0;       // of the assignment acted on; another one current: ABORTED
  std::string reason;           // code; required by kDecline, kReject, kRecycle, kReroute and LOST;
                                // kReassign without one: REASSIGNED, kRelease: RELEASED
  std::string note;             // <= 1024 bytes, goes into the change's details
  std::string channel;          // kLogTouch: "call", "email", "meeting" ...
  std::string direction;        // kLogTouch: "outbound", "inbound"; empty: not said
  std::string touch_outcome;    // kLogTouch: "connected", "no_answer" ...
  TimeMs touched_at_ms = 0;     // kLogTouch: 0: now; not in the future
  Stage outcome = Stage::kSql;  // kReportOutcome: kSql, kSqo, kWon, kLost
  int64_t amount_minor = 0;     // kSqo, kWon: 0..kAmountMinorMax, with currency; SQO needs both and
                                // the close date; WON without them keeps the SQO's
  std::string currency;
  TimeMs close_date_ms = 0;
  TimeMs revisit_at_ms = 0;  // kRecycle: 0: now + the reason's cool-down
  TimeMs until_ms = 0;       // kPause: 0: now + kPauseMax, which is also the latest
  QueueId queue;             // kReroute, kReassign: empty: the same queue
  std::string actor;         // "rep/ada", "principal/crm"; empty: the owner, of kReassign
                             // "manager"
  RepId to;                  // kReassign: asked first; empty: nobody in particular
  RepId only_rep;            // who acts may do so on leads of this rep only; empty: on any
  std::string request_id;    // empty: none
  uint64_t fingerprint = 0;  // of the request's body
  std::string traceparent;   // of who acts; empty: the lead's stays
};

// A repeated request id: the first answer, nothing to commit.
using ActionDecision = std::variant<Plan, AnsweredRequest>;

// Moves by 02-domain: accept OFFERED>ACCEPTED; decline and reroute put the lead back into a queue
// without charging the rep, who is passed over from then on; first touch ACCEPTED>WORKING; reject
// and recycle close the cycle from OFFERED, ACCEPTED or WORKING; outcomes
// WORKING>SQL>SQO>{WON|LOST}; reassign puts the lead back into a queue from any stage in which a
// rep owns it, with its place there, a change kRerouted; to the rep named, if that one can have it,
// or to others; release likewise from any stage behind the accept, and to others only; pause and
// resume leave the lead where it is. A lead that has withdrawn consent is not offered again: what
// would put it back into a queue closes it (suppression.h), behind the change of the action. Clocks
// are brought in line (sla.h): what they say comes before the change of the action. NOT_FOUND
// LEAD_NOT_FOUND, ABORTED STALE_GENERATION, FAILED_PRECONDITION WRONG_STAGE (the stage found) |
// NOT_PAUSED, INVALID_ARGUMENT UNKNOWN_REASON (valid codes listed) | UNKNOWN_QUEUE (valid ones
// listed) | REQUEST_ID_REUSED | MISSING_FIELD | INVALID_FIELD. A request that its actor repeats
// gets its first answer, whatever the lead has become and whoever has it. Else tested in this
// order: existence (for only_rep no lead exists that is not its own, or was lately: then its
// assignment is over, STALE_GENERATION), request id, generation (a lead that is QUEUED again, or
// left alone because consent was withdrawn, has no current one), stage, reason, fields.
absl::StatusOr<ActionDecision> DecideAction(const LeadRecord& record, const Action& action,
                                            const Policy* policy, TimeMs now_ms);

// A timer or a look at clocks that came due. nullopt: the record has moved on or now_ms is before
// due_at_ms, there is nothing to do. Clocks of the same instant come later than the timer, which
// also says what they have to say (sla.h).
// Offer expiry: the silent rep is passed over, and stays charged unless its queue sets silent reps
// away; the lead is offered to the next, in the queue to which a level returns it that was broken
// with it.
// Retry: everyone who passed may be asked again. Retry and wait: what waiting has led to by now
// (waiting.h). A lead that has withdrawn consent is closed instead of offered. `policy`: the active
// one; nullptr: not known, which only waiting minds.
std::optional<Plan> DecideTimer(const LeadRecord& record, const Policy* policy, TimeMs due_at_ms,
                                TimeMs now_ms);

}  // namespace baton::core

#endif  // BATON_CORE_DECIDE_H_
