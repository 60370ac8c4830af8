#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "store/quotas.h"
#include "store/redis/account_codec.h"
#include "store/redis/errors.h"
#include "store/redis/redis_keys.h"
#include "store/redis/redis_store.h"
#include "store/redis/shard_codec.h"
#include "store/redis/text.h"
#include "store/store_errors.h"

namespace baton::store {

using platform::redis::Command;
using platform::redis::Reply;
using redis::Outcome;
using redis::ShardKeys;
using redis::WorkspaceKeys;

namespace {

std::string NameOf(const core::AccountKey& key) {
  return absl::StrCat("account ", key.workspace.str(), "/", key.account.str());
}

absl::StatusOr<core::AccountRecord> ReadAccount(const Reply& reply, const core::AccountKey& key) {
  if (reply.is_error()) return StateUnreadable(NameOf(key), reply.text);
  core::AccountRecord absent;
  absent.key = key;
  absent.account.id = key.account;
  if (reply.is_nil()) return absent;
  absl::StatusOr<core::AccountRecord> record = redis::DecodeAccount(key, reply.text);
  if (record.ok()) return record;
  return StateUnreadable(NameOf(key), std::string(record.status().message()));
}

// What put_account answered.
absl::StatusOr<AccountResult> AccountResultOf(const Reply& answer, const core::AccountKey& key,
                                              const StoreLimits& limits) {
  if (answer.is_error()) {
    return AccountResult{.code = AccountCode::kUnreadable,
                         .problem = StateUnreadable(NameOf(key), answer.text)};
  }
  if (answer.elements.empty()) return redis::Unreadable("an answer of put_account");
  const auto outcome = redis::ValueOf(redis::kOutcomeNames, answer.elements[0].integer);
  const int64_t number = answer.elements.size() > 1 ? answer.elements[1].integer : 0;
  if (outcome == Outcome::kDone) return AccountResult{AccountCode::kCommitted, number};
  if (outcome == Outcome::kMismatch) return AccountResult{AccountCode::kStaleRevision, number};
  if (outcome == Outcome::kNoWorkspace) return AccountResult{AccountCode::kUnknownWorkspace};
  if (outcome == Outcome::kFull) {
    return AccountResult{.code = AccountCode::kTooMany,
                         .problem = TooManyAccounts(key.workspace, number, limits)};
  }
  if (outcome == Outcome::kGroupFull) {
    return AccountResult{.code = AccountCode::kGroupFull,
                         .problem = TooManyAccountsInGroup(key.workspace, number)};
  }
  if (outcome == Outcome::kTaken && answer.elements.size() == 3) {
    return AccountResult{AccountCode::kDomainTaken, 0, answer.elements[1].text,
                         core::AccountId::Trusted(answer.elements[2].text)};
  }
  return redis::Unreadable("an outcome of put_account");
}

// One element of the answer of match_accounts.
absl::StatusOr<core::AccountView> ReadView(const Reply& reply, const core::WorkspaceId& workspace) {
  if (reply.is_error()) {
    return StateUnreadable(absl::StrCat("accounts of ", workspace.str()), reply.text);
  }
  core::AccountView view;
  if (reply.elements.empty()) return view;
  if (reply.elements.size() % 2 != 1) return redis::Unreadable("an answer of match_accounts");
  view.domain = reply.elements[0].text;
  for (size_t i = 1; i < reply.elements.size(); i += 2) {
    const core::AccountKey key{workspace, core::AccountId::Trusted(reply.elements[i].text)};
    absl::StatusOr<core::AccountRecord> record = ReadAccount(reply.elements[i + 1], key);
    if (!record.ok()) return record.status();
    if (i == 1) {
      view.revision = record->revision;
      view.account = std::move(record->account);
    } else {
      view.siblings.push_back(std::move(record->account));
    }
  }
  return view;
}

}  // namespace

absl::StatusOr<LoadedAccounts> RedisStore::LoadAccounts(absl::Span<const core::AccountKey> keys) {
  std::vector<Command> commands;
  for (const core::AccountKey& key : keys) {
    commands.push_back({"HGET", WorkspaceKeys(ShardOf(key.workspace), key.workspace).Accounts(),
                        key.account.str()});
  }
  commands.push_back({"GET", ShardKeys(0).Meta()});  // its epoch is that of the input
  const absl::StatusOr<Replies> replies = RunEach(commands);
  if (!replies.ok()) return replies.status();
  const absl::StatusOr<redis::ShardRecord> shard = redis::DecodeShard(replies->back());
  if (!shard.ok()) return shard.status();
  LoadedAccounts loaded{{}, shard->epoch};
  for (size_t i = 0; i < keys.size(); ++i) {
    loaded.records.push_back(ReadAccount((*replies)[i], keys[i]));
  }
  return loaded;
}

Command RedisStore::PutAccountCall(const AccountChange& change) const {
  const core::AccountRecord& after = change.after;
  const int shard = ShardOf(after.key.workspace);
  const WorkspaceKeys keys(shard, after.key.workspace);
  return library_.Call(
      "put_account",
      {ShardKeys(shard).Meta(), keys.Workspace(), keys.Accounts(), keys.AccountIds(),
       keys.Domains()},
      {after.key.account.str(), absl::StrCat(change.expected_revision), after.deleted ? "0" : "1",
       after.account.group.str(), absl::StrJoin(after.account.domains, ","),
       absl::StrCat(after.applied), redis::EncodeAccountBlob(after), absl::StrCat(change.applied),
       absl::StrCat(change.duplicates), absl::StrCat(options_.limits.accounts_per_workspace_max),
       SimulatedClock()});
}

absl::StatusOr<std::vector<AccountResult>> RedisStore::CommitAccounts(
    absl::Span<const AccountChange> changes) {
  std::vector<Command> commands;
  for (const AccountChange& change : changes) commands.push_back(PutAccountCall(change));
  const absl::StatusOr<Replies> replies = RunEach(commands);
  if (!replies.ok()) return replies.status();
  std::vector<AccountResult> results;
  for (size_t i = 0; i < changes.size(); ++i) {
    absl::StatusOr<AccountResult> result =
        AccountResultOf((*replies)[i], changes[i].after.key, options_.limits);
    if (!result.ok()) return result.status();
    results.push_back(*std::move(result));
  }
  return results;
}

absl::StatusOr<AccountPage> RedisStore::ListAccounts(const core::WorkspaceId& workspace,
                                                     const std::string& after, int page_size) {
  const size_t size = static_cast<size_t>(ClampPageSize(page_size));
  const WorkspaceKeys keys(ShardOf(workspace), workspace);
  const absl::StatusOr<Reply> listed =
      RunOne({"ZRANGE", keys.AccountIds(), after.empty() ? "-" : absl::StrCat("(", after), "+",
              "BYLEX", "LIMIT", "0", absl::StrCat(size + 1)});
  if (!listed.ok()) return listed.status();
  std::vector<core::AccountKey> wanted;
  AccountPage page;
  for (const Reply& id : listed->elements) {
    if (wanted.size() == size) {
      page.next_after = wanted.back().account.str();
      break;
    }
    wanted.push_back({workspace, core::AccountId::Trusted(id.text)});
  }
  auto loaded = LoadAccounts(wanted);
  if (!loaded.ok()) return loaded.status();
  for (absl::StatusOr<core::AccountRecord>& record : loaded->records) {
    if (!record.ok()) return record.status();
    if (record->exists()) page.accounts.push_back(*std::move(record));  // else deleted just now
  }
  return page;
}

absl::StatusOr<std::vector<absl::StatusOr<core::AccountView>>> RedisStore::MatchAccounts(
    absl::Span<const AccountQuery> queries) {
  std::map<core::WorkspaceId, std::vector<size_t>> of_workspace;
  for (size_t i = 0; i < queries.size(); ++i) of_workspace[queries[i].workspace].push_back(i);
  std::vector<Command> commands;
  for (const auto& [workspace, numbers] : of_workspace) {
    const WorkspaceKeys keys(ShardOf(workspace), workspace);
    std::vector<std::string> args;
    for (const size_t i : numbers) args.push_back(absl::StrJoin(queries[i].domains, ","));
    commands.push_back(library_.Call(
        "match_accounts", {keys.Workspace(), keys.Accounts(), keys.Domains()}, std::move(args)));
  }
  const absl::StatusOr<Replies> replies = RunEach(commands);
  if (!replies.ok()) return replies.status();
  std::vector<absl::StatusOr<core::AccountView>> views(queries.size(), core::AccountView());
  size_t next = 0;
  for (const auto& [workspace, numbers] : of_workspace) {
    const Reply& reply = (*replies)[next++];
    if (reply.is_error()) return redis::FromReply(reply);
    if (reply.elements.size() != numbers.size()) {
      return redis::Unreadable("an answer of match_accounts");
    }
    for (size_t i = 0; i < numbers.size(); ++i) {
      views[numbers[i]] = ReadView(reply.elements[i], workspace);
    }
  }
  return views;
}

}  // namespace baton::store
