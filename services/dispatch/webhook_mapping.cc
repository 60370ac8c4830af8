#include "dispatch/webhook_mapping.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/errors.h"
#include "core/plan.h"
#include "dispatch/proto_mapping.h"
#include "dispatch/roster_mapping.h"

namespace baton::dispatch {
namespace {

constexpr char kWebhookPaths[] = "url, types, queues, disabled";

v1::Webhook::State StateOf(const store::WebhookState& state) {
  if (state.webhook.disabled) return v1::Webhook::STATE_DISABLED;
  return state.parked() ? v1::Webhook::STATE_PARKED : v1::Webhook::STATE_ENABLED;
}

// Sorted, without repetition.
std::vector<std::string> SortedWords(const google::protobuf::RepeatedPtrField<std::string>& words) {
  std::vector<std::string> sorted(words.begin(), words.end());
  std::sort(sorted.begin(), sorted.end());
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  return sorted;
}

absl::Status CheckFilters(const store::Webhook& webhook) {
  if (webhook.types.size() > kWebhookFiltersMax) {
    return core::FieldError("webhook.types", absl::StrCat("at most ", kWebhookFiltersMax));
  }
  if (webhook.queues.size() > kWebhookFiltersMax) {
    return core::FieldError("webhook.queues", absl::StrCat("at most ", kWebhookFiltersMax));
  }
  for (const std::string& type : webhook.types) {
    if (!core::ParseChangeType(type).has_value()) {
      return core::FieldError("webhook.types",
                              "must be changes, such as assigned, sla_warned or rejected: the "
                              "types of the events of baton.feedback.v1");
    }
  }
  for (const std::string& queue : webhook.queues) {
    if (!core::IsValidId(queue)) return core::FieldError("webhook.queues", "must be ids of queues");
  }
  return absl::OkStatus();
}

}  // namespace

v1::Webhook ToProto(const core::WorkspaceId& workspace, const store::WebhookState& state,
                    core::TimeMs now_ms) {
  const store::Webhook& webhook = state.webhook;
  const store::WebhookProgress& progress = state.progress;
  v1::Webhook message;
  message.set_name(FormatWebhook({workspace, webhook.id}));
  message.set_url(webhook.url);
  for (const std::string& type : webhook.types) message.add_types(type);
  for (const std::string& queue : webhook.queues) message.add_queues(queue);
  message.set_disabled(webhook.disabled);
  message.set_state(StateOf(state));
  if (progress.failing_since_ms != 0) {
    *message.mutable_failing_since() = ToTimestamp(progress.failing_since_ms);
  }
  if (state.parked()) *message.mutable_parked_time() = ToTimestamp(progress.parked_at_ms);
  message.set_last_error(progress.error);
  if (progress.error_at_ms != 0) {
    *message.mutable_last_error_time() = ToTimestamp(progress.error_at_ms);
  }
  if (progress.delivered_at_ms != 0) {
    *message.mutable_last_delivery_time() = ToTimestamp(progress.delivered_at_ms);
  }
  message.set_delivered_count(ToInt32(progress.delivered));
  message.set_given_up_count(ToInt32(progress.given_up));
  message.set_truncated(progress.truncated && progress.generation == webhook.generation);
  message.set_ping(progress.ping);
  message.set_ping_outcome(progress.ping_outcome);
  if (!webhook.old_salt.empty() && now_ms < webhook.old_salt_until_ms) {
    *message.mutable_old_secret_expire_time() = ToTimestamp(webhook.old_salt_until_ms);
  }
  message.set_creator(webhook.creator);
  if (webhook.created_at_ms != 0)
    *message.mutable_create_time() = ToTimestamp(webhook.created_at_ms);
  message.set_etag(absl::StrCat(webhook.revision));
  return message;
}

absl::StatusOr<store::Webhook> Masked(const store::Webhook& stored, const v1::Webhook& update,
                                      const google::protobuf::FieldMask& mask) {
  store::Webhook webhook = stored;
  std::vector<std::string> paths(mask.paths().begin(), mask.paths().end());
  if (paths.empty()) paths = {"url", "types", "queues", "disabled"};
  for (const std::string& path : paths) {
    if (path == "url") {
      webhook.url = update.url();
    } else if (path == "types") {
      webhook.types = SortedWords(update.types());
    } else if (path == "queues") {
      webhook.queues = SortedWords(update.queues());
    } else if (path == "disabled") {
      webhook.disabled = update.disabled();
    } else {
      return UnknownPath(path, kWebhookPaths);
    }
  }
  if (absl::Status status = CheckFilters(webhook); !status.ok()) return status;
  return webhook;
}

}  // namespace baton::dispatch
