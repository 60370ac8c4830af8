#include <sys/types.h>
#include <time.h>

#include <algorithm>
#include <iostream>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "load/commands.h"
#include "platform/kafka/kafka.h"

namespace baton::bench {
namespace {

namespace kafka = platform::kafka;

constexpr int kPartitions = 12;

// Processor seconds that a process has used so far, all threads; 0 if it is gone.
double UsedSeconds(int pid) {
  clockid_t clock = 0;
  timespec used = {};
  if (pid == 0 || clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &used) != 0) {
    return 0;
  }
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) * 1e-9;
}

bool HasType(const kafka::Record& record, const std::string& suffix) {
  if (suffix.empty()) return true;
  return std::any_of(record.headers.begin(), record.headers.end(), [&](const auto& header) {
    return header.first == "ce_type" && absl::EndsWith(header.second, suffix);
  });
}

// Knows when the group has given the observer its partitions.
class Assigned final : public kafka::RebalanceListener {
 public:
  std::vector<Start> OnAssigned(absl::Span<const kafka::Position> added) override {
    partitions_ += added.size();
    return {};
  }
  void OnRevoked(absl::Span<const kafka::Position> removed, bool) override {
    partitions_ -= removed.size();
  }
  bool all() const { return partitions_ == kPartitions; }

 private:
  size_t partitions_ = 0;
};

// What was seen so far. The first batch only starts the clock.
struct Seen {
  int64_t records = 0;
  int64_t first_batch = 0;
  absl::Time began, ended;
  double cpu_began = 0, cpu_ended = 0;
};

void Report(const Seen& seen) {
  const int64_t measured = seen.records - seen.first_batch;
  const double seconds = absl::ToDoubleSeconds(seen.ended - seen.began);
  const double rate = seconds > 0 ? static_cast<double>(measured) / seconds : 0;
  const double cpu_us =
      measured > 0 ? (seen.cpu_ended - seen.cpu_began) * 1e6 / static_cast<double>(measured) : 0;
  std::cout << absl::StrFormat(
                   R"({"records": %d, "seconds": %.4f, "per_second": %.1f, "cpu_us": %.3f})",
                   seen.records, seconds, rate, cpu_us)
            << std::endl;
}

}  // namespace

int Observe(const ObserveOptions& options) {
  kafka::ConsumerOptions consumer_options;
  consumer_options.group = absl::StrCat("bench-observer-", options.topic);
  consumer_options.topics = {options.topic};
  Assigned assigned;
  auto consumer = kafka::Consumer::Create({options.brokers, {{"fetch.wait.max.ms", "10"}}},
                                          consumer_options, &assigned);
  if (!consumer.ok()) {
    std::cerr << "observe: " << consumer.status() << "\n";
    return 1;
  }
  Seen seen;
  std::vector<int64_t> next(kPartitions, -1);
  absl::Time give_up = absl::Now() + absl::Seconds(options.patience_s);
  int pid = 0;
  bool told = false;
  while (seen.records < options.records && absl::Now() < give_up) {
    const auto batch = (*consumer)->Poll(5000, absl::Milliseconds(50));
    if (!told && assigned.all()) {
      std::cout << R"({"ready": true})" << std::endl;
      std::cin >> pid;
      told = true;
    }
    if (!batch.ok()) continue;
    int64_t found = 0;
    for (const kafka::Record& record : *batch) {
      next.at(static_cast<size_t>(record.partition)) = record.offset + 1;
      if (absl::StartsWith(record.key, options.key_prefix) &&
          HasType(record, options.type_suffix)) {
        ++found;
      }
    }
    if (found == 0) continue;
    seen.records += found;
    seen.ended = absl::Now();
    seen.cpu_ended = UsedSeconds(pid);
    give_up = seen.ended + absl::Seconds(options.patience_s);
    if (seen.first_batch > 0) continue;
    seen.first_batch = found;
    seen.began = seen.ended;
    seen.cpu_began = seen.cpu_ended;
  }
  std::vector<kafka::Position> positions;
  for (int partition = 0; partition < kPartitions; ++partition) {
    const int64_t offset = next[static_cast<size_t>(partition)];
    if (offset >= 0) positions.push_back({options.topic, partition, offset});
  }
  if (absl::Status status = (*consumer)->Commit(positions, true); !status.ok()) {
    std::cerr << "observe: " << status << "\n";
  }
  (*consumer)->Close();
  Report(seen);
  return seen.records >= options.records ? 0 : 1;
}

int MakeTopic(const std::string& brokers, const std::string& topic) {
  const absl::Status status =
      kafka::CreateTopic({brokers, {}}, {topic, kPartitions, 1, {}}, absl::Seconds(30));
  if (status.ok() || absl::IsAlreadyExists(status)) {
    std::cout << "{}" << std::endl;
    return 0;
  }
  std::cerr << "make-topic: " << status << "\n";
  return 1;
}

}  // namespace baton::bench
