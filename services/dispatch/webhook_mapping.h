// Between the messages of baton.v1 and the store's types: webhooks. Pure functions.
#ifndef BATON_DISPATCH_WEBHOOK_MAPPING_H_
#define BATON_DISPATCH_WEBHOOK_MAPPING_H_

#include "absl/status/statusor.h"
#include "baton/v1/webhook_service.pb.h"
#include "dispatch/resource_names.h"
#include "store/webhook_store.h"

namespace baton::dispatch {

namespace v1 = ::baton::v1;

inline constexpr int kWebhookFiltersMax = 100;  // types, queues

// `now_ms`: whether the old secret is still good.
v1::Webhook ToProto(const core::WorkspaceId& workspace, const store::WebhookState& state,
                    core::TimeMs now_ms);

// `update` on top of `stored` for the paths of `mask`; without paths, all that people set.
// INVALID_ARGUMENT for a path that is no changeable field, a type that no change has, a queue that
// is no id, more than kWebhookFiltersMax. Whether the URL may be used is for EgressRules to say.
absl::StatusOr<store::Webhook> Masked(const store::Webhook& stored, const v1::Webhook& update,
                                      const google::protobuf::FieldMask& mask);

}  // namespace baton::dispatch

#endif  // BATON_DISPATCH_WEBHOOK_MAPPING_H_
