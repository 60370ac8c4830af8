// A webhook as the process that delivers to it sees it. Not thread-safe.
#ifndef BATON_WEBHOOKS_ENDPOINT_H_
#define BATON_WEBHOOKS_ENDPOINT_H_

#include <cstdint>
#include <map>
#include <string>

#include "absl/time/time.h"
#include "store/webhook_store.h"
#include "webhooks/delivery_queue.h"

namespace baton::webhooks {

// How a webhook stands to one partition of the topic.
struct Lane {
  int64_t next = 0;       // the next offset to look at; older than the truth while live or catching
  bool live = false;      // it is given what the group's consumer reads
  bool catching = false;  // it is given what the present round of catching up reads
};

struct Endpoint {
  Endpoint(store::WebhookKey endpoint_key, store::WebhookState state, const QueueLimits& limits,
           ByteBudget& budget)
      : key(std::move(endpoint_key)),
        webhook(std::move(state.webhook)),
        progress(std::move(state.progress)),
        queue(limits, budget) {
    ResetReport();
  }

  // What changed; a new generation forgets all that is pending.
  void Update(store::WebhookState state);
  // Nothing is delivered any more: disabled, parked or replayed from elsewhere.
  void StopDelivering();
  void DropPartition(int32_t partition);

  bool active() const { return store::WebhookState{webhook, progress}.active(); }
  bool ping_asked() const { return !webhook.ping.empty() && webhook.ping != progress.ping; }
  // A change at `offset` that the webhook wants. Without room for it in memory it is left, and with
  // it all later ones, for a later round.
  void Offer(Lane& lane, int32_t partition, int64_t offset, const Delivery& delivery);

  bool HasNews() const;
  void ResetReport();

  store::WebhookKey key;
  store::Webhook webhook;
  store::WebhookProgress progress;  // as read last; offsets as reported last
  DeliveryQueue queue;
  std::map<int32_t, Lane> lanes;  // of partitions that are owned and where its place is known
  bool ping_in_flight = false;

  store::WebhookReport report;  // what the store does not know yet, but for offsets
  absl::Time reported_at = absl::InfinitePast();
};

}  // namespace baton::webhooks

#endif  // BATON_WEBHOOKS_ENDPOINT_H_
