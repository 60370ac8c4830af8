#include "relay/erasure_purge.h"

namespace baton::relay {

ErasurePurge::ErasurePurge(store::OutboxStore& outbox, absl::Duration after,
                           platform::Metrics& metrics)
    : outbox_(outbox),
      after_(after),
      purged_(metrics.AddCounter("baton_relay_purged_entries_total",
                                 "Outbox entries dropped early, because leads were erased")) {}

absl::Status ErasurePurge::Run(const std::map<int, int64_t>& done, absl::Time now) {
  if (now < next_) return absl::OkStatus();
  next_ = now + after_ / 4;
  for (const auto& [shard, upto] : done) {
    const auto settled = settled_.find(shard);
    if (settled == settled_.end()) continue;
    const auto dropped = outbox_.Purge(shard, settled->second, absl::ToUnixMillis(now - after_));
    if (!dropped.ok()) return dropped.status();
    purged_.Add(static_cast<double>(*dropped));
  }
  settled_ = done;
  return absl::OkStatus();
}

}  // namespace baton::relay
