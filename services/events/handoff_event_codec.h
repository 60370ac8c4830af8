// CloudEvents 1.0 out: an outbox entry becomes the records of the output topics, binary mode with
// JSON data (proto/baton/events/v1/handoff_events.proto). Pure functions; thread-safe.
#ifndef BATON_EVENTS_HANDOFF_EVENT_CODEC_H_
#define BATON_EVENTS_HANDOFF_EVENT_CODEC_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "platform/kafka/kafka.h"
#include "store/pipe_store.h"

namespace baton::events {

struct TopicNames {
  std::string lead_events, dead_letters, sales_events, assignments, feedback, lead_state, shards;
};
// baton.lead-events.v1 ..., with `prefix` instead of "baton".
TopicNames MakeTopicNames(const std::string& prefix);

// The event's id: "workspace/lead/epoch/version". Equal ids mean the same event.
std::string EventId(const store::OutboxEntry& entry);

inline constexpr size_t kHandoffEventBytesMax = 64 * 1024;

// Of a change: feedback, then assignments if it is one of ownership (assigned, accepted, declined,
// offer_expired, rerouted, rejected, recycled, won, lost, erased ...). Key "workspace/lead".
// Headers ce_specversion, ce_id, ce_type (dev.baton.lead.<change>.v1), ce_source
// (//baton.dev/workspaces/<w>), ce_subject (the lead), ce_time, ce_correlationid (the journey:
// workspace/lead), ce_causationid (if there is a cause), ce_sequence (the lead's version, decimal),
// ce_partitionkey, ce_traceparent (if known), content-type. A value stays below
// kHandoffEventBytesMax: what does not fit of details, factors, attribution and sources is left out
// from the end, and details.truncated names the fields that were cut.
std::vector<platform::kafka::OutRecord> EncodeHandoffEvent(const store::OutboxEntry& entry,
                                                           const TopicNames& topics);

// What EncodeHandoffEvent wrote, read back from a record of feedback or assignments: the entry
// without factors, attribution, sources and traceparent, which are explanations. INVALID_ARGUMENT
// says what is missing or wrong.
absl::StatusOr<store::OutboxEntry> DecodeHandoffEvent(const platform::kafka::Record& record);

// The lead's state behind that change, for lead-state: key and headers as above, ce_type
// dev.baton.lead.state.v1. Behind kErased: a tombstone (null value).
platform::kafka::OutRecord EncodeLeadState(const store::OutboxEntry& entry,
                                           const TopicNames& topics);

}  // namespace baton::events

#endif  // BATON_EVENTS_HANDOFF_EVENT_CODEC_H_
