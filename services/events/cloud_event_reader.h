// Takes a Kafka record apart as a CloudEvent, in binary or structured mode: who the event is for
// reads attributes and data. Pure functions of the record; thread-safe.
#ifndef BATON_EVENTS_CLOUD_EVENT_READER_H_
#define BATON_EVENTS_CLOUD_EVENT_READER_H_

#include <simdjson.h>

#include <string_view>

#include "core/time.h"
#include "events/envelope.h"
#include "events/event_fields.h"
#include "platform/kafka/kafka.h"

namespace baton::events {

// What becomes of a record's parts: first the head, then, if it wants some, the data in one of the
// encodings. Each gives nullopt, or why the event is refused.
class IncomingEvent {
 public:
  virtual ~IncomingEvent() = default;
  virtual Refusal ReadHead(const Envelope& envelope, core::TimeMs record_timestamp_ms) = 0;
  virtual bool WantsData() const = 0;
  virtual Refusal ReadJson(const simdjson::dom::element& data) = 0;
  virtual Refusal ReadProtobuf(std::string_view bytes) = 0;  // without registry prefix
};

// Whether the record says that it is a CloudEvent: by attributes, its content type, or a member
// specversion of its JSON.
bool IsCloudEvent(const platform::kafka::Record& record);

// kEventBytesMax and kJsonDepthMax hold.
Refusal ReadCloudEvent(const platform::kafka::Record& record, IncomingEvent& event);

}  // namespace baton::events

#endif  // BATON_EVENTS_CLOUD_EVENT_READER_H_
