#include "events/cloud_event_reader.h"

#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/text.h"
#include "events/cloud_events.h"
#include "events/event_data.h"
#include "events/json_parser.h"

namespace baton::events {
namespace {

using core::ToAbsl;
using platform::kafka::Record;
using simdjson::dom::element;

DeadLetter NotParseable(std::string_view field, std::string_view reason) {
  return {DeadLetterClass::kNotParseable, std::string(field), std::string(reason)};
}

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

Refusal ReadData(DataFormat format, std::string_view bytes, IncomingEvent& event) {
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

Refusal DecodeBinary(const Record& record, const Envelope& envelope, IncomingEvent& event) {
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

// `headers`: of the record. The trace may stand there, where instrumented clients put it.
Refusal DecodeStructured(const Record& record, const Envelope& headers, IncomingEvent& event) {
  thread_local JsonParser parser;
  element root;
  StructuredEvent parts;
  if (Refusal refusal = parser.Parse(WithoutRegistryPrefix(record.value, false), "", root)) {
    return refusal;
  }
  if (Refusal refusal = ReadMembers(root, parts)) return refusal;
  if (!parts.envelope.traceparent) parts.envelope.traceparent = headers.traceparent;
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

}  // namespace

bool IsCloudEvent(const Record& record) {
  const Envelope envelope = EnvelopeOfHeaders(record.headers);
  if (envelope.specversion || envelope.id || envelope.type) return true;
  if (absl::StartsWithIgnoreCase(ToAbsl(envelope.datacontenttype.value_or("")),
                                 "application/cloudevents")) {
    return true;
  }
  thread_local JsonParser parser;
  element root;
  simdjson::dom::object object;
  if (!record.has_value || parser.Parse(record.value, "", root)) return false;
  return root.get(object) == simdjson::SUCCESS &&
         object["specversion"].error() == simdjson::SUCCESS;
}

Refusal ReadCloudEvent(const Record& record, IncomingEvent& event) {
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
  return structured ? DecodeStructured(record, envelope, event)
                    : DecodeBinary(record, envelope, event);
}

}  // namespace baton::events
