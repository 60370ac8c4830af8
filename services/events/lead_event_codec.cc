#include "events/lead_event_codec.h"

#include <simdjson.h>

#include <map>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/text.h"
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

DeadLetter NotParseable(std::string_view field, std::string_view reason) {
  return {DeadLetterClass::kNotParseable, std::string(field), std::string(reason)};
}

// One parser per thread, whose buffers are used again and again.
class JsonParser {
 public:
  // `root` lives until the next call.
  Refusal Parse(std::string_view text, std::string_view field, element& root) {
    if (!ready_ && parser_.allocate(kEventBytesMax, kJsonDepthMax) != simdjson::SUCCESS) {
      return NotParseable(field, "out of memory");
    }
    ready_ = true;
    const simdjson::error_code error = parser_.parse(text.data(), text.size(), true).get(root);
    if (error == simdjson::SUCCESS) return std::nullopt;
    if (error == simdjson::DEPTH_ERROR) {
      return DeadLetter{DeadLetterClass::kTooDeep, std::string(field),
                        absl::StrCat("JSON may be nested ", kJsonDepthMax, " deep")};
    }
    return NotParseable(field, absl::StrCat("not JSON: ", simdjson::error_message(error)));
  }

 private:
  simdjson::dom::parser parser_;
  bool ready_ = false;
};

bool IsMediaType(std::string_view content_type, std::string_view media_type) {
  return absl::StartsWithIgnoreCase(ToAbsl(content_type), ToAbsl(media_type)) &&
         (content_type.size() == media_type.size() ||
          std::string_view("; \t").find(content_type[media_type.size()]) != std::string_view::npos);
}

enum class DataFormat { kJson, kProtobuf, kOther };

// "application/vnd.acme+json" and nothing at all are JSON too.
DataFormat FormatOf(const std::optional<std::string_view>& content_type) {
  if (!content_type || content_type->empty()) return DataFormat::kJson;
  const absl::string_view media_type =
      ToAbsl(content_type->substr(0, content_type->find_first_of("; \t")));
  if (absl::EqualsIgnoreCase(media_type, ToAbsl(kJsonContentType)) ||
      absl::EndsWithIgnoreCase(media_type, "+json")) {
    return DataFormat::kJson;
  }
  if (absl::EqualsIgnoreCase(media_type, "application/protobuf") ||
      absl::EqualsIgnoreCase(media_type, "application/x-protobuf")) {
    return DataFormat::kProtobuf;
  }
  return DataFormat::kOther;
}

// The event as far as it is read: what its envelope said, and its data.
class Incoming {
 public:
  Refusal ReadHead(const Envelope& envelope, core::TimeMs record_timestamp_ms) {
    EventHead head;
    if (Refusal refusal = ReadEnvelope(envelope, record_timestamp_ms, head)) return refusal;
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
  bool WantsData() const {
    const auto* account = std::get_if<core::AccountEvent>(&event_);
    return account == nullptr || !account->deleted;
  }
  Refusal ReadJson(const element& data) {
    auto* account = std::get_if<core::AccountEvent>(&event_);
    return account == nullptr ? ReadJsonData(data, std::get<core::LeadEvent>(event_))
                              : ReadJsonAccount(data, *account);
  }
  Refusal ReadProtobuf(std::string_view bytes) {
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

Refusal ReadData(DataFormat format, std::string_view bytes, Incoming& event) {
  if (!event.WantsData()) return std::nullopt;
  switch (format) {
    case DataFormat::kJson: {
      thread_local JsonParser parser;
      element data;
      if (Refusal refusal = parser.Parse(WithoutRegistryPrefix(bytes, false), "data", data)) {
        return refusal;
      }
      return event.ReadJson(data);
    }
    case DataFormat::kProtobuf:
      return event.ReadProtobuf(WithoutRegistryPrefix(bytes, true));
    case DataFormat::kOther:
      break;
  }
  return BadValue("datacontenttype", "data must be application/json or application/protobuf");
}

Refusal DecodeBinary(const Record& record, const Envelope& envelope, Incoming& event) {
  for (const auto& [name, value] : record.headers) {
    if (absl::StartsWith(name, ToAbsl(kHeaderPrefix)) && !simdjson::validate_utf8(value)) {
      return NotParseable("headers", "a ce_ header is not UTF-8");
    }
  }
  if (Refusal refusal = event.ReadHead(envelope, record.timestamp_ms)) return refusal;
  return ReadData(FormatOf(envelope.datacontenttype), record.value, event);
}

// What a structured event consists of.
struct StructuredEvent {
  Envelope envelope;
  std::optional<element> data;
  std::optional<std::string_view> data_base64;
};

Refusal ReadMembers(const element& root, StructuredEvent& parts) {
  simdjson::dom::object object;
  if (root.get(object) != simdjson::SUCCESS) {
    return NotParseable("", "a CloudEvent is a JSON object");
  }
  for (const auto& [name, value] : object) {
    if (value.is_null()) continue;
    if (name == "data") {
      parts.data = value;
      continue;
    }
    std::optional<std::string_view>* slot =
        name == "data_base64" ? &parts.data_base64 : parts.envelope.Find(name);
    if (slot == nullptr) continue;
    std::string_view text;
    if (value.get(text) != simdjson::SUCCESS) {
      return BadValue(name, absl::StrCat(ToAbsl(name), " must be a string"));
    }
    *slot = text;
  }
  return std::nullopt;
}

Refusal DecodeStructured(const Record& record, Incoming& event) {
  thread_local JsonParser parser;
  element root;
  StructuredEvent parts;
  if (Refusal refusal = parser.Parse(WithoutRegistryPrefix(record.value, false), "", root)) {
    return refusal;
  }
  if (Refusal refusal = ReadMembers(root, parts)) return refusal;
  if (Refusal refusal = event.ReadHead(parts.envelope, record.timestamp_ms)) return refusal;
  if (!event.WantsData()) return std::nullopt;
  const DataFormat format = FormatOf(parts.envelope.datacontenttype);
  if (parts.data_base64) {
    std::string bytes;
    if (!absl::Base64Unescape(ToAbsl(*parts.data_base64), &bytes)) {
      return NotParseable("data_base64", "data_base64 is not base 64");
    }
    return ReadData(format, bytes, event);
  }
  if (!parts.data) return MissingField("data");
  if (format != DataFormat::kJson) {
    return BadValue("datacontenttype", "data that is not JSON goes into data_base64");
  }
  return event.ReadJson(*parts.data);
}

Refusal Decode(const Record& record, Incoming& event) {
  if (!record.has_value) return NotParseable("", "empty record");
  if (record.value.size() > kEventBytesMax) {
    return DeadLetter{DeadLetterClass::kTooLarge, "",
                      absl::StrCat("an event has at most ", kEventBytesMax, " bytes")};
  }
  const Envelope envelope = EnvelopeOfHeaders(record.headers);
  const std::string_view content_type = envelope.datacontenttype.value_or("");
  if (IsMediaType(content_type, "application/cloudevents-batch+json")) {
    return NotParseable("", "one record carries one event, not a batch");
  }
  const bool has_attributes = envelope.specversion || envelope.id || envelope.type;
  const bool structured = IsMediaType(content_type, kJsonEventContentType) ||
                          IsMediaType(content_type, "application/cloudevents") ||
                          (!has_attributes && FormatOf(content_type) == DataFormat::kJson);
  return structured ? DecodeStructured(record, event) : DecodeBinary(record, envelope, event);
}

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
  if (Refusal refusal = Decode(record, event)) return *std::move(refusal);
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
