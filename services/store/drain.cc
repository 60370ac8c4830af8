#include "store/drain.h"

#include <set>
#include <utility>

namespace baton::store {

absl::StatusOr<Drained> DrainQueue(RosterStore& roster, const core::WorkspaceId& workspace,
                                   const core::QueueId& queue) {
  Drained all;
  for (int call = 0; call < kDrainCallsMax; ++call) {
    absl::StatusOr<Drained> drained = roster.Drain(workspace, queue, kDrainMax);
    if (!drained.ok()) return drained.status();
    const bool more = drained->assigned >= kDrainMax;
    drained->assigned += all.assigned;
    all = *std::move(drained);
    if (!more) break;
  }
  return all;
}

absl::StatusOr<int> DrainQueuesOf(RosterStore& roster, const core::WorkspaceId& workspace,
                                  absl::Span<const core::RepId> reps,
                                  absl::Span<const core::QueueId> queues) {
  std::set<core::QueueId> all(queues.begin(), queues.end());
  absl::Status status;
  for (const core::RepId& rep : reps) {
    absl::StatusOr<RepState> state = roster.GetRep(workspace, rep);
    if (absl::IsNotFound(state.status())) continue;
    if (absl::IsUnavailable(state.status())) return state.status();
    status.Update(state.status());
    if (!state.ok()) continue;
    all.insert(state->rep.queues.begin(), state->rep.queues.end());
    all.insert(state->awaited_in.begin(), state->awaited_in.end());
  }
  int total = 0;
  for (const core::QueueId& queue : all) {
    const absl::StatusOr<Drained> drained = DrainQueue(roster, workspace, queue);
    if (absl::IsUnavailable(drained.status())) return drained.status();
    status.Update(drained.status());
    if (drained.ok()) total += drained->assigned;
  }
  if (!status.ok()) return status;
  return total;
}

}  // namespace baton::store
