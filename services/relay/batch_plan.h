// How one transaction's worth of entries is read: fair among shards first, then what room is left
// goes to those that have more. Pure.
#ifndef BATON_RELAY_BATCH_PLAN_H_
#define BATON_RELAY_BATCH_PLAN_H_

#include <cstdint>
#include <map>
#include <vector>

#include "store/pipe_store.h"

namespace baton::relay {

// Entries by shard, ascending.
using Batch = std::map<int, std::vector<store::OutboxEntry>>;

int BatchSize(const Batch& batch);

struct ReadPlan {
  std::map<int, int64_t> after;  // empty: read nothing
  int max = 0;                   // entries per shard
  bool may_gather = false;       // few came: a short wait before this read makes a better batch
};

// REQUIRES: batch_max > 0. At most batch_max entries, at least one for each shard.
ReadPlan PlanFirstRead(const std::map<int, int64_t>& after, int batch_max);

// The second and last read, after `batch` came of `first`. Shards that were cut short go on at
// once; if none was, all shards are asked again.
ReadPlan PlanSecondRead(const ReadPlan& first, const Batch& batch, int batch_max);

// Appends the entries of `more`, which follow those of `batch`.
void Append(Batch more, Batch& batch);

}  // namespace baton::relay

#endif  // BATON_RELAY_BATCH_PLAN_H_
