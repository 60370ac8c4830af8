#include "clock/backlog_drain.h"

#include <algorithm>

#include "store/drain.h"

namespace baton::clock {

BacklogDrain::BacklogDrain(store::RosterStore& roster, store::WorkspaceStore& workspaces,
                           int workspaces_max, platform::Metrics& metrics)
    : roster_(roster),
      workspaces_(workspaces),
      workspaces_max_(workspaces_max),
      drained_(metrics.AddCounter("baton_leads_drained_total",
                                  "Waiting leads that the clock handed to a rep")) {}

void BacklogDrain::Add(const std::vector<FreedRep>& freed) {
  absl::MutexLock lock(&mutex_);
  for (const FreedRep& rep : freed) {
    if (freed_.size() >= kFreedMax) return;
    freed_.insert(rep);
  }
}

absl::Status BacklogDrain::Run(bool with_round) {
  absl::Status status = DrainFreed();
  if (with_round) status.Update(DrainRound());
  return status;
}

absl::Status BacklogDrain::DrainFreed() {
  std::set<FreedRep> freed;
  {
    absl::MutexLock lock(&mutex_);
    freed.swap(freed_);
  }
  std::map<core::WorkspaceId, std::vector<core::RepId>> by_workspace;
  for (const FreedRep& rep : freed) by_workspace[rep.workspace].push_back(rep.rep);
  absl::Status status;
  for (const auto& [workspace, reps] : by_workspace) {
    absl::StatusOr<int> assigned = store::DrainQueuesOf(roster_, workspace, reps);
    if (assigned.ok()) drained_.Add(*assigned);
    status.Update(assigned.status());
  }
  return status;
}

absl::Status BacklogDrain::DrainRound() {
  if (round_.empty()) {
    absl::StatusOr<std::vector<store::Workspace>> all = workspaces_.ListWorkspaces();
    if (!all.ok()) return all.status();
    // Taken from the back, so that the first comes first.
    for (auto workspace = all->rbegin(); workspace != all->rend(); ++workspace) {
      round_.push_back(workspace->id);
    }
  }
  absl::Status status;
  for (int i = 0; i < workspaces_max_ && !round_.empty(); ++i) {
    const core::WorkspaceId workspace = std::move(round_.back());
    round_.pop_back();
    status.Update(DrainWorkspace(workspace));
  }
  return status;
}

absl::Status BacklogDrain::DrainWorkspace(const core::WorkspaceId& workspace) {
  absl::StatusOr<std::vector<store::QueueState>> queues = roster_.ListQueues(workspace);
  if (absl::IsNotFound(queues.status())) return absl::OkStatus();
  if (!queues.ok()) return queues.status();
  for (const store::QueueState& queue : *queues) {
    if (queue.waiting == 0 || queue.settings.paused) continue;
    const absl::StatusOr<int> assigned = store::DrainQueue(roster_, workspace, queue.settings.id);
    if (!assigned.ok()) return assigned.status();
    drained_.Add(*assigned);
  }
  return absl::OkStatus();
}

}  // namespace baton::clock
