// Rows of reports.
#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "store/redis/redis_keys.h"
#include "store/redis/redis_store.h"
#include "store/redis/text.h"
#include "store/store_errors.h"

namespace baton::store {

using platform::redis::Command;
using platform::redis::Reply;
using redis::Outcome;
using redis::ShardKeys;
using redis::WorkspaceKeys;

namespace {

std::string FieldOf(const CycleKey& key) {
  return absl::StrCat(key.lead.lead.str(), "/", key.cycle);
}

// A member of the order and its score.
absl::StatusOr<CycleRow> DecodePlace(const core::WorkspaceId& workspace, const Reply& field,
                                     const Reply& score) {
  CycleRow row;
  const size_t slash = field.text.find('/');
  double sequence = 0;
  if (slash == std::string::npos ||
      !absl::SimpleAtoi(field.text.substr(slash + 1), &row.key.cycle) ||
      !absl::SimpleAtod(score.text, &sequence)) {
    return StateUnreadable(absl::StrCat("the cycles of workspace ", workspace.str()), field.text);
  }
  row.key.lead = {workspace, core::LeadId::Trusted(field.text.substr(0, slash))};
  row.sequence = static_cast<int64_t>(sequence);
  return row;
}

}  // namespace

absl::StatusOr<int64_t> RedisStore::Counted(int shard) {
  if (absl::Status status = CheckShard(shard); !status.ok()) return status;
  const absl::StatusOr<Reply> reply = RunOne({"HGET", ShardKeys(shard).Reports(), "counted"});
  if (!reply.ok()) return reply.status();
  int64_t counted = 0;
  if (!reply->is_nil() && !absl::SimpleAtoi(reply->text, &counted)) {
    return redis::Unreadable("how far reports are counted");
  }
  return counted;
}

absl::StatusOr<std::vector<std::string>> RedisStore::LoadCycles(absl::Span<const CycleKey> keys) {
  if (keys.size() > kCycleRowsMax) return core::FieldError("keys", "are too many");
  // One command for each workspace.
  std::map<core::WorkspaceId, std::vector<size_t>> numbers;
  for (size_t i = 0; i < keys.size(); ++i) numbers[keys[i].lead.workspace].push_back(i);
  std::vector<Command> commands;
  for (const auto& [workspace, those] : numbers) {
    Command& command = commands.emplace_back();
    command = {"HMGET", WorkspaceKeys(ShardOf(workspace), workspace).Cycles()};
    for (const size_t number : those) command.push_back(FieldOf(keys[number]));
  }
  const absl::StatusOr<Replies> replies = Run(commands);
  if (!replies.ok()) return replies.status();
  std::vector<std::string> rows(keys.size());
  size_t at = 0;
  for (const auto& [workspace, those] : numbers) {
    const Reply& reply = (*replies)[at++];
    if (reply.elements.size() != those.size()) return redis::Unreadable("rows of reports");
    for (size_t i = 0; i < those.size(); ++i) rows[those[i]] = reply.elements[i].text;
  }
  return rows;
}

absl::Status RedisStore::PutCycles(int shard, int64_t from, int64_t upto,
                                   absl::Span<const CycleRow> rows) {
  if (absl::Status status = CheckShard(shard); !status.ok()) return status;
  if (absl::Status status = CheckCycles(from, upto, rows); !status.ok()) return status;
  std::vector<std::string> args = {absl::StrCat(from), absl::StrCat(upto)};
  args.reserve(args.size() + rows.size() * 4);
  for (const CycleRow& row : rows) {
    args.push_back(row.key.lead.workspace.str());
    args.push_back(FieldOf(row.key));
    args.push_back(absl::StrCat(row.sequence));
    args.push_back(row.row);
  }
  const absl::StatusOr<Answer> answer =
      CallForOutcome("put_cycles", {ShardKeys(shard).Reports()}, args);
  if (!answer.ok()) return answer.status();
  return answer->outcome == Outcome::kMismatch ? CountedMeanwhile(shard) : absl::OkStatus();
}

absl::StatusOr<std::vector<CycleRow>> RedisStore::ChangedCycles(const core::WorkspaceId& workspace,
                                                                int64_t from, int max) {
  const WorkspaceKeys keys(ShardOf(workspace), workspace);
  const int most = std::clamp(max, 1, static_cast<int>(kCycleRowsMax));
  const absl::StatusOr<Reply> places =
      RunOne({"ZRANGE", keys.CycleOrder(), absl::StrCat(from), "+inf", "BYSCORE", "LIMIT", "0",
              absl::StrCat(most), "WITHSCORES"});
  if (!places.ok()) return places.status();
  std::vector<CycleRow> rows;
  Command command = {"HMGET", keys.Cycles()};
  for (size_t i = 0; i + 1 < places->elements.size(); i += 2) {
    auto row = DecodePlace(workspace, places->elements[i], places->elements[i + 1]);
    if (!row.ok()) return row.status();
    command.push_back(places->elements[i].text);
    rows.push_back(*std::move(row));
  }
  if (rows.empty()) return rows;
  const absl::StatusOr<Reply> texts = RunOne(std::move(command));
  if (!texts.ok()) return texts.status();
  if (texts->elements.size() != rows.size()) return redis::Unreadable("rows of reports");
  for (size_t i = 0; i < rows.size(); ++i) rows[i].row = texts->elements[i].text;
  // One that is gone since its place was read comes with an empty row: not at all.
  std::erase_if(rows, [](const CycleRow& row) { return row.row.empty(); });
  return rows;
}

absl::StatusOr<int64_t> RedisStore::CountCycles(const core::WorkspaceId& workspace) {
  const absl::StatusOr<Reply> reply =
      RunOne({"HLEN", WorkspaceKeys(ShardOf(workspace), workspace).Cycles()});
  if (!reply.ok()) return reply.status();
  return reply->integer;
}

absl::StatusOr<int64_t> RedisStore::ForgetCycles(const core::WorkspaceId& workspace, int64_t upto) {
  const WorkspaceKeys keys(ShardOf(workspace), workspace);
  const absl::StatusOr<Reply> reply =
      RunOne(library_.Call("forget_cycles", {keys.Cycles(), keys.CycleOrder()},
                           {absl::StrCat(upto), absl::StrCat(kCycleRowsMax)}));
  if (!reply.ok()) return reply.status();
  return reply->integer;
}

}  // namespace baton::store
