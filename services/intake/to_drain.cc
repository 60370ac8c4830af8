#include "intake/to_drain.h"

#include <string>

#include "platform/log.h"
#include "store/drain.h"

namespace baton::intake {

void ToDrain::Note(const core::RepId& owner, const store::CommitResult& committed) {
  const core::LeadRecord& after = committed.record;
  const core::WorkspaceId& workspace = after.key.workspace;
  if (store::FreedCapacity(owner, after)) noted_[workspace].reps.push_back(owner);
  if (committed.waits_turn) noted_[workspace].queues.push_back(after.queue);
}

void ToDrain::Drain() {
  for (const auto& [workspace, noted] : noted_) {
    const auto drained = store::DrainQueuesOf(roster_, workspace, noted.reps, noted.queues);
    if (drained.ok()) continue;
    const std::string reason(drained.status().message());
    platform::LogWarning("intake.drain_failed",
                         {{"workspace", workspace.str()}, {"reason", reason}});
  }
  noted_.clear();
}

}  // namespace baton::intake
