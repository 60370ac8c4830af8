// Reads topics from end to end without joining a consumer group: for tools that look at what is
// there. Errors as in kafka.h. Functions; thread-safe.
#ifndef BATON_PLATFORM_KAFKA_TOPIC_READER_H_
#define BATON_PLATFORM_KAFKA_TOPIC_READER_H_

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "platform/kafka/kafka.h"

namespace baton::platform::kafka {

// What a partition kept when somebody looked: offsets first <= o < next.
struct PartitionSpan {
  int32_t partition = 0;
  int64_t first = 0;  // above 0: older records are gone by retention
  int64_t next = 0;
  bool operator==(const PartitionSpan&) const = default;
};

// Ordered by partition. With read_committed they end before the first transaction that is still
// open: what was written from there on is not given to readers of that kind yet, also where it
// is committed. NOT_FOUND: no such topic.
absl::StatusOr<std::vector<PartitionSpan>> TopicSpans(const KafkaConfig& config,
                                                      const std::string& topic, bool read_committed,
                                                      absl::Duration deadline);

// Gives every record of the spans to `take`, those of a partition in order. With read_committed,
// records of aborted transactions are left out, and a span ends early where one is open (see
// TopicSpans). UNAVAILABLE when nothing came for `patience`; OUT_OF_RANGE when retention removes
// what is still to be read.
absl::Status ReadTopic(const KafkaConfig& config, const std::string& topic,
                       const std::vector<PartitionSpan>& spans, bool read_committed,
                       absl::Duration patience,
                       const std::function<void(const Record&, const PartitionSpan&)>& take);

// Partition -> offset that `group` committed; -1: none.
absl::StatusOr<std::map<int32_t, int64_t>> CommittedOffsets(const KafkaConfig& config,
                                                            const std::string& group,
                                                            const std::string& topic,
                                                            const std::vector<PartitionSpan>& spans,
                                                            absl::Duration deadline);

}  // namespace baton::platform::kafka

#endif  // BATON_PLATFORM_KAFKA_TOPIC_READER_H_
