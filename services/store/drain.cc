#include "store/drain.h"

#include <set>
#include <utility>

namespace baton::store {

absl::StatusOr<DrainResult> DrainQueue(RosterStore& roster, const core::WorkspaceId& workspace,
                                       const core::QueueId& queue, std::string cursor) {
  DrainResult total;
  total.cursor = std::move(cursor);
  for (int call = 0; call < kDrainCallsMax; ++call) {
    absl::StatusOr<DrainResult> drained =
        roster.Drain(workspace, queue, kDrainScanMax, total.cursor);
    if (!drained.ok()) return drained.status();
    total.assigned += drained->assigned;
    total.cursor = std::move(drained->cursor);
    if (total.cursor.empty()) break;
  }
  return total;
}

absl::StatusOr<int> DrainQueuesOf(RosterStore& roster, const core::WorkspaceId& workspace,
                                  absl::Span<const core::RepId> reps) {
  std::set<core::QueueId> queues;
  for (const core::RepId& rep : reps) {
    absl::StatusOr<RepState> state = roster.GetRep(workspace, rep);
    if (absl::IsNotFound(state.status())) continue;
    if (!state.ok()) return state.status();
    queues.insert(state->rep.queues.begin(), state->rep.queues.end());
  }
  int assigned = 0;
  for (const core::QueueId& queue : queues) {
    absl::StatusOr<DrainResult> drained = DrainQueue(roster, workspace, queue, "");
    if (!drained.ok()) return drained.status();
    assigned += drained->assigned;
  }
  return assigned;
}

}  // namespace baton::store
