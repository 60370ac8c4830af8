#include "events/lead_event_codec.h"

#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/text.h"
#include "events/cloud_event_reader.h"
#include "events/cloud_events.h"
#include "events/envelope.h"
#include "events/event_data.h"
#include "events/json_writer.h"

namespace baton::events {
namespace {

using core::ToAbsl;
using platform::kafka::OutRecord;
using platform::kafka::Record;
using simdjson::dom::element;

// The event as far as it is read: what its envelope said, and its data.
class Incoming final : public IncomingEvent {
 public:
  Refusal ReadHead(const Envelope& envelope, core::TimeMs record_timestamp_ms) override {
    EventHead head;
    if (Refusal refusal =
            ReadEnvelope(envelope, record_timestamp_ms, EventFamily::kMarketing, head)) {
      return refusal;
    }
    if (const auto* type = std::get_if<AccountEventType>(&head.type)) {
      core::AccountEvent event;
      event.key = {head.workspace, core::AccountId::Trusted(head.subject)};
      event.id = std::move(head.id);
      event.source = std::move(head.source);
      event.occurred_at_ms = head.occurred_at_ms;
      event.deleted = *type == AccountEventType::kDeleted;
      event.account.id = event.key.account;
      event_ = std::move(event);
      return std::nullopt;
    }
    core::LeadEvent event;
    event.key = {head.workspace, core::LeadId::Trusted(head.subject)};
    event.id = std::move(head.id);
    event.source = std::move(head.source);
    event.type = std::get<core::EventType>(head.type);
    event.occurred_at_ms = head.occurred_at_ms;
    event.traceparent = std::move(head.traceparent);
    event_ = std::move(event);
    return std::nullopt;
  }

  // A deletion has said all with its envelope.
  bool WantsData() const override {
    const auto* account = std::get_if<core::AccountEvent>(&event_);
    return account == nullptr || !account->deleted;
  }
  Refusal ReadJson(const element& data) override {
    auto* account = std::get_if<core::AccountEvent>(&event_);
    return account == nullptr ? ReadJsonData(data, std::get<core::LeadEvent>(event_))
                              : ReadJsonAccount(data, *account);
  }
  Refusal ReadProtobuf(std::string_view bytes) override {
    auto* account = std::get_if<core::AccountEvent>(&event_);
    return account == nullptr ? ReadProtobufData(bytes, std::get<core::LeadEvent>(event_))
                              : ReadProtobufAccount(bytes, *account);
  }
  DecodedEvent Take() {
    return std::visit([](auto&& event) { return DecodedEvent(std::move(event)); },
                      std::move(event_));
  }

 private:
  std::variant<core::LeadEvent, core::AccountEvent> event_;
};

void WriteAttributeValue(JsonWriter& json, const core::AttributeValue& value) {
  struct Writer {
    JsonWriter& json;
    void operator()(bool flag) const { json.Bool(flag); }
    void operator()(int64_t number) const { json.Int(number); }
    void operator()(double number) const { json.Double(number); }
    void operator()(const std::string& text) const { json.String(text); }
    void operator()(const std::vector<std::string>& items) const {
      json.BeginArray();
      for (const std::string& item : items) json.String(item);
      json.EndArray();
    }
  };
  std::visit(Writer{json}, value);
}

void WriteValues(JsonWriter& json, std::string_view name,
                 const std::map<std::string, core::AttributeValue>& values) {
  if (values.empty()) return;
  json.Key(name);
  json.BeginObject();
  for (const auto& [key, value] : values) {
    json.Key(key);
    WriteAttributeValue(json, value);
  }
  json.EndObject();
}

void WriteText(JsonWriter& json, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  json.Key(name);
  json.String(value);
}

void WriteData(JsonWriter& json, const core::LeadEvent& event) {
  json.BeginObject();
  WriteValues(json, "attributes", event.attributes);
  WriteText(json, "activity", event.activity);
  if (event.type == core::EventType::kActivity) {
    json.Key("count");
    json.Int(event.activity_count);
  }
  WriteValues(json, "properties", event.properties);
  if (event.consent != core::Consent::kUnknown) {
    WriteText(json, "consent", event.consent == core::Consent::kGranted ? "granted" : "withdrawn");
  }
  if (!event.attribution.empty()) {
    json.Key("attribution");
    json.BeginObject();
    for (const auto& [name, value] : event.attribution) {
      json.Key(name);
      json.String(value);
    }
    json.EndObject();
  }
  json.EndObject();
}

}  // namespace

DecodedEvent DecodeEvent(const Record& record) {
  Incoming event;
  if (Refusal refusal = ReadCloudEvent(record, event)) return *std::move(refusal);
  return event.Take();
}

Decoded DecodeLeadEvent(const Record& record) {
  DecodedEvent decoded = DecodeEvent(record);
  if (auto* letter = std::get_if<DeadLetter>(&decoded)) return *std::move(letter);
  if (auto* event = std::get_if<core::LeadEvent>(&decoded)) return *std::move(event);
  return DeadLetter{DeadLetterClass::kUnknownType, "type", "an account's event is not a lead's"};
}

OutRecord EncodeLeadEvent(const std::string& topic, const core::LeadEvent& event) {
  OutRecord record;
  record.topic = topic;
  record.key = absl::StrCat(event.key.workspace.str(), "/", event.key.lead.str());
  record.headers = {
      {"content-type", absl::StrCat(ToAbsl(kJsonEventContentType), "; charset=UTF-8")}};
  JsonWriter json(record.value);
  json.BeginObject();
  WriteText(json, "specversion", kSpecVersion);
  WriteText(json, "id", event.id);
  WriteText(json, "source", event.source);
  WriteText(json, "type", LeadEventType(EventTypeWord(event.type)));
  WriteText(json, "subject", event.key.lead.str());
  json.Key("time");
  json.Time(event.occurred_at_ms);
  WriteText(json, "workspace", event.key.workspace.str());
  WriteText(json, "traceparent", event.traceparent);
  WriteText(json, "datacontenttype", kJsonContentType);
  json.Key("data");
  WriteData(json, event);
  json.EndObject();
  return record;
}

}  // namespace baton::events
