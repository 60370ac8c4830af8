// The state port: what Baton needs from a store, in domain types. Two implementations: memory/ (the
// reference model) and redis/. One contract suite (tests/contract) holds both to this header.
//
// All methods are thread-safe and may block on I/O; never call them from a gRPC reaction.
// Errors: UNAVAILABLE with a retry time when the store cannot be reached or a reply was lost
// (whether a lost write took effect is then unknown: every write is safe to repeat, because it
// carries the revision it expects); INTERNAL for a broken invariant. Batches keep the order of
// their input. Page sizes and `max` arguments are clamped to 1..kPageSizeMax. Reading an unknown
// workspace or lead yields nothing (empty lists, revision 0) unless an error is named.
//
// The store's clock is monotone per shard: it is never before the instant of a committed change,
// even if the machine's clock steps back.
#ifndef BATON_STORE_LEAD_STORE_H_
#define BATON_STORE_LEAD_STORE_H_

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/decision.h"
#include "core/plan.h"

namespace baton::store {

// Of a workspace's leads that were erased so many are remembered, the latest.
inline constexpr int64_t kErasedMarksMax = 200'000;

inline constexpr int kErasureRequestsMax = 100;  // remembered of a workspace, the latest

inline constexpr int kPageSizeMax = 1000;
inline int ClampPageSize(int size) {
  return std::clamp(size, 1, kPageSizeMax);
}

struct LoadedLeads {
  // As many as keys, in their order; revision 0: no such lead; of one that was erased what is left
  // (core::Remains), which is none, either (core::Exists). INTERNAL STATE_UNREADABLE where this
  // release cannot read what is stored of the lead; the others are not concerned.
  std::vector<absl::StatusOr<core::LeadRecord>> records;
  // Likewise: the clock of the lead's shard, the one that decides its deadlines. (That of another
  // shard may be ahead: it is never before what was committed there.)
  std::vector<core::TimeMs> times;
  core::TimeMs now_ms = 0;  // the latest of `times`; without keys the store's clock
  int64_t epoch = 0;        // of the same moment; as InputCheckpoints.epoch
};

// Tested in the order kUnknownWorkspace, then as listed.
enum class CommitCode {
  kCommitted,
  kStaleRevision,  // the lead changed meanwhile: load, decide and commit again
  kStalePolicy,    // another policy revision became active: likewise
  kNotDue,         // the store's clock is before plan.not_before_ms
  kOutboxFull,     // Kafka has been away too long; nothing was changed; retry later
  kTooManyLeads,   // the workspace is at its cap of leads
  kUnknownWorkspace,
  kUnreadable,  // what is stored of the lead or its queue cannot be read, or the plan is none that
                // can be applied; nothing was changed, and repeating it does not help
};

struct CommitResult {
  CommitCode code = CommitCode::kCommitted;
  core::LeadRecord record;  // kCommitted: as stored, without facts, judgment and pool; else empty
  absl::Status problem;  // kUnreadable: INTERNAL STATE_UNREADABLE, what could not be read; else OK
  bool waits_turn = false;  // kCommitted: it left a free rep to those in front of it, and the
                            // caller drains record.queue at once (store/drain.h)
};

struct LeadPage {
  std::vector<core::LeadId> leads;  // ascending
  std::string next_after;           // pass as `after` for the next page; empty: last page
};

// One line of a lead's journey: an input that was applied, or a published change.
struct JourneyEntry {
  core::TimeMs at_ms = 0;  // inputs: occurred_at; changes: the store's clock
  std::string type;        // "captured", "activity demo_request"; ChangeTypeName for changes
  bool is_change = false;
  std::string source, id;  // inputs
  core::Change change;     // changes
  int64_t version = 0;     // changes
};

struct JourneyPage {
  std::vector<JourneyEntry> entries;  // in the order they were applied
  int64_t next_index = 0;             // 0: last page
  int64_t dropped = 0;                // entries beyond the cap of kJourneyMax, oldest first
};
inline constexpr int64_t kJourneyMax = 1000;

class LeadStore {
 public:
  virtual ~LeadStore() = default;

  // One round trip. Keys may repeat. Fails as a whole only for what concerns every lead.
  virtual absl::StatusOr<LoadedLeads> Load(absl::Span<const core::LeadKey> keys) = 0;

