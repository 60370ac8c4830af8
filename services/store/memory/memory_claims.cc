#include <algorithm>
#include <utility>
#include <vector>

#include "store/memory/memory_store.h"
#include "store/store_errors.h"

namespace baton::store {
namespace {

using memory::AnsweredClaim;
using memory::WorkspaceState;

bool Has(const core::Rep& rep, const core::QueueId& queue) {
  return std::find(rep.queues.begin(), rep.queues.end(), queue) != rep.queues.end();
}

// FAILED_PRECONDITION if the rep cannot take any lead now.
absl::Status CheckAble(const core::Member& rep) {
  switch (core::ChooseRep({&rep, 1}, {}, {}).candidates[0].reason) {
    case core::CandidateReason::kChosen:
      return absl::OkStatus();
    case core::CandidateReason::kAtCapacity:
      return RepAtCapacity(rep.rep, rep.open);
    case core::CandidateReason::kDailyCap:
      return RepAtDailyCap(rep.rep);
    default:
      return RepUnavailable(rep.rep);
  }
}

// The queues to look into: those named, or all of the rep's that are pulled from.
absl::StatusOr<std::vector<core::QueueId>> QueuesOf(const Claim& claim, const core::Rep& rep,
                                                    const WorkspaceState& workspace) {
  std::vector<core::QueueId> queues;
  for (const core::QueueId& queue : claim.queues.empty() ? rep.queues : claim.queues) {
    if (!Has(rep, queue)) return NotAMember(rep.id, queue);
    const bool pulled = PolicyOf(workspace, queue).mode == core::QueueMode::kPull;
    if (!pulled && !claim.queues.empty()) return QueueNotPulled(queue);
    if (pulled && !IsPaused(workspace, queue)) queues.push_back(queue);
  }
  return queues;
}

}  // namespace

absl::StatusOr<ClaimResult> MemoryStore::ClaimNext(const Claim& claim) {
  absl::MutexLock lock(&mutex_);
  WorkspaceState* state = Find(claim.workspace);
  if (state == nullptr) return WorkspaceNotFound(claim.workspace);
  const auto rep = state->reps.find(claim.rep);
  if (rep == state->reps.end()) return RepNotFound(claim.rep);
  std::deque<AnsweredClaim>& answered = state->claims[claim.rep];
  for (const AnsweredClaim& answer : answered) {
    if (answer.request_id != claim.request_id) continue;
    if (answer.fingerprint != claim.fingerprint) return RequestIdReused(claim.request_id);
    return ClaimResult{answer.lead, answer.generation, true};
  }
  memory::ShardState& shard = ShardFor(claim.workspace);
  const memory::Site site{*state, shard, Now(shard), keeps_history_};
  const core::Member member = memory::MemberNow(rep->second, core::QueueId(), site);
  if (absl::Status able = CheckAble(member); !able.ok()) return able;
  const auto queues = QueuesOf(claim, rep->second, *state);
  if (!queues.ok()) return queues.status();
  if (static_cast<int64_t>(shard.outbox.size()) >= limits_.outbox_max) return OutboxFull();
  const core::LeadRecord* lead = memory::ClaimFirst(claim, *queues, site);
  if (lead == nullptr) return ClaimResult();
  if (!claim.request_id.empty()) {
    answered.push_back({claim.request_id, claim.fingerprint, lead->key.lead, lead->generation});
    if (answered.size() > static_cast<size_t>(kClaimsRemembered)) answered.pop_front();
  }
  return ClaimResult{lead->key.lead, lead->generation, false};
}

}  // namespace baton::store
