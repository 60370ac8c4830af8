// CloudEvents 1.0 in: a Kafka record becomes a lead event, or a dead letter with its reason.
//
// Accepted: structured mode (content-type application/cloudevents+json, or neither content-type nor
// ce_ headers), binary mode (ce_ headers) with JSON or Protobuf data (content-type
// application/protobuf). Types dev.baton.lead.{captured,updated,activity,consent}.v1 and
// dev.baton.account.{upserted,deleted}.v1. The prefix of
// a Confluent registry (magic byte 0, 4 bytes schema id, before Protobuf also the message's index)
// is stripped. Structured mode may carry Protobuf data as data_base64. Unknown fields are ignored.
// Source: CloudEvents 1.0, Kafka protocol binding. Pure functions of the record; thread-safe.
#ifndef BATON_EVENTS_LEAD_EVENT_CODEC_H_
#define BATON_EVENTS_LEAD_EVENT_CODEC_H_

#include <string>
#include <string_view>
#include <variant>

#include "core/account.h"
#include "core/event.h"
#include "platform/kafka/kafka.h"

namespace baton::events {

inline constexpr size_t kEventBytesMax = 64 * 1024;
inline constexpr int kJsonDepthMax = 8;               // nested objects and arrays
inline constexpr size_t kEventIdBytesMax = 128;       // CloudEvents id
inline constexpr size_t kEventSourceBytesMax = 256;   // CloudEvents source
inline constexpr size_t kFieldNameBytesMax = 128;     // name of an attribute or attribution key
inline constexpr size_t kListItemsMax = 128;          // strings of a list attribute
inline constexpr size_t kAttributionBytesMax = 1024;  // per value
inline constexpr int32_t kActivityCountMax = 1000;
// An event further ahead of its record's Kafka timestamp is refused: as the latest writer of its
// attributes it would win until that day.
inline constexpr core::DurationMs kAheadMax = core::kDayMs;

inline constexpr std::string_view kDeadLetterSuffix = ".dlq";  // of the topic's name

// Why a record cannot be applied. The name is the header baton-error-class.
enum class DeadLetterClass {
  kNotParseable,
  kUnknownType,
  kMissingField,
  kBadId,
  kUnknownWorkspace,
  kBadValue,
  kTooLarge,
  kTooDeep,
  kUnknownSchemaVersion,
  kForeignWorkspace,  // intake: events of the topic must not be about the workspace
  kWorkspaceFull,     // intake: the workspace is at its cap of leads
  kDomainTaken,       // intake: a domain of the account is another account's
  kStateUnreadable,  // intake: what is stored of the lead or its workspace's policy cannot be read;
                     // send it again once that is mended
  // Of sales: the action is none that the lead allows.
  kUnknownLead,
  kStale,       // another assignment, owner or time than the current one's
  kWrongStage,  // the lead's stage does not allow it
};
constexpr auto kLastDeadLetterClass = DeadLetterClass::kWrongStage;
std::string_view DeadLetterClassName(DeadLetterClass klass);  // "not_parseable" ...

struct DeadLetter {
  DeadLetterClass klass = DeadLetterClass::kNotParseable;
  std::string field;   // "time", "data.attributes.email"; empty if none
  std::string reason;  // one sentence
};

using Decoded = std::variant<core::LeadEvent, DeadLetter>;
using DecodedEvent = std::variant<core::LeadEvent, core::AccountEvent, DeadLetter>;

// Any event that may stand on the topic. A record without a Kafka key is fine. A malformed
// traceparent is dropped, not refused.
DecodedEvent DecodeEvent(const platform::kafka::Record& record);

// The same where only leads may stand: an account's event is of an unknown type.
Decoded DecodeLeadEvent(const platform::kafka::Record& record);

// Structured-mode JSON of an event and its Kafka key "workspace/lead": what SubmitLeadEvents
// publishes. REQUIRES: an event as DecodeLeadEvent gives it (its position does not matter).
platform::kafka::OutRecord EncodeLeadEvent(const std::string& topic, const core::LeadEvent& event);

}  // namespace baton::events

#endif  // BATON_EVENTS_LEAD_EVENT_CODEC_H_