  // Applies each plan atomically and independently, one round trip. It takes full effect or none:
  //  1. refused with a code above if an expectation does not hold. The outbox is full for a plan
  //     when the shard keeps outbox_max entries (may_use_reserve: + outbox_reserve) or more, unless
  //     the plan publishes nothing: no changes, placement kKeep;
  //  2. the lead leaves its owner's open set and the backlog unless placement is kKeep; with
  //     plan.refund the ledger of the queue it was in gets the latest choice's charge back;
  //  3. `after` is stored with revision + 1 (facts and judgment only if they changed); `changes`
  //     are appended to the outbox, inputs and then `changes` to the journey, each change with
  //     the next version;
  //  4. kOffer: ChooseFrom after.owners and the reps of the roster that have after.queue, with the
  //     skills of the route and the strategy of the queue. All are as at that instant (AsMember,
  //     with the hours of PutHours); the delegate of an owner on leave is asked behind the owner,
  //     that of a member on leave is a member, too, with that one's weight. Leads given are counted
  //     for daily caps. Somebody: generation + 1, OFFERED (queue mode direct: ACCEPTED, accepted_at
  //     set) and change kAssigned; the lead joins the rep's open set; offer mode starts a timer of
  //     accept_within. Nobody, or the queue is paused or of mode pull (then no choice is made and
  //     there are no candidates): QUEUED, the lead joins the backlog by core::TurnOf,
  //     then id; a change kQueued unless it was QUEUED before or the last of `changes`
  //     already says so; a timer starts: of retry_after if somebody passed, or at
  //     after.wait_until_ms if that comes before. queued_at is set once per cycle: a lead that
  //     comes back to a queue keeps its place. Somebody, but another lead that waits in the queue,
  //     in front of that place, could have the same rep (a member of the queue or one of its
  //     owners, by core::MayClaim): the lead waits its turn, in the same way, as if no choice had
  //     been made; Drain says who gets whom. A lead of which it is not known who meets what it
  //     requires (kRequirementsMax) is in nobody's way;
  //  5. kRelease: due_at and timer are cleared, and the rep unless the lead is WON. kKeep: due_at
  //     and timer are those of `after`. clock_at is that of `after`, but a lead with clocks that is
  //     given to a rep has it now, and the name of the rep's hours. Counters of inputs move by
  //     applied and duplicates.
  // Care for reps, of the rep who had the lead: `answered` sets its count of silent offers to 0;
  // silent_max above 0 adds one, and at silent_max the count begins anew, a change kRepAway with
  // the details why=silent follows `changes`, and the rep is set away, as by `away`: from online
  // only, with its next revision. Plans of the same call may still give it a lead. PutRep sets the
  // count to 0. What is replaced is kept: `before`'s assignment (LatestChoice) if its choice found
  // somebody and placement is kOffer or the judgment changed, and `before`'s qualification if it
  // has one (HasQualified) and the judgment changed; the latest kPastDecisionsMax of both together,
  // an assignment before the qualification of the same step. A judgment that changes has no
  // candidates until the lead is offered. The store's own changes have actor "baton", the cause of
  // the last of `changes`, and kAssigned the details mode=offer|direct, strategy=(ChoiceBasisName)
  // and, if one was needed, tie=fairness|id. Queues that the active policy does not name have
  // QueuePolicy's defaults.
  virtual absl::StatusOr<std::vector<CommitResult>> Commit(absl::Span<const core::Plan> plans) = 0;

  //
  // A plan whose `after` is ERASED, for a lead that Exists, leaves nothing of it: its record is
  // replaced by `after`, which Load gives but nothing else, and its journey, past decisions,
  // timers, the answers to those who claimed it and its place among a draft's differences are gone.
  // Such a lead is in no list and does not count as one of the workspace's. `after` goes the other
  // way when the person is back: a lead again, with the next revision.

  // Remembers what a request to erase asked for, if it has an id. INVALID_ARGUMENT
  // REQUEST_ID_REUSED when the id is remembered with another fingerprint; WORKSPACE_NOT_FOUND. The
  // store keeps nothing of either that a person could be told by.
  virtual absl::Status NoteErasure(const core::WorkspaceId& workspace,
                                   const std::string& request_id, uint64_t fingerprint) = 0;

  // Leads of a workspace by id, after `after` (exclusive, empty: from the start).
  virtual absl::StatusOr<LeadPage> ListLeads(const core::WorkspaceId& workspace,
                                             const std::string& after, int page_size) = 0;

  // Those whose attribute "email" is that address (core::NormalEmail), at most `max`, by id. Leads
  // that an earlier release wrote are found from their next event on.
  virtual absl::StatusOr<std::vector<core::LeadId>> LeadsWithEmail(
      const core::WorkspaceId& workspace, const std::string& email, int max) = 0;

  // From `index` (0-based among those kept; below 0: from the start).
  virtual absl::StatusOr<JourneyPage> Journey(const core::LeadKey& key, int64_t index,
                                              int page_size) = 0;

  // The decisions of the lead that newer ones replaced. Read it behind Load: what the record then
  // no longer says is here.
  virtual absl::StatusOr<core::PastDecisions> Decisions(const core::LeadKey& key) = 0;
};

}  // namespace baton::store

#endif  // BATON_STORE_LEAD_STORE_H_
