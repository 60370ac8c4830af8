// Kafka in this process, for tests of the intake's loop: one topic, one consumer at a time, and the
// dead letters that producers wrote. Time is a manual clock that waiting moves on. One thread.
#ifndef BATON_TESTS_UNIT_INTAKE_FAKE_KAFKA_H_
#define BATON_TESTS_UNIT_INTAKE_FAKE_KAFKA_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "platform/kafka/kafka.h"
#include "support/manual_clock.h"

namespace baton::intake {

using platform::kafka::Position;
using platform::kafka::Record;

struct FakeKafka {
  explicit FakeKafka(support::ManualClock& manual_clock) : clock(manual_clock) {}

  support::ManualClock& clock;
  std::map<int32_t, std::vector<Record>> logs;  // offset = index + first
  std::map<int32_t, int64_t> first;             // of a log, after retention
  std::map<int32_t, int64_t> committed;
  std::vector<platform::kafka::OutRecord> letters;

  // What the consumer of the moment holds.
  platform::kafka::RebalanceListener* listener = nullptr;
  std::map<int32_t, int64_t> positions;  // next to read
  std::set<int32_t> paused;
  std::vector<std::function<void()>> at_next_poll;  // rebalances and the like
  std::vector<absl::Status> poll_errors;            // given first
  bool broker_away = false;                         // letters are not acknowledged
  size_t letters_taken_max = SIZE_MAX;              // those beyond it neither
  std::vector<std::function<void(absl::Status)>> unacknowledged;
  absl::Status produce_answer;  // what the next letter gets
  int consumers_made = 0;
  int seeks = 0;
  std::set<int32_t> seek_failures;
  int pause_failures = 0;          // of the next calls
  std::set<int32_t> lost_pauses;   // the next pause of these is answered and does nothing
  int resume_failures = 0;         // of the next calls
  std::set<int32_t> lost_resumes;  // the next resume of these is answered and does nothing
  int producers_made = 0;

  void Append(int32_t partition, const platform::kafka::OutRecord& out) {
    std::vector<Record>& log = logs[partition];
    Record record;
    record.topic = out.topic;
    record.partition = partition;
    record.offset = first[partition] + static_cast<int64_t>(log.size());
    record.timestamp_ms = clock.now_ms();
    record.has_key = !out.key.empty();
    record.has_value = !out.tombstone;
    record.key = out.key;
    record.value = out.value;
    record.headers = out.headers;
    log.push_back(std::move(record));
  }

  int64_t End(int32_t partition) {
    return first[partition] + static_cast<int64_t>(logs[partition].size());
  }

  void Assign(const std::vector<int32_t>& partitions, const std::string& topic) {
    std::vector<Position> added;
    for (const int32_t partition : partitions) added.push_back({topic, partition, -1});
    std::vector<Position> to_pause;
    for (const auto& start : listener->OnAssigned(added)) {
      const int32_t partition = start.position.partition;
      if (start.paused) to_pause.push_back(start.position);
      // A paused one without an offset stands at the beginning, as kafka.h says.
      const bool from_committed = !start.paused && committed.contains(partition);
      positions[partition] = start.position.offset >= 0 ? start.position.offset
                             : from_committed           ? committed[partition]
                                                        : first[partition];
    }
    if (!to_pause.empty()) static_cast<void>(Pause(to_pause));  // only logged by the client
  }

  absl::Status Pause(absl::Span<const Position> partitions) {
    if (pause_failures > 0) {
      --pause_failures;
      return absl::UnavailableError("pause");
    }
    for (const Position& position : partitions) {
      if (lost_pauses.erase(position.partition) == 0) paused.insert(position.partition);
    }
    return absl::OkStatus();
  }

  void Revoke(const std::vector<int32_t>& partitions, const std::string& topic, bool lost) {
    std::vector<Position> removed;
    for (const int32_t partition : partitions) removed.push_back({topic, partition, -1});
    listener->OnRevoked(removed, lost);
    // As in librdkafka, what is paused then comes back paused.
    for (const int32_t partition : partitions) positions.erase(partition);
  }
};

class FakeConsumer : public platform::kafka::Consumer {
 public:
  FakeConsumer(FakeKafka& kafka, platform::kafka::RebalanceListener* listener) : kafka_(kafka) {
    kafka_.listener = listener;
    kafka_.positions.clear();
    kafka_.paused.clear();
    ++kafka_.consumers_made;
  }

