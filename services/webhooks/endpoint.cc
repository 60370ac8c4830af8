#include "webhooks/endpoint.h"

#include <utility>

namespace baton::webhooks {

void Endpoint::Update(store::WebhookState state) {
  const bool other_way = state.webhook.generation != webhook.generation;
  const bool restarts = !active() && state.active();
  const bool other_target = state.webhook.url != webhook.url;
  webhook = std::move(state.webhook);
  progress = std::move(state.progress);
  if (other_way || restarts || !active()) StopDelivering();
  if (other_target || report.round != webhook.round) queue.ForgetFailures();
  report.round = webhook.round;
}

void Endpoint::StopDelivering() {
  queue.DropAll();
  lanes.clear();
  ResetReport();
}

void Endpoint::DropPartition(int32_t partition) {
  queue.Drop(partition);
  lanes.erase(partition);
}

void Endpoint::Offer(Lane& lane, int32_t partition, int64_t offset, const Delivery& delivery) {
  if (offset < lane.next) return;
  if (!queue.HasRoomFor(delivery)) {
    lane = Lane{offset, false, false};
    return;
  }
  queue.Add({partition, offset}, delivery);
  lane.next = offset + 1;
}

bool Endpoint::HasNews() const {
  return report.truncated || report.delivered > 0 || report.given_up > 0 ||
         report.latest != store::WebhookReport::Latest::kNone || !report.ping.empty();
}

void Endpoint::ResetReport() {
  report = store::WebhookReport();
  report.generation = webhook.generation;
  report.round = webhook.round;
}

}  // namespace baton::webhooks
