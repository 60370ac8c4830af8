// Publishes lead events to Baton's input topic. Belongs to one thread.
#ifndef BATON_BENCH_PUBLISHER_H_
#define BATON_BENCH_PUBLISHER_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "load/events.h"
#include "platform/kafka/kafka.h"

namespace baton::bench {

class Publisher {
 public:
  static absl::StatusOr<std::unique_ptr<Publisher>> Open(const std::string& brokers,
                                                         absl::Duration linger);
  // Waits while the client's buffer is full.
  void Send(LeadEvent event);
  // Waits until Kafka has all; UNAVAILABLE or the first refusal.
  absl::Status Finish();

 private:
  explicit Publisher(std::unique_ptr<platform::kafka::Producer> producer)
      : producer_(std::move(producer)) {}

  std::unique_ptr<platform::kafka::Producer> producer_;
  absl::Status failure_;
};

}  // namespace baton::bench

#endif  // BATON_BENCH_PUBLISHER_H_
