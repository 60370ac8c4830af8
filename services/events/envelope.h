// The context attributes of a CloudEvent, wherever they stood (headers or JSON), and their checks.
#ifndef BATON_EVENTS_ENVELOPE_H_
#define BATON_EVENTS_ENVELOPE_H_

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "core/event.h"
#include "events/event_fields.h"
#include "platform/kafka/kafka.h"

namespace baton::events {

// Views into the record or the parsed document. nullopt: not there.
struct Envelope {
  std::optional<std::string_view> specversion, id, source, type, subject, time, workspace;
  std::optional<std::string_view> traceparent, datacontenttype;

  // The attribute called `name` in CloudEvents; nullptr for one that we do not use.
  std::optional<std::string_view>* Find(std::string_view name);
};

// Headers ce_* and content-type; also a plain traceparent header.
Envelope EnvelopeOfHeaders(const platform::kafka::Headers& headers);

// What happened to an account.
enum class AccountEventType { kUpserted, kDeleted };

struct SalesAction;  // sales_actions.h

// Whose types may stand on a topic: marketing's (leads and accounts) or those of sales.
enum class EventFamily { kMarketing, kSales };

// The attributes of an event, checked.
struct EventHead {
  std::variant<core::EventType, AccountEventType, const SalesAction*> type;
  std::string id, source;
  core::WorkspaceId workspace;
  std::string subject;  // id of the lead or account
  core::TimeMs occurred_at_ms = 0;
  std::string traceparent;  // empty: none, or a malformed one
};

Refusal ReadEnvelope(const Envelope& envelope, core::TimeMs record_timestamp_ms, EventFamily family,
                     EventHead& head);

}  // namespace baton::events

#endif  // BATON_EVENTS_ENVELOPE_H_
