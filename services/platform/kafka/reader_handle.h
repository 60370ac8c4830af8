// Internal to this folder: a client that is told its partitions, and where offsets are.
#ifndef BATON_PLATFORM_KAFKA_READER_HANDLE_H_
#define BATON_PLATFORM_KAFKA_READER_HANDLE_H_

#include <string>

#include "platform/kafka/client.h"

namespace baton::platform::kafka {

// A consumer that is told its partitions, and when it is at their end. It has to name a group, but
// never joins it.
absl::StatusOr<HandlePtr> NewReader(const KafkaConfig& config, const std::string& group,
                                    bool read_committed);

// Sets each offset of the list to that of the first record at `at` or later: a time in
// milliseconds, or RD_KAFKA_OFFSET_BEGINNING or _END. All partitions exist, but where a leader has
// just changed or started a client may take one for unknown: asked again until the deadline.
absl::Status FindOffsets(rd_kafka_t* handle, int64_t at, absl::Duration deadline,
                         rd_kafka_topic_partition_list_t& list);

}  // namespace baton::platform::kafka

#endif  // BATON_PLATFORM_KAFKA_READER_HANDLE_H_
