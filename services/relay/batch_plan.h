// How one transaction's worth of entries is read: fair among shards first, then what room is left
// goes to those that have more; and how many entries that may be. Pure.
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

// How many entries the next transaction may have. One that failed is tried again with half of them,
// and so on down to one, so that what is wrong with one entry or with their sum holds up no more
// than it must; each that succeeds doubles the number again. Not thread-safe.
class BatchLimit {
 public:
  explicit BatchLimit(int most) : most_(most), now_(most) {}  // REQUIRES: most > 0

  int now() const { return now_; }
  void Failed(int size);  // the transaction had `size` entries
  void Succeeded();
  void Cut(int size);  // no more of what was read fitted: to read more next time would be in vain

 private:
  const int most_;
  int now_;
};

// Appends the entries of `more`, which follow those of `batch`.
void Append(Batch more, Batch& batch);

}  // namespace baton::relay

#endif  // BATON_RELAY_BATCH_PLAN_H_
