// Webhooks.
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

absl::Status UnreadableWebhook(const std::string& id, absl::string_view why) {
  return StateUnreadable(absl::StrCat("webhook ", id), std::string(why));
}

// What functions/put_webhook.lua keeps behind the words that it looks at itself.
std::string EncodeWebhook(const Webhook& webhook) {
  return absl::StrCat(redis::Escape(webhook.url), "|", redis::JoinEscaped(webhook.types), "|",
                      redis::JoinEscaped(webhook.queues), "|", webhook.disabled ? 1 : 0, "|",
                      redis::Escape(webhook.salt), "|", redis::Escape(webhook.old_salt), "|",
                      webhook.old_salt_until_ms, "|", webhook.from_ms, "|",
                      redis::Escape(webhook.ping), "|", redis::Escape(webhook.creator), "|",
                      redis::Escape(webhook.request_id), "|", webhook.fingerprint);
}

absl::StatusOr<Webhook> DecodeWebhook(const std::string& id, const std::string& text) {
  redis::Items items(text, "a webhook");
  Webhook webhook;
  webhook.id = id;
  webhook.revision = items.Number();
  webhook.generation = items.Number();
  webhook.round = items.Number();
  webhook.created_at_ms = items.Number();
  webhook.url = items.Unescaped();
  webhook.types = items.List();
  webhook.queues = items.List();
  webhook.disabled = items.Number() != 0;
  webhook.salt = items.Unescaped();
  webhook.old_salt = items.Unescaped();
  webhook.old_salt_until_ms = items.Number();
  webhook.from_ms = items.Number();
  webhook.ping = items.Unescaped();
  webhook.creator = items.Unescaped();
  if (!items.at_end()) {  // an earlier release did not keep them
    webhook.request_id = items.Unescaped();
    if (!absl::SimpleAtoi(items.Word(), &webhook.fingerprint)) items.Fail();
  }
  if (absl::Status status = items.status(); !status.ok()) {
    return UnreadableWebhook(id, status.message());
  }
  return webhook;
}

using Fields = std::map<std::string, std::string>;

Fields FieldsOf(const Reply& reply) {
  Fields fields;
  for (size_t i = 0; i + 1 < reply.elements.size(); i += 2) {
    fields[reply.elements[i].text] = reply.elements[i + 1].text;
  }
  return fields;
}

// False if a field is no number; one that is missing stays as it is.
bool ReadNumber(const Fields& fields, const std::string& name, int64_t& number) {
  const auto found = fields.find(name);
  return found == fields.end() || absl::SimpleAtoi(found->second, &number);
}

bool ReadText(const Fields& fields, const std::string& name, std::string& text) {
  const auto found = fields.find(name);
  if (found == fields.end()) return true;
  absl::StatusOr<std::string> unescaped = redis::Unescape(found->second);
  if (unescaped.ok()) text = *std::move(unescaped);
  return unescaped.ok();
}

absl::StatusOr<WebhookProgress> DecodeProgress(const std::string& id, const Reply& progress,
                                               const Reply& offsets) {
  if (progress.is_error()) return UnreadableWebhook(id, progress.text);
  if (offsets.is_error()) return UnreadableWebhook(id, offsets.text);
  const Fields fields = FieldsOf(progress);
  WebhookProgress decoded;
  int64_t truncated = 0;
  bool readable = ReadNumber(fields, "generation", decoded.generation) &&
                  ReadNumber(fields, "truncated", truncated) &&
                  ReadNumber(fields, "delivered", decoded.delivered) &&
                  ReadNumber(fields, "given_up", decoded.given_up) &&
                  ReadNumber(fields, "delivered_at", decoded.delivered_at_ms) &&
                  ReadNumber(fields, "failing_since", decoded.failing_since_ms) &&
                  ReadNumber(fields, "parked_at", decoded.parked_at_ms) &&
                  ReadNumber(fields, "parked_round", decoded.parked_round) &&
                  ReadNumber(fields, "error_at", decoded.error_at_ms) &&
                  ReadText(fields, "error", decoded.error) &&
                  ReadText(fields, "ping", decoded.ping) &&
                  ReadText(fields, "ping_outcome", decoded.ping_outcome);
  decoded.truncated = truncated != 0;
  for (const auto& [partition, offset] : FieldsOf(offsets)) {
    int32_t number = 0;
    readable = readable && absl::SimpleAtoi(partition, &number) &&
               absl::SimpleAtoi(offset, &decoded.offsets[number]);
  }
  if (!readable) return UnreadableWebhook(id, "its progress is not as this release writes it");
  return decoded;
}

