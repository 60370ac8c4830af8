#include "intake/dead_letter_writer.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "platform/log.h"

namespace baton::intake {

// The letters between one Forget and the next.
struct DeadLetterWriter::Letters {
  enum class State { kWaiting, kSent, kDelivered };

  struct Letter {
    platform::kafka::OutRecord record;
    State state = State::kWaiting;
    bool cut = false;
  };

  static void Cut(Letter& letter) {
    std::string& value = letter.record.value;
    letter.record.headers.emplace_back("baton-error-value-bytes", absl::StrCat(value.size()));
    value.resize(std::min(value.size(), DeadLetterWriter::kCutValueBytes));
    letter.cut = true;
  }

  absl::Mutex mutex;
  std::vector<Letter> all ABSL_GUARDED_BY(mutex);
  absl::Status problem ABSL_GUARDED_BY(mutex);  // the latest failure

  bool NoneSent() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    for (const Letter& letter : all) {
      if (letter.state == State::kSent) return false;
    }
    return true;
  }
  // The client that had them is gone, and with it every acknowledgement.
  void SendAgain() ABSL_LOCKS_EXCLUDED(mutex) {
    absl::MutexLock lock(&mutex);
    for (Letter& letter : all) {
      if (letter.state == State::kSent) letter.state = State::kWaiting;
    }
  }
  // What the client says of letter `index`.
  void Settle(size_t index, const absl::Status& status) ABSL_LOCKS_EXCLUDED(mutex) {
    absl::MutexLock lock(&mutex);
    Letter& letter = all[index];
    letter.state = status.ok() ? State::kDelivered : State::kWaiting;
    if (status.ok()) return;
    if (absl::IsInvalidArgument(status) && !letter.cut) {
      Cut(letter);
    } else {
      problem = status;
    }
  }
};

DeadLetterWriter::DeadLetterWriter(MakeProducer make_producer)
    : make_producer_(std::move(make_producer)), letters_(std::make_shared<Letters>()) {}

DeadLetterWriter::~DeadLetterWriter() = default;

absl::Status DeadLetterWriter::Open() {
  auto producer = make_producer_();
  if (!producer.ok()) return producer.status();
  producer_ = *std::move(producer);
  return absl::OkStatus();
}

void DeadLetterWriter::Add(platform::kafka::OutRecord letter) {
  absl::MutexLock lock(&letters_->mutex);
  letters_->all.push_back({std::move(letter)});
}

void DeadLetterWriter::Forget() {
  letters_ = std::make_shared<Letters>();
}

absl::Status DeadLetterWriter::SendWaiting() {
  size_t count = 0;
  {
    absl::MutexLock lock(&letters_->mutex);
    letters_->problem = absl::OkStatus();
    count = letters_->all.size();
  }
  for (size_t i = 0; i < count; ++i) {
    platform::kafka::OutRecord record;
    {
      absl::MutexLock lock(&letters_->mutex);
      Letters::Letter& letter = letters_->all[i];
      if (letter.state != Letters::State::kWaiting) continue;
      record = letter.record;
      letter.state = Letters::State::kSent;
    }
    const absl::Status status = producer_->Produce(
        std::move(record),
        [letters = letters_, i](absl::Status delivered) { letters->Settle(i, delivered); });
    if (status.ok()) continue;
    letters_->Settle(i, status);
    if (!absl::IsInvalidArgument(status)) return status;
  }
  return absl::OkStatus();
}

absl::Status DeadLetterWriter::Await(absl::Duration wait) {
  if (producer_ == nullptr) {
    if (absl::Status opened = Open(); !opened.ok()) return opened;
  }
  absl::Status status = SendWaiting();
  if (absl::IsInternal(status)) {
    // The client is beyond use. Its end settles what it still held, but it does not wait for ever.
    platform::LogWarning("intake.producer_replaced", {{"reason", std::string(status.message())}});
    producer_.reset();
    letters_->SendAgain();
    return status;
  }
  absl::MutexLock lock(&letters_->mutex);
  letters_->mutex.AwaitWithTimeout(absl::Condition(letters_.get(), &Letters::NoneSent), wait);
  if (!letters_->problem.ok()) return letters_->problem;
  for (const Letters::Letter& letter : letters_->all) {
    if (letter.state != Letters::State::kDelivered) {
      return absl::UnavailableError("dead letters wait for Kafka");
    }
  }
  return status;
}

}  // namespace baton::intake
