#include "platform/worker.h"

#include <utility>

#include "absl/time/clock.h"
#include "platform/log.h"

namespace baton::platform {

ReadyState::ReadyState(std::string service)
    : service_(std::move(service)), status_(absl::UnavailableError("starting")) {}

void ReadyState::Set(const absl::Status& status) {
  {
    absl::MutexLock lock(&mutex_);
    if (status == status_) return;
    status_ = status;
  }
  if (status.ok()) {
    LogInfo("service.ready", {{"service", service_}});
  } else {
    LogWarning("service.not_ready", {{"service", service_}, {"reason", status.ToString()}});
  }
}

absl::Status ReadyState::Get() const {
  absl::MutexLock lock(&mutex_);
  return status_;
}

void Worker::Start(std::function<void()> body) {
  thread_ = std::thread(std::move(body));
}

void Worker::Stop(absl::Duration grace) {
  if (!stop_.HasBeenNotified()) {
    deadline_ = absl::Now() + grace;
    stop_.Notify();
  }
  if (thread_.joinable()) thread_.join();
}

absl::Time Worker::deadline() const {
  return stop_.HasBeenNotified() ? deadline_ : absl::InfiniteFuture();
}

}  // namespace baton::platform
