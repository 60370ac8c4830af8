// Publishes to Kafka with a producer that is replaced when it breaks for good.
#ifndef BATON_DISPATCH_EVENT_PUBLISHER_H_
#define BATON_DISPATCH_EVENT_PUBLISHER_H_

#include <functional>
#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "dispatch/options.h"

namespace baton::dispatch {

// Thread-safe.
class EventPublisher {
 public:
  explicit EventPublisher(ProducerFactory factory) : factory_(std::move(factory)) {}

  // The first producer: an error means a wrong configuration.
  absl::Status Start();
  // Lets what is buffered go out for a bounded time. Callbacks have run when it returns.
  void Stop();

  // As Producer::Produce; UNAVAILABLE when there is no producer. May block while a broken producer
  // is replaced.
  absl::Status Publish(platform::kafka::OutRecord record, std::function<void(absl::Status)> done);

 private:
  absl::StatusOr<std::shared_ptr<platform::kafka::Producer>> UsableProducer();
  void NoteFailure(const platform::kafka::Producer* producer);

  const ProducerFactory factory_;
  absl::Mutex mutex_;
  std::shared_ptr<platform::kafka::Producer> producer_ ABSL_GUARDED_BY(mutex_);
  bool broken_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace baton::dispatch

#endif  // BATON_DISPATCH_EVENT_PUBLISHER_H_
