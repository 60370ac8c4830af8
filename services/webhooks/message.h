// What a webhook sends: a change as it is published to Kafka, in the form that Standard Webhooks
// recommends: {"type": ..., "timestamp": ..., "data": {...}}. Pure functions.
#ifndef BATON_WEBHOOKS_MESSAGE_H_
#define BATON_WEBHOOKS_MESSAGE_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "platform/kafka/kafka.h"
#include "store/webhook_store.h"
#include "webhooks/delivery_queue.h"

namespace baton::webhooks {

inline constexpr char kPingType[] = "dev.baton.webhook.ping.v1";

struct Message {
  std::string type;   // of the change: "assigned"
  std::string queue;  // may be empty
  core::TimeMs at_ms = 0;
  Delivery delivery;  // id: the event's; body: its type and time, and as data what Kafka has
};

// The workspace that a record of feedback is about: the first part of its key.
std::string_view WorkspaceOf(const platform::kafka::Record& record);

// Of a record of feedback. INVALID_ARGUMENT for one that the relay did not write.
absl::StatusOr<Message> MakeMessage(const platform::kafka::Record& record);

// The first instant whose changes the webhook is for: of its creation, or from where it is
// replayed.
inline core::TimeMs BeginOf(const store::Webhook& webhook) {
  return webhook.from_ms == 0 ? webhook.created_at_ms : webhook.from_ms;
}

// Whether the webhook is for such changes, and for what happened then.
bool Wants(const store::Webhook& webhook, const Message& message);

// What shows that a webhook works.
Delivery MakePing(const store::WebhookKey& key, const std::string& ping, core::TimeMs now_ms);

}  // namespace baton::webhooks

#endif  // BATON_WEBHOOKS_MESSAGE_H_
