// Workspaces and which policy is active; how that comes about is policy_store.h's. Contract, errors
// and thread-safety as in lead_store.h.
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

// Which document is active. A store that lost its last writes may give a revision again, to another
// document: only revision and fingerprint together say which one it is.
struct PolicyVersion {
  int64_t revision = 0;     // 0: none active; kNoWorkspace
  std::string fingerprint;  // another one for another text; empty: none active
  // The draft that is judged beside it (shadow_store.h).
  int64_t shadow_run = 0;  // 0: there is none
  int64_t shadow_revision = 0;
  std::string shadow_fingerprint;
  bool operator==(const PolicyVersion&) const = default;
};
inline constexpr int64_t kNoWorkspace = -1;

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
  // What is active, and what runs beside it, in the order of `workspaces`. One round trip. INTERNAL
  // STATE_UNREADABLE for a workspace whose record cannot be read; the others are not concerned.
  virtual absl::StatusOr<std::vector<absl::StatusOr<PolicyVersion>>> PolicyVersions(
      absl::Span<const core::WorkspaceId> workspaces) = 0;

  // Any revision's document; revision 0: the active one. NOT_FOUND POLICY_NOT_FOUND; INTERNAL
  // STATE_UNREADABLE.
  virtual absl::StatusOr<PolicyDocument> GetPolicy(const core::WorkspaceId& workspace,
                                                   int64_t revision) = 0;
};

}  // namespace baton::store

#endif  // BATON_STORE_WORKSPACE_STORE_H_
