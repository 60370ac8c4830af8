#include <algorithm>
#include <iostream>
#include <memory>
#include <thread>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "baton/v1/assignment_service.grpc.pb.h"
#include "demo/api.h"
#include "load/commands.h"
#include "load/publisher.h"
#include "load/quantile.h"

namespace baton::bench {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(10);
// What is sent first is not counted: a producer's first records wait for connections and its id.
constexpr int kWarmUpSeconds = 3;

// When each lead was published and when it was seen, microseconds since the epoch; 0: not yet.
struct Times {
  std::vector<int64_t> sent, seen;
};

// One rep's stream, read by a thread of its own.
class RepStream {
 public:
  RepStream(const LatencyOptions& options, int rep, Times& times)
      : times_(times), stub_(v1::AssignmentService::NewStub(demo::Connect(options.server))) {
    v1::WatchAssignmentsRequest request;
    request.set_parent(absl::StrFormat("workspaces/%s/reps/rep-%03d", options.workspace, rep));
    reader_ = stub_->WatchAssignments(&context_, request);
    thread_ = std::thread([this] { Read(); });
  }

  ~RepStream() {
    context_.TryCancel();
    thread_.join();
    reader_->Finish();
  }

  // False if the snapshot did not come in time.
  bool AwaitSnapshot() {
    absl::MutexLock lock(&mutex_);
    return mutex_.AwaitWithTimeout(absl::Condition(&live_), kPatience);
  }

 private:
  void Read() {
    v1::WatchAssignmentsResponse response;
    while (reader_->Read(&response)) {
      const int64_t now_us = absl::ToUnixMicros(absl::Now());
      if (response.kind() == v1::WatchAssignmentsResponse::KIND_SNAPSHOT_END) {
        absl::MutexLock lock(&mutex_);
        live_ = true;
      }
      if (response.change() != "assigned") continue;
      // A lead has one rep here, so that no two threads write to the same place.
      int64_t number = 0;
      const std::string lead = demo::LastPart(response.assignment().lead());
      if (absl::SimpleAtoi(lead.substr(lead.rfind('-') + 1), &number) &&
          number < static_cast<int64_t>(times_.seen.size())) {
        times_.seen[static_cast<size_t>(number)] = now_us;
      }
    }
  }

  Times& times_;
  std::unique_ptr<v1::AssignmentService::Stub> stub_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<v1::WatchAssignmentsResponse>> reader_;
  absl::Mutex mutex_;
  bool live_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

void Report(const LatencyOptions& options, const Times& times) {
  std::vector<double> ms;
  const size_t first = static_cast<size_t>(options.rate) * kWarmUpSeconds;
  for (size_t i = first; i < times.sent.size(); ++i) {
    if (times.seen[i] > 0) {
      ms.push_back(static_cast<double>(times.seen[i] - times.sent[i]) / 1000);
    }
  }
  std::sort(ms.begin(), ms.end());
  std::cout << absl::StrFormat(
                   R"({"rate": %d, "sent": %d, "seen": %d, "p50_ms": %.2f, "p90_ms": %.2f, )"
                   R"("p99_ms": %.2f, "max_ms": %.2f})",
                   options.rate, times.sent.size() - first, ms.size(), Quantile(ms, 50),
                   Quantile(ms, 90), Quantile(ms, 99), Quantile(ms, 100))
            << std::endl;
}

}  // namespace

int Latency(const LatencyOptions& options) {
  const auto rate = static_cast<size_t>(options.rate);
  const size_t leads = rate * static_cast<size_t>(kWarmUpSeconds + options.seconds);
  Times times{std::vector<int64_t>(leads), std::vector<int64_t>(leads)};
  auto publisher = Publisher::Open(options.brokers, absl::ZeroDuration());
  if (!publisher.ok()) {
    std::cerr << "latency: " << publisher.status() << "\n";
    return 1;
  }
  {
    std::vector<std::unique_ptr<RepStream>> streams;
    for (int rep = 0; rep < options.reps; ++rep) {
      streams.push_back(std::make_unique<RepStream>(options, rep, times));
    }
    for (const auto& stream : streams) {
      if (!stream->AwaitSnapshot()) {
        std::cerr << "latency: a stream did not begin\n";
        return 1;
      }
    }
    const absl::Time begin = absl::Now();
    for (size_t i = 0; i < leads; ++i) {
      const absl::Time due = begin + absl::Seconds(static_cast<double>(i) / options.rate);
      if (const absl::Duration early = due - absl::Now(); early > absl::ZeroDuration()) {
        absl::SleepFor(early);
      }
      LeadEvent event = Captured(options.workspace, static_cast<int64_t>(i), true);
      times.sent[i] = absl::ToUnixMicros(absl::Now());
      (*publisher)->Send(std::move(event));
    }
    if (absl::Status status = (*publisher)->Finish(); !status.ok()) {
      std::cerr << "latency: " << status << "\n";
      return 1;
    }
    absl::SleepFor(absl::Seconds(2));  // what takes longer counts as lost
  }
  Report(options, times);
  return 0;
}

}  // namespace baton::bench
