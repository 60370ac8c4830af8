// Lets nothing of erased leads stay in the outbox: some time after their erasure was published, the
// entries up to there are dropped, although the latest ones are otherwise kept for watchers.
#ifndef BATON_RELAY_ERASURE_PURGE_H_
#define BATON_RELAY_ERASURE_PURGE_H_

#include <cstdint>
#include <map>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "platform/metrics.h"
#include "store/pipe_store.h"

namespace baton::relay {

// Not thread-safe.
class ErasurePurge {
 public:
  // `outbox` outlives this. after: so long watchers may take to hear of an erasure; > 0.
  ErasurePurge(store::OutboxStore& outbox, absl::Duration after, platform::Metrics& metrics);

  // Four times in `after`, of the shards in `done`: drops what was published and counted when this
  // ran last. done: shard -> sequence up to which that is so now.
  absl::Status Run(const std::map<int, int64_t>& done, absl::Time now);

 private:
  store::OutboxStore& outbox_;
  const absl::Duration after_;
  platform::Counter& purged_;
  absl::Time next_ = absl::InfinitePast();
  std::map<int, int64_t> settled_;  // `done` of the last run
};

}  // namespace baton::relay

#endif  // BATON_RELAY_ERASURE_PURGE_H_
