#include "relay/transaction.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/container/flat_hash_map.h"

namespace baton::relay {
namespace {

using Latest = absl::flat_hash_map<core::LeadKey, const store::OutboxEntry*>;

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
  Latest latest;
  size_t bytes = 0;
  bool full = false;
  const size_t rounds = LongestShard(batch);
  for (size_t i = 0; i < rounds && !full; ++i) {
    for (const auto& [shard, entries] : batch) {
      if (i >= entries.size()) continue;
      auto records = events::EncodeHandoffEvent(entries[i], topics);
      bytes += BytesOf(records);
      full = transaction.entries >= entries_max || bytes > bytes_max;
      if (full && transaction.entries > 0) break;
      std::move(records.begin(), records.end(), std::back_inserter(transaction.records));
      transaction.last[shard] = &entries[i];
      latest[entries[i].key] = &entries[i];
      ++transaction.entries;
    }
  }
  for (const auto& [lead, entry] : latest) {
    transaction.records.push_back(events::EncodeLeadState(*entry, topics));
  }
  return transaction;
}

}  // namespace baton::relay