  absl::StatusOr<std::vector<Record>> Poll(int max, absl::Duration wait) override {
    for (const auto& call : std::exchange(kafka_.at_next_poll, {})) call();
    if (!kafka_.poll_errors.empty()) {
      absl::Status error = kafka_.poll_errors.front();
      kafka_.poll_errors.erase(kafka_.poll_errors.begin());
      return error;
    }
    std::vector<Record> records;
    for (auto& [partition, position] : kafka_.positions) {
      if (kafka_.paused.contains(partition)) continue;
      while (position < kafka_.End(partition) && records.size() < static_cast<size_t>(max)) {
        const auto index = static_cast<size_t>(position - kafka_.first[partition]);
        records.push_back(kafka_.logs[partition][index]);
        ++position;
      }
    }
    if (records.empty())
      kafka_.clock.Advance(std::max<int64_t>(absl::ToInt64Milliseconds(wait), 1));
    return records;
  }
  absl::Status Commit(absl::Span<const Position> positions, bool) override {
    for (const Position& position : positions) {
      kafka_.committed[position.partition] = position.offset;
    }
    return absl::OkStatus();
  }
  absl::Status Seek(const Position& position) override {
    if (kafka_.seek_failures.contains(position.partition)) return absl::UnavailableError("seek");
    ++kafka_.seeks;
    kafka_.positions[position.partition] = position.offset;
    return absl::OkStatus();
  }
  absl::Status Pause(absl::Span<const Position> partitions) override {
    return kafka_.Pause(partitions);
  }
  absl::Status Resume(absl::Span<const Position> partitions) override {
    if (kafka_.resume_failures > 0) {
      --kafka_.resume_failures;
      return absl::UnavailableError("resume");
    }
    for (const Position& position : partitions) {
      if (kafka_.lost_resumes.erase(position.partition) == 0) {
        kafka_.paused.erase(position.partition);
      }
    }
    return absl::OkStatus();
  }
  absl::StatusOr<std::vector<Position>> Committed(absl::Span<const Position>,
                                                  absl::Duration) override {
    return std::vector<Position>();
  }
  absl::StatusOr<std::vector<std::pair<int64_t, int64_t>>> Ends(
      absl::Span<const Position> partitions, absl::Duration) override {
    std::vector<std::pair<int64_t, int64_t>> ends;
    for (const Position& position : partitions) {
      ends.emplace_back(kafka_.first[position.partition], kafka_.End(position.partition));
    }
    return ends;
  }
  bool AssignmentLost() override { return false; }
  void Close() override {}

 private:
  FakeKafka& kafka_;
};

class FakeProducer : public platform::kafka::Producer {
 public:
  explicit FakeProducer(FakeKafka& kafka) : kafka_(kafka) { ++kafka_.producers_made; }

  absl::Status Produce(platform::kafka::OutRecord record,
                       std::function<void(absl::Status)> done) override {
    const absl::Status answer = std::exchange(kafka_.produce_answer, absl::OkStatus());
    if (!answer.ok()) return answer;
    kafka_.letters.push_back(std::move(record));
    if (kafka_.broker_away || kafka_.letters.size() > kafka_.letters_taken_max) {
      kafka_.unacknowledged.push_back(std::move(done));
    } else {
      done(absl::OkStatus());
    }
    return absl::OkStatus();
  }
  absl::Status Flush(absl::Duration) override { return absl::OkStatus(); }
  absl::Status InitTransactions(absl::Duration) override { return absl::OkStatus(); }
  absl::Status BeginTransaction() override { return absl::OkStatus(); }
  absl::Status SendOffsets(absl::Span<const Position>, platform::kafka::Consumer&,
                           absl::Duration) override {
    return absl::OkStatus();
  }
  absl::Status CommitTransaction(absl::Duration) override { return absl::OkStatus(); }
  absl::Status AbortTransaction(absl::Duration) override { return absl::OkStatus(); }

 private:
  FakeKafka& kafka_;
};

}  // namespace baton::intake

#endif  // BATON_TESTS_UNIT_INTAKE_FAKE_KAFKA_H_
