// Runs of drafts beside the active revision.
#include <iterator>
#include <utility>

#include "store/memory/memory_store.h"
#include "store/memory/shadow.h"
#include "store/policy_errors.h"
#include "store/store_errors.h"

namespace baton::store {

absl::StatusOr<ShadowRun> MemoryStore::StartShadow(const RevisionKey& key,
                                                   const std::string& principal) {
  absl::MutexLock lock(&mutex_);
  const auto found = FindRevisionOf(key);
  if (!found.ok()) return found.status();
  memory::WorkspaceState& workspace = *found->workspace;
  const PolicyRevision& draft = found->revision->about;
  if (draft.withdrawn_at_ms != 0 || !draft.activations.empty()) return NotADraft(key);
  const int64_t active = workspace.about.policy_revision;
  if (active == 0) return NoActivePolicy(key.workspace);
  if (workspace.shadow && workspace.shadow->about.end == ShadowEnd::kRunning) {
    const ShadowRun& running = workspace.shadow->about;
    if (running.revision != draft.revision) return ShadowRunning(key, running.revision);
    return running;
  }
  ShadowRun run;
  run.run = ++workspace.shadows;
  run.revision = draft.revision;
  run.name = draft.name;
  run.fingerprint = draft.fingerprint;
  run.principal = principal;
  run.started_at_ms = Now(ShardFor(key.workspace));
  run.beside = active;
  return workspace.shadow.emplace(memory::StoredShadow{std::move(run), {}, {}, 0}).about;
}

absl::StatusOr<memory::StoredShadow*> MemoryStore::FindShadow(const core::WorkspaceId& id) {
  memory::WorkspaceState* workspace = Find(id);
  if (workspace == nullptr) return WorkspaceNotFound(id);
  if (!workspace->shadow) return ShadowNotFound(id);
  return &*workspace->shadow;
}

absl::StatusOr<ShadowRun> MemoryStore::StopShadow(const core::WorkspaceId& workspace,
                                                  const std::string& principal) {
  absl::MutexLock lock(&mutex_);
  const auto shadow = FindShadow(workspace);
  if (!shadow.ok()) return shadow.status();
  EndShadow(*Find(workspace), (*shadow)->about.revision, ShadowEnd::kStopped, principal,
            Now(ShardFor(workspace)));
  return (*shadow)->about;
}

absl::StatusOr<ShadowRun> MemoryStore::GetShadow(const core::WorkspaceId& workspace) {
  absl::MutexLock lock(&mutex_);
  const auto shadow = FindShadow(workspace);
  if (!shadow.ok()) return shadow.status();
  return (*shadow)->about;
}

absl::StatusOr<ShadowPage> MemoryStore::ShadowDifferences(const core::WorkspaceId& workspace,
                                                          int64_t before, int page_size) {
  absl::MutexLock lock(&mutex_);
  const auto shadow = FindShadow(workspace);
  if (!shadow.ok()) return shadow.status();
  const auto& differences = (*shadow)->differences;
  auto next =
      std::make_reverse_iterator(before == 0 ? differences.end() : differences.lower_bound(before));
  ShadowPage page;
  int64_t last = 0;
  for (; next != differences.rend(); ++next) {
    if (static_cast<int>(page.differences.size()) == ClampPageSize(page_size)) {
      page.next_before = last;
      break;
    }
    page.differences.push_back(next->second);
    last = next->first;
  }
  return page;
}

}  // namespace baton::store
