#include "intake/partition_progress.h"

#include <algorithm>

namespace baton::intake {
namespace {

void CountFate(SalesFate fate, store::InputAdvance& advance) {
  switch (fate) {
    case SalesFate::kIgnored:
      ++advance.ignored;
      break;
    case SalesFate::kDuplicate:
      ++advance.duplicates;
      break;
    case SalesFate::kApplied:
      ++advance.applied;
      break;
    case SalesFate::kRefused:
      break;  // counted as a dead letter
  }
}

}  // namespace

void PartitionProgress::Start(int32_t partition, int64_t checkpoint) {
  states_[partition] = {checkpoint, 0};
}

void PartitionProgress::Stop(int32_t partition) {
  states_.erase(partition);
}

int64_t PartitionProgress::checkpoint(int32_t partition) const {
  return states_.at(partition).checkpoint;
}

std::set<int32_t> PartitionProgress::partitions() const {
  std::set<int32_t> partitions;
  for (const auto& [partition, state] : states_) partitions.insert(partition);
  return partitions;
}

PartitionProgress::StoreIs PartitionProgress::Reconcile(const store::InputCheckpoints& stored) {
  StoreIs found = StoreIs::kTheSame;
  if (epoch_ != 0 && epoch_ != stored.epoch) found = StoreIs::kAnotherIncarnation;
  epoch_ = stored.epoch;
  for (auto& [partition, state] : states_) {
    const auto offset = stored.offsets.find(partition);
    const int64_t checkpoint = offset == stored.offsets.end() ? 0 : offset->second;
    if (checkpoint < state.checkpoint) found = StoreIs::kBehind;
    state.checkpoint = checkpoint;
  }
  return found;
}

std::vector<store::InputAdvance> PartitionProgress::Advances(const InputBatch& batch) const {
  struct Reach {
    int64_t first_uncounted = 0;
    store::InputAdvance advance;
  };
  std::map<int32_t, Reach> reaches;
  for (const auto& [partition, state] : states_) {
    reaches[partition] = {state.checkpoint, {partition, state.checkpoint, state.checkpoint}};
  }
  std::set<size_t> refused;
  for (const RefusedRecord& record : batch.refused) refused.insert(record.record);
  const std::map<int32_t, int64_t> unsettled = FirstUnsettled(batch);
  for (size_t i = 0; i < batch.records.size(); ++i) {
    const platform::kafka::Record& record = batch.records[i];
    const auto reach = reaches.find(record.partition);
    if (reach == reaches.end() || record.offset < reach->second.first_uncounted) continue;
    const auto end = unsettled.find(record.partition);
    if (end != unsettled.end() && record.offset >= end->second) continue;
    reach->second.first_uncounted = record.offset + 1;
    store::InputAdvance& advance = reach->second.advance;
    advance.next_offset = record.offset + 1;
    ++advance.records;
    if (refused.contains(i)) {
      ++advance.dead_lettered;
    } else if (!batch.sales_fates.empty()) {
      CountFate(batch.sales_fates[i], advance);
    }
  }
  std::vector<store::InputAdvance> advances;
  for (const auto& [partition, reach] : reaches) {
    if (reach.advance.records > 0) advances.push_back(reach.advance);
  }
  return advances;
}

void PartitionProgress::Advanced(absl::Span<const store::InputAdvance> advances) {
  for (const store::InputAdvance& advance : advances) {
    const auto state = states_.find(advance.partition);
    if (state == states_.end()) continue;
    state->second.checkpoint = std::max(state->second.checkpoint, advance.next_offset);
  }
}

std::vector<platform::kafka::Position> PartitionProgress::TakeUncommitted(
    const std::string& topic) {
  std::vector<platform::kafka::Position> positions;
  for (auto& [partition, state] : states_) {
    if (state.checkpoint <= state.told_kafka) continue;
    positions.push_back({topic, partition, state.checkpoint});
    state.told_kafka = state.checkpoint;
  }
  return positions;
}

}  // namespace baton::intake
