#include "webhooks/delivery_queue.h"

#include <algorithm>

#include "absl/container/flat_hash_set.h"

namespace baton::webhooks {
namespace {

// So many failures in a row are an outage: when it ends, nothing waits for its own next attempt.
constexpr int kOutageFailures = 3;
// Of a delivery beside its texts: the item and its place in the lane.
constexpr size_t kItemBytes = 256;

}  // namespace

bool DeliveryQueue::HasInFlight(int32_t partition) const {
  const auto lane = lanes_.find(partition);
  return lane != lanes_.end() &&
         std::any_of(lane->second.begin(), lane->second.end(),
                     [](const auto& entry) { return entry.second.in_flight; });
}

size_t DeliveryQueue::BytesOf(const Delivery& delivery) {
  return kItemBytes + delivery.id.size() + delivery.lead.size() + delivery.body.size() +
         delivery.traceparent.size();
}

bool DeliveryQueue::HasRoomFor(const Delivery& delivery) const {
  if (pending_ == 0) return true;
  const size_t bytes = BytesOf(delivery);
  return pending_ < limits_.pending_max &&
         (bytes_ + bytes <= kQueueBytesOwn || budget_.HasRoom(bytes));
}

bool DeliveryQueue::HasRoomToCatchUp() const {
  return pending_ <= limits_.pending_max / 2 &&
         (bytes_ <= kQueueBytesOwn / 2 || budget_.is_half_free());
}

void DeliveryQueue::Release(size_t bytes) {
  bytes_ -= bytes;
  budget_.GiveBack(bytes);
}

void DeliveryQueue::Add(Place place, Delivery delivery) {
  const size_t bytes = BytesOf(delivery);
  bytes_ += bytes;
  budget_.Take(bytes);
  lanes_[place.first][place.second].delivery = std::move(delivery);
  ++pending_;
}

// Lanes take turns. While the webhook fails, what failed least is tried first, so that one delivery
// that cannot succeed does not stand for all.
std::optional<DeliveryQueue::Place> DeliveryQueue::Choose(absl::Time now) const {
  std::optional<Place> best;
  int least = 0;
  auto lane = lanes_.upper_bound(served_);
  for (size_t i = 0; i < lanes_.size(); ++i, ++lane) {
    if (lane == lanes_.end()) lane = lanes_.begin();
    absl::flat_hash_set<std::string> held;  // leads with an earlier delivery
    for (const auto& [offset, item] : lane->second) {
      if (!held.insert(item.delivery.lead).second) continue;
      if (item.in_flight || item.not_before > now) continue;
      if (failures_ == 0) return Place(lane->first, offset);
      if (best.has_value() && item.attempts >= least) continue;
      best = Place(lane->first, offset);
      least = item.attempts;
    }
  }
  return best;
}

std::optional<std::pair<DeliveryQueue::Place, const Delivery*>> DeliveryQueue::Take(
    absl::Time now) {
  const int most = failures_ == 0 ? limits_.in_flight_max : 1;
  if (pending_ == 0 || in_flight_ >= most || now < not_before_) return std::nullopt;
  const std::optional<Place> place = Choose(now);
  if (!place.has_value()) return std::nullopt;
  Item& item = lanes_[place->first][place->second];
  item.in_flight = true;
  item.begun_at = now;
  ++in_flight_;
  served_ = place->first;
  return std::make_pair(*place, &item.delivery);
}

void DeliveryQueue::ForgetFailures() {
  for (auto& [partition, lane] : lanes_) {
    for (auto& [offset, item] : lane) item.not_before = absl::InfinitePast();
  }
  failures_ = 0;
  not_before_ = absl::InfinitePast();
}

void DeliveryQueue::Succeed(absl::Time now) {
  if (failures_ >= kOutageFailures) ForgetFailures();
  failures_ = 0;
  not_before_ = absl::InfinitePast();
  succeeded_at_ = now;
}

DeliveryQueue::Outcome DeliveryQueue::Fail(Item& item, absl::Duration retry_after, absl::Time now,
                                           double chance) {
  ++item.attempts;
  item.first_failed_at = std::min(item.first_failed_at, now);
  if (item.begun_at > failed_at_) {
    ++failures_;
    failed_at_ = now;
  }
  retry_after = std::min(retry_after, limits_.retry.most);
  not_before_ = std::max(
      not_before_,
      now + std::max(retry_after, RetryDelay(limits_.retry, std::max(failures_, 1), chance)));
  item.not_before = now + std::max(retry_after, RetryDelay(limits_.retry, item.attempts, chance));
  const bool others_succeed = succeeded_at_ > item.first_failed_at;
  return item.attempts >= limits_.attempts_max && others_succeed ? Outcome::kGivenUp
                                                                 : Outcome::kWillRetry;
}

std::optional<DeliveryQueue::Outcome> DeliveryQueue::Settle(Place place, bool delivered,
                                                            absl::Duration retry_after,
                                                            absl::Time now, double chance) {
  const auto lane = lanes_.find(place.first);
  if (lane == lanes_.end()) return std::nullopt;
  const auto found = lane->second.find(place.second);
  if (found == lane->second.end() || !found->second.in_flight) return std::nullopt;
  Item& item = found->second;
  item.in_flight = false;
  --in_flight_;
  Outcome outcome = Outcome::kDelivered;
  if (delivered) {
    Succeed(now);
  } else {
    outcome = Fail(item, retry_after, now, chance);
  }
  if (outcome == Outcome::kWillRetry) return outcome;
  Release(BytesOf(item.delivery));
  lane->second.erase(found);
  --pending_;
  if (lane->second.empty()) lanes_.erase(lane);
  return outcome;
}

std::optional<int64_t> DeliveryQueue::FirstPending(int32_t partition) const {
  const auto lane = lanes_.find(partition);
  if (lane == lanes_.end()) return std::nullopt;
  return lane->second.begin()->first;
}

void DeliveryQueue::Drop(int32_t partition) {
  const auto lane = lanes_.find(partition);
  if (lane == lanes_.end()) return;
  for (const auto& [offset, item] : lane->second) {
    if (item.in_flight) --in_flight_;
    Release(BytesOf(item.delivery));
  }
  pending_ -= lane->second.size();
  lanes_.erase(lane);
}

void DeliveryQueue::DropAll() {
  lanes_.clear();
  Release(bytes_);
  pending_ = 0;
  in_flight_ = 0;
  ForgetFailures();
}

}  // namespace baton::webhooks
