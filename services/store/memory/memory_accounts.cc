#include <utility>

#include "store/memory/memory_store.h"
#include "store/quotas.h"
#include "store/store_errors.h"

namespace baton::store {
namespace {

using memory::WorkspaceState;

// What speaks against `change`; kCommitted: nothing.
AccountResult CheckAccountChange(const AccountChange& change, const WorkspaceState& workspace,
                                 const StoreLimits& limits) {
  const core::Account& account = change.after.account;
  const auto stored = workspace.accounts.find(change.after.key.account);
  const bool is_new = stored == workspace.accounts.end();
  const int64_t revision = is_new ? 0 : stored->second.revision;
  if (change.expected_revision != revision) return {AccountCode::kStaleRevision, revision};
  const core::WorkspaceId& id = change.after.key.workspace;
  const auto accounts = static_cast<int64_t>(workspace.accounts.size());
  if (is_new && accounts >= limits.accounts_per_workspace_max) {
    return {.code = AccountCode::kTooMany, .problem = TooManyAccounts(id, accounts, limits)};
  }
  for (const std::string& domain : account.domains) {
    const auto holder = workspace.domains.find(domain);
    if (holder != workspace.domains.end() && holder->second != account.id) {
      return {AccountCode::kDomainTaken, 0, domain, holder->second};
    }
  }
  const auto group = workspace.groups.find(account.group);
  if (group != workspace.groups.end() && group->second.size() >= core::kAccountsPerGroupMax &&
      !group->second.contains(account.id)) {
    const auto members = static_cast<int64_t>(group->second.size());
    return {.code = AccountCode::kGroupFull, .problem = TooManyAccountsInGroup(id, members)};
  }
  return {};
}

void Unlink(const core::Account& account, WorkspaceState& workspace) {
  for (const std::string& domain : account.domains) workspace.domains.erase(domain);
  const auto group = workspace.groups.find(account.group);
  if (group == workspace.groups.end()) return;
  group->second.erase(account.id);
  if (group->second.empty()) workspace.groups.erase(group);
}

core::AccountView ViewOf(const std::string& domain, const core::AccountRecord& record,
                         const WorkspaceState& workspace) {
  core::AccountView view{domain, record.revision, record.account, {}};
  const auto group = workspace.groups.find(record.account.group);
  if (group == workspace.groups.end()) return view;
  for (const core::AccountId& id : group->second) {
    if (id != record.account.id) view.siblings.push_back(workspace.accounts.at(id).account);
  }
  return view;
}

core::AccountView Match(const AccountQuery& query, const WorkspaceState& workspace) {
  for (const std::string& domain : query.domains) {
    const auto holder = workspace.domains.find(domain);
    if (holder == workspace.domains.end()) continue;
    return ViewOf(domain, workspace.accounts.at(holder->second), workspace);
  }
  return {};
}

}  // namespace

absl::StatusOr<LoadedAccounts> MemoryStore::LoadAccounts(absl::Span<const core::AccountKey> keys) {
  absl::MutexLock lock(&mutex_);
  LoadedAccounts loaded{{}, shards_.front().epoch};
  for (const core::AccountKey& key : keys) {
    core::AccountRecord record;
    record.key = key;
    record.account.id = key.account;
    if (const WorkspaceState* workspace = Find(key.workspace); workspace != nullptr) {
      const auto stored = workspace->accounts.find(key.account);
      if (stored != workspace->accounts.end()) record = stored->second;
    }
    loaded.records.emplace_back(std::move(record));
  }
  return loaded;
}

AccountResult MemoryStore::CommitAccount(const AccountChange& change) {
  WorkspaceState* workspace = Find(change.after.key.workspace);
  if (workspace == nullptr) return {AccountCode::kUnknownWorkspace};
  AccountResult result = CheckAccountChange(change, *workspace, limits_);
  if (result.code != AccountCode::kCommitted) return result;
  core::AccountRecord& stored = workspace->accounts[change.after.key.account];
  Unlink(stored.account, *workspace);
  stored = change.after;
  stored.revision = change.expected_revision + 1;
  const core::Account& account = stored.account;
  for (const std::string& domain : account.domains) workspace->domains[domain] = account.id;
  if (!account.group.empty()) workspace->groups[account.group].insert(account.id);
  counters_.applied += change.applied;
  counters_.duplicates += change.duplicates;
  result.revision = stored.revision;
  return result;
}

absl::StatusOr<std::vector<AccountResult>> MemoryStore::CommitAccounts(
    absl::Span<const AccountChange> changes) {
  absl::MutexLock lock(&mutex_);
  std::vector<AccountResult> results;
  for (const AccountChange& change : changes) results.push_back(CommitAccount(change));
  return results;
}

absl::StatusOr<AccountPage> MemoryStore::ListAccounts(const core::WorkspaceId& workspace,
                                                      const std::string& after, int page_size) {
  absl::MutexLock lock(&mutex_);
  AccountPage page;
  const WorkspaceState* state = Find(workspace);
  if (state == nullptr) return page;
  auto next = state->accounts.upper_bound(core::AccountId::Trusted(after));
  for (; next != state->accounts.end(); ++next) {
    if (next->second.deleted) continue;
    if (static_cast<int>(page.accounts.size()) == ClampPageSize(page_size)) {
      page.next_after = page.accounts.back().account.id.str();
      break;
    }
    page.accounts.push_back(next->second);
  }
  return page;
}

absl::StatusOr<std::vector<absl::StatusOr<core::AccountView>>> MemoryStore::MatchAccounts(
    absl::Span<const AccountQuery> queries) {
  absl::MutexLock lock(&mutex_);
  std::vector<absl::StatusOr<core::AccountView>> views;
  for (const AccountQuery& query : queries) {
    const WorkspaceState* workspace = Find(query.workspace);
    views.emplace_back(workspace == nullptr ? core::AccountView() : Match(query, *workspace));
  }
  return views;
}

}  // namespace baton::store
