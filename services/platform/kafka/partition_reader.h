// Reads partitions of one topic from wherever it is told to, again and again, without joining a
// consumer group. Only what was committed is given. Errors as in kafka.h. Belongs to one thread.
#ifndef BATON_PLATFORM_KAFKA_PARTITION_READER_H_
#define BATON_PLATFORM_KAFKA_PARTITION_READER_H_

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "platform/kafka/kafka.h"
#include "platform/kafka/topic_reader.h"

namespace baton::platform::kafka {

using Offsets = std::map<int32_t, int64_t>;  // by partition

class PartitionReader {
 public:
  static absl::StatusOr<std::unique_ptr<PartitionReader>> Create(const KafkaConfig& config,
                                                                 const std::string& topic);
  virtual ~PartitionReader() = default;  // bounded: at most 5 s

  // What the partitions keep now, in their order.
  virtual absl::StatusOr<std::vector<PartitionSpan>> Spans(const std::set<int32_t>& partitions,
                                                           absl::Duration deadline) = 0;
  // The offset of the first record of that time or later; the next offset where there is none.
  virtual absl::StatusOr<Offsets> OffsetsAt(const std::set<int32_t>& partitions, int64_t at_ms,
                                            absl::Duration deadline) = 0;

  // From now on Poll reads these, each from its offset; none: nothing.
  virtual absl::Status Assign(const Offsets& from) = 0;

  struct Batch {
    std::vector<Record> records;  // of a partition in order
    Offsets reached;              // ends of partitions: all below has been given
  };
  // Up to `max` records; waits up to `wait` for something. An error comes alone, behind what was
  // read before it. OUT_OF_RANGE: retention has removed what is to be read of a partition, and
  // nothing of it is given until the next Assign.
  virtual absl::StatusOr<Batch> Poll(int max, absl::Duration wait) = 0;
};

}  // namespace baton::platform::kafka

#endif  // BATON_PLATFORM_KAFKA_PARTITION_READER_H_
