// What one webhook still has to deliver, of the partitions that this process owns: which delivery
// may go next, and from where a successor would have to go on. Pure bookkeeping; not thread-safe.
//
// Deliveries of one lead go in order, one at a time; those of other leads do not wait for them.
// After a failure the webhook is only probed, by one delivery at a time and ever more rarely, until
// something succeeds.
//
// What is held is what is pending, at most pending_max and as much as a budget that queues share
// has room for: a delivery that is settled is released as a whole, also behind one that still
// fails, however many come after it.
#ifndef BATON_WEBHOOKS_DELIVERY_QUEUE_H_
#define BATON_WEBHOOKS_DELIVERY_QUEUE_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "webhooks/byte_budget.h"
#include "webhooks/retry.h"

namespace baton::webhooks {

// One change on its way.
struct Delivery {
  std::string id;    // of the event: webhook-id
  std::string lead;  // whose order is kept
  std::string body;
  std::string traceparent;  // of the change; empty: none
};

struct QueueLimits {
  size_t pending_max = 1000;  // deliveries held, at least 1; further ones stay in Kafka
  int in_flight_max = 8;      // at once
  int attempts_max = 6;       // of one that fails while others succeed; then it is given up
  RetrySettings retry;
};

class DeliveryQueue {
 public:
  using Place = std::pair<int32_t, int64_t>;  // partition, offset

  // The budget outlives the queue.
  DeliveryQueue(const QueueLimits& limits, ByteBudget& budget) : limits_(limits), budget_(budget) {}
  ~DeliveryQueue() { budget_.GiveBack(bytes_); }
  DeliveryQueue(const DeliveryQueue&) = delete;
  DeliveryQueue& operator=(const DeliveryQueue&) = delete;

  size_t pending() const { return pending_; }
  int in_flight() const { return in_flight_; }
  // An empty queue always has.
  bool HasRoomFor(const Delivery& delivery) const;
  // Whether it is worth while to fetch more: there is room for half of what may be held.
  bool HasRoomToCatchUp() const;
  bool HasInFlight(int32_t partition) const;

  // REQUIRES: HasRoomFor(delivery), and an offset above all added to the partition.
  void Add(Place place, Delivery delivery);

  // The next that may go now, which is in flight until Settle; its text lives until then.
  std::optional<std::pair<Place, const Delivery*>> Take(absl::Time now);

  enum class Outcome { kDelivered, kWillRetry, kGivenUp };
  // What a delivery in flight came to. `retry_after`: how long the receiver wants to be left alone.
  // `chance`: 0 to 1, for RetryDelay. A place that is not in flight is ignored (nullopt).
  std::optional<Outcome> Settle(Place place, bool delivered, absl::Duration retry_after,
                                absl::Time now, double chance);

  // The first offset of the partition that is not settled; nullopt: nothing is pending there.
  std::optional<int64_t> FirstPending(int32_t partition) const;
  // Forgets what is pending; what is in flight is then not ours to settle.
  void Drop(int32_t partition);
  void DropAll();
  // What failed may be tried at once.
  void ForgetFailures();

 private:
  struct Item {
    Delivery delivery;
    bool in_flight = false;
    int attempts = 0;
    absl::Time begun_at;
    absl::Time first_failed_at = absl::InfiniteFuture();
    absl::Time not_before = absl::InfinitePast();
  };
  using Lane = std::map<int64_t, Item>;  // what is pending, by offset; not empty

  std::optional<Place> Choose(absl::Time now) const;
  static size_t BytesOf(const Delivery& delivery);
  void Release(size_t bytes);
  Outcome Fail(Item& item, absl::Duration retry_after, absl::Time now, double chance);
  void Succeed(absl::Time now);

  const QueueLimits limits_;
  ByteBudget& budget_;
  std::map<int32_t, Lane> lanes_;
  size_t pending_ = 0;
  size_t bytes_ = 0;  // of these, taken from the budget
  int in_flight_ = 0;
  int32_t served_ = -1;  // the partition that was chosen last
  int failures_ = 0;     // in a row; those of attempts that ran side by side are one
  absl::Time failed_at_ = absl::InfinitePast();
  absl::Time succeeded_at_ = absl::InfinitePast();
  absl::Time not_before_ = absl::InfinitePast();
};

}  // namespace baton::webhooks

#endif  // BATON_WEBHOOKS_DELIVERY_QUEUE_H_
