#include "platform/grpc/bounded_executor.h"

#include <utility>

namespace baton::platform::rpc {

BoundedExecutor::BoundedExecutor(int threads, size_t waiting_max) : waiting_max_(waiting_max) {
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { Work(); });
}

BoundedExecutor::~BoundedExecutor() {
  Stop();
}

bool BoundedExecutor::TrySubmit(Task task, Wanted wanted) {
  absl::MutexLock lock(&mutex_);
  if (waiting_.size() >= waiting_max_) {
    std::erase_if(waiting_, [](Waiting& one) { return !one.wanted(); });
  }
  if (stopping_ || waiting_.size() >= waiting_max_) return false;
  waiting_.push_back({std::move(task), std::move(wanted)});
  return true;
}

void BoundedExecutor::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void BoundedExecutor::Work() {
  const auto has_work = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
    return stopping_ || !waiting_.empty();
  };
  while (true) {
    Task task;
    {
      absl::MutexLock lock(&mutex_, absl::Condition(&has_work));
      if (waiting_.empty()) return;
      task = std::move(waiting_.front().task);
      waiting_.pop_front();
    }
    std::move(task)();
  }
}

}  // namespace baton::platform::rpc
