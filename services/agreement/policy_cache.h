// The active policy of each workspace, compiled once per revision and shared by whoever decides.
//
// Thread-safe. May block on the store; never call it from a gRPC reaction.
#ifndef BATON_AGREEMENT_POLICY_CACHE_H_
#define BATON_AGREEMENT_POLICY_CACHE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/types/span.h"
#include "core/policy.h"
#include "store/workspace_store.h"

namespace baton::agreement {

struct ActivePolicy {
  bool workspace_exists = false;
  int64_t revision = 0;                        // 0: none active
  std::shared_ptr<const core::Policy> policy;  // nullptr exactly when revision is 0
};

class PolicyCache {
 public:
  // `store` outlives the cache. At most `workspaces_max` compiled policies are kept; beyond, an
  // arbitrary one is compiled again when it is next needed.
  PolicyCache(store::WorkspaceStore& store, size_t workspaces_max);

  // The active policies as of now, in the order of `workspaces` (which may repeat). One round trip,
  // and one more for each workspace whose revision was not seen before. Errors: the store's, and
  // INTERNAL STORED_POLICY_INVALID if this release cannot read a stored policy.
  absl::StatusOr<std::vector<ActivePolicy>> Active(absl::Span<const core::WorkspaceId> workspaces);

  // The same for one workspace; NOT_FOUND WORKSPACE_NOT_FOUND.
  absl::StatusOr<ActivePolicy> Active(const core::WorkspaceId& workspace);

 private:
  // The policy of that revision, or of a later one that became active meanwhile.
  absl::StatusOr<ActivePolicy> Compiled(const core::WorkspaceId& workspace, int64_t revision);

  store::WorkspaceStore& store_;
  const size_t workspaces_max_;
  absl::Mutex compiling_;  // one compilation at a time; acquired before mutex_
  absl::Mutex mutex_;
  absl::flat_hash_map<core::WorkspaceId, std::shared_ptr<const core::Policy>> policies_
      ABSL_GUARDED_BY(mutex_);
};

}  // namespace baton::agreement

#endif  // BATON_AGREEMENT_POLICY_CACHE_H_
