#include "dispatch/backlog_drainer.h"

#include <string>

#include "platform/log.h"
#include "store/drain.h"

namespace baton::dispatch {

BacklogDrainer::BacklogDrainer(store::RosterStore& roster) : roster_(roster) {}

BacklogDrainer::~BacklogDrainer() {
  Stop();
}

void BacklogDrainer::Start() {
  thread_ = std::thread([this] { Work(); });
}

void BacklogDrainer::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

void BacklogDrainer::RepFreed(const core::WorkspaceId& workspace, const core::RepId& rep) {
  Add({workspace, rep, {}});
}

void BacklogDrainer::QueueFreed(const core::WorkspaceId& workspace, const core::QueueId& queue) {
  Add({workspace, {}, queue});
}

void BacklogDrainer::Add(Hint hint) {
  absl::MutexLock lock(&mutex_);
  if (order_.size() >= kWaitingMax || !waiting_.insert(hint).second) return;
  order_.push_back(std::move(hint));
}

void BacklogDrainer::Work() {
  const auto has_work = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
    return stopping_ || !order_.empty();
  };
  while (true) {
    Hint hint;
    {
      absl::MutexLock lock(&mutex_, absl::Condition(&has_work));
      if (stopping_) return;
      hint = std::move(order_.front());
      order_.pop_front();
      waiting_.erase(hint);  // before draining: a hint that comes meanwhile is a new one
    }
    Drain(hint);
  }
}

void BacklogDrainer::Drain(const Hint& hint) {
  absl::Status status;
  if (hint.queue.empty()) {
    status = store::DrainQueuesOf(roster_, hint.workspace, {&hint.rep, 1}).status();
  } else {
    status = store::DrainQueue(roster_, hint.workspace, hint.queue).status();
  }
  if (status.ok()) return;
  platform::LogWarning("dispatch.drain_failed", {{"workspace", hint.workspace.str()},
                                                 {"queue", hint.queue.str()},
                                                 {"error", std::string(status.message())}});
}

}  // namespace baton::dispatch
