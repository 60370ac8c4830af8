// Rows of reports.
#include <algorithm>

#include "store/memory/memory_store.h"
#include "store/store_errors.h"

namespace baton::store {

using memory::ShardState;
using memory::StoredCycles;

absl::StatusOr<int64_t> MemoryStore::Counted(int shard) {
  if (absl::Status status = CheckShard(shard); !status.ok()) return status;
  absl::MutexLock lock(&mutex_);
  return shards_[static_cast<size_t>(shard)].counted;
}

absl::StatusOr<std::vector<std::string>> MemoryStore::LoadCycles(absl::Span<const CycleKey> keys) {
  if (keys.size() > kCycleRowsMax) return core::FieldError("keys", "are too many");
  absl::MutexLock lock(&mutex_);
  std::vector<std::string> rows;
  for (const CycleKey& key : keys) {
    const StoredCycles& cycles = ShardFor(key.lead.workspace).cycles[key.lead.workspace];
    const auto found = cycles.rows.find({key.lead.lead, key.cycle});
    rows.push_back(found == cycles.rows.end() ? "" : found->second.row);
  }
  return rows;
}

absl::Status MemoryStore::PutCycles(int shard, int64_t from, int64_t upto,
                                    absl::Span<const CycleRow> rows) {
  if (absl::Status status = CheckShard(shard); !status.ok()) return status;
  if (absl::Status status = CheckCycles(from, upto, rows); !status.ok()) return status;
  absl::MutexLock lock(&mutex_);
  ShardState& state = shards_[static_cast<size_t>(shard)];
  if (state.counted != from) return CountedMeanwhile(shard);
  for (const CycleRow& row : rows) {
    StoredCycles& cycles = state.cycles[row.key.lead.workspace];
    const memory::CycleName name = {row.key.lead.lead, row.key.cycle};
    CycleRow& stored = cycles.rows[name];
    cycles.order.erase({stored.sequence, name});
    if (row.row.empty()) {
      cycles.rows.erase(name);
      continue;
    }
    stored = row;
    cycles.order.insert({row.sequence, name});
  }
  state.counted = upto;
  return absl::OkStatus();
}

absl::StatusOr<std::vector<CycleRow>> MemoryStore::ChangedCycles(const core::WorkspaceId& workspace,
                                                                 int64_t from, int max) {
  absl::MutexLock lock(&mutex_);
  const StoredCycles& cycles = ShardFor(workspace).cycles[workspace];
  const size_t most = std::min(static_cast<size_t>(std::max(max, 1)), kCycleRowsMax);
  std::vector<CycleRow> rows;
  for (auto next = cycles.order.lower_bound({from, {}}); next != cycles.order.end(); ++next) {
    if (rows.size() == most) break;
    rows.push_back(cycles.rows.at(next->second));
  }
  return rows;
}

absl::StatusOr<int64_t> MemoryStore::CountCycles(const core::WorkspaceId& workspace) {
  absl::MutexLock lock(&mutex_);
  return static_cast<int64_t>(ShardFor(workspace).cycles[workspace].rows.size());
}

absl::StatusOr<int64_t> MemoryStore::ForgetCycles(const core::WorkspaceId& workspace,
                                                  int64_t upto) {
  absl::MutexLock lock(&mutex_);
  StoredCycles& cycles = ShardFor(workspace).cycles[workspace];
  int64_t dropped = 0;
  while (dropped < static_cast<int64_t>(kCycleRowsMax) && !cycles.order.empty() &&
         cycles.order.begin()->first <= upto) {
    cycles.rows.erase(cycles.order.begin()->second);
    cycles.order.erase(cycles.order.begin());
    ++dropped;
  }
  return dropped;
}

}  // namespace baton::store
