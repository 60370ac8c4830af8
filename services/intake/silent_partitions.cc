#include "intake/silent_partitions.h"

namespace baton::intake {

void SilentPartitions::Polled(const std::set<int32_t>& gave, bool drained, absl::Time now) {
  for (const int32_t partition : gave) silences_.erase(partition);
  if (drained) drained_at_ = now;
}

void SilentPartitions::Forget(int32_t partition) {
  silences_.erase(partition);
  said_.erase(partition);
}

std::set<int32_t> SilentPartitions::Look(const std::map<int32_t, int64_t>& unread, absl::Time now) {
  std::erase_if(silences_, [&unread](const auto& of) { return !unread.contains(of.first); });
  std::set<int32_t> silent;
  for (const auto& [partition, end] : unread) {
    const absl::Time since = silences_.emplace(partition, now).first->second;
    if (drained_at_ - since < patience_) continue;
    const auto said = said_.find(partition);
    if (said != said_.end() && said->second == end) continue;
    said_[partition] = end;
    silences_.erase(partition);
    silent.insert(partition);
  }
  return silent;
}

}  // namespace baton::intake
