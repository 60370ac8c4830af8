// Reading an unknown workspace yields nothing from the store; the API says so instead.
#ifndef BATON_DISPATCH_REQUIRE_WORKSPACE_H_
#define BATON_DISPATCH_REQUIRE_WORKSPACE_H_

#include "absl/status/status.h"
#include "store/store_errors.h"
#include "store/workspace_store.h"

namespace baton::dispatch {

// NOT_FOUND WORKSPACE_NOT_FOUND, or the store's error. One round trip; blocks.
inline absl::Status RequireWorkspace(store::WorkspaceStore& workspaces,
                                     const core::WorkspaceId& workspace) {
  const auto versions = workspaces.PolicyVersions({&workspace, 1});
  if (!versions.ok()) return versions.status();
  const absl::StatusOr<store::PolicyVersion>& version = versions->front();
  if (!version.ok()) return version.status();
  return version->revision == store::kNoWorkspace ? store::WorkspaceNotFound(workspace)
                                                  : absl::OkStatus();
}

}  // namespace baton::dispatch

#endif  // BATON_DISPATCH_REQUIRE_WORKSPACE_H_
