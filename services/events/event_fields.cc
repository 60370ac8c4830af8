#include "events/event_fields.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "core/facts.h"
#include "core/text.h"

namespace baton::events {
namespace {

using core::ToAbsl;

constexpr std::pair<core::EventType, std::string_view> kTypeWords[] = {
    {core::EventType::kCaptured, "captured"},
    {core::EventType::kUpdated, "updated"},
    {core::EventType::kActivity, "activity"},
    {core::EventType::kConsent, "consent"},
};

bool IsActivityName(std::string_view text) {
  const auto allowed = [](char character) {
    return absl::ascii_isalnum(static_cast<unsigned char>(character)) ||
           std::string_view("_.:-").find(character) != std::string_view::npos;
  };
  return !text.empty() && text.size() <= core::kIdLengthMax &&
         std::all_of(text.begin(), text.end(), allowed);
}

Refusal CheckAttributeValue(const std::string& field, const core::AttributeValue& value) {
  if (const auto* number = std::get_if<double>(&value); number && !std::isfinite(*number)) {
    return BadValue(field, "a number must be finite");
  }
  size_t bytes = 0;
  if (const auto* text = std::get_if<std::string>(&value)) bytes = text->size();
  if (const auto* list = std::get_if<std::vector<std::string>>(&value)) {
    if (list->size() > kListItemsMax) {
      return BadValue(field, absl::StrCat("a list has at most ", kListItemsMax, " strings"));
    }
    for (const std::string& item : *list) bytes += item.size();
  }
  if (bytes > core::kAttributeBytesMax) {
    return BadValue(field,
                    absl::StrCat("a value has at most ", core::kAttributeBytesMax, " bytes"));
  }
  return std::nullopt;
}

}  // namespace

Refusal BadValue(std::string_view field, std::string_view reason) {
  return DeadLetter{DeadLetterClass::kBadValue, std::string(field), std::string(reason)};
}

Refusal MissingField(std::string_view field) {
  return DeadLetter{DeadLetterClass::kMissingField, std::string(field),
                    absl::StrCat(ToAbsl(field), " is missing")};
}

bool IsPrintableText(std::string_view text, size_t bytes_max) {
  return !text.empty() && text.size() <= bytes_max &&
         std::none_of(text.begin(), text.end(), [](char character) {
           return absl::ascii_iscntrl(static_cast<unsigned char>(character));
         });
}

Refusal AddAttribute(core::LeadEvent& event, std::string_view name, core::AttributeValue value) {
  if (!IsPrintableText(name, kFieldNameBytesMax)) {
    return BadValue("data.attributes", absl::StrCat("a name has 1 to ", kFieldNameBytesMax,
                                                    " bytes and no control characters"));
  }
  const std::string field = absl::StrCat("data.attributes.", ToAbsl(name));
  if (Refusal refusal = CheckAttributeValue(field, value)) return refusal;
  event.attributes.insert_or_assign(std::string(name), std::move(value));
  if (event.attributes.size() > core::kAttributesMax) {
    return BadValue("data.attributes",
                    absl::StrCat("an event has at most ", core::kAttributesMax, " attributes"));
  }
  return std::nullopt;
}

Refusal AddProperty(core::LeadEvent& event, std::string_view name, core::AttributeValue value) {
  if (!IsPrintableText(name, kFieldNameBytesMax)) {
    return BadValue("data.properties", absl::StrCat("a name has 1 to ", kFieldNameBytesMax,
                                                    " bytes and no control characters"));
  }
  const std::string field = absl::StrCat("data.properties.", ToAbsl(name));
  if (std::holds_alternative<std::vector<std::string>>(value)) {
    return BadValue(field, "a property is no list; give it one value");
  }
  if (Refusal refusal = CheckAttributeValue(field, value)) return refusal;
  event.properties.insert_or_assign(std::string(name), std::move(value));
  size_t bytes = 0;
  for (const auto& [key, held] : event.properties) {
    const auto* text = std::get_if<std::string>(&held);
    bytes += key.size() + (text == nullptr ? 0 : text->size());
  }
  if (event.properties.size() <= core::kPropertiesMax && bytes <= core::kPropertyBytesMax) {
    return std::nullopt;
  }
  return BadValue("data.properties",
                  absl::StrCat("an activity has at most ", core::kPropertiesMax,
                               " properties, their names and texts together at most ",
                               core::kPropertyBytesMax, " bytes"));
}

Refusal AddAttribution(core::LeadEvent& event, std::string_view name, std::string_view value) {
  if (!IsPrintableText(name, kFieldNameBytesMax)) {
    return BadValue("data.attribution", absl::StrCat("a name has 1 to ", kFieldNameBytesMax,
                                                     " bytes and no control characters"));
  }
  if (value.size() > kAttributionBytesMax) {
    return BadValue(absl::StrCat("data.attribution.", ToAbsl(name)),
                    absl::StrCat("a value has at most ", kAttributionBytesMax, " bytes"));
  }
  event.attribution.insert_or_assign(std::string(name), std::string(value));
  if (event.attribution.size() > core::kAttributionMax) {
    return BadValue("data.attribution",
                    absl::StrCat("an event has at most ", core::kAttributionMax, " keys"));
  }
  return std::nullopt;
}

Refusal SetActivity(core::LeadEvent& event, std::string_view activity) {
  if (!activity.empty() && !IsActivityName(activity)) {
    return BadValue("data.activity", absl::StrCat("an activity has 1 to ", core::kIdLengthMax,
                                                  " characters of [A-Za-z0-9_.:-]"));
  }
  event.activity = std::string(activity);
  return std::nullopt;
}

Refusal SetActivityCount(core::LeadEvent& event, int64_t count) {
  if (count < 0 || count > kActivityCountMax) {
    return BadValue("data.count", absl::StrCat("a count is 1 to ", kActivityCountMax));
  }
  event.activity_count = count == 0 ? 1 : static_cast<int32_t>(count);
  return std::nullopt;
}

Refusal CheckComplete(const core::LeadEvent& event) {
  if (event.type == core::EventType::kActivity && event.activity.empty()) {
    return MissingField("data.activity");
  }
  if (!event.properties.empty() && event.activity.empty()) {
    return BadValue("data.properties", "properties are of an activity, and none is named");
  }
  if (event.type == core::EventType::kConsent && event.consent == core::Consent::kUnknown) {
    return MissingField("data.consent");
  }
  return std::nullopt;
}

std::string_view EventTypeWord(core::EventType type) {
  for (const auto& [known, word] : kTypeWords) {
    if (known == type) return word;
  }
  return "";
}

std::optional<core::EventType> ParseEventTypeWord(std::string_view word) {
  for (const auto& [type, known] : kTypeWords) {
    if (known == word) return type;
  }
  return std::nullopt;
}

}  // namespace baton::events
