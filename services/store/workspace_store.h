// Workspaces and their active policy. Contract, errors and thread-safety as in lead_store.h.
#ifndef BATON_STORE_WORKSPACE_STORE_H_
#define BATON_STORE_WORKSPACE_STORE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/policy.h"

namespace baton::store {

struct Workspace {
  core::WorkspaceId id;
  std::string display_name;  // <= 128 bytes
  core::TimeMs created_at_ms = 0;
  int64_t policy_revision = 0;  // 0: none active
};

struct PolicyDocument {
  int64_t revision = 0;  // 0: none
  std::string yaml;
};

class WorkspaceStore {
 public:
  virtual ~WorkspaceStore() = default;

  // ALREADY_EXISTS WORKSPACE_EXISTS; RESOURCE_EXHAUSTED TOO_MANY_WORKSPACES at the cap.
  virtual absl::StatusOr<Workspace> CreateWorkspace(const core::WorkspaceId& id,
                                                    const std::string& display_name) = 0;
  virtual absl::StatusOr<std::vector<Workspace>> ListWorkspaces() = 0;  // ordered by id
  // One round trip; revision -1 for workspaces that do not exist.
  virtual absl::StatusOr<std::vector<int64_t>> PolicyRevisions(
      absl::Span<const core::WorkspaceId> workspaces) = 0;

  // Stores the document as the next revision and makes it active, with the queue settings that the
  // placement needs. NOT_FOUND WORKSPACE_NOT_FOUND; ABORTED ETAG_MISMATCH unless expected_revision
  // is the active one (0: none yet; -1: any). The same text as the active one is no new revision.
  // policy.revision is not looked at.
  virtual absl::StatusOr<PolicyDocument> ActivatePolicy(const core::Policy& policy,
                                                        const std::string& yaml,
                                                        int64_t expected_revision) = 0;
  // revision 0: the active one. NOT_FOUND POLICY_NOT_FOUND.
  virtual absl::StatusOr<PolicyDocument> GetPolicy(const core::WorkspaceId& workspace,
                                                   int64_t revision) = 0;
};

}  // namespace baton::store

#endif  // BATON_STORE_WORKSPACE_STORE_H_
