#include "webhooks/message.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "core/lifecycle.h"
#include "events/handoff_event_codec.h"
#include "events/json_writer.h"

namespace baton::webhooks {
namespace {

std::string HeaderOf(const platform::kafka::Record& record, std::string_view name) {
  for (const auto& [key, value] : record.headers) {
    if (key == name) return value;
  }
  return "";
}

bool Names(const std::vector<std::string>& list, const std::string& word) {
  return list.empty() || std::find(list.begin(), list.end(), word) != list.end();
}

}  // namespace

std::string_view WorkspaceOf(const platform::kafka::Record& record) {
  const std::string_view key = record.key;
  return key.substr(0, key.find('/'));
}

absl::StatusOr<Message> MakeMessage(const platform::kafka::Record& record) {
  const auto entry = events::DecodeHandoffEvent(record);
  if (!entry.ok()) return entry.status();
  Message message;
  message.type = std::string(core::ChangeTypeName(entry->change.type));
  message.queue = entry->change.queue.str();
  message.at_ms = entry->at_ms;
  message.delivery.id = events::EventId(*entry);
  message.delivery.lead = entry->key.lead.str();
  message.delivery.traceparent = HeaderOf(record, "ce_traceparent");
  std::string& body = message.delivery.body;
  body.reserve(record.value.size() + 128);
  events::JsonWriter json(body);
  json.BeginObject();
  json.Key("type");
  json.String(HeaderOf(record, "ce_type"));
  json.Key("timestamp");
  json.Time(entry->at_ms);
  json.Key("data");
  absl::StrAppend(&body, record.value, "}");
  return message;
}

bool Wants(const store::Webhook& webhook, const Message& message) {
  return message.at_ms >= BeginOf(webhook) && Names(webhook.types, message.type) &&
         Names(webhook.queues, message.queue);
}

Delivery MakePing(const store::WebhookKey& key, const std::string& ping, core::TimeMs now_ms) {
  Delivery delivery;
  delivery.id = absl::StrCat("ping/", ping);
  events::JsonWriter json(delivery.body);
  json.BeginObject();
  json.Key("type");
  json.String(kPingType);
  json.Key("timestamp");
  json.Time(now_ms);
  json.Key("data");
  json.BeginObject();
  json.Key("workspace");
  json.String(key.workspace.str());
  json.Key("webhook");
  json.String(key.id);
  json.EndObject();
  json.EndObject();
  return delivery;
}

}  // namespace baton::webhooks
