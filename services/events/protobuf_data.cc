#include <google/protobuf/stubs/logging.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "baton/events/v1/lead_events.pb.h"
#include "events/event_data.h"

namespace baton::events {
namespace {

// `add`: AddAttribute or AddProperty.
template <typename Add>
Refusal ReadValues(const google::protobuf::Map<std::string, v1::AttributeValue>& values, Add add,
                   core::LeadEvent& event) {
  for (const auto& [name, value] : values) {
    Refusal refusal;
    switch (value.kind_case()) {
      case v1::AttributeValue::kBoolValue:
        refusal = add(event, name, value.bool_value());
        break;
      case v1::AttributeValue::kIntValue:
        refusal = add(event, name, int64_t{value.int_value()});
        break;
      case v1::AttributeValue::kDoubleValue:
        refusal = add(event, name, value.double_value());
        break;
      case v1::AttributeValue::kStringValue:
        refusal = add(event, name, value.string_value());
        break;
      case v1::AttributeValue::kListValue:
        refusal = add(event, name,
                      std::vector<std::string>(value.list_value().values().begin(),
                                               value.list_value().values().end()));
        break;
      case v1::AttributeValue::KIND_NOT_SET:
        break;
    }
    if (refusal) return refusal;
  }
  return std::nullopt;
}

Refusal ReadAttribution(const google::protobuf::Map<std::string, std::string>& attribution,
                        core::LeadEvent& event) {
  for (const auto& [name, value] : attribution) {
    if (Refusal refusal = AddAttribution(event, name, value)) return refusal;
  }
  return std::nullopt;
}

Refusal ReadConsent(v1::Consent consent, core::LeadEvent& event) {
  switch (consent) {
    case v1::CONSENT_UNSPECIFIED:
      return std::nullopt;
    case v1::CONSENT_GRANTED:
      event.consent = core::Consent::kGranted;
      return std::nullopt;
    case v1::CONSENT_WITHDRAWN:
      event.consent = core::Consent::kWithdrawn;
      return std::nullopt;
    default:
      return BadValue("data.consent", "consent must be granted or withdrawn");
  }
}

Refusal Read(const v1::LeadCaptured& data, core::LeadEvent& event) {
  if (Refusal refusal = ReadValues(data.attributes(), AddAttribute, event)) return refusal;
  if (Refusal refusal = SetActivity(event, data.activity())) return refusal;
  if (Refusal refusal = ReadValues(data.properties(), AddProperty, event)) return refusal;
  if (Refusal refusal = ReadConsent(data.consent(), event)) return refusal;
  return ReadAttribution(data.attribution(), event);
}

Refusal Read(const v1::LeadUpdated& data, core::LeadEvent& event) {
  if (Refusal refusal = ReadValues(data.attributes(), AddAttribute, event)) return refusal;
  return ReadAttribution(data.attribution(), event);
}

Refusal Read(const v1::LeadActivity& data, core::LeadEvent& event) {
  if (Refusal refusal = SetActivity(event, data.activity())) return refusal;
  if (Refusal refusal = SetActivityCount(event, data.count())) return refusal;
  if (Refusal refusal = ReadValues(data.properties(), AddProperty, event)) return refusal;
  return ReadAttribution(data.attribution(), event);
}

Refusal Read(const v1::LeadConsent& data, core::LeadEvent& event) {
  return ReadConsent(data.consent(), event);
}

template <typename Message>
Refusal ParseAndRead(std::string_view bytes, core::LeadEvent& event) {
  // Protobuf would write a line of its own for every string that is not UTF-8.
  const google::protobuf::LogSilencer silencer;
  Message message;
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return DeadLetter{DeadLetterClass::kNotParseable, "data",
                      absl::StrCat("data is not a message ", message.GetTypeName())};
  }
  if (Refusal refusal = Read(message, event)) return refusal;
  return CheckComplete(event);
}

}  // namespace

Refusal ReadProtobufData(std::string_view bytes, core::LeadEvent& event) {
  switch (event.type) {
    case core::EventType::kCaptured:
      return ParseAndRead<v1::LeadCaptured>(bytes, event);
    case core::EventType::kUpdated:
      return ParseAndRead<v1::LeadUpdated>(bytes, event);
    case core::EventType::kActivity:
      return ParseAndRead<v1::LeadActivity>(bytes, event);
    case core::EventType::kConsent:
      return ParseAndRead<v1::LeadConsent>(bytes, event);
  }
  return std::nullopt;
}

std::string_view WithoutRegistryPrefix(std::string_view bytes, bool protobuf) {
  constexpr size_t kPrefixBytes = 5;
  if (bytes.size() < kPrefixBytes || bytes[0] != '\0') return bytes;
  bytes.remove_prefix(kPrefixBytes);
  if (!protobuf || bytes.empty()) return bytes;
  // The index: a zigzag count and as many numbers, all of one byte here; a single 0 stands for the
  // first message. A count of 1 to 3 would be field number 0 in a message, which does not exist.
  constexpr unsigned char kCountMax = 3;
  const auto first = static_cast<unsigned char>(bytes[0]);
  if (first % 2 != 0 || first / 2 > kCountMax || bytes.size() < 1U + first / 2) return bytes;
  bytes.remove_prefix(1U + first / 2);
  return bytes;
}

}  // namespace baton::events
