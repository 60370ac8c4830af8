#include "dispatch/event_publisher.h"

#include <string>
#include <utility>

#include "dispatch/wire_status.h"
#include "platform/log.h"

namespace baton::dispatch {

using platform::kafka::Producer;

absl::Status EventPublisher::Start() {
  auto made = factory_();
  if (!made.ok()) return made.status();
  absl::MutexLock lock(&mutex_);
  producer_ = *std::move(made);
  return absl::OkStatus();
}

void EventPublisher::Stop() {
  std::shared_ptr<Producer> last;
  {
    absl::MutexLock lock(&mutex_);
    stopped_ = true;
    last = std::move(producer_);
  }
}

absl::Status EventPublisher::Publish(platform::kafka::OutRecord record,
                                     std::function<void(absl::Status)> done) {
  auto producer = UsableProducer();
  if (!producer.ok()) return producer.status();
  const Producer* used = producer->get();
  const absl::Status accepted = (*producer)->Produce(
      std::move(record), [this, used, done = std::move(done)](absl::Status status) {
        if (absl::IsInternal(status)) NoteFailure(used);
        done(std::move(status));
      });
  if (absl::IsInternal(accepted)) NoteFailure(used);
  return accepted;
}

absl::StatusOr<std::shared_ptr<Producer>> EventPublisher::UsableProducer() {
  std::shared_ptr<Producer> broken;  // dies after the mutex is free: closing it takes a while
  absl::MutexLock lock(&mutex_);
  if (stopped_) return Draining();
  if (broken_) {
    auto made = factory_();
    if (!made.ok()) return made.status();
    broken = std::exchange(producer_, *std::move(made));
    broken_ = false;
    platform::LogWarning("dispatch.producer_replaced");
  }
  return producer_;
}

void EventPublisher::NoteFailure(const Producer* producer) {
  absl::MutexLock lock(&mutex_);
  if (producer_.get() == producer) broken_ = true;
}

}  // namespace baton::dispatch
