// CloudEvents 1.0 in: a Kafka record becomes a lead event, or a dead letter with its reason.
//
// Accepted: structured mode (content-type application/cloudevents+json), binary mode (ce_ headers)
// with JSON or Protobuf data (content-type application/protobuf). Types
// dev.baton.lead.{captured,updated,activity,consent}.v1. A Confluent registry prefix (magic byte 0, 4
// bytes schema id) before Protobuf data is stripped. Source: CloudEvents 1.0, Kafka protocol binding.
// Pure functions of the record; thread-safe.
#ifndef BATON_EVENTS_LEAD_EVENT_CODEC_H_
#define BATON_EVENTS_LEAD_EVENT_CODEC_H_

#include <string>
#include <variant>

#include "core/event.h"
#include "platform/kafka/kafka.h"

namespace baton::events {

inline constexpr size_t kEventBytesMax = 64 * 1024;
inline constexpr int kJsonDepthMax = 8;

// Why a record cannot be applied. The name is the header baton-error-class.
enum class DeadLetterClass {
  kNotParseable, kUnknownType, kMissingField, kBadId, kUnknownWorkspace, kBadValue, kTooLarge,
  kTooDeep, kUnknownSchemaVersion,
};
std::string_view DeadLetterClassName(DeadLetterClass klass);  // "not_parseable" ...

struct DeadLetter {
  DeadLetterClass klass = DeadLetterClass::kNotParseable;
  std::string field;   // "time", "data.attributes.email"; empty if none
  std::string reason;  // one sentence
};

using Decoded = std::variant<core::LeadEvent, DeadLetter>;

Decoded DecodeLeadEvent(const platform::kafka::Record& record);

// Structured-mode JSON of an event and its Kafka key "workspace/lead": what SubmitLeadEvents publishes.
platform::kafka::OutRecord EncodeLeadEvent(const std::string& topic, const core::LeadEvent& event);

// The dead letter of `record`: key, bytes and headers kept, __dlq.errors.* and baton-error-* added.
platform::kafka::OutRecord MakeDeadLetter(const platform::kafka::Record& record,
                                          const DeadLetter& letter, const std::string& group,
                                          int attempts);

}  // namespace baton::events

#endif  // BATON_EVENTS_LEAD_EVENT_CODEC_H_
