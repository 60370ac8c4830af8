#include "load/publisher.h"

#include <utility>

#include "absl/time/clock.h"

namespace baton::bench {
namespace {

constexpr char kTopic[] = "baton.lead-events.v1";
constexpr absl::Duration kFlushBound = absl::Seconds(60);

}  // namespace

absl::StatusOr<std::unique_ptr<Publisher>> Publisher::Open(const std::string& brokers,
                                                           absl::Duration linger) {
  platform::kafka::ProducerOptions options;
  options.linger = linger;
  auto producer = platform::kafka::Producer::Create({brokers, {}}, options);
  if (!producer.ok()) return producer.status();
  return std::unique_ptr<Publisher>(new Publisher(*std::move(producer)));
}

void Publisher::Send(LeadEvent event) {
  const platform::kafka::OutRecord record{kTopic,
                                          std::move(event.key),
                                          std::move(event.value),
                                          false,
                                          {{"content-type", "application/cloudevents+json"}}};
  absl::Status status;
  while (absl::IsResourceExhausted(status = producer_->Produce(record, nullptr))) {
    absl::SleepFor(absl::Milliseconds(1));
  }
  if (failure_.ok()) failure_ = status;
}

absl::Status Publisher::Finish() {
  absl::Status status = producer_->Flush(kFlushBound);
  return failure_.ok() ? status : failure_;
}

}  // namespace baton::bench
