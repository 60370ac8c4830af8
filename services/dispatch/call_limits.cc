#include "dispatch/call_limits.h"

#include <algorithm>

namespace baton::dispatch {

double RateLimiter::CallsAt(const Bucket& bucket, absl::Time now) const {
  const double passed = std::max(0.0, absl::ToDoubleSeconds(now - bucket.at));
  return std::min(per_second_, bucket.calls + passed * per_second_);
}

void RateLimiter::Forget(absl::Time now) {
  absl::erase_if(buckets_,
                 [&](const auto& entry) { return CallsAt(entry.second, now) >= per_second_; });
  if (buckets_.size() >= kKeysMax) buckets_.clear();
}

absl::Duration RateLimiter::Take(const std::string& key, absl::Time now) {
  absl::MutexLock lock(&mutex_);
  if (buckets_.size() >= kKeysMax && !buckets_.contains(key)) Forget(now);
  Bucket& bucket = buckets_.try_emplace(key, Bucket{per_second_, now}).first->second;
  bucket = {CallsAt(bucket, now), std::max(bucket.at, now)};
  if (bucket.calls < 1) return absl::Seconds((1 - bucket.calls) / per_second_);
  bucket.calls -= 1;
  return absl::ZeroDuration();
}

}  // namespace baton::dispatch
