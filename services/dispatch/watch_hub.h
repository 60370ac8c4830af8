// Follows the outbox once per process and hands every new entry to the streams that watch it, once
// it is durable. While there are none it reads no entries, only where the outbox ends.
#ifndef BATON_DISPATCH_WATCH_HUB_H_
#define BATON_DISPATCH_WATCH_HUB_H_

#include <functional>
#include <map>
#include <memory>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "core/ids.h"
#include "dispatch/options.h"
#include "store/pipe_store.h"

namespace baton::dispatch {

// Everything up to `sequence` of the shard's outbox.
struct OutboxPosition {
  int64_t epoch = 0;
  int64_t sequence = 0;
};

using SharedEntry = std::shared_ptr<const store::OutboxEntry>;

// A stream as the hub sees it. All calls come from the hub's thread (OnDraining: from whoever
// stops), none may block.
class Watcher {
 public:
  virtual ~Watcher() = default;
  virtual const core::WorkspaceId& workspace() const = 0;
  virtual const core::RepId& rep() const = 0;  // empty: it watches all reps
  // Of its workspace and, unless it watches all, with its rep; in order, without gap.
  virtual void OnEntry(const SharedEntry& entry) = 0;
  virtual void OnBookmark(OutboxPosition position) = 0;
  // Entries were missed or taken back (trimmed, another epoch): it is no longer live.
  virtual void OnGap() = 0;
  virtual void OnDraining() = 0;
};

// Thread-safe.
class WatchHub {
 public:
  // `on_health` hears whether the outbox can be read, on every change; called on the hub's thread.
  WatchHub(store::OutboxStore& outbox, store::DurabilityGate& gate, const DispatchOptions& options,
           std::function<void(bool)> on_health);
  ~WatchHub();  // Stop()

  void Start();
  void Drain();  // no new watchers; OnDraining for all
  void Stop();   // Drain, then joins the thread. Idempotent.

  // RESOURCE_EXHAUSTED OVERLOADED at the cap, UNAVAILABLE DRAINING. A watcher that joined must
  // Leave.
  absl::Status Join(std::shared_ptr<Watcher> watcher);
  void Leave(const Watcher* watcher);

  // From now on `watcher` gets the entries after the position returned. UNAVAILABLE while the hub
  // has not found the outbox yet.
  absl::StatusOr<OutboxPosition> GoLive(const std::shared_ptr<Watcher>& watcher);

  // OK while the outbox can be read, otherwise why not.
  absl::Status health() const;

 private:
  // Replaced as a whole when one joins or leaves, so that who delivers needs no copy and no mutex.
  using Watchers = std::vector<std::shared_ptr<Watcher>>;
  using SharedWatchers = std::shared_ptr<const Watchers>;
  // By the rep that they watch: an entry costs nothing for streams that it does not concern.
  using WatchersOfReps = absl::flat_hash_map<core::RepId, SharedWatchers>;
  // What all of `to` are to hear, in the order of the list.
  struct Delivery {
    SharedWatchers to;
    std::function<void(Watcher&)> call;
  };
  using Deliveries = std::vector<Delivery>;

  static void CarryOut(const Deliveries& deliveries);

  void Follow();
  absl::Status FindPositions();
  absl::Status RenewPositions();
  absl::Status ReadOnce();
  // Moves past what cannot be read: watchers of such a shard begin anew behind it.
  absl::Status PassUnreadable(const std::map<int, int64_t>& after);
  // Whether what has been read since may be told; otherwise it is read again, after a while.
  bool IsDurable(int64_t incarnation);
  bool IsWatched() const;
  // After a round: until the next one makes sense, or until Stop.
  void Rest(bool ok);
  absl::Status CheckEpochs();
  void Take(int shard, std::vector<store::OutboxEntry> entries, Deliveries& deliveries)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  static void Deliver(store::OutboxEntry entry, const WatchersOfReps& live, Deliveries& deliveries);
  // Every live watcher of the shard loses its place.
  void Break(int shard, Deliveries& deliveries) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void SendBookmarks();
  void SetHealth(absl::Status status);

  store::OutboxStore& outbox_;
  store::DurabilityGate& gate_;
  const size_t watchers_max_;
  const absl::Duration bookmark_interval_;
  const absl::Duration outbox_wait_;
  const std::function<void(bool)> on_health_;
  bool durable_ = true;  // what was read latest; the hub's thread only

  mutable absl::Mutex mutex_;
  std::map<int, OutboxPosition> positions_ ABSL_GUARDED_BY(mutex_);
  std::map<const Watcher*, std::shared_ptr<Watcher>> joined_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<core::WorkspaceId, WatchersOfReps> live_ ABSL_GUARDED_BY(mutex_);
  absl::Status health_ ABSL_GUARDED_BY(mutex_);
  bool draining_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace baton::dispatch

#endif  // BATON_DISPATCH_WATCH_HUB_H_
