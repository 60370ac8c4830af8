#include "batonctl/event_input.h"

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "batonctl/exit_codes.h"
#include "batonctl/format.h"
#include "core/event.h"
#include "core/ids.h"
#include "events/lead_event_codec.h"
#include "policy/document_error.h"

namespace baton::batonctl {
namespace {

using Json = nlohmann::json;

constexpr char kStructuredContentType[] = "application/cloudevents+json";

absl::StatusOr<v1::LeadEventType> ParseType(const std::string& text) {
  if (text == "captured") return v1::LEAD_EVENT_TYPE_CAPTURED;
  if (text == "updated") return v1::LEAD_EVENT_TYPE_UPDATED;
  if (text == "activity") return v1::LEAD_EVENT_TYPE_ACTIVITY;
  if (text == "consent") return v1::LEAD_EVENT_TYPE_CONSENT;
  return UsageError(absl::StrCat(
      "--type is captured, updated, activity or consent; this is ", policy::Quoted(text),
      policy::DidYouMean(text, {"captured", "updated", "activity", "consent"})));
}

absl::StatusOr<v1::Consent> ParseConsent(const std::string& text) {
  if (text.empty()) return v1::CONSENT_UNSPECIFIED;
  if (text == "granted") return v1::CONSENT_GRANTED;
  if (text == "withdrawn") return v1::CONSENT_WITHDRAWN;
  return UsageError(
      absl::StrCat("--consent is granted or withdrawn; this is ", policy::Quoted(text)));
}

bool IsTextList(const Json& json) {
  if (!json.is_array()) return false;
  for (const Json& item : json) {
    if (!item.is_string()) return false;
  }
  return true;
}

v1::AttributeValue ToProto(const core::AttributeValue& value) {
  struct Visitor {
    v1::AttributeValue proto;
    void operator()(bool flag) { proto.set_bool_value(flag); }
    void operator()(int64_t number) { proto.set_int_value(number); }
    void operator()(double number) { proto.set_double_value(number); }
    void operator()(const std::string& text) { proto.set_string_value(text); }
    void operator()(const std::vector<std::string>& items) {
      proto.mutable_list_value()->mutable_values()->Assign(items.begin(), items.end());
    }
  };
  Visitor visitor;
  std::visit(visitor, value);
  return visitor.proto;
}

v1::LeadEventType ToProto(core::EventType type) {
  switch (type) {
    case core::EventType::kCaptured:
      return v1::LEAD_EVENT_TYPE_CAPTURED;
    case core::EventType::kUpdated:
      return v1::LEAD_EVENT_TYPE_UPDATED;
    case core::EventType::kActivity:
      return v1::LEAD_EVENT_TYPE_ACTIVITY;
    case core::EventType::kConsent:
      return v1::LEAD_EVENT_TYPE_CONSENT;
  }
  return v1::LEAD_EVENT_TYPE_UNSPECIFIED;
}

v1::Consent ToProto(core::Consent consent) {
  switch (consent) {
    case core::Consent::kGranted:
      return v1::CONSENT_GRANTED;
    case core::Consent::kWithdrawn:
      return v1::CONSENT_WITHDRAWN;
    case core::Consent::kUnknown:
      break;
  }
  return v1::CONSENT_UNSPECIFIED;
}

v1::LeadEvent ToProto(const core::LeadEvent& event) {
  v1::LeadEvent proto;
  proto.set_id(event.id);
  proto.set_source(event.source);
  proto.set_type(ToProto(event.type));
  proto.set_lead(event.key.lead.str());
  *proto.mutable_occur_time() = TimestampOf(event.occurred_at_ms);
  for (const auto& [name, value] : event.attributes) {
    (*proto.mutable_attributes())[name] = ToProto(value);
  }
  proto.set_activity(event.activity);
  if (event.type == core::EventType::kActivity) {
    proto.set_activity_count(event.activity_count);  // the other types have none
  }
  for (const auto& [name, value] : event.properties) {
    (*proto.mutable_properties())[name] = ToProto(value);
  }
  proto.set_consent(ToProto(event.consent));
  proto.mutable_attribution()->insert(event.attribution.begin(), event.attribution.end());
  return proto;
}

}  // namespace

absl::StatusOr<v1::AttributeValue> ParseAttribute(const std::string& flag,
                                                  const std::string& text) {
  v1::AttributeValue value;
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (json.is_boolean()) {
    value.set_bool_value(json.get<bool>());
  } else if (json.is_number_unsigned() && json.get<uint64_t>() > uint64_t{INT64_MAX}) {
    return UsageError(absl::StrCat(flag, ": ", text, " is greater than 64 bits can say"));
  } else if (json.is_number_integer()) {
    value.set_int_value(json.get<int64_t>());
  } else if (json.is_number_float()) {
    value.set_double_value(json.get<double>());
  } else if (json.is_string()) {
    value.set_string_value(json.get<std::string>());
  } else if (IsTextList(json)) {
    value.mutable_list_value();
    for (const Json& item : json) value.mutable_list_value()->add_values(item.get<std::string>());
  } else {
    value.set_string_value(text);
  }
  return value;
}

namespace {

// What was given with `flag`, each as NAME=VALUE.
absl::Status AddValues(const std::string& flag, const std::vector<std::string>& texts,
                       google::protobuf::Map<std::string, v1::AttributeValue>& values) {
  for (const std::string& text : texts) {
    const auto named = ParseKeyValue(flag, text);
    if (!named.ok()) return named.status();
    const absl::StatusOr<v1::AttributeValue> value = ParseAttribute(flag, named->second);
    if (!value.ok()) return value.status();
    values[named->first] = *value;
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::LeadEvent> EventOfFlags(const EventFlags& flags) {
  v1::LeadEvent event;
  if (!core::IsValidId(flags.lead)) {
    return UsageError(
        absl::StrCat("--lead is 1 to 64 characters of A-Z, a-z, 0-9, _ and -; this is ",
                     policy::Quoted(flags.lead)));
  }
  const absl::StatusOr<v1::LeadEventType> type = ParseType(flags.type);
  if (!type.ok()) return type.status();
  const absl::StatusOr<v1::Consent> consent = ParseConsent(flags.consent);
  if (!consent.ok()) return consent.status();
  event.set_lead(flags.lead);
  event.set_type(*type);
  event.set_id(flags.id);
  event.set_source(flags.source);
  event.set_activity(flags.activity);
  event.set_activity_count(flags.count);
  event.set_consent(*consent);
  if (!flags.time.empty()) {
    const auto time = ParseTime("--time", flags.time);
    if (!time.ok()) return time.status();
    *event.mutable_occur_time() = *time;
  }
  absl::Status status = AddValues("--attribute", flags.attributes, *event.mutable_attributes());
  if (!status.ok()) return status;
  status = AddValues("--property", flags.properties, *event.mutable_properties());
  if (!status.ok()) return status;
  for (const std::string& text : flags.attribution) {
    const auto attribution = ParseKeyValue("--attribution", text);
    if (!attribution.ok()) return attribution.status();
    (*event.mutable_attribution())[attribution->first] = attribution->second;
  }
  return event;
}

absl::StatusOr<FileEvent> EventOfLine(const std::string& line, absl::Time now) {
  platform::kafka::Record record;
  record.has_value = true;
  record.value = line;
  record.timestamp_ms = absl::ToUnixMillis(now);
  record.headers = {{"content-type", kStructuredContentType}};
  const events::Decoded decoded = events::DecodeLeadEvent(record);
  if (const auto* letter = std::get_if<events::DeadLetter>(&decoded)) {
    return FileError(
        absl::StrCat(letter->field, letter->field.empty() ? "" : ": ", letter->reason));
  }
  const auto& event = std::get<core::LeadEvent>(decoded);
  return FileEvent{event.key.workspace.str(), ToProto(event)};
}

}  // namespace baton::batonctl
