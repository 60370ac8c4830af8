// WebhookService of baton.v1.
#ifndef BATON_DISPATCH_WEBHOOK_SERVICE_H_
#define BATON_DISPATCH_WEBHOOK_SERVICE_H_

#include <functional>
#include <optional>
#include <string>

#include "baton/v1/webhook_service.grpc.pb.h"
#include "dispatch/call_runner.h"
#include "dispatch/raw_methods.h"
#include "dispatch/token_sealer.h"
#include "store/pipe_store.h"
#include "store/webhook_store.h"
#include "webhooks/egress_rules.h"

namespace baton::dispatch {

// Thread-safe.
class WebhookService final
    : public RawMethods<::baton::v1::WebhookService::Service,
                        ::baton::v1::WebhookService::WithRawCallbackMethod_CreateWebhook,
                        ::baton::v1::WebhookService::WithRawCallbackMethod_GetWebhook,
                        ::baton::v1::WebhookService::WithRawCallbackMethod_ListWebhooks,
                        ::baton::v1::WebhookService::WithRawCallbackMethod_UpdateWebhook,
                        ::baton::v1::WebhookService::WithRawCallbackMethod_DeleteWebhook,
                        ::baton::v1::WebhookService::WithRawCallbackMethod_RotateWebhookSecret,
                        ::baton::v1::WebhookService::WithRawCallbackMethod_TestWebhook,
                        ::baton::v1::WebhookService::WithRawCallbackMethod_ReplayWebhook> {
 public:
  WebhookService(store::WebhookStore& webhooks, store::StoreHealth& health,
                 const webhooks::EgressRules& rules, const CallRunner& runner,
                 const TokenSealer& sealer);

  ::grpc::ServerUnaryReactor* CreateWebhook(::grpc::CallbackServerContext* context,
                                            const ::grpc::ByteBuffer* request,
                                            ::grpc::ByteBuffer* response) override;
  ::grpc::ServerUnaryReactor* GetWebhook(::grpc::CallbackServerContext* context,
                                         const ::grpc::ByteBuffer* request,
                                         ::grpc::ByteBuffer* response) override;
  ::grpc::ServerUnaryReactor* ListWebhooks(::grpc::CallbackServerContext* context,
                                           const ::grpc::ByteBuffer* request,
                                           ::grpc::ByteBuffer* response) override;
  ::grpc::ServerUnaryReactor* UpdateWebhook(::grpc::CallbackServerContext* context,
                                            const ::grpc::ByteBuffer* request,
                                            ::grpc::ByteBuffer* response) override;
  ::grpc::ServerUnaryReactor* DeleteWebhook(::grpc::CallbackServerContext* context,
                                            const ::grpc::ByteBuffer* request,
                                            ::grpc::ByteBuffer* response) override;
  ::grpc::ServerUnaryReactor* RotateWebhookSecret(::grpc::CallbackServerContext* context,
                                                  const ::grpc::ByteBuffer* request,
                                                  ::grpc::ByteBuffer* response) override;
  ::grpc::ServerUnaryReactor* TestWebhook(::grpc::CallbackServerContext* context,
                                          const ::grpc::ByteBuffer* request,
                                          ::grpc::ByteBuffer* response) override;
  ::grpc::ServerUnaryReactor* ReplayWebhook(::grpc::CallbackServerContext* context,
                                            const ::grpc::ByteBuffer* request,
                                            ::grpc::ByteBuffer* response) override;

 private:
  using Edit = std::function<absl::Status(store::Webhook&)>;

  absl::StatusOr<::baton::v1::CreateWebhookResponse> Create(
      const Caller& caller, const ::baton::v1::CreateWebhookRequest& request);
  // What the request that makes `wanted` was answered; nullopt: it has no id, or is new.
  // INVALID_ARGUMENT REQUEST_ID_REUSED. The secret is told until it is rotated.
  absl::StatusOr<std::optional<::baton::v1::CreateWebhookResponse>> AnsweredBefore(
      const core::WorkspaceId& workspace, const store::Webhook& wanted);
  absl::StatusOr<::baton::v1::ListWebhooksResponse> List(
      const ::baton::v1::ListWebhooksRequest& request);
  absl::StatusOr<::baton::v1::UpdateWebhookResponse> Update(
      const Caller& caller, const ::baton::v1::UpdateWebhookRequest& request);
  absl::StatusOr<::baton::v1::DeleteWebhookResponse> Delete(
      const Caller& caller, const ::baton::v1::DeleteWebhookRequest& request);
  absl::StatusOr<::baton::v1::RotateWebhookSecretResponse> Rotate(
      const Caller& caller, const ::baton::v1::RotateWebhookSecretRequest& request);
  absl::StatusOr<::baton::v1::TestWebhookResponse> Test(
      const Caller& caller, const ::baton::v1::TestWebhookRequest& request);
  absl::StatusOr<::baton::v1::ReplayWebhookResponse> Replay(
      const Caller& caller, const ::baton::v1::ReplayWebhookRequest& request);

  // Reads the webhook, edits and keeps it; again when somebody else was faster, unless the caller
  // gave an etag. `event` is logged.
  absl::StatusOr<store::WebhookState> Change(const Caller& caller, const char* event,
                                             const std::string& name, const std::string& etag,
                                             const Edit& edit);
  absl::StatusOr<std::string> SecretOf(const store::WebhookKey& key, const std::string& salt);

  store::WebhookStore& webhooks_;
  store::StoreHealth& health_;
  const webhooks::EgressRules& rules_;
  const CallRunner& runner_;
  const TokenSealer& sealer_;
};

}  // namespace baton::dispatch

#endif  // BATON_DISPATCH_WEBHOOK_SERVICE_H_
