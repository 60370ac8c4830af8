#include "relay/publisher.h"

#include <algorithm>
#include <utility>

#include "platform/log.h"

namespace baton::relay {
namespace {

// A wait is cut into pieces of this length, so that a stop is noticed in between.
constexpr absl::Duration kStep = absl::Seconds(1);
constexpr absl::Duration kStepMin = absl::Milliseconds(100);

bool IsFatal(const absl::Status& status) {
  return absl::IsInternal(status);
}

}  // namespace

Publisher::Publisher(std::unique_ptr<platform::kafka::Producer> producer,
                     std::function<absl::Duration()> patience)
    : producer_(std::move(producer)), patience_(std::move(patience)) {}

absl::Status Publisher::Init() {
  return producer_->InitTransactions(std::clamp(patience_(), kStepMin, kStep));
}

absl::Status Publisher::Publish(const std::vector<platform::kafka::OutRecord>& records,
                                const std::vector<platform::kafka::Position>& offsets,
                                platform::kafka::Consumer& group) {
  absl::Status status = producer_->BeginTransaction();
  if (!status.ok()) {
    usable_ = false;
    return status;
  }
  status = Fill(records, offsets, group);
  if (status.ok()) status = Commit();
  if (status.ok()) return status;
  if (IsFatal(status)) usable_ = false;
  if (usable_) Abort();
  return status;
}

absl::Status Publisher::Fill(const std::vector<platform::kafka::OutRecord>& records,
                             const std::vector<platform::kafka::Position>& offsets,
                             platform::kafka::Consumer& group) {
  for (const platform::kafka::OutRecord& record : records) {
    absl::Status status = Enqueue(record);
    if (!status.ok()) return status;
  }
  absl::Status status;
  do {
    status = producer_->SendOffsets(offsets, group, std::clamp(patience_(), kStepMin, kStep));
  } while (absl::IsUnavailable(status) && patience_() > absl::ZeroDuration());
  return status;
}

// The client's queue is full while the brokers are slower than we are: what is in it goes first.
absl::Status Publisher::Enqueue(const platform::kafka::OutRecord& record) {
  while (true) {
    // Without a callback: a record that cannot be delivered fails the commit.
    absl::Status status = producer_->Produce(record, nullptr);
    if (!absl::IsResourceExhausted(status) || patience_() <= absl::ZeroDuration()) return status;
    const absl::Status flushed = producer_->Flush(kStepMin);
    if (!flushed.ok() && !absl::IsDeadlineExceeded(flushed)) return flushed;
  }
}

absl::Status Publisher::Commit() {
  absl::Status status;
  do {
    status = producer_->CommitTransaction(std::clamp(patience_(), kStepMin, kStep));
  } while (absl::IsUnavailable(status) && patience_() > absl::ZeroDuration());
  // Without an answer nobody knows whether it is committed, and it may not be aborted either.
  if (absl::IsUnavailable(status)) usable_ = false;
  return status;
}

void Publisher::Abort() {
  absl::Status status = producer_->AbortTransaction(std::clamp(patience_(), kStepMin, kStep));
  if (status.ok()) return;
  usable_ = false;
  platform::LogWarning("relay.abort_failed", {{"reason", std::string(status.message())}});
}

}  // namespace baton::relay
