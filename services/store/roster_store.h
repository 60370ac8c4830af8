// Reps, queues and what waits in them. Contract, errors and thread-safety as in lead_store.h.
#ifndef BATON_STORE_ROSTER_STORE_H_
#define BATON_STORE_ROSTER_STORE_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/candidate_pool.h"
#include "core/roster.h"

namespace baton::store {

inline constexpr size_t kRepsMax = 20000;  // per workspace; StoreLimits may allow fewer
// Different requirements (core/requirement.h) that waiting leads of a workspace have. Leads with
// more of them wait until some of the others have gone.
inline constexpr size_t kRequirementsMax = 5000;
inline constexpr size_t kQueuesMax = 1000;  // queues with settings, likewise
inline constexpr int kDrainMax = 200;       // assignments of one call of Drain

struct RepState {
  core::Rep rep;
  std::vector<core::LeadId> open;         // leads owned now, ordered; capacity in use is its size
  std::vector<core::QueueId> awaited_in;  // GetRep: queues in which leads wait that belong to the
                                          // rep, ordered
};

struct QueueState {
  core::QueueSettings settings;
  core::QueuePolicy policy;  // of the active revision, without what only decisions read: calendar
                             // and away_after
  int64_t waiting = 0;
  core::TimeMs oldest_queued_at_ms = 0;  // 0: nobody waits
  std::vector<core::RepId> members;
  std::map<core::RepId, int64_t> owed_nano;  // the fairness ledger, without zeros
};

// What would be decided at this instant for a lead that waits.
struct WaitingOutlook {
  bool waits = false;  // false: the lead does not, and the rest is as it stands here
  core::QueueMode mode = core::QueueMode::kOffer;
  bool paused = false;
  bool for_owners = false;   // only its owners are asked, and one of them has not passed
  core::CandidatePool pool;  // of the choice; empty in a queue that is paused or of mode pull
  bool waits_turn = false;   // a lead that waits in front of it could have the rep chosen
};

inline constexpr int kClaimsRemembered = 16;  // claims with a request id, of each rep

// A rep asks for the next lead that waits in queues of mode pull.
struct Claim {
  core::WorkspaceId workspace;
  core::RepId rep;
  std::vector<core::QueueId> queues;  // empty: all of the rep's that are pulled from
  std::string request_id;             // empty: none
  uint64_t fingerprint = 0;           // of the request's body
  std::string actor;                  // as Action::actor; empty: the rep
};

inline std::string ActorOf(const Claim& claim) {
  return claim.actor.empty() ? "rep/" + claim.rep.str() : claim.actor;
}

struct ClaimResult {
  core::LeadId lead;                          // empty: nothing waits that the rep may have
  int64_t generation = 0;                     // of the assignment
  bool repeated = false;                      // as a request of this id was answered before
  std::vector<core::LeadId> unreadable = {};  // as Drained::unreadable
};

struct Drained {
  int assigned = 0;
  // Leads that were passed over, at most kDrainMax: what is stored of them cannot be read, or says
  // that they do not wait in the queue. They stay where they are until somebody mends them.
  std::vector<core::LeadId> unreadable;
  // While leads wait: the first instant, of the store's clock, at which time alone may give a
  // member of the queue more leads (core::NextWorkChange); 0: none is known.
  core::TimeMs next_work_ms = 0;
};

class RosterStore {
 public:
  virtual ~RosterStore() = default;

  // Creates or replaces a rep. ABORTED ETAG_MISMATCH unless expected_revision is the stored one
  // (0: must not exist; -1: any). NOT_FOUND WORKSPACE_NOT_FOUND. A rep keeps its open leads and its
  // ledgers whatever changes; a queue that it leaves and joins again finds them unchanged.
  // RESOURCE_EXHAUSTED TOO_MANY_REPS for a new rep at StoreLimits.reps_per_workspace_max, and for
  // a new member of a queue at core::kRepsPerQueueMax. `queues` and `skills` come sorted. Nothing
  // is assigned here: drain the rep's queues afterwards.
  virtual absl::StatusOr<core::Rep> PutRep(const core::WorkspaceId& workspace, const core::Rep& rep,
                                           int64_t expected_revision) = 0;
  // NOT_FOUND REP_NOT_FOUND; FAILED_PRECONDITION REP_OWNS_LEADS while the open set is not empty.
  // The ledgers stay.
  virtual absl::Status DeleteRep(const core::WorkspaceId& workspace, const core::RepId& rep) = 0;
  // NOT_FOUND REP_NOT_FOUND.
  virtual absl::StatusOr<RepState> GetRep(const core::WorkspaceId& workspace,
                                          const core::RepId& rep) = 0;
  // Ordered by id.
  virtual absl::StatusOr<std::vector<RepState>> ListReps(const core::WorkspaceId& workspace) = 0;

