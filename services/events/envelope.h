// The context attributes of a CloudEvent, wherever they stood (headers or JSON), and their checks.
#ifndef BATON_EVENTS_ENVELOPE_H_
#define BATON_EVENTS_ENVELOPE_H_

#include <optional>
#include <string_view>

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

// Checks the attributes and fills key, id, source, type, occurred_at_ms and traceparent of `event`.
Refusal ReadEnvelope(const Envelope& envelope, core::TimeMs record_timestamp_ms,
                     core::LeadEvent& event);

}  // namespace baton::events

#endif  // BATON_EVENTS_ENVELOPE_H_
