#include "intake/freed_reps.h"

#include <string>

#include "platform/log.h"
#include "store/drain.h"

namespace baton::intake {

void FreedReps::Note(const core::WorkspaceId& workspace, const core::RepId& owner,
                     const core::LeadRecord& after) {
  if (store::FreedCapacity(owner, after)) reps_[workspace].push_back(owner);
}

void FreedReps::Drain() {
  for (const auto& [workspace, reps] : reps_) {
    const auto drained = store::DrainQueuesOf(roster_, workspace, reps);
    if (drained.ok()) continue;
    const std::string reason(drained.status().message());
    platform::LogWarning("intake.drain_failed",
                         {{"workspace", workspace.str()}, {"reason", reason}});
  }
  reps_.clear();
}

}  // namespace baton::intake
