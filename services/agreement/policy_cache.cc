#include "agreement/policy_cache.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/errors.h"
#include "policy/parse_policy.h"
#include "store/store_errors.h"

namespace baton::agreement {
namespace {

absl::StatusOr<std::shared_ptr<const core::Policy>> Compile(const core::WorkspaceId& workspace,
                                                            const store::PolicyDocument& document) {
  const std::string name =
      absl::StrCat("workspaces/", workspace.str(), "/policy@", document.revision);
  policy::ParsedPolicy parsed = policy::ParsePolicy(document.yaml, name);
  if (!parsed.ok()) {
    return core::Error(
        absl::StatusCode::kInternal, "STORED_POLICY_INVALID",
        absl::StrCat(
            "this release cannot read the active policy of workspace ", workspace.str(),
            "; activate a corrected one: ", policy::InvalidPolicy(parsed.errors).message()),
        {{"workspace", workspace.str()}, {"revision", absl::StrCat(document.revision)}});
  }
  parsed.policy.workspace = workspace;
  parsed.policy.revision = document.revision;
  return std::make_shared<const core::Policy>(std::move(parsed.policy));
}

}  // namespace

PolicyCache::PolicyCache(store::WorkspaceStore& store, size_t workspaces_max)
    : store_(store), workspaces_max_(workspaces_max) {}

absl::StatusOr<std::vector<ActivePolicy>> PolicyCache::Active(
    absl::Span<const core::WorkspaceId> workspaces) {
  const auto revisions = store_.PolicyRevisions(workspaces);
  if (!revisions.ok()) return revisions.status();
  std::vector<ActivePolicy> active(workspaces.size());
  for (size_t i = 0; i < workspaces.size(); ++i) {
    const int64_t revision = (*revisions)[i];
    active[i].workspace_exists = revision >= 0;
    if (revision <= 0) continue;
    auto compiled = Compiled(workspaces[i], revision);
    if (!compiled.ok()) return compiled.status();
    active[i] = *std::move(compiled);
  }
  return active;
}

absl::StatusOr<ActivePolicy> PolicyCache::Active(const core::WorkspaceId& workspace) {
  auto active = Active(absl::MakeConstSpan(&workspace, 1));
  if (!active.ok()) return active.status();
  if (!active->front().workspace_exists) return store::WorkspaceNotFound(workspace);
  return std::move(active->front());
}

absl::StatusOr<ActivePolicy> PolicyCache::Compiled(const core::WorkspaceId& workspace,
                                                   int64_t revision) {
  const auto find = [&]() -> std::shared_ptr<const core::Policy> {
    absl::MutexLock lock(&mutex_);
    const auto found = policies_.find(workspace);
    // A revision below the cached one: a store that lost its last writes gave the number again.
    return found != policies_.end() && found->second->revision == revision ? found->second
                                                                           : nullptr;
  };
  if (auto policy = find()) return ActivePolicy{true, revision, std::move(policy)};
  absl::MutexLock compiling(&compiling_);
  if (auto policy = find()) return ActivePolicy{true, revision, std::move(policy)};
  const auto document = store_.GetPolicy(workspace, 0);
  if (!document.ok()) return document.status();
  auto policy = Compile(workspace, *document);
  if (!policy.ok()) return policy.status();
  absl::MutexLock lock(&mutex_);
  if (policies_.size() >= workspaces_max_ && !policies_.contains(workspace)) {
    policies_.erase(policies_.begin());
  }
  policies_[workspace] = *policy;
  return ActivePolicy{true, document->revision, *std::move(policy)};
}

}  // namespace baton::agreement
