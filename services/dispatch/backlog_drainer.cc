#include "dispatch/backlog_drainer.h"

#include <string>
#include <utility>
#include <vector>

#include "platform/log.h"
#include "store/drain.h"

namespace baton::dispatch {

BacklogDrainer::BacklogDrainer(store::RosterStore& roster) : roster_(roster) {}

BacklogDrainer::~BacklogDrainer() {
  Stop();
}

void BacklogDrainer::Start() {
  for (std::thread& thread : threads_) thread = std::thread([this] { Work(); });
}

void BacklogDrainer::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

void BacklogDrainer::RepFreed(const core::WorkspaceId& workspace, const core::RepId& rep) {
  Add(workspace, {{rep}, {}});
}

void BacklogDrainer::QueueFreed(const core::WorkspaceId& workspace, const core::QueueId& queue) {
  Add(workspace, {{}, {queue}});
}

void BacklogDrainer::Add(const core::WorkspaceId& workspace, Hints hints) {
  absl::MutexLock lock(&mutex_);
  if (hints_ >= kWaitingMax) return;
  Hints& known = waiting_[workspace];
  const size_t before = known.size();
  if (before == 0 && !busy_.contains(workspace)) order_.push_back(workspace);
  known.reps.merge(hints.reps);
  known.queues.merge(hints.queues);
  hints_ += known.size() - before;
}

void BacklogDrainer::Work() {
  const auto has_work = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
    return stopping_ || !order_.empty();
  };
  while (true) {
    core::WorkspaceId workspace;
    Hints hints;
    {
      absl::MutexLock lock(&mutex_, absl::Condition(&has_work));
      if (stopping_) return;
      workspace = std::move(order_.front());
      order_.pop_front();
      busy_.insert(workspace);
      hints = std::move(waiting_.extract(workspace).mapped());
      hints_ -= hints.size();
    }
    Drain(workspace, hints);
    absl::MutexLock lock(&mutex_);
    busy_.erase(workspace);
    if (waiting_.contains(workspace)) order_.push_back(workspace);  // hinted meanwhile
  }
}

void BacklogDrainer::Drain(const core::WorkspaceId& workspace, const Hints& hints) {
  const std::vector<core::RepId> reps(hints.reps.begin(), hints.reps.end());
  const std::vector<core::QueueId> queues(hints.queues.begin(), hints.queues.end());
  const absl::Status status = store::DrainQueuesOf(roster_, workspace, reps, queues).status();
  if (status.ok()) return;
  platform::LogWarning("dispatch.drain_failed",
                       {{"workspace", workspace.str()}, {"error", std::string(status.message())}});
}

}  // namespace baton::dispatch
