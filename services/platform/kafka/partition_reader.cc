#include "platform/kafka/partition_reader.h"

#include <algorithm>
#include <utility>

#include "platform/kafka/convert.h"
#include "platform/kafka/reader_handle.h"

namespace baton::platform::kafka {
namespace {

class RdPartitionReader : public PartitionReader {
 public:
  RdPartitionReader(HandlePtr handle, const std::string& topic)
      : handle_(std::move(handle)), topic_(topic) {
    rd_kafka_poll_set_consumer(handle_.get());
  }
  ~RdPartitionReader() override { rd_kafka_assign(handle_.get(), nullptr); }

  absl::StatusOr<std::vector<PartitionSpan>> Spans(const std::set<int32_t>& partitions,
                                                   absl::Duration deadline) override {
    const absl::StatusOr<Offsets> first = Find(partitions, RD_KAFKA_OFFSET_BEGINNING, deadline);
    if (!first.ok()) return first.status();
    const absl::StatusOr<Offsets> next = Find(partitions, RD_KAFKA_OFFSET_END, deadline);
    if (!next.ok()) return next.status();
    std::vector<PartitionSpan> spans;
    for (const auto& [partition, offset] : *first) {
      spans.push_back({partition, offset, std::max(offset, next->at(partition))});
    }
    return spans;
  }

  absl::StatusOr<Offsets> OffsetsAt(const std::set<int32_t>& partitions, int64_t at_ms,
                                    absl::Duration deadline) override {
    const absl::StatusOr<Offsets> ends = Find(partitions, RD_KAFKA_OFFSET_END, deadline);
    if (!ends.ok()) return ends.status();
    absl::StatusOr<Offsets> found = Find(partitions, std::max<int64_t>(at_ms, 0), deadline);
    if (!found.ok()) return found.status();
    for (auto& [partition, offset] : *found) {
      if (offset < 0) offset = ends->at(partition);
    }
    return found;
  }

  absl::Status Assign(const Offsets& from) override {
    problem_ = absl::OkStatus();  // of what was assigned before
    std::vector<Position> positions;
    for (const auto& [partition, offset] : from) positions.push_back({topic_, partition, offset});
    return ToStatus(rd_kafka_assign(handle_.get(), ToPartitions(positions).get()), "assign");
  }

  absl::StatusOr<Batch> Poll(int max, absl::Duration wait) override {
    // One by one: before 2.2, librdkafka's batch call gives what was fetched before an Assign.
    Batch batch;
    for (int i = 0; i < max && problem_.ok(); ++i) {
      const MessagePtr message(rd_kafka_consumer_poll(handle_.get(), i == 0 ? ToMs(wait) : 0));
      if (message == nullptr) break;
      problem_ = Take(*message, batch);
    }
    if (problem_.ok() || !batch.records.empty() || !batch.reached.empty()) return batch;
    return std::exchange(problem_, absl::OkStatus());
  }

 private:
  absl::StatusOr<Offsets> Find(const std::set<int32_t>& partitions, int64_t at,
                               absl::Duration deadline) {
    std::vector<Position> positions;
    for (const int32_t partition : partitions) positions.push_back({topic_, partition, at});
    const PartitionsPtr list = ToPartitions(positions);
    absl::Status status = FindOffsets(handle_.get(), at, deadline, *list);
    if (!status.ok()) return status;
    Offsets offsets;
    for (const Position& found : ToPositions(*list)) offsets[found.partition] = found.offset;
    return offsets;
  }

  static absl::Status Take(const rd_kafka_message_t& message, Batch& batch) {
    if (message.err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
      batch.reached[message.partition] = message.offset;
      return absl::OkStatus();
    }
    if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      const char* text = rd_kafka_message_errstr(&message);
      return ToStatus(message.err, "read of partitions", text == nullptr ? "" : text);
    }
    batch.records.push_back(ToRecord(message));
    return absl::OkStatus();
  }

  const HandlePtr handle_;
  const std::string topic_;
  absl::Status problem_;  // that Poll has still to tell
};

}  // namespace

absl::StatusOr<std::unique_ptr<PartitionReader>> PartitionReader::Create(const KafkaConfig& config,
                                                                         const std::string& topic) {
  absl::StatusOr<HandlePtr> handle = NewReader(config, "baton-partition-reader", true);
  if (!handle.ok()) return handle.status();
  return std::make_unique<RdPartitionReader>(*std::move(handle), topic);
}

}  // namespace baton::platform::kafka
