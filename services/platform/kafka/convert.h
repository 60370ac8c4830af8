// Internal to this folder: librdkafka's messages and lists as our types.
#ifndef BATON_PLATFORM_KAFKA_CONVERT_H_
#define BATON_PLATFORM_KAFKA_CONVERT_H_

#include <vector>

#include "platform/kafka/client.h"

namespace baton::platform::kafka {

// A copy; the message may be destroyed.
Record ToRecord(const rd_kafka_message_t& message);

// Offsets that are none (nothing committed, invalid) become -1.
std::vector<Position> ToPositions(const rd_kafka_topic_partition_list_t& list);

// The error of the first partition that has one.
absl::Status FirstError(const rd_kafka_topic_partition_list_t& list, absl::string_view what);

}  // namespace baton::platform::kafka

#endif  // BATON_PLATFORM_KAFKA_CONVERT_H_
