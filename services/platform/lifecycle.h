// Start, readiness and end of a process made of services.
#ifndef BATON_PLATFORM_LIFECYCLE_H_
#define BATON_PLATFORM_LIFECYCLE_H_

#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "platform/service.h"
#include "platform/signals.h"

namespace baton::platform {

struct ServiceState {
  std::string name;
  absl::Status ready;
};

// Add, Start, Stop and Run from one thread; States and Ready from any.
class Lifecycle {
 public:
  // All services together have `grace` to end.
  explicit Lifecycle(absl::Duration grace) : grace_(grace) {}

  // Services start in this order and stop in the reverse one. `service` outlives this object.
  // REQUIRES: before Start.
  void Add(Service& service);

  // Starts all. When one fails, those already running are stopped and its error, which names it, is
  // returned.
  absl::Status Start();

  // Stops what runs. Each service may take what is left of the grace. Idempotent.
  void Stop();

  // Start, wait for a stop signal, Stop. A second signal ends the process at once. The error is
  // Start's.
  absl::Status Run(StopSignals& signals);

  // One entry for each service added. Once stopping, "lifecycle" is not ready.
  std::vector<ServiceState> States() const;

 private:
  const absl::Duration grace_;
  mutable absl::Mutex mutex_;
  std::vector<Service*> services_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  size_t running_ = 0;  // the first so many are started
};

// OK when all are ready, otherwise the first reason, "relay: ...".
absl::Status ReadyOf(const std::vector<ServiceState>& states);

}  // namespace baton::platform

#endif  // BATON_PLATFORM_LIFECYCLE_H_