  // Queues of the active policy and those in which leads still wait, ordered by id.
  virtual absl::StatusOr<std::vector<QueueState>> ListQueues(
      const core::WorkspaceId& workspace) = 0;
  // Workspaces with a queue in which leads wait, paused ones included, ordered by id. Two round
  // trips, however many workspaces there are.
  virtual absl::StatusOr<std::vector<core::WorkspaceId>> ListWaiting() = 0;
  // As PutRep; RESOURCE_EXHAUSTED TOO_MANY_QUEUES for a queue without settings at
  // StoreLimits.queues_per_workspace_max. The queue need not be the policy's.
  virtual absl::StatusOr<core::QueueSettings> PutQueue(const core::WorkspaceId& workspace,
                                                       const core::QueueSettings& settings,
                                                       int64_t expected_revision) = 0;

  // What the calendars of reps say of the next days (core/work.h), by core::HoursName: added to
  // what is stored, or with only_these instead of it. A rep whose hours are not stored, or have run
  // out, is outside its hours. NOT_FOUND WORKSPACE_NOT_FOUND; ABORTED ETAG_MISMATCH unless
  // policy_revision is the active one (-1: any); RESOURCE_EXHAUSTED TOO_MANY_CALENDARS above
  // core::kHoursMax. Idempotent.
  virtual absl::Status PutHours(const core::WorkspaceId& workspace, int64_t policy_revision,
                                const std::map<std::string, core::Hours>& hours,
                                bool only_these) = 0;

  // Offers waiting leads of a queue, in backlog order, to reps that can take them now, as kOffer
  // does (lead_store.h) but without a cause: at most `max` (1..kDrainMax) of them. Returns how
  // many; fewer than `max`: nobody can take any of the others now. Leads for whom nobody is found
  // stay as they are, and cost nothing to those behind them who ask for somebody else. A queue that
  // is paused or of mode pull, and one whose shard's outbox keeps outbox_max entries or more,
  // assigns nothing. Safe to call from anywhere at any time.
  virtual absl::StatusOr<Drained> Drain(const core::WorkspaceId& workspace,
                                        const core::QueueId& queue, int max) = 0;

  // The choice that Drain would make now for this lead if nobody stood before it, by the same rules
  // and with nothing written. A lead that is not there does not wait.
  virtual absl::StatusOr<WaitingOutlook> OutlookOf(const core::LeadKey& key) = 0;

  // Gives the rep the lead that is first in line of those it may claim (core::MayClaim) in the
  // queues, paused ones aside: ACCEPTED at once, with change kAssigned of claim.actor (empty:
  // "rep/ID") and cause request_id, details mode=pull and strategy=claimed. No ledger moves. Of
  // several who claim at the same time each gets another lead. A request id of the rep's latest
  // kClaimsRemembered claims that got a lead gives the first answer again. Tested in this order:
  // NOT_FOUND WORKSPACE_NOT_FOUND, REP_NOT_FOUND; INVALID_ARGUMENT REQUEST_ID_REUSED;
  // FAILED_PRECONDITION REP_UNAVAILABLE (not online or at work), REP_AT_CAPACITY, REP_AT_DAILY_CAP;
  // for a queue that is named INVALID_ARGUMENT NOT_A_MEMBER, FAILED_PRECONDITION QUEUE_NOT_PULLED;
  // RESOURCE_EXHAUSTED OUTBOX_FULL (the shard's outbox keeps outbox_max entries or more).
  virtual absl::StatusOr<ClaimResult> ClaimNext(const Claim& claim) = 0;
};

}  // namespace baton::store

#endif  // BATON_STORE_ROSTER_STORE_H_
