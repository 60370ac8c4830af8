// Gives freed capacity to whoever waits: a rep that closed a lead or came online, a queue that was
// resumed, gets its backlog drained at once.
#ifndef BATON_DISPATCH_BACKLOG_DRAINER_H_
#define BATON_DISPATCH_BACKLOG_DRAINER_H_

#include <deque>
#include <set>
#include <thread>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "core/ids.h"
#include "store/roster_store.h"

namespace baton::dispatch {

// A hint that gets lost (process killed, more than kWaitingMax of them at once, store away) or ends
// at the bounds of store/drain.h does no harm beyond a delay: the clock role sweeps every backlog.
// Thread-safe.
class BacklogDrainer {
 public:
  static constexpr size_t kWaitingMax = 10'000;

  explicit BacklogDrainer(store::RosterStore& roster);
  ~BacklogDrainer();  // Stop()

  void Start();
  // Finishes what is being drained, forgets the rest. Idempotent.
  void Stop();

  // Capacity of `rep` came free: all its queues.
  void RepFreed(const core::WorkspaceId& workspace, const core::RepId& rep);
  void QueueFreed(const core::WorkspaceId& workspace, const core::QueueId& queue);

 private:
  struct Hint {
    core::WorkspaceId workspace;
    core::RepId rep;  // one of the two
    core::QueueId queue;
    auto operator<=>(const Hint&) const = default;
  };
  void Add(Hint hint);
  void Work();
  void Drain(const Hint& hint);

  store::RosterStore& roster_;
  absl::Mutex mutex_;
  std::set<Hint> waiting_ ABSL_GUARDED_BY(mutex_);  // one entry however often it is hinted
  std::deque<Hint> order_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace baton::dispatch

#endif  // BATON_DISPATCH_BACKLOG_DRAINER_H_
