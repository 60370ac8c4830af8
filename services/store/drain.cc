#include "store/drain.h"

#include <set>

namespace baton::store {

absl::StatusOr<int> DrainQueue(RosterStore& roster, const core::WorkspaceId& workspace,
                               const core::QueueId& queue) {
  int total = 0;
  for (int call = 0; call < kDrainCallsMax; ++call) {
    const absl::StatusOr<int> assigned = roster.Drain(workspace, queue, kDrainMax);
    if (!assigned.ok()) return assigned.status();
    total += *assigned;
    if (*assigned < kDrainMax) break;
  }
  return total;
}

absl::StatusOr<int> DrainQueuesOf(RosterStore& roster, const core::WorkspaceId& workspace,
                                  absl::Span<const core::RepId> reps,
                                  absl::Span<const core::QueueId> queues) {
  std::set<core::QueueId> all(queues.begin(), queues.end());
  for (const core::RepId& rep : reps) {
    absl::StatusOr<RepState> state = roster.GetRep(workspace, rep);
    if (absl::IsNotFound(state.status())) continue;
    if (!state.ok()) return state.status();
    all.insert(state->rep.queues.begin(), state->rep.queues.end());
    all.insert(state->awaited_in.begin(), state->awaited_in.end());
  }
  int total = 0;
  for (const core::QueueId& queue : all) {
    const absl::StatusOr<int> assigned = DrainQueue(roster, workspace, queue);
    if (!assigned.ok()) return assigned.status();
    total += *assigned;
  }
  return total;
}

}  // namespace baton::store
