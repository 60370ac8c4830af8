// CloudEvents 1.0 of sales in: a Kafka record becomes a rep's action, or a dead letter with its
// reason.
//
// Binary or structured mode with JSON data, types dev.baton.sales.<action>.v1 (sales_actions.h);
// attributes as of lead events: subject is the lead's id. Unknown fields of the data are ignored.
// Pure functions of the record; thread-safe.
#ifndef BATON_EVENTS_SALES_EVENT_CODEC_H_
#define BATON_EVENTS_SALES_EVENT_CODEC_H_

#include <variant>

#include "core/sales_event.h"
#include "events/lead_event_codec.h"
#include "platform/kafka/kafka.h"

namespace baton::events {

using DecodedSalesEvent = std::variant<core::SalesEvent, DeadLetter>;

// The event without position.
DecodedSalesEvent DecodeSalesEvent(const platform::kafka::Record& record);

}  // namespace baton::events

#endif  // BATON_EVENTS_SALES_EVENT_CODEC_H_