const char* LatestWord(WebhookReport::Latest latest) {
  if (latest == WebhookReport::Latest::kSucceeded) return "succeeded";
  return latest == WebhookReport::Latest::kFailed ? "failed" : "none";
}

}  // namespace

absl::StatusOr<Webhook> RedisStore::PutWebhook(const core::WorkspaceId& workspace,
                                               const Webhook& webhook) {
  const int shard = ShardOf(workspace);
  const WorkspaceKeys keys(shard, workspace);
  const absl::StatusOr<Answer> answer = CallForOutcome(
      "put_webhook",
      {ShardKeys(shard).Meta(), keys.Workspace(), keys.Webhooks(), ShardKeys(shard).Webhooks()},
      {workspace.str(), webhook.id, absl::StrCat(webhook.revision),
       absl::StrCat(webhook.generation), absl::StrCat(webhook.round), EncodeWebhook(webhook),
       SimulatedClock()});
  if (!answer.ok()) return answer.status();
  if (answer->outcome == Outcome::kNoWorkspace) return WorkspaceNotFound(workspace);
  if (answer->outcome == Outcome::kFull) {
    return TooManyWebhooks(workspace, answer->number);
  }
  if (answer->outcome == Outcome::kMismatch) {
    return webhook.revision == 0 ? WebhookExists(webhook.id)
                                 : EtagMismatch(webhook.revision, answer->number);
  }
  absl::StatusOr<WebhookState> stored = GetWebhook({workspace, webhook.id});
  if (!stored.ok()) return stored.status();
  return std::move(stored->webhook);
}

