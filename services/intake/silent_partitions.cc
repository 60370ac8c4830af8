#include "intake/silent_partitions.h"

#include <algorithm>

namespace baton::intake {

void SilentPartitions::Polled(const std::set<int32_t>& gave, bool drained, absl::Time now) {
  for (const int32_t partition : gave) silences_.erase(partition);
  if (drained) drained_at_ = now;
}

void SilentPartitions::Rest() {
  for (auto& [partition, silence] : silences_) silence.since = absl::InfiniteFuture();
}

void SilentPartitions::Forget(int32_t partition) {
  silences_.erase(partition);
}

std::set<int32_t> SilentPartitions::Look(const std::map<int32_t, Unread>& unread, absl::Time now) {
  std::erase_if(silences_, [&unread](const auto& of) { return !unread.contains(of.first); });
  std::set<int32_t> silent;
  for (const auto& [partition, span] : unread) {
    Silence& silence = silences_.try_emplace(partition, Silence{-1, now, patience_}).first->second;
    silence.since = std::min(silence.since, now);
    if (silence.from != span.from) silence.patience = patience_;
    if (drained_at_ - silence.since < silence.patience) continue;
    silence.patience = std::min(silence.patience * 2, patience_max_);
    silence.from = span.from;
    silence.since = absl::InfiniteFuture();
    silent.insert(partition);
  }
  return silent;
}

}  // namespace baton::intake
