// Lookup tables.
#include <algorithm>

#include "store/memory/memory_store.h"
#include "store/quotas.h"
#include "store/store_errors.h"

namespace baton::store {

using memory::StoredTable;
using memory::WorkspaceState;

absl::StatusOr<TableInfo> MemoryStore::PutTable(const core::WorkspaceId& workspace,
                                                const TableInfo& info, const std::string& csv) {
  absl::MutexLock lock(&mutex_);
  WorkspaceState* state = Find(workspace);
  if (state == nullptr) return WorkspaceNotFound(workspace);
  const std::string id = TableId(info.name, info.sha256);
  if (const auto known = state->tables.find(id); known != state->tables.end()) {
    return known->second.about;
  }
  if (state->tables.size() >= kStoredTablesMax) {
    return TooManyTables(workspace, static_cast<int64_t>(state->tables.size()));
  }
  int64_t bytes = 0;
  for (const auto& [other, table] : state->tables) bytes += table.about.bytes;
  if (bytes + static_cast<int64_t>(csv.size()) > kStoredTableBytesMax) {
    return TooManyTableBytes(workspace, bytes);
  }
  StoredTable& stored = state->tables[id];
  stored = {info, csv};
  stored.about.bytes = static_cast<int64_t>(csv.size());
  stored.about.created_at_ms = Now(ShardFor(workspace));
  return stored.about;
}

absl::StatusOr<std::vector<TableInfo>> MemoryStore::ListTables(const core::WorkspaceId& workspace) {
  absl::MutexLock lock(&mutex_);
  const WorkspaceState* state = Find(workspace);
  if (state == nullptr) return WorkspaceNotFound(workspace);
  std::vector<TableInfo> tables;
  for (const auto& [id, table] : state->tables) tables.push_back(table.about);
  return tables;
}

absl::StatusOr<const StoredTable*> MemoryStore::FindTable(const TableKey& key) {
  const WorkspaceState* state = Find(key.workspace);
  if (state == nullptr) return TableNotFound(key.name, key.sha256);
  const auto found = state->tables.find(TableId(key.name, key.sha256));
  if (found == state->tables.end()) return TableNotFound(key.name, key.sha256);
  return &found->second;
}

absl::StatusOr<TableInfo> MemoryStore::GetTable(const TableKey& key) {
  absl::MutexLock lock(&mutex_);
  const absl::StatusOr<const StoredTable*> found = FindTable(key);
  if (!found.ok()) return found.status();
  return (*found)->about;
}

absl::StatusOr<std::string> MemoryStore::ReadTable(const TableKey& key) {
  absl::MutexLock lock(&mutex_);
  const absl::StatusOr<const StoredTable*> found = FindTable(key);
  if (!found.ok()) return found.status();
  return (*found)->csv;
}

absl::Status MemoryStore::DeleteTable(const TableKey& key) {
  absl::MutexLock lock(&mutex_);
  WorkspaceState* state = Find(key.workspace);
  if (state == nullptr) return WorkspaceNotFound(key.workspace);
  if (const auto found = FindTable(key); !found.ok()) return found.status();
  const std::string id = TableId(key.name, key.sha256);
  for (const auto& [revision, stored] : state->policies) {
    const bool names =
        std::find(stored.tables.begin(), stored.tables.end(), id) != stored.tables.end();
    if (names) return TableInUse(key.name, revision);
  }
  state->tables.erase(id);
  return absl::OkStatus();
}

}  // namespace baton::store
