#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "store/quotas.h"
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

// The answer to HMGET name, created_at, policy.
absl::StatusOr<Workspace> DecodeWorkspace(const core::WorkspaceId& id, const Reply& fields) {
  Workspace workspace;
  workspace.id = id;
  if (fields.elements.size() != 3 ||
      !absl::SimpleAtoi(fields.elements[1].text, &workspace.created_at_ms) ||
      !absl::SimpleAtoi(fields.elements[2].text, &workspace.policy_revision)) {
    return redis::Unreadable("a workspace");
  }
  workspace.display_name = fields.elements[0].text;
  return workspace;
}

// The answer to HMGET policy, policy_hash, shadow ("run|revision|fingerprint").
absl::StatusOr<PolicyVersion> DecodeVersion(const core::WorkspaceId& id, const Reply& fields) {
  const std::string what = absl::StrCat("workspace ", id.str());
  if (fields.is_error()) return StateUnreadable(what, fields.text);
  PolicyVersion version;
  version.revision = kNoWorkspace;
  if (fields.elements.size() != 3) return StateUnreadable(what, "an answer of HMGET");
  if (fields.elements[0].is_nil()) return version;
  if (!absl::SimpleAtoi(fields.elements[0].text, &version.revision) || version.revision < 0) {
    return StateUnreadable(what, "its policy revision is no number");
  }
  version.fingerprint = fields.elements[1].text;
  if (fields.elements[2].is_nil()) return version;
  redis::Items items(fields.elements[2].text, what);
  version.shadow_run = items.Number();
  version.shadow_revision = items.Number();
  version.shadow_fingerprint = std::string(items.Word());
  if (!items.status().ok()) return StateUnreadable(what, "its shadow cannot be read");
  return version;
}

}  // namespace

absl::StatusOr<Workspace> RedisStore::CreateWorkspace(const core::WorkspaceId& id,
                                                      const std::string& display_name) {
  const int shard = ShardOf(id);
  std::vector<Command> counts;
  for (int other = 0; other < options_.shards; ++other) {
    if (other != shard) counts.push_back({"SCARD", ShardKeys(other).Workspaces()});
  }
  const absl::StatusOr<Replies> counted = Run(counts);
  if (!counted.ok()) return counted.status();
  int64_t others = 0;
  for (const Reply& count : *counted) others += count.integer;

  const ShardKeys shard_keys(shard);
  const absl::StatusOr<Answer> answer = CallForOutcome(
      "create_workspace",
      {shard_keys.Meta(), shard_keys.Workspaces(), WorkspaceKeys(shard, id).Workspace()},
      {id.str(), display_name, absl::StrCat(others), absl::StrCat(options_.limits.workspaces_max),
       SimulatedClock()});
  if (!answer.ok()) return answer.status();
  if (answer->outcome == Outcome::kExists) return WorkspaceExists(id);
  if (answer->outcome == Outcome::kFull) {
    return TooManyWorkspaces(answer->number, options_.limits);
  }
  Workspace workspace;
  workspace.id = id;
  workspace.display_name = display_name;
  workspace.created_at_ms = answer->number;
  return workspace;
}

absl::StatusOr<std::vector<core::WorkspaceId>> RedisStore::WorkspaceIds() {
  std::vector<Command> commands;
  for (int shard = 0; shard < options_.shards; ++shard) {
    commands.push_back({"SMEMBERS", ShardKeys(shard).Workspaces()});
  }
  const absl::StatusOr<Replies> listed = Run(commands);
  if (!listed.ok()) return listed.status();
  std::vector<core::WorkspaceId> ids;
  for (const Reply& shard : *listed) {
    for (const Reply& id : shard.elements) ids.push_back(core::WorkspaceId::Trusted(id.text));
  }
  std::sort(ids.begin(), ids.end());
  return ids;
}

absl::StatusOr<std::vector<core::WorkspaceId>> RedisStore::ListWaiting() {
  const absl::StatusOr<std::vector<core::WorkspaceId>> ids = WorkspaceIds();
  if (!ids.ok()) return ids.status();
  std::vector<Command> commands;
  for (const core::WorkspaceId& id : *ids) {
    commands.push_back({"SCARD", WorkspaceKeys(ShardOf(id), id).Waiting()});
  }
  const absl::StatusOr<Replies> queues = RunEach(commands);
  if (!queues.ok()) return queues.status();
  std::vector<core::WorkspaceId> waiting;
  for (size_t i = 0; i < ids->size(); ++i) {
    // Who looks into one that cannot be read hears why.
    const Reply& count = (*queues)[i];
    if (count.is_error() || count.integer > 0) waiting.push_back((*ids)[i]);
  }
  return waiting;
}

absl::StatusOr<std::vector<Workspace>> RedisStore::ListWorkspaces() {
  const absl::StatusOr<std::vector<core::WorkspaceId>> listed = WorkspaceIds();
  if (!listed.ok()) return listed.status();
  const std::vector<core::WorkspaceId>& ids = *listed;
  std::vector<Command> commands;
  for (const core::WorkspaceId& id : ids) {
    commands.push_back(
        {"HMGET", WorkspaceKeys(ShardOf(id), id).Workspace(), "name", "created_at", "policy"});
  }
  const absl::StatusOr<Replies> found = Run(commands);
  if (!found.ok()) return found.status();
  std::vector<Workspace> all;
  for (size_t i = 0; i < ids.size(); ++i) {
    absl::StatusOr<Workspace> workspace = DecodeWorkspace(ids[i], (*found)[i]);
    if (!workspace.ok()) return workspace.status();
    all.push_back(*std::move(workspace));
  }
  return all;
}

absl::StatusOr<std::vector<absl::StatusOr<PolicyVersion>>> RedisStore::PolicyVersions(
    absl::Span<const core::WorkspaceId> workspaces) {
  std::vector<Command> commands;
  for (const core::WorkspaceId& id : workspaces) {
    commands.push_back(
        {"HMGET", WorkspaceKeys(ShardOf(id), id).Workspace(), "policy", "policy_hash", "shadow"});
  }
  const absl::StatusOr<Replies> replies = RunEach(commands);
  if (!replies.ok()) return replies.status();
  std::vector<absl::StatusOr<PolicyVersion>> versions;
  for (size_t i = 0; i < workspaces.size(); ++i) {
    versions.push_back(DecodeVersion(workspaces[i], (*replies)[i]));
  }
  return versions;
}

absl::StatusOr<PolicyDocument> RedisStore::GetPolicy(const core::WorkspaceId& workspace,
                                                     int64_t revision) {
  PolicyDocument document{revision, ""};
  if (revision == 0) {
    const auto active = PolicyVersions({workspace});
    if (!active.ok()) return active.status();
    if (!active->front().ok()) return active->front().status();
    document.revision = active->front()->revision;
  }
  if (document.revision < 1) return PolicyNotFound(workspace, revision);
  const WorkspaceKeys keys(ShardOf(workspace), workspace);
  absl::StatusOr<Replies> replies =
      RunEach({{"HGET", keys.Policies(), absl::StrCat(document.revision)}});
  if (!replies.ok()) return replies.status();
  Reply& reply = replies->front();
  if (reply.is_error()) {
    return StateUnreadable(absl::StrCat("the policies of workspace ", workspace.str()), reply.text);
  }
  if (reply.is_nil()) return PolicyNotFound(workspace, revision);
  document.yaml = std::move(reply.text);
  return document;
}

}  // namespace baton::store
