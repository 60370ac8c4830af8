// What a service with one thread of its own needs: the thread, its end, and what Ready() answers.
#ifndef BATON_PLATFORM_WORKER_H_
#define BATON_PLATFORM_WORKER_H_

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace baton::platform {

// The latest state of a service. Each change of it is one line in the log. Thread-safe.
class ReadyState {
 public:
  // `service` names it in the log. Not ready at first: UNAVAILABLE "starting".
  explicit ReadyState(std::string service);

  void Set(const absl::Status& status);
  absl::Status Get() const;

 private:
  const std::string service_;
  mutable absl::Mutex mutex_;
  absl::Status status_ ABSL_GUARDED_BY(mutex_);
};

// One thread that runs `body` once. Start and Stop from the owner's thread; the others from
// anywhere.
class Worker {
 public:
  Worker() = default;
  ~Worker() { Stop(); }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // REQUIRES: not started before. `body` returns soon once stopping() is true.
  void Start(std::function<void()> body);

  // Asks `body` to return, within `grace` as deadline() tells it, and waits for that. Idempotent.
  void Stop(absl::Duration grace = absl::ZeroDuration());

  bool stopping() const { return stopping_; }
  // True as soon as stopping, false after `duration`, also if the machine's clock is set meanwhile.
  bool StopsWithin(absl::Duration duration) const;
  // Until when begun work may go on; InfiniteFuture while not stopping.
  absl::Time deadline() const;

 private:
  // Of std, because waits of absl are until a time of the machine's clock: set back by an hour, it
  // would have them take that hour.
  mutable std::mutex mutex_;
  mutable std::condition_variable stop_;
  std::atomic<bool> stopping_{false};             // written under the mutex
  absl::Time deadline_ = absl::InfiniteFuture();  // written before stopping_
  std::thread thread_;
};

}  // namespace baton::platform

#endif  // BATON_PLATFORM_WORKER_H_
