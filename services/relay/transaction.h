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
  std::vector<platform::kafka::OutRecord> records;  // of each shard in the order of its entries
  std::map<int, store::OutboxEntry> last;           // shard -> the last of its entries in here
  int entries = 0;
};

// The first entries of each shard of `batch`, taken in turn, as many as `entries_max` and
// `bytes_max` (of keys, values and headers) allow, but at least one if there is any.
Transaction MakeTransaction(const Batch& batch, const events::TopicNames& topics, int entries_max,
                            size_t bytes_max);

}  // namespace baton::relay

#endif  // BATON_RELAY_TRANSACTION_H_
