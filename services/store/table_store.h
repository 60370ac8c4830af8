// Lookup tables of workspaces (core/lookup_table.h). Contract, errors and thread-safety as in
// lead_store.h.
//
// A table is a document with a name, known by name and content together: it never changes, another
// content is another table of that name. Policies name tables so, and a table that a revision names
// stays as long as the revision does (ADR 18).
#ifndef BATON_STORE_TABLE_STORE_H_
#define BATON_STORE_TABLE_STORE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/ids.h"
#include "core/time.h"

namespace baton::store {

inline constexpr size_t kStoredTablesMax = 200;                    // of a workspace
inline constexpr int64_t kStoredTableBytesMax = 64 * 1000 * 1000;  // of them together

struct TableKey {
  core::WorkspaceId workspace;
  std::string name;    // an id
  std::string sha256;  // core::IsTableHash
};

struct TableInfo {
  std::string name;
  std::string sha256;
  int64_t rows = 0;
  int64_t bytes = 0;                 // of the document
  std::vector<std::string> columns;  // the keys' first
  std::string creator;               // principal
  core::TimeMs created_at_ms = 0;
};

// "name@sha256": what a table is known by within its workspace.
inline std::string TableId(const std::string& name, const std::string& sha256) {
  return name + "@" + sha256;
}

class TableStore {
 public:
  virtual ~TableStore() = default;

  // Keeps `csv`, which is what `info` says (its created_at_ms is not looked at). A repetition
  // changes nothing and gives the first answer. WORKSPACE_NOT_FOUND; RESOURCE_EXHAUSTED
  // TOO_MANY_TABLES, also for their bytes together.
  virtual absl::StatusOr<TableInfo> PutTable(const core::WorkspaceId& workspace,
                                             const TableInfo& info, const std::string& csv) = 0;
  // All of the workspace, ordered by TableId. WORKSPACE_NOT_FOUND; INTERNAL STATE_UNREADABLE.
  virtual absl::StatusOr<std::vector<TableInfo>> ListTables(const core::WorkspaceId& workspace) = 0;
  // NOT_FOUND TABLE_NOT_FOUND, also without the workspace; INTERNAL STATE_UNREADABLE.
  virtual absl::StatusOr<TableInfo> GetTable(const TableKey& key) = 0;
  // The document. As GetTable.
  virtual absl::StatusOr<std::string> ReadTable(const TableKey& key) = 0;
  // WORKSPACE_NOT_FOUND, TABLE_NOT_FOUND; FAILED_PRECONDITION TABLE_IN_USE while a revision of the
  // policy, of whatever state, names it.
  virtual absl::Status DeleteTable(const TableKey& key) = 0;
};

}  // namespace baton::store

#endif  // BATON_STORE_TABLE_STORE_H_
