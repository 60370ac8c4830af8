// What goes into one Kafka transaction: a batch of entries as records, and the cursors behind them.
// Pure.
#ifndef BATON_RELAY_TRANSACTION_H_
#define BATON_RELAY_TRANSACTION_H_

#include <cstddef>
#include <map>
#include <vector>

#include "events/handoff_event_codec.h"
#include "platform/kafka/kafka.h"
#include "relay/batch_plan.h"

namespace baton::relay {

struct Transaction {
  // Those of changes, of each shard in the order of its entries; then the state of each lead behind
  // its last change in here.
  std::vector<platform::kafka::OutRecord> records;
  std::map<int, const store::OutboxEntry*> last;  // shard -> the last of its entries (the batch's)
  int entries = 0;
};

// The first entries of each shard of `batch`, taken in turn, as many as `entries_max` and
// `bytes_max` (of keys, values and headers of changes; a state is less than its change) allow, but
// at least one if there is any.
Transaction MakeTransaction(const Batch& batch, const events::TopicNames& topics, int entries_max,
                            size_t bytes_max);

}  // namespace baton::relay

#endif  // BATON_RELAY_TRANSACTION_H_
