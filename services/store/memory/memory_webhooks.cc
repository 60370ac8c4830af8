// Webhooks.
#include <algorithm>

#include "store/memory/memory_store.h"
#include "store/quotas.h"
#include "store/store_errors.h"

namespace baton::store {

using memory::WorkspaceState;

namespace {

void NoteAttempt(const WebhookReport& report, core::TimeMs now, WebhookProgress& progress) {
  if (report.latest == WebhookReport::Latest::kSucceeded) {
    progress.failing_since_ms = 0;
    progress.delivered_at_ms = now;
  } else if (report.latest == WebhookReport::Latest::kFailed) {
    if (progress.failing_since_ms == 0) progress.failing_since_ms = now;
    progress.error = report.error;
    progress.error_at_ms = now;
    const bool parks = now - progress.failing_since_ms >= report.park_after_ms;
    if (parks && progress.parked_round != report.round) {
      progress.parked_at_ms = now;
      progress.parked_round = report.round;
    }
  }
}

}  // namespace

absl::StatusOr<Webhook> MemoryStore::PutWebhook(const core::WorkspaceId& workspace,
                                                const Webhook& webhook) {
  absl::MutexLock lock(&mutex_);
  WorkspaceState* state = Find(workspace);
  if (state == nullptr) return WorkspaceNotFound(workspace);
  const auto known = state->webhooks.find(webhook.id);
  const int64_t found = known == state->webhooks.end() ? 0 : known->second.webhook.revision;
  if (webhook.revision != found) {
    return webhook.revision == 0 ? WebhookExists(webhook.id)
                                 : EtagMismatch(webhook.revision, found);
  }
  const auto webhooks = static_cast<int64_t>(state->webhooks.size());
  if (found == 0 && webhooks >= kWebhooksMax) return TooManyWebhooks(workspace, webhooks);
  Webhook& stored = state->webhooks[webhook.id].webhook;
  const core::TimeMs created = found == 0 ? Now(ShardFor(workspace)) : stored.created_at_ms;
  stored = webhook;
  stored.created_at_ms = created;
  stored.revision = found + 1;
  ++state->webhook_changes;
  return stored;
}

absl::Status MemoryStore::DeleteWebhook(const WebhookKey& key, int64_t expected_revision) {
  absl::MutexLock lock(&mutex_);
  WorkspaceState* state = Find(key.workspace);
  if (state == nullptr) return WorkspaceNotFound(key.workspace);
  const auto known = state->webhooks.find(key.id);
  if (known == state->webhooks.end()) return WebhookNotFound(key.id);
  const int64_t found = known->second.webhook.revision;
  if (expected_revision != -1 && expected_revision != found) {
    return EtagMismatch(expected_revision, found);
  }
  state->webhooks.erase(known);
  ++state->webhook_changes;
  return absl::OkStatus();
}

absl::StatusOr<WebhookState> MemoryStore::GetWebhook(const WebhookKey& key) {
  absl::MutexLock lock(&mutex_);
  const WorkspaceState* state = Find(key.workspace);
  if (state == nullptr) return WebhookNotFound(key.id);
  const auto known = state->webhooks.find(key.id);
  if (known == state->webhooks.end()) return WebhookNotFound(key.id);
  return known->second;
}

absl::StatusOr<std::vector<WebhookState>> MemoryStore::ListWebhooks(
    const core::WorkspaceId& workspace) {
  absl::MutexLock lock(&mutex_);
  const WorkspaceState* state = Find(workspace);
  if (state == nullptr) return WorkspaceNotFound(workspace);
  std::vector<WebhookState> webhooks;
  for (const auto& [id, each] : state->webhooks) webhooks.push_back(each);
  return webhooks;
}

absl::StatusOr<std::map<core::WorkspaceId, int64_t>> MemoryStore::WebhookVersions() {
  absl::MutexLock lock(&mutex_);
  std::map<core::WorkspaceId, int64_t> versions;
  for (const auto& [id, state] : workspaces_) {
    if (state.webhook_changes > 0) versions[id] = state.webhook_changes;
  }
  return versions;
}

absl::StatusOr<bool> MemoryStore::ReportWebhook(const WebhookKey& key,
                                                const WebhookReport& report) {
  absl::MutexLock lock(&mutex_);
  WorkspaceState* state = Find(key.workspace);
  if (state == nullptr) return WebhookNotFound(key.id);
  const auto known = state->webhooks.find(key.id);
  if (known == state->webhooks.end()) return WebhookNotFound(key.id);
  const Webhook& webhook = known->second.webhook;
  if (webhook.generation != report.generation) {
    return EtagMismatch(report.generation, webhook.generation);
  }
  WebhookProgress& progress = known->second.progress;
  if (progress.generation != report.generation) {
    progress.generation = report.generation;
    progress.offsets.clear();
    progress.truncated = false;
  }
  for (const auto& [partition, offset] : report.offsets) {
    int64_t& stored = progress.offsets[partition];
    stored = std::max(stored, offset);
  }
  progress.truncated = progress.truncated || report.truncated;
  progress.delivered += report.delivered;
  progress.given_up += report.given_up;
  NoteAttempt(report, Now(ShardFor(key.workspace)), progress);
  if (!report.ping.empty()) {
    progress.ping = report.ping;
    progress.ping_outcome = report.ping_outcome;
  }
  return progress.parked_round == report.round;
}

}  // namespace baton::store
