// What one step does to one lead: decided in pure code, applied by the store in one atomic act.
#ifndef BATON_CORE_PLAN_H_
#define BATON_CORE_PLAN_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/lead.h"
#include "core/shadow.h"

namespace baton::core {

// A published change of a lead. Each gets the lead's next version.
enum class ChangeType {
  kNurtured,
  kQualified,
  kQueued,
  kAssigned,
  kAccepted,
  kDeclined,
  kOfferExpired,
  kRerouted,
  kTouched,
  kRejected,
  kRecycled,
  kSqlConfirmed,
  kSqoOpened,
  kWon,
  kLost,
  kReleased,    // given back by its owner
  kPulledBack,  // taken from its owner, who broke a service level
  kPaused,      // waits on the customer; its clocks stand still
  kResumed,
  kSlaWarned,
  kSlaEscalated,  // to whom the service level says
  kSlaBreached,
  kSlaMet,
  kRepAway,  // the rep named was set away: details why=silent|sla
  kErased,   // the person was erased: details why=request|retention; a lead's last change
};
// "nurtured", "offer_expired", "sql_confirmed" ...
std::string_view ChangeTypeName(ChangeType type);
// Of a clock of the lead (sla.h): the lead stays where it is. Details: sla, metric, dueTime ...
bool IsSlaChange(ChangeType type);
std::optional<ChangeType> ParseChangeType(std::string_view name);

struct Change {
  ChangeType type = ChangeType::kNurtured;
  Stage stage = Stage::kNew;  // after the change
  QueueId queue;
  RepId rep;  // whom it concerns: owner, or the one who passed
  int64_t generation = 0;
  std::string reason;  // reason code, empty if none
  std::string actor;   // "rep/ada", "policy", "clock"; <= 80 bytes
  std::string cause;   // id of the event or request that caused it; <= 128 bytes
  std::map<std::string, std::string> details;  // channel, outcome, amount ...: few and short
  bool operator==(const Change&) const = default;
};

// An input that was applied, for the journey.
struct JourneyInput {
  TimeMs at_ms = 0;  // occurred_at
  std::string type;  // "captured", "activity demo_request"
  std::string source;
  std::string id;
};

// How the store places the lead after applying `after` and `changes`. kKeep and kRelease store
// every field of `after` as it is (so an accept cancels its timer by due_at_ms 0 and timer kNone).
// With kOffer, `after` says QUEUED (MQL for a new cycle) and the store decides stage, rep,
// queued_at_ms, generation, offered_at_ms, due_at_ms, timer, candidates, chosen_by and, in direct
// mode, accepted_at_ms.
enum class Placement {
  kKeep,     // nothing moves
  kOffer,    // leave owner and backlog, then choose a rep of after.queue or wait in its backlog
  kRelease,  // leave owner and backlog (closed cycle)
};

struct Plan {
  LeadKey key;
  int64_t expected_revision = 0;  // LeadRecord::revision that was decided on; 0: must not exist
  int64_t policy_revision = 0;    // must be the active one; 0: any
  LeadRecord after;               // every field but those the placement decides
  bool facts_changed = false;     // false: the store need not write facts again
  bool judgment_changed = false;
  std::vector<Change> changes;  // published first, in order
  Placement placement = Placement::kKeep;
  bool refund = false;       // give the latest choice's charge back to the ledger
  TimeMs not_before_ms = 0;  // a fired timer: refuse while the store's clock is before this
  // Care for the rep who has the lead: after so many offers in a row without an answer, this one
  // among them, the store sets the rep away and says so (kRepAway). 0: this is no silent offer.
  int32_t silent_max = 0;
  bool answered = false;         // the rep did answer: the count begins anew
  RepId away;                    // set away, whatever the count; empty: nobody
  bool may_use_reserve = false;  // rep actions and timers may fill the outbox's reserve
  std::vector<JourneyInput> inputs;
  std::vector<ConditionError> more_errors;  // of `after.judgment`, which does not keep them
  int32_t applied = 0;                      // input records that this plan counts as applied
  int32_t duplicates = 0;                   // and as duplicates
  std::optional<ShadowStep> shadow;         // what a draft says beside the active revision
};

}  // namespace baton::core

#endif  // BATON_CORE_PLAN_H_
