// The active policy of each workspace, and the draft that is judged beside it, compiled once per
// version and shared by whoever decides.
//
// Thread-safe. May block on the store; never call it from a gRPC reaction.
#ifndef BATON_AGREEMENT_POLICY_CACHE_H_
#define BATON_AGREEMENT_POLICY_CACHE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/types/span.h"
#include "core/policy.h"
#include "core/shadow.h"
#include "store/table_store.h"
#include "store/workspace_store.h"

namespace baton::agreement {

struct ActivePolicy {
  bool workspace_exists = false;
  int64_t revision = 0;                        // 0: none active
  std::shared_ptr<const core::Policy> policy;  // nullptr exactly when revision is 0
  // The draft that is judged beside it. One that cannot be had now is no error of the workspace: it
  // has no policy.
  std::optional<core::Shadow> shadow;
};

// Any revision, read and compiled anew: for what is seldom asked. NOT_FOUND POLICY_NOT_FOUND;
// INTERNAL STORED_POLICY_INVALID if this release cannot read it, or as the store says.
absl::StatusOr<std::shared_ptr<const core::Policy>> PolicyAt(store::WorkspaceStore& store,
                                                             store::TableStore& tables,
                                                             const core::WorkspaceId& workspace,
                                                             int64_t revision);

// Of their documents; in memory they take up to some three times that.
inline constexpr size_t kTableBytesCachedMax = 256 * 1000 * 1000;

class PolicyCache {
 public:
  // The stores outlive the cache. At most `policies_max` compiled policies are kept, drafts among
  // them, and lookup tables of at most kTableBytesCachedMax (or those of one policy); beyond, an
  // arbitrary one is compiled again when it is next needed. Tables that a document has in common
  // with the active policy are read once.
  PolicyCache(store::WorkspaceStore& store, store::TableStore& tables, size_t policies_max);

  // The active policies as of now, in the order of `workspaces` (which may repeat). One round trip,
  // and one more for each workspace whose policy or draft was not seen before. INTERNAL in place of
  // a workspace whose policy this release cannot read (STORED_POLICY_INVALID) or whose record it
  // cannot read (STATE_UNREADABLE); the store's error for all if it cannot be asked.
  absl::StatusOr<std::vector<absl::StatusOr<ActivePolicy>>> Active(
      absl::Span<const core::WorkspaceId> workspaces);

  // The same for one workspace; NOT_FOUND WORKSPACE_NOT_FOUND.
  absl::StatusOr<ActivePolicy> Active(const core::WorkspaceId& workspace);

 private:
  using SharedPolicy = std::shared_ptr<const core::Policy>;
  // Only both together say which document it is (store::PolicyVersion).
  struct Version {
    int64_t revision = 0;
    std::string fingerprint;
    bool operator==(const Version&) const = default;
  };
  struct Entry {
    Version version;
    absl::StatusOr<SharedPolicy> policy;  // an error: this release cannot read it
  };
  enum class Part { kActive, kShadow };
  using Slot = std::pair<core::WorkspaceId, Part>;

  std::optional<Entry> Find(const Slot& slot, const Version& version);
  // The policy of that version. The outer status fails all workspaces.
  absl::StatusOr<absl::StatusOr<SharedPolicy>> Compiled(const Slot& slot, const Version& version);
  std::optional<core::Shadow> ShadowOf(const core::WorkspaceId& workspace,
                                       const store::PolicyVersion& version);

  // The same of a version whose document is not there: taken back meanwhile, or lost.
  absl::StatusOr<absl::StatusOr<SharedPolicy>> WithoutDocument(const Slot& slot,
                                                               const Version& version);

  // The compiled policy, or why there is none, of a document with its tables.
  absl::StatusOr<absl::StatusOr<SharedPolicy>> Compiled(const core::WorkspaceId& workspace,
                                                        const store::PolicyDocument& document);
  // Those of the active policy that is kept.
  core::Tables KnownTables(const core::WorkspaceId& workspace);
  // Makes room beside the policy in `slot`.
  void MakeRoom(const Slot& slot) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  store::WorkspaceStore& store_;
  store::TableStore& tables_;
  const size_t policies_max_;
  absl::Mutex compiling_;  // one compilation at a time; acquired before mutex_
  absl::Mutex mutex_;
  absl::flat_hash_map<Slot, Entry> policies_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace baton::agreement

#endif  // BATON_AGREEMENT_POLICY_CACHE_H_
