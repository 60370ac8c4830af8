// Lookup tables.
#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "store/quotas.h"
#include "store/redis/redis_keys.h"
#include "store/redis/redis_store.h"
#include "store/redis/text.h"
#include "store/store_errors.h"

namespace baton::store {

using platform::redis::Reply;
using redis::Outcome;
using redis::ShardKeys;
using redis::WorkspaceKeys;

namespace {

// A field of the tables, see functions/put_table.lua.
absl::StatusOr<TableInfo> DecodeTable(const std::string& id, const std::string& text) {
  const std::vector<std::string> names = absl::StrSplit(id, '@');
  redis::Items items(text, "a lookup table");
  TableInfo info;
  if (names.size() == 2) {
    info.name = names[0];
    info.sha256 = names[1];
  } else {
    items.Fail();
  }
  info.rows = items.Number();
  info.bytes = items.Number();
  info.columns = items.List();
  info.creator = std::string(items.Word());
  info.created_at_ms = items.Number();
  if (absl::Status status = items.status(); !status.ok()) {
    return StateUnreadable(absl::StrCat("lookup table ", id), std::string(status.message()));
  }
  return info;
}

}  // namespace

absl::StatusOr<TableInfo> RedisStore::PutTable(const core::WorkspaceId& workspace,
                                               const TableInfo& info, const std::string& csv) {
  const int shard = ShardOf(workspace);
  const WorkspaceKeys keys(shard, workspace);
  const absl::StatusOr<Answer> answer = CallForOutcome(
      "put_table", {ShardKeys(shard).Meta(), keys.Workspace(), keys.Tables(), keys.TableTexts()},
      {info.name, info.sha256, csv, absl::StrCat(info.rows), redis::JoinEscaped(info.columns),
       info.creator, SimulatedClock()});
  if (!answer.ok()) return answer.status();
  if (answer->outcome == Outcome::kNoWorkspace) return WorkspaceNotFound(workspace);
  if (answer->outcome == Outcome::kFull) {
    return TooManyTables(workspace, answer->number);
  }
  if (answer->outcome == Outcome::kTooLarge) {
    return TooManyTableBytes(workspace, answer->number);
  }
  return GetTable({workspace, info.name, info.sha256});
}

absl::StatusOr<std::vector<TableInfo>> RedisStore::ListTables(const core::WorkspaceId& workspace) {
  const WorkspaceKeys keys(ShardOf(workspace), workspace);
  const absl::StatusOr<Replies> replies =
      RunEach({{"HGET", keys.Workspace(), "policy"}, {"HGETALL", keys.Tables()}});
  if (!replies.ok()) return replies.status();
  for (const Reply& reply : *replies) {
    if (!reply.is_error()) continue;
    return StateUnreadable(absl::StrCat("the tables of workspace ", workspace.str()), reply.text);
  }
  if (replies->front().is_nil()) return WorkspaceNotFound(workspace);
  const std::vector<Reply>& fields = replies->back().elements;
  std::vector<TableInfo> tables;
  for (size_t i = 0; i + 1 < fields.size(); i += 2) {
    absl::StatusOr<TableInfo> table = DecodeTable(fields[i].text, fields[i + 1].text);
    if (!table.ok()) return table.status();
    tables.push_back(*std::move(table));
  }
  std::sort(tables.begin(), tables.end(), [](const TableInfo& one, const TableInfo& other) {
    return TableId(one.name, one.sha256) < TableId(other.name, other.sha256);
  });
  return tables;
}

absl::StatusOr<std::string> RedisStore::FieldOfTable(const TableKey& key, const std::string& hash) {
  const std::string id = TableId(key.name, key.sha256);
  absl::StatusOr<Replies> replies = RunEach({{"HGET", hash, id}});
  if (!replies.ok()) return replies.status();
  Reply& reply = replies->front();
  if (reply.is_error()) return StateUnreadable(absl::StrCat("lookup table ", id), reply.text);
  if (reply.is_nil()) return TableNotFound(key.name, key.sha256);
  return std::move(reply.text);
}

absl::StatusOr<TableInfo> RedisStore::GetTable(const TableKey& key) {
  const WorkspaceKeys keys(ShardOf(key.workspace), key.workspace);
  const absl::StatusOr<std::string> text = FieldOfTable(key, keys.Tables());
  if (!text.ok()) return text.status();
  return DecodeTable(TableId(key.name, key.sha256), *text);
}

absl::StatusOr<std::string> RedisStore::ReadTable(const TableKey& key) {
  return FieldOfTable(key, WorkspaceKeys(ShardOf(key.workspace), key.workspace).TableTexts());
}

absl::Status RedisStore::DeleteTable(const TableKey& key) {
  const WorkspaceKeys keys(ShardOf(key.workspace), key.workspace);
  const absl::StatusOr<Answer> answer = CallForOutcome(
      "delete_table", {keys.Workspace(), keys.Tables(), keys.TableTexts(), keys.Policies()},
      {key.name, key.sha256});
  if (!answer.ok()) return answer.status();
  if (answer->outcome == Outcome::kNoWorkspace) return WorkspaceNotFound(key.workspace);
  if (answer->outcome == Outcome::kAbsent) return TableNotFound(key.name, key.sha256);
  if (answer->outcome == Outcome::kClosed) return TableInUse(key.name, answer->number);
  return absl::OkStatus();
}

}  // namespace baton::store
