#include "support/kafka_cluster.h"

#include <cstdio>
#include <cstdlib>
#include <map>

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace baton::support {
namespace {

constexpr absl::Duration kBound = absl::Seconds(30);
constexpr absl::Duration kPatience = absl::Seconds(90);  // with a broker that has just begun
constexpr absl::Duration kJoinTime = absl::Seconds(4);   // a new group gets its partitions
constexpr absl::Duration kQuiet = absl::Milliseconds(1500);

}  // namespace

platform::kafka::KafkaConfig KafkaOfTheRun() {
  const char* brokers = std::getenv("BATON_KAFKA_BROKERS");
  if (brokers == nullptr) {
    std::fputs("BATON_KAFKA_BROKERS is not set: deploy/local/up, then source build/local/env\n",
               stderr);
    std::exit(1);
  }
  return {brokers, {}};
}

std::string UniqueName(const std::string& stem) {
  absl::BitGen random;
  return absl::StrCat(stem, "-", absl::Hex(absl::Uniform<uint64_t>(random), absl::kZeroPad16));
}

absl::Status MakeTopic(const std::string& topic, int partitions) {
  const platform::kafka::KafkaConfig kafka = KafkaOfTheRun();
  const absl::Time deadline = absl::Now() + kPatience;
  absl::Status status;
  do {
    status = platform::kafka::CreateTopic(kafka, {topic, partitions, 1, {}}, kBound);
    if (absl::IsAlreadyExists(status)) status = absl::OkStatus();  // its answer was late
    const auto topics = platform::kafka::ListTopics(kafka, kBound);
    if (status.ok()) status = topics.status();
    if (status.ok()) {
      for (const platform::kafka::TopicInfo& found : *topics) {
        if (found.name == topic && found.partitions == partitions) return absl::OkStatus();
      }
      status = absl::DeadlineExceededError(absl::StrCat("brokers do not know ", topic));
    }
    absl::SleepFor(absl::Milliseconds(50));
  } while (absl::Now() < deadline);
  return status;
}

absl::StatusOr<std::vector<platform::kafka::Record>> ReadTopic(const std::string& topic,
                                                               int partitions,
                                                               bool read_committed) {
  platform::kafka::ConsumerOptions options;
  options.group = UniqueName("reader");
  options.topics = {topic};
  options.read_committed = read_committed;
  options.cooperative = false;  // alone in its group
  auto reader = platform::kafka::Consumer::Create(KafkaOfTheRun(), options, nullptr);
  if (!reader.ok()) return reader.status();
  // The marker of a transaction takes an offset too, and so does what was aborted: the last record
  // may be below the end, and then the topic is done when nothing more has come for a while.
  std::map<int32_t, int64_t> next;
  std::vector<platform::kafka::Position> all;
  for (int32_t partition = 0; partition < partitions; ++partition)
    all.push_back({topic, partition});
  const absl::Time deadline = absl::Now() + kBound;
  auto ends = (*reader)->Ends(all, kBound);
  while (absl::IsUnavailable(ends.status()) &&
         absl::Now() < deadline) {  // of a topic made just now
    ends = (*reader)->Ends(all, kBound);
  }
  if (!ends.ok()) return ends.status();
  for (int32_t partition = 0; partition < partitions; ++partition) {
    const auto [first, end] = (*ends)[static_cast<size_t>(partition)];
    if (end > first) next[partition] = end;
  }
  std::vector<platform::kafka::Record> records;
  absl::Time quiet_since = absl::Now() + kJoinTime;
  while (!next.empty() && absl::Now() < deadline && absl::Now() - quiet_since < kQuiet) {
    auto batch = (*reader)->Poll(1000, absl::Milliseconds(200));
    if (!batch.ok()) return batch.status();
    if (!batch->empty()) quiet_since = absl::Now();
    for (platform::kafka::Record& record : *batch) {
      if (record.offset + 1 >= next[record.partition]) next.erase(record.partition);
      records.push_back(std::move(record));
    }
  }
  return records;
}

}  // namespace baton::support
