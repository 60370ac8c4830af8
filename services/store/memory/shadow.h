// Runs of drafts beside the active revision in the remembered state. Not thread-safe.
#ifndef BATON_STORE_MEMORY_SHADOW_H_
#define BATON_STORE_MEMORY_SHADOW_H_

#include <string>

#include "store/memory/state.h"

namespace baton::store::memory {

// Takes plan.shadow, if there is one and it is of the workspace's run and that has not ended.
void CountShadow(const core::Plan& plan, WorkspaceState& workspace);

// Ends the workspace's run if it has not ended and is of `revision`.
void EndShadow(WorkspaceState& workspace, int64_t revision, ShadowEnd end,
               const std::string& principal, core::TimeMs now_ms);

}  // namespace baton::store::memory

#endif  // BATON_STORE_MEMORY_SHADOW_H_
