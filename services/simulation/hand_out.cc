// How leads that wait in a run get to reps where they did so then.
#include "simulation/run.h"

namespace baton::simulation {

bool Run::IsPulled(const core::QueueId& queue) const {
  const auto found = policy_.queues.find(queue);
  return found != policy_.queues.end() && found->second.mode == core::QueueMode::kPull;
}

// A recorded assignment: if the lead waits here too, its queue is served now.
absl::Status Run::HandOut(const RecordedPoint& point) {
  const LeadState& state = leads_[point.lead];
  const RecordedAssignment& made = *recording_.MadeAt(point.lead, point.generation);
  core::QueueId queue;  // in which the lead waits
  if (state.stage == core::Stage::kQueued) queue = Load(point.lead).queue;
  absl::Status status;
  if (made.claimed && setting_.behaviour.replay) {
    status = Claim(made.rep, diverged_ ? core::QueueId() : made.queue);
  } else if (!queue.empty()) {
    status = store_.Drain(setting_.workspace, queue, 1).status();
    status.Update(ReadChanges());
  }
  if (status.ok() && setting_.behaviour.replay && !made.claimed && IsPulled(queue) &&
      state.generation < point.generation) {
    status = Claim(made.rep, queue);
  }
  if (state.generation < point.generation) Diverge();
  return status;
}

absl::Status Run::Claim(const core::RepId& rep, const core::QueueId& queue) {
  store::Claim claim;
  claim.workspace = setting_.workspace;
  claim.rep = rep;
  if (!queue.empty()) claim.queues.push_back(queue);
  const absl::StatusOr<store::ClaimResult> claimed = store_.ClaimNext(claim);
  if (!claimed.ok() || claimed->lead.empty()) return absl::OkStatus();  // so it goes without
  return ReadChanges();
}

}  // namespace baton::simulation
