#include "relay/batch_plan.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "store/lead_store.h"

namespace baton::relay {
namespace {

int PerShard(int entries, size_t shards) {
  return std::min(entries / static_cast<int>(shards), store::kPageSizeMax);
}

}  // namespace

int BatchSize(const Batch& batch) {
  size_t size = 0;
  for (const auto& [shard, entries] : batch) size += entries.size();
  return static_cast<int>(size);
}

ReadPlan PlanFirstRead(const std::map<int, int64_t>& after, int batch_max) {
  ReadPlan plan;
  if (after.empty()) return plan;
  plan.after = after;
  plan.max = std::max(PerShard(batch_max, after.size()), 1);
  return plan;
}

ReadPlan PlanSecondRead(const ReadPlan& first, const Batch& batch, int batch_max) {
  ReadPlan plan;
  const int room = batch_max - BatchSize(batch);
  if (room <= 0 || first.after.empty()) return plan;
  std::map<int, int64_t> cut_short;
  plan.after = first.after;
  for (const auto& [shard, entries] : batch) {
    if (entries.empty()) continue;
    plan.after[shard] = entries.back().sequence;
    if (static_cast<int>(entries.size()) >= first.max) cut_short[shard] = entries.back().sequence;
  }
  plan.may_gather = cut_short.empty();
  if (!cut_short.empty()) plan.after = std::move(cut_short);
  plan.max = PerShard(room, plan.after.size());
  if (plan.max == 0) plan.after.clear();
  return plan;
}

void BatchLimit::Failed(int size) {
  now_ = std::max(std::min(now_, size) / 2, 1);
}

void BatchLimit::Cut(int size) {
  now_ = std::max(std::min(now_, size), 1);
}

void BatchLimit::Succeeded() {
  now_ = std::min(now_ * 2, most_);
}

void Append(Batch more, Batch& batch) {
  for (auto& [shard, entries] : more) {
    std::vector<store::OutboxEntry>& target = batch[shard];
    target.insert(target.end(), std::make_move_iterator(entries.begin()),
                  std::make_move_iterator(entries.end()));
  }
}

}  // namespace baton::relay
