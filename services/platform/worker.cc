#include "platform/worker.h"

#include <utility>

#include "absl/time/clock.h"
#include "platform/log.h"
#include "platform/status_text.h"

namespace baton::platform {
namespace {

constexpr absl::Duration kLongestWait = absl::Hours(24 * 365);  // beyond it: until it stops

}  // namespace

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
    LogWarning("service.not_ready", {{"service", service_}, {"reason", StatusText(status)}});
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
  {
    const std::lock_guard lock(mutex_);
    if (!stopping_) deadline_ = absl::Now() + grace;
    stopping_ = true;
  }
  stop_.notify_all();
  if (thread_.joinable()) thread_.join();
}

bool Worker::StopsWithin(absl::Duration duration) const {
  std::unique_lock lock(mutex_);
  const auto stops = [this] { return stopping_.load(); };
  if (duration < kLongestWait) {
    return stop_.wait_for(lock, absl::ToChronoNanoseconds(duration), stops);
  }
  stop_.wait(lock, stops);
  return true;
}

absl::Time Worker::deadline() const {
  return stopping_ ? deadline_ : absl::InfiniteFuture();
}

}  // namespace baton::platform
