// The data of an event, in each of its encodings, taken into core::LeadEvent or core::AccountEvent.
// The event's type and key are set already. nullopt, or why the data is refused. Thread-safe.
#ifndef BATON_EVENTS_EVENT_DATA_H_
#define BATON_EVENTS_EVENT_DATA_H_

#include <simdjson.h>

#include <string_view>

#include "core/account.h"
#include "events/event_fields.h"

namespace baton::events {

// proto3 JSON of the messages of lead_events.proto, with attributes as plain JSON values.
Refusal ReadJsonData(const simdjson::dom::element& data, core::LeadEvent& event);

// The same of account_events.proto, of an account that is not deleted.
Refusal ReadJsonAccount(const simdjson::dom::element& data, core::AccountEvent& event);

// The messages themselves, without registry prefix.
Refusal ReadProtobufData(std::string_view bytes, core::LeadEvent& event);
Refusal ReadProtobufAccount(std::string_view bytes, core::AccountEvent& event);

// Cuts the prefix of a Confluent registry off, if there is one: magic byte 0, 4 bytes schema id;
// before Protobuf also the index of the message in its schema. Neither JSON nor one of our messages
// can begin with what is cut off.
std::string_view WithoutRegistryPrefix(std::string_view bytes, bool protobuf);

}  // namespace baton::events

#endif  // BATON_EVENTS_EVENT_DATA_H_
