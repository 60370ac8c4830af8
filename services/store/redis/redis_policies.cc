// Revisions of policies.
#include <algorithm>
#include <functional>
#include <iterator>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "store/policy_errors.h"
#include "store/quotas.h"
#include "store/redis/redis_keys.h"
#include "store/redis/redis_store.h"
#include "store/redis/revision_codec.h"
#include "store/redis/roster_codec.h"
#include "store/redis/text.h"
#include "store/store_errors.h"

namespace baton::store {

using platform::redis::Command;
using platform::redis::Reply;
using redis::Outcome;
using redis::ShardKeys;
using redis::WorkspaceKeys;

namespace {

constexpr int64_t kMissingMarketing = 1;  // functions/revision.lua
constexpr int64_t kMissingSales = 2;

std::vector<std::string> RolesOf(int64_t missing) {
  std::vector<std::string> roles;
  if ((missing & kMissingMarketing) != 0) roles.emplace_back(RoleName(ApproverRole::kMarketing));
  if ((missing & kMissingSales) != 0) roles.emplace_back(RoleName(ApproverRole::kSales));
  return roles;
}

Command ReadActive(const WorkspaceKeys& keys) {
  return {"HMGET", keys.Workspace(), "policy", "activations"};
}

absl::Status UnreadableRevision(const RevisionKey& key, const std::string& why) {
  return StateUnreadable(
      absl::StrCat("policy revision ", key.revision, " of workspace ", key.workspace.str()), why);
}

absl::StatusOr<redis::ActiveRevision> Active(const core::WorkspaceId& workspace,
                                             const Reply& reply) {
  const std::string what = absl::StrCat("workspace ", workspace.str());
  if (reply.is_error()) return StateUnreadable(what, reply.text);
  auto active = redis::DecodeActive(reply);
  if (!active.ok()) return StateUnreadable(what, std::string(active.status().message()));
  if (!active->workspace_exists) return WorkspaceNotFound(workspace);
  return active;
}

absl::StatusOr<PolicyRevision> Revision(const RevisionKey& key, const redis::ActiveRevision& active,
                                        const Reply& reply) {
  if (reply.is_error()) return UnreadableRevision(key, reply.text);
  if (reply.elements.empty()) return PolicyNotFound(key.workspace, key.revision);
  auto revision = redis::DecodeRevision(key.revision, active, reply);
  if (!revision.ok()) return UnreadableRevision(key, std::string(revision.status().message()));
  return revision;
}

}  // namespace

absl::StatusOr<PolicyRevision> RedisStore::CreateRevision(const core::Policy& policy,
                                                          const std::string& yaml,
                                                          const std::string& principal) {
  const int shard = ShardOf(policy.workspace);
  const WorkspaceKeys keys(shard, policy.workspace);
  std::vector<std::string> tables;
  for (const auto& [name, table] : policy.tables) tables.push_back(TableId(name, table->sha256()));
  const absl::Status size = CheckSizeOf(policy, options_.limits);
  const absl::StatusOr<Answer> answer = CallForOutcome(
      "create_revision",
      {ShardKeys(shard).Meta(), keys.Workspace(), keys.Policies(), keys.Drafts(), keys.Tables()},
      {yaml, redis::Escape(policy.name), principal, SimulatedClock(), absl::StrJoin(tables, ","),
       size.ok() ? "1" : "0"});
  if (!answer.ok()) return answer.status();
  if (answer->outcome == Outcome::kNoWorkspace) return WorkspaceNotFound(policy.workspace);
  if (answer->outcome == Outcome::kTooLarge) return size;
  if (answer->outcome == Outcome::kFull) return TooManyDrafts(policy.workspace, answer->number);
  if (answer->outcome == Outcome::kQueueFull) {
    return TooManyRevisions(policy.workspace, answer->number);
  }
  if (answer->outcome == Outcome::kNoTable) {
    const auto& [name, table] = *std::next(policy.tables.begin(), answer->number - 1);
    return TableMissing(name, table->sha256());
  }
  return GetRevision({policy.workspace, answer->number});
}

absl::StatusOr<PolicyRevision> RedisStore::GetRevision(const RevisionKey& key) {
  const WorkspaceKeys keys(ShardOf(key.workspace), key.workspace);
  RevisionKey wanted = key;
  if (wanted.revision == 0) {
    const absl::StatusOr<Replies> replies = RunEach({ReadActive(keys)});
    if (!replies.ok()) return replies.status();
    const auto active = Active(key.workspace, replies->front());
    if (!active.ok()) return active.status();
    if (active->revision == 0) return PolicyNotFound(key.workspace, 0);
    wanted.revision = active->revision;
  }
  const absl::StatusOr<Replies> replies =
      RunEach({ReadActive(keys), {"HGETALL", keys.Revision(wanted.revision)}});
  if (!replies.ok()) return replies.status();
  const auto active = Active(key.workspace, replies->front());
  if (!active.ok()) return active.status();
  return Revision(wanted, *active, replies->back());
}

absl::StatusOr<RevisionPage> RedisStore::ListRevisions(const core::WorkspaceId& workspace,
                                                       int64_t before, int page_size) {
  const WorkspaceKeys keys(ShardOf(workspace), workspace);
  const absl::StatusOr<Replies> listed = RunEach({ReadActive(keys), {"HKEYS", keys.Policies()}});
  if (!listed.ok()) return listed.status();
  const auto active = Active(workspace, listed->front());
  if (!active.ok()) return active.status();
  if (listed->back().is_error()) {
    return StateUnreadable(absl::StrCat("the policies of workspace ", workspace.str()),
                           listed->back().text);
  }
  std::vector<int64_t> numbers;
  for (const Reply& field : listed->back().elements) {
    int64_t number = 0;
    if (!absl::SimpleAtoi(field.text, &number)) return redis::Unreadable("a policy revision");
    if (before == 0 || number < before) numbers.push_back(number);
  }
  std::sort(numbers.begin(), numbers.end(), std::greater<>());
  RevisionPage page;
  const auto size = static_cast<size_t>(ClampPageSize(page_size));
  if (numbers.size() > size) {
    numbers.resize(size);
    page.next_before = numbers.back();
  }
  std::vector<Command> commands;
  for (const int64_t number : numbers) commands.push_back({"HGETALL", keys.Revision(number)});
  const absl::StatusOr<Replies> found = RunEach(commands);
  if (!found.ok()) return found.status();
  for (size_t i = 0; i < numbers.size(); ++i) {
    auto revision = Revision({workspace, numbers[i]}, *active, (*found)[i]);
    if (absl::IsNotFound(revision.status())) continue;  // deleted meanwhile
    if (!revision.ok()) return revision.status();
    page.revisions.push_back(*std::move(revision));
  }
  return page;
}

absl::StatusOr<RedisStore::Answer> RedisStore::CallOnRevision(const RevisionKey& key,
                                                              absl::string_view function,
                                                              std::vector<std::string> keys,
                                                              std::vector<std::string> args) {
  const int shard = ShardOf(key.workspace);
  keys.insert(keys.begin(),
              {ShardKeys(shard).Meta(), WorkspaceKeys(shard, key.workspace).Workspace()});
  args.insert(args.begin(), absl::StrCat(key.revision));
  const absl::StatusOr<Answer> answer = CallForOutcome(function, keys, args);
  if (!answer.ok()) return answer.status();
  if (answer->outcome == Outcome::kNoWorkspace) return WorkspaceNotFound(key.workspace);
  if (answer->outcome == Outcome::kAbsent) return PolicyNotFound(key.workspace, key.revision);
  if (answer->outcome == Outcome::kChanged) return DocumentChanged(key);
  return answer;
}

absl::StatusOr<PolicyRevision> RedisStore::ApproveRevision(const RevisionKey& key,
                                                           const std::string& fingerprint,
                                                           const std::string& principal,
                                                           ApproverRole role) {
  const absl::StatusOr<Answer> answer = CallOnRevision(
      key, "approve_revision", {}, {fingerprint, principal, RoleName(role), SimulatedClock()});
  if (!answer.ok()) return answer.status();
  if (answer->outcome == Outcome::kClosed) return NotADraft(key);
  if (answer->outcome == Outcome::kOtherRole) return ApprovedForOtherRole(key, principal, role);
  if (answer->outcome == Outcome::kFull) return TooManyApprovals(key.workspace, answer->number);
  return GetRevision(key);
}

absl::StatusOr<PolicyRevision> RedisStore::RevokeApproval(const RevisionKey& key,
                                                          const std::string& principal) {
  const absl::StatusOr<Answer> answer =
      CallOnRevision(key, "approve_revision", {}, {"", principal, "", SimulatedClock()});
  if (!answer.ok()) return answer.status();
  if (answer->outcome == Outcome::kClosed) return NotADraft(key);
  return GetRevision(key);
}

absl::StatusOr<PolicyRevision> RedisStore::ActivateRevision(const core::Policy& policy,
                                                            const std::string& fingerprint,
                                                            const Activation& activation) {
  const RevisionKey key{policy.workspace, policy.revision};
  const WorkspaceKeys keys(ShardOf(key.workspace), key.workspace);
  std::vector<std::string> args = {fingerprint,
                                   absl::StrCat(activation.number),
                                   activation.rollback ? "rollback" : "activate",
                                   activation.principal,
                                   redis::Escape(activation.reason),
                                   SimulatedClock()};
  for (const auto& [id, queue] : policy.queues) args.push_back(redis::EncodeQueuePolicy(queue));
  const absl::StatusOr<Answer> answer =
      CallOnRevision(key, "activate_policy", {keys.Policies(), keys.Drafts()}, std::move(args));
  if (!answer.ok()) return answer.status();
  if (answer->outcome == Outcome::kMismatch) {
    return ActivatedMeanwhile(activation.number - 1, answer->number);
  }
  if (answer->outcome == Outcome::kClosed) {
    return activation.rollback ? NeverActive(key) : NotADraft(key);
  }
  if (answer->outcome == Outcome::kUnapproved) {
    return ApprovalMissing(key, RolesOf(answer->number));
  }
  return GetRevision(key);
}

absl::StatusOr<PolicyRevision> RedisStore::WithdrawRevision(const RevisionKey& key,
                                                            const std::string& principal) {
  const WorkspaceKeys keys(ShardOf(key.workspace), key.workspace);
  const absl::StatusOr<Answer> answer = CallOnRevision(
      key, "end_revision", {keys.Policies(), keys.Drafts()}, {principal, SimulatedClock()});
  if (!answer.ok()) return answer.status();
  if (answer->outcome == Outcome::kClosed) return NotADraft(key);
  return GetRevision(key);
}

absl::Status RedisStore::DeleteRevision(const RevisionKey& key) {
  const WorkspaceKeys keys(ShardOf(key.workspace), key.workspace);
  const absl::StatusOr<Answer> answer =
      CallOnRevision(key, "end_revision", {keys.Policies(), keys.Drafts()}, {"", SimulatedClock()});
  if (!answer.ok()) return answer.status();
  return answer->outcome == Outcome::kClosed ? RevisionInUse(key) : absl::OkStatus();
}

}  // namespace baton::store
