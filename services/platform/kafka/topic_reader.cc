#include "platform/kafka/topic_reader.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "platform/kafka/client.h"
#include "platform/kafka/convert.h"
#include "platform/kafka/reader_handle.h"

namespace baton::platform::kafka {
namespace {

constexpr absl::Duration kPollBound = absl::Milliseconds(200);
constexpr size_t kRecordsPerPoll = 1000;

absl::StatusOr<int> PartitionsOf(const KafkaConfig& config, const std::string& topic,
                                 absl::Duration deadline) {
  const absl::StatusOr<std::vector<TopicInfo>> topics = ListTopics(config, deadline);
  if (!topics.ok()) return topics.status();
  for (const TopicInfo& info : *topics) {
    if (info.name == topic) return info.partitions;
  }
  return absl::NotFoundError(absl::StrCat("there is no topic ", topic));
}

PartitionsPtr ListOf(const std::string& topic, const std::vector<PartitionSpan>& spans) {
  std::vector<Position> positions;
  for (const PartitionSpan& span : spans) positions.push_back({topic, span.partition, span.first});
  return ToPartitions(positions);
}

// What is still to be read of one topic.
class Reading {
 public:
  Reading(const std::vector<PartitionSpan>& spans,
          const std::function<void(const Record&, const PartitionSpan&)>& take)
      : take_(take) {
    for (const PartitionSpan& span : spans) {
      if (span.first < span.next) left_.emplace(span.partition, span);
    }
  }

  bool done() const { return left_.empty(); }
  std::vector<PartitionSpan> Left() const {
    std::vector<PartitionSpan> spans;
    for (const auto& [partition, span] : left_) spans.push_back(span);
    return spans;
  }

  absl::Status Take(const rd_kafka_message_t& message) {
    const auto span = left_.find(message.partition);
    if (message.err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
      left_.erase(message.partition);
      return absl::OkStatus();
    }
    if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      const char* text = rd_kafka_message_errstr(&message);
      return ToStatus(message.err, "read of a topic", text == nullptr ? "" : text);
    }
    if (span == left_.end()) return absl::OkStatus();
    if (message.offset < span->second.next) take_(ToRecord(message), span->second);
    // The last offsets may be markers of transactions, behind which only the end is told.
    if (message.offset >= span->second.next - 1) left_.erase(span);
    return absl::OkStatus();
  }

 private:
  const std::function<void(const Record&, const PartitionSpan&)>& take_;
  std::map<int32_t, PartitionSpan> left_;
};

}  // namespace

absl::StatusOr<std::vector<PartitionSpan>> TopicSpans(const KafkaConfig& config,
                                                      const std::string& topic, bool read_committed,
                                                      absl::Duration deadline) {
  const absl::StatusOr<int> partitions = PartitionsOf(config, topic, deadline);
  if (!partitions.ok()) return partitions.status();
  absl::StatusOr<HandlePtr> reader = NewReader(config, "baton-topic-reader", read_committed);
  if (!reader.ok()) return reader.status();
  std::vector<PartitionSpan> spans(static_cast<size_t>(*partitions));
  for (int i = 0; i < *partitions; ++i) spans[static_cast<size_t>(i)].partition = i;
  PartitionsPtr list = ListOf(topic, spans);
  for (const int64_t end : {int64_t{RD_KAFKA_OFFSET_BEGINNING}, int64_t{RD_KAFKA_OFFSET_END}}) {
    if (absl::Status status = FindOffsets(reader->get(), end, deadline, *list); !status.ok()) {
      return status;
    }
    for (PartitionSpan& span : spans) {
      const int64_t offset =
          rd_kafka_topic_partition_list_find(list.get(), topic.c_str(), span.partition)->offset;
      (end == RD_KAFKA_OFFSET_BEGINNING ? span.first : span.next) = offset;
    }
  }
  return spans;
}

absl::Status ReadTopic(const KafkaConfig& config, const std::string& topic,
                       const std::vector<PartitionSpan>& spans, bool read_committed,
                       absl::Duration patience,
                       const std::function<void(const Record&, const PartitionSpan&)>& take) {
  absl::StatusOr<HandlePtr> reader = NewReader(config, "baton-topic-reader", read_committed);
  if (!reader.ok()) return reader.status();
  Reading reading(spans, take);
  rd_kafka_poll_set_consumer(reader->get());
  const QueuePtr queue(rd_kafka_queue_get_consumer(reader->get()));
  const PartitionsPtr list = ListOf(topic, reading.Left());
  absl::Status status = ToStatus(rd_kafka_assign(reader->get(), list.get()), "assign");
  absl::Time heard_at = absl::Now();
  std::array<rd_kafka_message_t*, kRecordsPerPoll> messages;
  while (status.ok() && !reading.done()) {
    const ssize_t count = rd_kafka_consume_batch_queue(queue.get(), ToMs(kPollBound),
                                                       messages.data(), messages.size());
    if (count > 0) heard_at = absl::Now();
    for (ssize_t i = 0; i < count; ++i) {
      const MessagePtr message(messages[static_cast<size_t>(i)]);
      if (status.ok()) status = reading.Take(*message);
    }
    // Brokers that are away for a moment come back by themselves.
    if (absl::IsUnavailable(status)) status = absl::OkStatus();
    if (absl::Now() - heard_at > patience) {
      status = absl::UnavailableError(
          absl::StrCat("topic ", topic, ": nothing came for ", absl::FormatDuration(patience)));
    }
  }
  rd_kafka_assign(reader->get(), nullptr);
  return status;
}

absl::StatusOr<std::map<int32_t, int64_t>> CommittedOffsets(const KafkaConfig& config,
                                                            const std::string& group,
                                                            const std::string& topic,
                                                            const std::vector<PartitionSpan>& spans,
                                                            absl::Duration deadline) {
  absl::StatusOr<HandlePtr> reader = NewReader(config, group, true);
  if (!reader.ok()) return reader.status();
  PartitionsPtr list = ListOf(topic, spans);
  const std::string what = absl::StrCat("read of the offsets that ", group, " committed");
  absl::Status status =
      ToStatus(rd_kafka_committed(reader->get(), list.get(), ToMs(deadline)), what);
  if (status.ok()) status = FirstError(*list, what);
  if (!status.ok()) return status;
  std::map<int32_t, int64_t> offsets;
  for (const Position& position : ToPositions(*list)) offsets[position.partition] = position.offset;
  return offsets;
}

}  // namespace baton::platform::kafka