absl::Status RedisStore::DeleteWebhook(const WebhookKey& key, int64_t expected_revision) {
  const int shard = ShardOf(key.workspace);
  const WorkspaceKeys keys(shard, key.workspace);
  const absl::StatusOr<Answer> answer =
      CallForOutcome("delete_webhook",
                     {keys.Workspace(), keys.Webhooks(), ShardKeys(shard).Webhooks(),
                      keys.WebhookProgress(key.id), keys.WebhookOffsets(key.id)},
                     {key.workspace.str(), key.id, absl::StrCat(expected_revision)});
  if (!answer.ok()) return answer.status();
  if (answer->outcome == Outcome::kNoWorkspace) return WorkspaceNotFound(key.workspace);
  if (answer->outcome == Outcome::kAbsent) return WebhookNotFound(key.id);
  if (answer->outcome == Outcome::kMismatch) {
    return EtagMismatch(expected_revision, answer->number);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<WebhookState>> RedisStore::ReadWebhooks(
    const core::WorkspaceId& workspace,
    const std::vector<std::pair<std::string, std::string>>& texts) {
  const WorkspaceKeys keys(ShardOf(workspace), workspace);
  std::vector<Command> commands;
  for (const auto& [id, text] : texts) {
    commands.push_back({"HGETALL", keys.WebhookProgress(id)});
    commands.push_back({"HGETALL", keys.WebhookOffsets(id)});
  }
  const absl::StatusOr<Replies> replies = RunEach(commands);
  if (!replies.ok()) return replies.status();
  std::vector<WebhookState> states;
  for (size_t i = 0; i < texts.size(); ++i) {
    const std::string& id = texts[i].first;
    absl::StatusOr<Webhook> webhook = DecodeWebhook(id, texts[i].second);
    if (!webhook.ok()) return webhook.status();
    absl::StatusOr<WebhookProgress> progress =
        DecodeProgress(id, (*replies)[2 * i], (*replies)[2 * i + 1]);
    if (!progress.ok()) return progress.status();
    states.push_back({*std::move(webhook), *std::move(progress)});
  }
  return states;
}

absl::StatusOr<WebhookState> RedisStore::GetWebhook(const WebhookKey& key) {
  const WorkspaceKeys keys(ShardOf(key.workspace), key.workspace);
  const absl::StatusOr<Replies> replies = RunEach({{"HGET", keys.Webhooks(), key.id}});
  if (!replies.ok()) return replies.status();
  const Reply& text = replies->front();
  if (text.is_error()) return UnreadableWebhook(key.id, text.text);
  if (text.is_nil()) return WebhookNotFound(key.id);
  absl::StatusOr<std::vector<WebhookState>> states =
      ReadWebhooks(key.workspace, {{key.id, text.text}});
  if (!states.ok()) return states.status();
  return std::move(states->front());
}

absl::StatusOr<std::vector<WebhookState>> RedisStore::ListWebhooks(
    const core::WorkspaceId& workspace) {
  const WorkspaceKeys keys(ShardOf(workspace), workspace);
  const absl::StatusOr<Replies> replies =
      RunEach({{"HGET", keys.Workspace(), "policy"}, {"HGETALL", keys.Webhooks()}});
  if (!replies.ok()) return replies.status();
  for (const Reply& reply : *replies) {
    if (!reply.is_error()) continue;
    return StateUnreadable(absl::StrCat("the webhooks of workspace ", workspace.str()), reply.text);
  }
  if (replies->front().is_nil()) return WorkspaceNotFound(workspace);
  const Fields texts = FieldsOf(replies->back());  // by id
  return ReadWebhooks(workspace, {texts.begin(), texts.end()});
}

absl::StatusOr<std::map<core::WorkspaceId, int64_t>> RedisStore::WebhookVersions() {
  std::vector<Command> commands;
  for (int shard = 0; shard < options_.shards; ++shard) {
    commands.push_back({"HGETALL", ShardKeys(shard).Webhooks()});
  }
  const absl::StatusOr<Replies> replies = Run(commands);
  if (!replies.ok()) return replies.status();
  std::map<core::WorkspaceId, int64_t> versions;
  for (const Reply& reply : *replies) {
    for (const auto& [workspace, number] : FieldsOf(reply)) {
      int64_t& version = versions[core::WorkspaceId::Trusted(workspace)];
      if (!absl::SimpleAtoi(number, &version)) {
        return redis::Unreadable("the number of a workspace's webhooks");
      }
    }
  }
  return versions;
}

absl::StatusOr<bool> RedisStore::ReportWebhook(const WebhookKey& key, const WebhookReport& report) {
  const int shard = ShardOf(key.workspace);
  const WorkspaceKeys keys(shard, key.workspace);
  std::vector<std::string> arguments = {key.id,
                                        absl::StrCat(report.generation),
                                        absl::StrCat(report.round),
                                        report.truncated ? "1" : "0",
                                        absl::StrCat(report.delivered),
                                        absl::StrCat(report.given_up),
                                        LatestWord(report.latest),
                                        redis::Escape(report.error),
                                        absl::StrCat(report.park_after_ms),
                                        report.ping,
                                        redis::Escape(report.ping_outcome),
                                        SimulatedClock()};
  for (const auto& [partition, offset] : report.offsets) {
    arguments.push_back(absl::StrCat(partition));
    arguments.push_back(absl::StrCat(offset));
  }
  const absl::StatusOr<Replies> replies =
      RunEach({library_.Call("report_webhook",
                             {ShardKeys(shard).Meta(), keys.Webhooks(),
                              keys.WebhookProgress(key.id), keys.WebhookOffsets(key.id)},
                             arguments)});
  if (!replies.ok()) return replies.status();
  const Reply& reply = replies->front();
  if (reply.is_error()) return UnreadableWebhook(key.id, reply.text);
  const absl::StatusOr<Answer> answer = AnswerOf(reply);
  if (!answer.ok()) return answer.status();
  if (answer->outcome == Outcome::kAbsent) return WebhookNotFound(key.id);
  if (answer->outcome == Outcome::kMismatch) {
    return EtagMismatch(report.generation, answer->number);
  }
  return answer->number == 1;
}

}  // namespace baton::store
