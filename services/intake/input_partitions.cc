#include "intake/input_partitions.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "platform/log.h"

namespace baton::intake {
namespace {

// A rebalance waits for this; what is not placed by then is placed later.
constexpr absl::Duration kEndsBound = absl::Seconds(2);
constexpr absl::Duration kSilenceMax = absl::Seconds(15);
constexpr absl::Duration kRepeatedSilenceMax = absl::Minutes(2);

int64_t CheckpointOf(const store::InputCheckpoints& stored, int32_t partition) {
  const auto found = stored.offsets.find(partition);
  return found == stored.offsets.end() ? 0 : found->second;
}

void WarnIfFailed(std::string_view event, const absl::Status& status) {
  if (status.ok()) return;
  platform::LogWarning(event, {{"reason", std::string(status.message())}});
}

}  // namespace

InputPartitions::InputPartitions(store::InputStore& store, const std::string& topic,
                                 store::InputId input)
    : store_(store),
      topic_(topic),
      input_(std::move(input)),
      silent_(kSilenceMax, kRepeatedSilenceMax) {}

void InputPartitions::Attach(platform::kafka::Consumer* consumer) {
  consumer_ = consumer;
  for (const int32_t partition : progress_.partitions()) {
    revoked_.insert(partition);
    silent_.Forget(partition);
  }
  progress_ = PartitionProgress();
  unplaced_.clear();
  refused_.clear();
  held_ = false;
}

std::vector<InputPartitions::Start> InputPartitions::OnAssigned(
    absl::Span<const platform::kafka::Position> added) {
  std::set<int32_t> partitions;
  for (const auto& position : added) partitions.insert(position.partition);
  const auto stored = store_.Checkpoints(input_.name);
  for (const int32_t partition : partitions) {
    progress_.Start(partition, stored.ok() ? CheckpointOf(*stored, partition) : 0);
  }
  const auto chosen = stored.ok() ? ChooseStarts(partitions, *stored)
                                  : absl::StatusOr<std::map<int32_t, int64_t>>(stored.status());
  WarnIfFailed("intake.partitions_not_placed", chosen.status());
  std::vector<Start> starts;
  for (const int32_t partition : partitions) {
    const bool placed = chosen.ok() && chosen->contains(partition);
    if (!placed) unplaced_.insert(partition);
    starts.push_back({At(partition, placed ? chosen->at(partition) : -1), held_ || !placed});
  }
  platform::LogInfo("intake.assigned", {{"topic", topic_},
                                        {"added", absl::StrCat(added.size())},
                                        {"held", absl::StrCat(progress_.partitions().size())}});
  return starts;
}

void InputPartitions::OnRevoked(absl::Span<const platform::kafka::Position> removed, bool lost) {
  if (!lost) TellKafka();
  // The client would remember a pause and apply it when the partition comes back.
  WarnIfFailed("intake.resume_failed", consumer_->Resume(removed));
  for (const platform::kafka::Position& position : removed) {
    progress_.Stop(position.partition);
    unplaced_.erase(position.partition);
    refused_.erase(position.partition);
    silent_.Forget(position.partition);
    revoked_.insert(position.partition);
  }
  platform::LogInfo("intake.revoked", {{"topic", topic_},
                                       {"removed", absl::StrCat(removed.size())},
                                       {"held", absl::StrCat(progress_.partitions().size())},
                                       {"lost", lost ? "true" : "false"}});
}

std::set<int32_t> InputPartitions::TakeRevoked() {
  return std::exchange(revoked_, {});
}

absl::StatusOr<bool> InputPartitions::LookAtStore() {
  const auto stored = store_.Checkpoints(input_.name);
  if (!stored.ok()) return stored.status();
  const PartitionProgress::StoreIs found = progress_.Reconcile(*stored);
  if (found == PartitionProgress::StoreIs::kTheSame) return false;
  if (found == PartitionProgress::StoreIs::kBehind) {
    platform::LogWarning("intake.store_went_back", {{"topic", topic_}});
  } else {
    platform::LogInfo("intake.store_opened_anew",
                      {{"topic", topic_}, {"epoch", absl::StrCat(stored->epoch)}});
  }
  StartAgain(progress_.partitions());
  return true;
}

void InputPartitions::StartAgain(const std::set<int32_t>& partitions) {
  std::vector<platform::kafka::Position> paused;
  for (const int32_t partition : partitions) {
    if (!progress_.Has(partition)) continue;
    unplaced_.insert(partition);
    paused.push_back(At(partition, -1));
  }
  if (!paused.empty()) WarnIfFailed("intake.pause_failed", consumer_->Pause(paused));
}

absl::StatusOr<std::map<int32_t, int64_t>> InputPartitions::ChooseStarts(
    const std::set<int32_t>& partitions, const store::InputCheckpoints& stored) {
  std::map<int32_t, int64_t> starts;
  if (partitions.empty()) return starts;
  std::vector<platform::kafka::Position> positions;
  for (const int32_t partition : partitions) positions.push_back(At(partition, -1));
  const auto ends = consumer_->Ends(positions, kEndsBound);
  if (!ends.ok()) return ends.status();
  for (size_t i = 0; i < positions.size(); ++i) {
    const int32_t partition = positions[i].partition;
    const int64_t checkpoint = CheckpointOf(stored, partition);
    const auto [first, next] = (*ends)[i];
    if (checkpoint > next) {
      refused_[partition] = absl::StrCat(
          "partition ", partition, " of ", topic_, ": the checkpoint ", checkpoint,
          " lies beyond the end of the log, ", next,
          ": if the topic has been made anew, raise intake.",
          input_.flow == store::InputFlow::kMarketing ? "" : "sales_", "input_generation");
      continue;
    }
    if (checkpoint > 0 && checkpoint < first) {
      platform::LogError("intake.records_expired", {{"topic", topic_},
                                                    {"partition", absl::StrCat(partition)},
                                                    {"from", absl::StrCat(checkpoint)},
                                                    {"to", absl::StrCat(first)}});
    }
    starts[partition] = std::max(checkpoint, first);
  }
  return starts;
}

absl::Status InputPartitions::Place() {
  std::set<int32_t> partitions = unplaced_;
  for (const auto& [partition, reason] : refused_) partitions.erase(partition);
  if (partitions.empty()) return absl::OkStatus();
  const auto stored = store_.Checkpoints(input_.name);
  if (!stored.ok()) return stored.status();
  const auto starts = ChooseStarts(partitions, *stored);
  if (!starts.ok()) return starts.status();
  absl::Status status;
  for (const auto& [partition, offset] : *starts) {
    status.Update(PlaceAt(partition, offset, CheckpointOf(*stored, partition)));
  }
  return status;
}

absl::Status InputPartitions::PlaceAt(int32_t partition, int64_t offset, int64_t checkpoint) {
  const platform::kafka::Position position = At(partition, offset);
  absl::Status status = consumer_->Seek(position);
  if (status.ok() && !held_) status = consumer_->Resume({&position, 1});
  if (!status.ok()) return status;
  progress_.Start(partition, checkpoint);
  unplaced_.erase(partition);
  return absl::OkStatus();
}

absl::Status InputPartitions::Advance(const InputBatch& batch) {
  const auto advances = progress_.Advances(batch);
  // Without any there still is the gate: an earlier attempt may have failed there.
  absl::Status status = store_.Advance(input_, progress_.epoch(), advances);
  if (status.ok()) progress_.Advanced(advances);
  return status;
}

void InputPartitions::Hold() {
  if (std::exchange(held_, true)) return;
  silent_.Rest();
  const auto placed = PlacedPositions();
  if (!placed.empty()) WarnIfFailed("intake.pause_failed", consumer_->Pause(placed));
}

void InputPartitions::Release() {
  if (!std::exchange(held_, false)) return;
  const auto placed = PlacedPositions();
  if (!placed.empty()) WarnIfFailed("intake.resume_failed", consumer_->Resume(placed));
}

bool InputPartitions::IsPlaced(int32_t partition) const {
  return progress_.Has(partition) && !unplaced_.contains(partition);
}

void InputPartitions::TellKafka() {
  const auto positions = progress_.TakeUncommitted(topic_);
  if (!positions.empty()) WarnIfFailed("intake.commit_failed", consumer_->Commit(positions, false));
}

void InputPartitions::Polled(absl::Span<const platform::kafka::Record> records, bool drained,
                             absl::Time now) {
  std::set<int32_t> gave;
  for (const platform::kafka::Record& record : records) gave.insert(record.partition);
  silent_.Polled(gave, drained, now);
}

absl::StatusOr<int64_t> InputPartitions::Inspect(absl::Time now) {
  const std::set<int32_t> held = progress_.partitions();
  // Without any, the first is asked all the same: the answer shows that brokers and topic are
  // there.
  const std::set<int32_t> asked = held.empty() ? std::set<int32_t>{0} : held;
  std::vector<platform::kafka::Position> positions;
  for (const int32_t partition : asked) positions.push_back(At(partition, -1));
  const auto ends = consumer_->Ends(positions, kEndsBound);
  if (!ends.ok()) return ends.status();
  int64_t lag = 0;
  std::map<int32_t, SilentPartitions::Unread> unread;
  for (size_t i = 0; i < positions.size() && !held.empty(); ++i) {
    const int32_t partition = positions[i].partition;
    const auto [first, next] = (*ends)[i];
    const int64_t from = std::max(progress_.checkpoint(partition), first);
    lag += std::max<int64_t>(next - from, 0);
    if (next > from && IsPlaced(partition)) unread[partition] = {from, next};
  }
  if (!held_) StartSilentAgain(unread, now);
  return lag;
}

void InputPartitions::StartSilentAgain(const std::map<int32_t, SilentPartitions::Unread>& unread,
                                       absl::Time now) {
  const std::set<int32_t> silent = silent_.Look(unread, now);
  for (const int32_t partition : silent) {
    platform::LogInfo("intake.silent_partition_starts_again",
                      {{"topic", topic_},
                       {"partition", absl::StrCat(partition)},
                       {"from", absl::StrCat(unread.at(partition).from)},
                       {"to", absl::StrCat(unread.at(partition).to)}});
  }
  StartAgain(silent);
}

absl::Status InputPartitions::Refusal() const {
  if (refused_.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(refused_.begin()->second);
}

platform::kafka::Position InputPartitions::At(int32_t partition, int64_t offset) const {
  return {topic_, partition, offset};
}

std::vector<platform::kafka::Position> InputPartitions::PlacedPositions() const {
  std::vector<platform::kafka::Position> positions;
  for (const int32_t partition : progress_.partitions()) {
    if (IsPlaced(partition)) positions.push_back(At(partition, -1));
  }
  return positions;
}

}  // namespace baton::intake
