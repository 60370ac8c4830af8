// Waits until submitted events have been decided, for many callers with one thread.
#ifndef BATON_DISPATCH_DECISION_WAITER_H_
#define BATON_DISPATCH_DECISION_WAITER_H_

#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "core/lead.h"
#include "store/lead_store.h"
#include "store/pipe_store.h"

namespace baton::dispatch {

// One lead and the fingerprint of the last event submitted for it: events of one lead travel in
// order, so when that one is among the lead's facts, all are.
struct AwaitedLead {
  core::LeadKey key;
  uint64_t last_event = 0;
};

struct DecisionWait {
  std::vector<AwaitedLead> leads;
  std::function<bool()> abandoned;
  std::function<void(std::vector<core::LeadRecord>)>
      done;  // once, on the waiter's thread; in order
};

// Reads the leads of all waits that are due in one pipeline; a wait is looked at again after 2 ms,
// then doubling up to 20 ms. While the store is away waits go on until they are abandoned. A lead
// that a rep has got is waited for a little longer, until its clocks have begun, so that the answer
// says by when it is to be touched: they begin a moment later, unless no clock role is at work.
// Nobody is told a decision before it is durable. Thread-safe.
class DecisionWaiter {
 public:
  DecisionWaiter(store::LeadStore& leads, store::DurabilityGate& gate, size_t waits_max);
  ~DecisionWaiter();  // Stop()

  void Start();
  void Stop();  // waits that are left are dropped. Idempotent.

  // RESOURCE_EXHAUSTED OVERLOADED at the cap, UNAVAILABLE when stopped.
  absl::Status Add(DecisionWait wait);

 private:
  struct Entry {
    DecisionWait wait;
    absl::Duration pause;
    absl::Time due;
    absl::Time decided_at = absl::InfiniteFuture();  // first seen so
  };
  static bool IsDone(Entry& entry, absl::Span<const absl::StatusOr<core::LeadRecord>> records);

  void Work();
  std::vector<Entry> TakeDue();
  void Look(std::vector<Entry>& due);

  store::LeadStore& leads_;
  store::DurabilityGate& gate_;
  const size_t waits_max_;
  absl::Mutex mutex_;
  std::vector<Entry> waiting_ ABSL_GUARDED_BY(mutex_);
  size_t looked_at_ ABSL_GUARDED_BY(mutex_) = 0;  // taken out of waiting_ for the moment
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace baton::dispatch

#endif  // BATON_DISPATCH_DECISION_WAITER_H_
