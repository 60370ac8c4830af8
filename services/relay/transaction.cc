#include "relay/transaction.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace baton::relay {
namespace {

size_t BytesOf(const std::vector<platform::kafka::OutRecord>& records) {
  size_t bytes = 0;
  for (const platform::kafka::OutRecord& record : records) {
    bytes += record.topic.size() + record.key.size() + record.value.size();
    for (const auto& [name, value] : record.headers) bytes += name.size() + value.size();
  }
  return bytes;
}

size_t LongestShard(const Batch& batch) {
  size_t longest = 0;
  for (const auto& [shard, entries] : batch) longest = std::max(longest, entries.size());
  return longest;
}

}  // namespace

Transaction MakeTransaction(const Batch& batch, const events::TopicNames& topics, int entries_max,
                            size_t bytes_max) {
  Transaction transaction;
  size_t bytes = 0;
  const size_t rounds = LongestShard(batch);
  for (size_t i = 0; i < rounds; ++i) {
    for (const auto& [shard, entries] : batch) {
      if (i >= entries.size()) continue;
      auto records = events::EncodeHandoffEvent(entries[i], topics);
      bytes += BytesOf(records);
      const bool full = transaction.entries >= entries_max || bytes > bytes_max;
      if (full && transaction.entries > 0) return transaction;
      std::move(records.begin(), records.end(), std::back_inserter(transaction.records));
      transaction.last[shard] = entries[i];
      ++transaction.entries;
    }
  }
  return transaction;
}

}  // namespace baton::relay
