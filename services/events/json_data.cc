#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/text.h"
#include "events/event_data.h"

namespace baton::events {
namespace {

using simdjson::dom::element;

bool HasAttributes(core::EventType type) {
  return type == core::EventType::kCaptured || type == core::EventType::kUpdated;
}
bool HasActivity(core::EventType type) {
  return type == core::EventType::kCaptured || type == core::EventType::kActivity;
}
bool HasConsent(core::EventType type) {
  return type == core::EventType::kCaptured || type == core::EventType::kConsent;
}

// "" if it is no string.
std::string_view Text(const element& value) {
  std::string_view text;
  return value.get(text) == simdjson::SUCCESS ? text : std::string_view();
}

std::optional<std::vector<std::string>> ReadStrings(const element& value) {
  std::vector<std::string> items;
  simdjson::dom::array array;
  if (value.get(array) != simdjson::SUCCESS) return std::nullopt;
  for (const element item : array) {
    // One more than allowed is enough for the refusal.
    if (!item.is_string() || items.size() > kListItemsMax) return std::nullopt;
    items.emplace_back(Text(item));
  }
  return items;
}

// A field that holds values by name.
struct ValuesField {
  absl::string_view name;
  absl::string_view kinds;  // of values
  Refusal (*add)(core::LeadEvent& event, std::string_view name, core::AttributeValue value);
};

constexpr ValuesField kAttributes = {
    "attributes",
    "true, false, an integer of 64 bits, a number, a string or a list of at most 128 strings",
    AddAttribute};
static_assert(kListItemsMax == 128);
constexpr ValuesField kProperties = {
    "properties", "true, false, an integer of 64 bits, a number or a string", AddProperty};

Refusal ReadNamedValue(const ValuesField& field, std::string_view name, const element& value,
                       core::LeadEvent& event) {
  bool flag = false;
  int64_t integer = 0;
  double number = 0;
  std::string_view text;
  if (value.is_null()) return std::nullopt;
  if (value.get(text) == simdjson::SUCCESS) return field.add(event, name, std::string(text));
  if (value.get(flag) == simdjson::SUCCESS) return field.add(event, name, flag);
  if (value.get(integer) == simdjson::SUCCESS) return field.add(event, name, integer);
  // get() would also round an integer that is too big.
  if (value.type() == simdjson::dom::element_type::DOUBLE &&
      value.get(number) == simdjson::SUCCESS) {
    return field.add(event, name, number);
  }
  if (auto items = ReadStrings(value)) return field.add(event, name, *std::move(items));
  return BadValue(absl::StrCat("data.", field.name, ".", core::Shortened(name, kFieldNameBytesMax)),
                  absl::StrCat("a value is ", field.kinds));
}

Refusal ReadNamedValues(const ValuesField& field, const element& value, core::LeadEvent& event) {
  simdjson::dom::object object;
  if (value.get(object) != simdjson::SUCCESS) {
    return BadValue(absl::StrCat("data.", field.name),
                    absl::StrCat(field.name, " must be an object"));
  }
  for (const auto& [name, named] : object) {
    if (Refusal refusal = ReadNamedValue(field, name, named, event)) return refusal;
  }
  return std::nullopt;
}

// Ids in other systems are often numbers, so integers are taken too.
Refusal ReadAttribution(const element& value, core::LeadEvent& event) {
  simdjson::dom::object object;
  if (value.get(object) != simdjson::SUCCESS) {
    return BadValue("data.attribution", "attribution must be an object");
  }
  for (const auto& [name, entry] : object) {
    int64_t integer = 0;
    uint64_t large = 0;
    Refusal refusal;
    if (entry.is_null()) continue;
    if (entry.is_string()) {
      refusal = AddAttribution(event, name, Text(entry));
    } else if (entry.get(integer) == simdjson::SUCCESS) {
      refusal = AddAttribution(event, name, absl::StrCat(integer));
    } else if (entry.get(large) == simdjson::SUCCESS) {
      refusal = AddAttribution(event, name, absl::StrCat(large));
    } else {
      refusal =
          BadValue(absl::StrCat("data.attribution.", core::Shortened(name, kFieldNameBytesMax)),
                   "a value is a string or an integer");
    }
    if (refusal) return refusal;
  }
  return std::nullopt;
}

Refusal ReadConsent(const element& value, core::LeadEvent& event) {
  if (!HasConsent(event.type)) {
    return BadValue("data.consent", "consent belongs to the types captured and consent");
  }
  const std::string_view text = Text(value);
  if (text == "granted" || text == "CONSENT_GRANTED") {
    event.consent = core::Consent::kGranted;
  } else if (text == "withdrawn" || text == "CONSENT_WITHDRAWN") {
    event.consent = core::Consent::kWithdrawn;
  } else if (text != "CONSENT_UNSPECIFIED") {
    return BadValue("data.consent", "consent must be granted or withdrawn");
  }
  return std::nullopt;
}

Refusal ReadActivity(const element& value, core::LeadEvent& event) {
  if (!value.is_string()) return BadValue("data.activity", "activity must be a string");
  return SetActivity(event, Text(value));
}

Refusal ReadCount(const element& value, core::LeadEvent& event) {
  // What does not fit int64 is out of range in any case.
  int64_t count = 0;
  return SetActivityCount(event, value.get(count) == simdjson::SUCCESS ? count : -1);
}

Refusal ReadField(std::string_view name, const element& value, core::LeadEvent& event) {
  if (value.is_null()) return std::nullopt;
  if (name == "attributes" && HasAttributes(event.type)) {
    return ReadNamedValues(kAttributes, value, event);
  }
  if (name == "activity" && HasActivity(event.type)) return ReadActivity(value, event);
  if (name == "properties" && HasActivity(event.type)) {
    return ReadNamedValues(kProperties, value, event);
  }
  if (name == "count" && event.type == core::EventType::kActivity) return ReadCount(value, event);
  if (name == "consent") return ReadConsent(value, event);
  if (name == "attribution" && event.type != core::EventType::kConsent) {
    return ReadAttribution(value, event);
  }
  return std::nullopt;
}

}  // namespace

Refusal ReadJsonData(const element& data, core::LeadEvent& event) {
  simdjson::dom::object object;
  if (data.get(object) != simdjson::SUCCESS) return BadValue("data", "data must be an object");
  for (const auto& [name, value] : object) {
    if (Refusal refusal = ReadField(name, value, event)) return refusal;
  }
  return CheckComplete(event);
}

}  // namespace baton::events
