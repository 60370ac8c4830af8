#include "dispatch/webhook_service.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "core/errors.h"
#include "dispatch/action_mapping.h"
#include "dispatch/pages.h"
#include "dispatch/proto_mapping.h"
#include "dispatch/resource_names.h"
#include "dispatch/roster_mapping.h"
#include "dispatch/webhook_mapping.h"
#include "platform/log.h"
#include "store/store_errors.h"
#include "webhooks/signature.h"

namespace baton::dispatch {
namespace {

constexpr int kWebhookRoundsMax = 5;
constexpr absl::Duration kOldSecretSignsFor = absl::Hours(24);

core::TimeMs WebhookNow() {
  return absl::ToUnixMillis(absl::Now());
}

void LogChange(const char* event, const Caller& caller, const store::WebhookKey& key) {
  platform::LogInfo(
      event, {{"workspace", key.workspace.str()}, {"webhook", key.id}, {"principal", caller.id()}});
}

}  // namespace

WebhookService::WebhookService(store::WebhookStore& webhooks, store::StoreHealth& health,
                               const webhooks::EgressRules& rules, const CallRunner& runner,
                               const TokenSealer& sealer)
    : webhooks_(webhooks), health_(health), rules_(rules), runner_(runner), sealer_(sealer) {}

::grpc::ServerUnaryReactor* WebhookService::CreateWebhook(::grpc::CallbackServerContext* context,
                                                          const ::grpc::ByteBuffer* request,
                                                          ::grpc::ByteBuffer* response) {
  return runner_.RunChange(context, request, response,
                           [this](const v1::CreateWebhookRequest& wanted, const Caller& caller) {
                             return Create(caller, wanted);
                           });
}

::grpc::ServerUnaryReactor* WebhookService::GetWebhook(::grpc::CallbackServerContext* context,
                                                       const ::grpc::ByteBuffer* request,
                                                       ::grpc::ByteBuffer* response) {
  return runner_.Run(
      context, request, response,
      [this](const v1::GetWebhookRequest& wanted) -> absl::StatusOr<v1::GetWebhookResponse> {
        const auto key = ParseWebhook("name", wanted.name());
        if (!key.ok()) return key.status();
        const auto state = webhooks_.GetWebhook(*key);
        if (!state.ok()) return state.status();
        v1::GetWebhookResponse answer;
        *answer.mutable_webhook() = ToProto(key->workspace, *state, WebhookNow());
        return answer;
      });
}

::grpc::ServerUnaryReactor* WebhookService::ListWebhooks(::grpc::CallbackServerContext* context,
                                                         const ::grpc::ByteBuffer* request,
                                                         ::grpc::ByteBuffer* response) {
  return runner_.Run(context, request, response,
                     [this](const v1::ListWebhooksRequest& wanted) { return List(wanted); });
}

::grpc::ServerUnaryReactor* WebhookService::UpdateWebhook(::grpc::CallbackServerContext* context,
                                                          const ::grpc::ByteBuffer* request,
                                                          ::grpc::ByteBuffer* response) {
  return runner_.RunChange(context, request, response,
                           [this](const v1::UpdateWebhookRequest& wanted, const Caller& caller) {
                             return Update(caller, wanted);
                           });
}

::grpc::ServerUnaryReactor* WebhookService::DeleteWebhook(::grpc::CallbackServerContext* context,
                                                          const ::grpc::ByteBuffer* request,
                                                          ::grpc::ByteBuffer* response) {
  return runner_.RunChange(context, request, response,
                           [this](const v1::DeleteWebhookRequest& wanted, const Caller& caller) {
                             return Delete(caller, wanted);
                           });
}

::grpc::ServerUnaryReactor* WebhookService::RotateWebhookSecret(
    ::grpc::CallbackServerContext* context, const ::grpc::ByteBuffer* request,
    ::grpc::ByteBuffer* response) {
  return runner_.RunChange(context, request, response,
                           [this](const v1::RotateWebhookSecretRequest& wanted,
                                  const Caller& caller) { return Rotate(caller, wanted); });
}

::grpc::ServerUnaryReactor* WebhookService::TestWebhook(::grpc::CallbackServerContext* context,
                                                        const ::grpc::ByteBuffer* request,
                                                        ::grpc::ByteBuffer* response) {
  return runner_.RunChange(context, request, response,
                           [this](const v1::TestWebhookRequest& wanted, const Caller& caller) {
                             return Test(caller, wanted);
                           });
}

::grpc::ServerUnaryReactor* WebhookService::ReplayWebhook(::grpc::CallbackServerContext* context,
                                                          const ::grpc::ByteBuffer* request,
                                                          ::grpc::ByteBuffer* response) {
  return runner_.RunChange(context, request, response,
                           [this](const v1::ReplayWebhookRequest& wanted, const Caller& caller) {
                             return Replay(caller, wanted);
                           });
}

absl::StatusOr<std::string> WebhookService::SecretOf(const store::WebhookKey& key,
                                                     const std::string& salt) {
  const absl::StatusOr<std::string> installation = health_.InstallationSecret();
  if (!installation.ok()) return installation.status();
  return webhooks::SecretText(webhooks::SecretOf(*installation, key, salt));
}

absl::StatusOr<std::optional<v1::CreateWebhookResponse>> WebhookService::AnsweredBefore(
    const core::WorkspaceId& workspace, const store::Webhook& wanted) {
  std::optional<v1::CreateWebhookResponse> answer;
  if (wanted.request_id.empty()) return answer;
  const auto states = webhooks_.ListWebhooks(workspace);
  if (!states.ok()) return states.status();
  const auto found =
      std::find_if(states->begin(), states->end(), [&](const store::WebhookState& state) {
        return state.webhook.request_id == wanted.request_id;
      });
  if (found == states->end()) return answer;
  const store::Webhook& known = found->webhook;
  if (known.fingerprint != wanted.fingerprint || known.creator != wanted.creator) {
    return store::RequestIdReused(wanted.request_id);
  }
  answer.emplace();
  *answer->mutable_webhook() = ToProto(workspace, *found, WebhookNow());
  if (known.old_salt.empty()) {
    auto secret = SecretOf({workspace, known.id}, known.salt);
    if (!secret.ok()) return secret.status();
    answer->set_secret(*std::move(secret));
  }
  return answer;
}

absl::StatusOr<v1::CreateWebhookResponse> WebhookService::Create(
    const Caller& caller, const v1::CreateWebhookRequest& request) {
  if (absl::Status named = RequireName(caller); !named.ok()) return named;
  const auto workspace = ParseWorkspace("parent", request.parent());
  if (!workspace.ok()) return workspace.status();
  if (!core::IsValidId(request.webhook_id())) {
    return core::FieldError("webhook_id", "must be 1 to 64 characters of [A-Za-z0-9_-]");
  }
  if (absl::Status status = CheckRequestId(request.request_id()); !status.ok()) return status;
  store::Webhook webhook;
  webhook.id = request.webhook_id();
  webhook.salt = webhooks::NewSalt();
  webhook.creator = caller.id();
  webhook.request_id = request.request_id();
  webhook.fingerprint = webhook.request_id.empty() ? 0 : Fingerprint(request);
  auto before = AnsweredBefore(*workspace, webhook);
  if (!before.ok()) return before.status();
  if (before->has_value()) return **std::move(before);
  // One that is deleted and made again is never taken for the one before.
  webhook.generation = WebhookNow();
  const auto said = Masked(webhook, request.webhook(), {});
  if (!said.ok()) return said.status();
  if (absl::Status allowed = rules_.CheckUrl(said->url); !allowed.ok()) return allowed;
  v1::CreateWebhookResponse response;
  store::WebhookState state = {*said, {}};
  const store::WebhookKey key = {*workspace, webhook.id};
  if (request.validate_only()) {
    const auto others = webhooks_.ListWebhooks(*workspace);
    if (!others.ok()) return others.status();
  } else {
    auto secret = SecretOf(key, webhook.salt);
    if (!secret.ok()) return secret.status();
    auto stored = webhooks_.PutWebhook(*workspace, *said);
    if (absl::IsAlreadyExists(stored.status())) {  // made meanwhile, maybe by the same request
      before = AnsweredBefore(*workspace, webhook);
      if (before.ok() && before->has_value()) return **std::move(before);
    }
    if (!stored.ok()) return stored.status();
    state.webhook = *std::move(stored);
    response.set_secret(*std::move(secret));
    LogChange("webhook.created", caller, key);
  }
  *response.mutable_webhook() = ToProto(*workspace, state, WebhookNow());
  return response;
}

absl::StatusOr<v1::ListWebhooksResponse> WebhookService::List(
    const v1::ListWebhooksRequest& request) {
  const auto workspace = ParseWorkspace("parent", request.parent());
  if (!workspace.ok()) return workspace.status();
  const auto page_size = PageSize(request.page_size());
  if (!page_size.ok()) return page_size.status();
  const std::string context = absl::StrCat("ListWebhooks|", request.parent());
  const auto position = OpenPageToken(sealer_, context, request.page_token());
  if (!position.ok()) return position.status();
  const auto states = webhooks_.ListWebhooks(*workspace);
  if (!states.ok()) return states.status();
  v1::ListWebhooksResponse response;
  const core::TimeMs now_ms = WebhookNow();
  const std::string next = Paginate(
      *states, *page_size, *position,
      [](const store::WebhookState& state) { return state.webhook.id; },
      [&](const store::WebhookState& state) {
        v1::Webhook& message = *response.add_webhooks();
        message = ToProto(*workspace, state, now_ms);
        return message.ByteSizeLong();
      });
  if (!next.empty()) response.set_next_page_token(MakePageToken(sealer_, context, next));
  return response;
}

absl::StatusOr<store::WebhookState> WebhookService::Change(const Caller& caller, const char* event,
                                                           const std::string& name,
                                                           const std::string& etag,
                                                           const Edit& edit) {
  if (absl::Status named = RequireName(caller); !named.ok()) return named;
  const auto key = ParseWebhook("name", name);
  if (!key.ok()) return key.status();
  const auto expected = ParseEtag("etag", etag, -1);
  if (!expected.ok()) return expected.status();
  absl::Status last;
  for (int round = 0; round < kWebhookRoundsMax; ++round) {
    auto state = webhooks_.GetWebhook(*key);
    if (!state.ok()) return state.status();
    if (*expected >= 0 && *expected != state->webhook.revision) {
      return store::EtagMismatch(*expected, state->webhook.revision);
    }
    if (absl::Status edited = edit(state->webhook); !edited.ok()) return edited;
    auto stored = webhooks_.PutWebhook(key->workspace, state->webhook);
    if (stored.ok()) {
      LogChange(event, caller, *key);
      state->webhook = *std::move(stored);
      return state;
    }
    last = stored.status();
    if (!absl::IsAborted(last)) break;
  }
  return last;
}

absl::StatusOr<v1::UpdateWebhookResponse> WebhookService::Update(
    const Caller& caller, const v1::UpdateWebhookRequest& request) {
  const v1::Webhook& update = request.webhook();
  const auto state =
      Change(caller, "webhook.updated", update.name(), update.etag(), [&](store::Webhook& webhook) {
        auto merged = Masked(webhook, update, request.update_mask());
        if (!merged.ok()) return merged.status();
        // One whose host is no longer listed can still be disabled.
        const bool moved = merged->url != webhook.url;
        webhook = *std::move(merged);
        return moved ? rules_.CheckUrl(webhook.url) : absl::OkStatus();
      });
  if (!state.ok()) return state.status();
  v1::UpdateWebhookResponse response;
  const auto key = ParseWebhook("webhook.name", update.name());
  *response.mutable_webhook() = ToProto(key->workspace, *state, WebhookNow());
  return response;
}

absl::StatusOr<v1::DeleteWebhookResponse> WebhookService::Delete(
    const Caller& caller, const v1::DeleteWebhookRequest& request) {
  if (absl::Status named = RequireName(caller); !named.ok()) return named;
  const auto key = ParseWebhook("name", request.name());
  if (!key.ok()) return key.status();
  const auto expected = ParseEtag("etag", request.etag(), -1);
  if (!expected.ok()) return expected.status();
  if (absl::Status deleted = webhooks_.DeleteWebhook(*key, *expected); !deleted.ok()) {
    return deleted;
  }
  LogChange("webhook.deleted", caller, *key);
  return v1::DeleteWebhookResponse();
}

absl::StatusOr<v1::RotateWebhookSecretResponse> WebhookService::Rotate(
    const Caller& caller, const v1::RotateWebhookSecretRequest& request) {
  const auto state = Change(caller, "webhook.secret_rotated", request.name(), request.etag(),
                            [](store::Webhook& webhook) {
                              webhook.old_salt = std::exchange(webhook.salt, webhooks::NewSalt());
                              webhook.old_salt_until_ms =
                                  WebhookNow() + absl::ToInt64Milliseconds(kOldSecretSignsFor);
                              return absl::OkStatus();
                            });
  if (!state.ok()) return state.status();
  const auto key = ParseWebhook("name", request.name());
  auto secret = SecretOf(*key, state->webhook.salt);
  if (!secret.ok()) return secret.status();
  v1::RotateWebhookSecretResponse response;
  *response.mutable_webhook() = ToProto(key->workspace, *state, WebhookNow());
  response.set_secret(*std::move(secret));
  return response;
}

absl::StatusOr<v1::TestWebhookResponse> WebhookService::Test(
    const Caller& caller, const v1::TestWebhookRequest& request) {
  const std::string ping = webhooks::NewSalt();
  const auto state =
      Change(caller, "webhook.pinged", request.name(), "", [&](store::Webhook& webhook) {
        webhook.ping = ping;
        return rules_.CheckUrl(webhook.url);
      });
  if (!state.ok()) return state.status();
  v1::TestWebhookResponse response;
  const auto key = ParseWebhook("name", request.name());
  *response.mutable_webhook() = ToProto(key->workspace, *state, WebhookNow());
  response.set_ping_id(ping);
  return response;
}

absl::StatusOr<v1::ReplayWebhookResponse> WebhookService::Replay(
    const Caller& caller, const v1::ReplayWebhookRequest& request) {
  core::TimeMs from_ms = 0;
  if (request.has_from_time()) {
    const auto from = FromTimestamp("from_time", request.from_time());
    if (!from.ok()) return from.status();
    if (*from <= 0 || *from > WebhookNow()) {
      return core::FieldError("from_time", "must be a time in the past");
    }
    from_ms = *from;
  }
  const auto state = Change(caller, "webhook.replayed", request.name(), request.etag(),
                            [&](store::Webhook& webhook) {
                              ++webhook.round;
                              if (from_ms != 0) {
                                ++webhook.generation;
                                webhook.from_ms = from_ms;
                              }
                              return rules_.CheckUrl(webhook.url);
                            });
  if (!state.ok()) return state.status();
  v1::ReplayWebhookResponse response;
  const auto key = ParseWebhook("name", request.name());
  *response.mutable_webhook() = ToProto(key->workspace, *state, WebhookNow());
  return response;
}

}  // namespace baton::dispatch
