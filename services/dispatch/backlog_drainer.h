// Gives freed capacity to whoever waits: a rep that closed a lead or came online, a queue that was
// resumed or in which a lead waits its turn, gets its backlog drained at once.
#ifndef BATON_DISPATCH_BACKLOG_DRAINER_H_
#define BATON_DISPATCH_BACKLOG_DRAINER_H_

#include <array>
#include <deque>
#include <map>
#include <set>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "core/ids.h"
#include "store/roster_store.h"

namespace baton::dispatch {

// A hint that gets lost (process killed, more than kWaitingMax of them at once, store away) or ends
// at the bounds of store/drain.h does no harm beyond a delay: the clock role sweeps every backlog.
// One workspace at a time is drained by a thread, for all hints about it that have come by then;
// the others do not wait for it. Thread-safe.
class BacklogDrainer {
 public:
  static constexpr size_t kWaitingMax = 10'000;
  static constexpr size_t kThreads = 4;

  explicit BacklogDrainer(store::RosterStore& roster);
  ~BacklogDrainer();  // Stop()

  void Start();
  // Finishes what is being drained, forgets the rest. Idempotent.
  void Stop();

  // Capacity of `rep` came free: all its queues.
  void RepFreed(const core::WorkspaceId& workspace, const core::RepId& rep);
  void QueueFreed(const core::WorkspaceId& workspace, const core::QueueId& queue);

 private:
  struct Hints {  // about one workspace
    std::set<core::RepId> reps;
    std::set<core::QueueId> queues;
    size_t size() const { return reps.size() + queues.size(); }
  };

  void Add(const core::WorkspaceId& workspace, Hints hints);
  void Work();
  void Drain(const core::WorkspaceId& workspace, const Hints& hints);

  store::RosterStore& roster_;
  absl::Mutex mutex_;
  std::map<core::WorkspaceId, Hints> waiting_ ABSL_GUARDED_BY(mutex_);
  size_t hints_ ABSL_GUARDED_BY(mutex_) = 0;  // in waiting_
  // Those of waiting_ that no thread is at, first come first.
  std::deque<core::WorkspaceId> order_ ABSL_GUARDED_BY(mutex_);
  std::set<core::WorkspaceId> busy_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::array<std::thread, kThreads> threads_;
};

}  // namespace baton::dispatch

#endif  // BATON_DISPATCH_BACKLOG_DRAINER_H_
