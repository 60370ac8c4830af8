// A few threads for work that blocks, with a cap on what waits: nothing blocks in a gRPC reaction.
#ifndef BATON_PLATFORM_GRPC_BOUNDED_EXECUTOR_H_
#define BATON_PLATFORM_GRPC_BOUNDED_EXECUTOR_H_

#include <deque>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/synchronization/mutex.h"

namespace baton::platform::rpc {

// Runs tasks in the order of their submission on `threads` threads. Thread-safe.
class BoundedExecutor {
 public:
  using Task = absl::AnyInvocable<void()>;
  using Wanted = absl::AnyInvocable<bool()>;

  // threads >= 1; at most `waiting_max` tasks wait for a thread.
  BoundedExecutor(int threads, size_t waiting_max);
  ~BoundedExecutor();  // Stop()
  BoundedExecutor(const BoundedExecutor&) = delete;
  BoundedExecutor& operator=(const BoundedExecutor&) = delete;

  // False when the queue is full or Stop was called; then `task` never runs. In a full queue those
  // that are `wanted` no more make room and never run; it is asked under the queue's lock.
  [[nodiscard]] bool TrySubmit(
      Task task, Wanted wanted = [] { return true; });

  // Runs what waits, joins the threads. Idempotent; not from a task.
  void Stop();

 private:
  struct Waiting {
    Task task;
    Wanted wanted;
  };

  void Work();

  const size_t waiting_max_;
  absl::Mutex mutex_;
  std::deque<Waiting> waiting_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;  // touched by the constructor and Stop only
};

}  // namespace baton::platform::rpc

#endif  // BATON_PLATFORM_GRPC_BOUNDED_EXECUTOR_H_
