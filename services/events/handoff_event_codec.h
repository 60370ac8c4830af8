// CloudEvents 1.0 out: an outbox entry becomes the records of the output topics, binary mode with
// JSON data (proto/baton/events/v1/handoff_events.proto). Pure functions; thread-safe.
#ifndef BATON_EVENTS_HANDOFF_EVENT_CODEC_H_
#define BATON_EVENTS_HANDOFF_EVENT_CODEC_H_

#include <string>
#include <vector>

#include "platform/kafka/kafka.h"
#include "store/pipe_store.h"

namespace baton::events {

struct TopicNames {
  std::string lead_events, dead_letters, assignments, feedback, lead_state, shards;
};
// baton.lead-events.v1 ..., with `prefix` instead of "baton".
TopicNames MakeTopicNames(const std::string& prefix);

// The event's id: "workspace/lead/epoch/version". Equal ids mean the same event.
std::string EventId(const store::OutboxEntry& entry);

// Feedback for every change; assignments for changes of ownership (assigned, accepted, declined,
// offer_expired, rerouted, rejected, recycled, won, lost); lead-state for every change.
// Key "workspace/lead". Headers ce_specversion, ce_id, ce_type (dev.baton.lead.<change>.v1), ce_source
// (//baton.dev/workspaces/<w>), ce_subject, ce_time, ce_correlationid, ce_causationid, ce_sequence,
// ce_partitionkey, ce_traceparent, content-type.
std::vector<platform::kafka::OutRecord> EncodeHandoffEvent(const store::OutboxEntry& entry,
                                                           const TopicNames& topics);

}  // namespace baton::events

#endif  // BATON_EVENTS_HANDOFF_EVENT_CODEC_H_
