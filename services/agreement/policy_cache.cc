#include "agreement/policy_cache.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "agreement/policy_tables.h"
#include "core/errors.h"
#include "policy/parse_policy.h"
#include "store/store_errors.h"

namespace baton::agreement {
namespace {

absl::StatusOr<std::shared_ptr<const core::Policy>> Compile(const core::WorkspaceId& workspace,
                                                            const store::PolicyDocument& document,
                                                            const policy::GivenTables& tables) {
  const std::string name =
      absl::StrCat("workspaces/", workspace.str(), "/policy@", document.revision);
  policy::ParsedPolicy parsed = policy::ParsePolicy(document.yaml, name, tables);
  if (!parsed.ok()) {
    return core::Error(
        absl::StatusCode::kInternal, "STORED_POLICY_INVALID",
        absl::StrCat("this release cannot read policy revision ", document.revision,
                     " of workspace ", workspace.str(), "; activate a corrected one: ",
                     policy::InvalidPolicy(parsed.errors).message()),
        {{"workspace", workspace.str()}, {"revision", absl::StrCat(document.revision)}});
  }
  parsed.policy.workspace = workspace;
  parsed.policy.revision = document.revision;
  return std::make_shared<const core::Policy>(std::move(parsed.policy));
}

// Of the documents of its tables.
size_t TableBytesOf(const absl::StatusOr<std::shared_ptr<const core::Policy>>& policy) {
  size_t bytes = 0;
  if (!policy.ok()) return bytes;
  for (const auto& [name, table] : (*policy)->tables) bytes += table->document_bytes();
  return bytes;
}

}  // namespace

absl::StatusOr<std::shared_ptr<const core::Policy>> PolicyAt(store::WorkspaceStore& store,
                                                             store::TableStore& tables,
                                                             const core::WorkspaceId& workspace,
                                                             int64_t revision) {
  const auto document = store.GetPolicy(workspace, revision);
  if (!document.ok()) return document.status();
  const auto given = TablesOf(tables, workspace, document->yaml);
  if (!given.ok()) return given.status();
  return Compile(workspace, *document, *given);
}

PolicyCache::PolicyCache(store::WorkspaceStore& store, store::TableStore& tables,
                         size_t policies_max)
    : store_(store), tables_(tables), policies_max_(policies_max) {}

absl::StatusOr<std::vector<absl::StatusOr<ActivePolicy>>> PolicyCache::Active(
    absl::Span<const core::WorkspaceId> workspaces) {
  const auto versions = store_.PolicyVersions(workspaces);
  if (!versions.ok()) return versions.status();
  std::vector<absl::StatusOr<ActivePolicy>> active;
  for (size_t i = 0; i < workspaces.size(); ++i) {
    const absl::StatusOr<store::PolicyVersion>& version = (*versions)[i];
    if (!version.ok()) {
      active.emplace_back(version.status());
      continue;
    }
    ActivePolicy one;
    one.workspace_exists = version->revision != store::kNoWorkspace;
    if (version->revision > 0) {
      auto compiled =
          Compiled({workspaces[i], Part::kActive}, {version->revision, version->fingerprint});
      if (!compiled.ok()) return compiled.status();
      if (!compiled->ok()) {
        active.emplace_back(compiled->status());
        continue;
      }
      one.revision = version->revision;
      one.policy = **std::move(compiled);
      one.shadow = ShadowOf(workspaces[i], *version);
    }
    active.emplace_back(std::move(one));
  }
  return active;
}

absl::StatusOr<ActivePolicy> PolicyCache::Active(const core::WorkspaceId& workspace) {
  auto active = Active(absl::MakeConstSpan(&workspace, 1));
  if (!active.ok()) return active.status();
  absl::StatusOr<ActivePolicy>& one = active->front();
  if (one.ok() && !one->workspace_exists) return store::WorkspaceNotFound(workspace);
  return std::move(one);
}

std::optional<core::Shadow> PolicyCache::ShadowOf(const core::WorkspaceId& workspace,
                                                  const store::PolicyVersion& version) {
  if (version.shadow_run == 0) return std::nullopt;
  core::Shadow shadow{version.shadow_run, nullptr};
  auto compiled =
      Compiled({workspace, Part::kShadow}, {version.shadow_revision, version.shadow_fingerprint});
  if (compiled.ok() && compiled->ok()) shadow.policy = **std::move(compiled);
  return shadow;
}

std::optional<PolicyCache::Entry> PolicyCache::Find(const Slot& slot, const Version& version) {
  absl::MutexLock lock(&mutex_);
  const auto found = policies_.find(slot);
  if (found == policies_.end() || found->second.version != version) return std::nullopt;
  return found->second;
}

absl::StatusOr<absl::StatusOr<PolicyCache::SharedPolicy>> PolicyCache::Compiled(
    const Slot& slot, const Version& version) {
  if (auto entry = Find(slot, version)) return std::move(entry->policy);
  absl::MutexLock compiling(&compiling_);
  if (auto entry = Find(slot, version)) return std::move(entry->policy);
  const core::WorkspaceId& workspace = slot.first;
  const auto document = store_.GetPolicy(workspace, version.revision);
  if (core::ErrorReason(document.status()) == "STATE_UNREADABLE") {
    return absl::StatusOr<SharedPolicy>(document.status());
  }
  if (absl::IsNotFound(document.status())) return WithoutDocument(slot, version);
  if (!document.ok()) return document.status();
  auto compiled = Compiled(workspace, *document);
  if (!compiled.ok()) return compiled.status();
  Entry entry{version, *std::move(compiled)};
  absl::MutexLock lock(&mutex_);
  if (policies_.size() >= policies_max_ && !policies_.contains(slot)) {
    policies_.erase(policies_.begin());
  }
  policies_.insert_or_assign(slot, entry);
  MakeRoom(slot);
  return std::move(entry.policy);
}

absl::StatusOr<absl::StatusOr<PolicyCache::SharedPolicy>> PolicyCache::WithoutDocument(
    const Slot& slot, const Version& version) {
  const auto& [workspace, part] = slot;
  const auto versions = store_.PolicyVersions({workspace});
  if (!versions.ok()) return versions.status();
  const absl::StatusOr<store::PolicyVersion>& now = versions->front();
  if (!now.ok()) return absl::StatusOr<SharedPolicy>(now.status());
  const Version named = part == Part::kActive
                            ? Version{now->revision, now->fingerprint}
                            : Version{now->shadow_revision, now->shadow_fingerprint};
  const std::string which =
      absl::StrCat("policy revision ", version.revision, " of workspace ", workspace.str());
  if (named != version) {
    return absl::UnavailableError(absl::StrCat(which, " was taken back meanwhile; ask again"));
  }
  return absl::StatusOr<SharedPolicy>(store::StateUnreadable(which, "its document is gone"));
}

absl::StatusOr<absl::StatusOr<PolicyCache::SharedPolicy>> PolicyCache::Compiled(
    const core::WorkspaceId& workspace, const store::PolicyDocument& document) {
  const auto tables = TablesOf(tables_, workspace, document.yaml, KnownTables(workspace));
  if (core::ErrorReason(tables.status()) == "STATE_UNREADABLE") {
    return absl::StatusOr<SharedPolicy>(tables.status());
  }
  if (!tables.ok()) return tables.status();
  return Compile(workspace, document, *tables);
}

core::Tables PolicyCache::KnownTables(const core::WorkspaceId& workspace) {
  absl::MutexLock lock(&mutex_);
  const auto found = policies_.find({workspace, Part::kActive});
  const bool known = found != policies_.end() && found->second.policy.ok();
  return known ? (*found->second.policy)->tables : core::Tables();
}

void PolicyCache::MakeRoom(const Slot& slot) {
  size_t bytes = TableBytesOf(policies_.at(slot).policy);
  if (bytes == 0) return;
  for (auto next = policies_.begin(); next != policies_.end();) {
    const auto entry = next++;
    if (entry->first == slot) continue;
    const size_t others = TableBytesOf(entry->second.policy);
    if (others > 0 && bytes + others > kTableBytesCachedMax) {
      policies_.erase(entry);
    } else {
      bytes += others;
    }
  }
}

}  // namespace baton::agreement
