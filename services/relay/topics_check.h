// Whether the cluster has the topics that the relay needs. Pure.
#ifndef BATON_RELAY_TOPICS_CHECK_H_
#define BATON_RELAY_TOPICS_CHECK_H_

#include <vector>

#include "absl/status/status.h"
#include "events/handoff_event_codec.h"
#include "platform/kafka/kafka.h"

namespace baton::relay {

// FAILED_PRECONDITION naming every topic that is missing, or the shards topic when its partitions
// are not the store's shards (a shard without partition would never be published).
absl::Status CheckTopics(const std::vector<platform::kafka::TopicInfo>& found,
                         const events::TopicNames& wanted, int shards);

}  // namespace baton::relay

#endif  // BATON_RELAY_TOPICS_CHECK_H_
