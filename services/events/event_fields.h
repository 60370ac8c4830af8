// Takes values from outside into a lead event, whatever encoding they came in, and holds them to
// the caps of the contract. Each function gives nullopt, or why the value is refused. Thread-safe.
#ifndef BATON_EVENTS_EVENT_FIELDS_H_
#define BATON_EVENTS_EVENT_FIELDS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/event.h"
#include "events/lead_event_codec.h"

namespace baton::events {

using Refusal = std::optional<DeadLetter>;

Refusal BadValue(std::string_view field, std::string_view reason);
Refusal MissingField(std::string_view field);

Refusal AddAttribute(core::LeadEvent& event, std::string_view name, core::AttributeValue value);
Refusal AddProperty(core::LeadEvent& event, std::string_view name, core::AttributeValue value);
Refusal AddAttribution(core::LeadEvent& event, std::string_view name, std::string_view value);
Refusal SetActivity(core::LeadEvent& event, std::string_view activity);  // empty: none
Refusal SetActivityCount(core::LeadEvent& event, int64_t count);         // 0 means 1

// What the event's type cannot do without.
Refusal CheckComplete(const core::LeadEvent& event);

// "captured" ...: the word in dev.baton.lead.<word>.v1.
std::string_view EventTypeWord(core::EventType type);
std::optional<core::EventType> ParseEventTypeWord(std::string_view word);

// 1..max bytes without control characters.
bool IsPrintableText(std::string_view text, size_t bytes_max);

}  // namespace baton::events

#endif  // BATON_EVENTS_EVENT_FIELDS_H_
