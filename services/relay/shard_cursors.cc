#include "relay/shard_cursors.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace baton::relay {

int64_t CursorOfOffset(int64_t committed_offset) {
  return std::max<int64_t>(committed_offset - 1, 0);
}

int64_t OffsetOfCursor(int64_t cursor) {
  return cursor + 1;
}

void ShardCursors::Own(int shard) {
  owned_.try_emplace(shard);
}

void ShardCursors::Forget(int shard) {
  owned_.erase(shard);
  after_.erase(shard);
  held_.erase(shard);
}

void ShardCursors::ForgetAll() {
  owned_.clear();
  ForgetCursors();
}

void ShardCursors::ForgetCursors() {
  after_.clear();
  held_.clear();
}

void ShardCursors::ForgetHeld() {
  held_.clear();
}

std::vector<int> ShardCursors::Unknown() const {
  std::vector<int> shards;
  for (const auto& [shard, state] : owned_) {
    if (!after_.contains(shard) && !held_.contains(shard)) shards.push_back(shard);
  }
  return shards;
}

absl::Status ShardCursors::SetCursor(int shard, int64_t cursor, const store::OutboxBounds& bounds) {
  auto owned = owned_.find(shard);
  if (owned == owned_.end()) return absl::OkStatus();
  owned->second.trimmed_to = -1;
  if (owned->second.published != cursor) owned->second.epoch = 0;
  if (bounds.last_sequence < cursor) {
    Hold(shard);
    return absl::DataLossError(absl::StrCat(
        "shard ", shard, ": published up to sequence ", cursor, ", but the outbox of epoch ",
        bounds.epoch, " ends at ", bounds.last_sequence,
        ": the store was rolled back; nothing of this shard is published until it is repaired"));
  }
  after_[shard] = cursor;
  return absl::OkStatus();
}

void ShardCursors::Hold(int shard) {
  if (!owned_.contains(shard)) return;
  after_.erase(shard);
  held_.insert(shard);
}

absl::Status ShardCursors::Check(int shard, absl::Span<const store::OutboxEntry> entries) const {
  auto cursor = after_.find(shard);
  auto owned = owned_.find(shard);
  int64_t before = cursor == after_.end() ? 0 : cursor->second;
  int64_t epoch = owned == owned_.end() ? 0 : owned->second.epoch;
  absl::Status gap;
  for (const store::OutboxEntry& entry : entries) {
    if (entry.sequence <= before) {
      return absl::InternalError(
          absl::StrCat("shard ", shard, ": sequence ", entry.sequence, " was read after ", before));
    }
    if (gap.ok() && entry.epoch == epoch && entry.sequence != before + 1) {
      gap = absl::DataLossError(absl::StrCat("shard ", shard, ": epoch ", epoch, " has no entries ",
                                             before + 1, " to ", entry.sequence - 1));
    }
    before = entry.sequence;
    epoch = entry.epoch;
  }
  return gap;
}

void ShardCursors::Advance(int shard, const store::OutboxEntry& last) {
  auto owned = owned_.find(shard);
  if (owned == owned_.end()) return;
  owned->second.published = last.sequence;
  owned->second.epoch = last.epoch;
  after_[shard] = last.sequence;
}

std::map<int, int64_t> ShardCursors::TakeTrims(int64_t every) {
  std::map<int, int64_t> trims;
  for (const auto& [shard, cursor] : after_) {
    int64_t& trimmed_to = owned_.at(shard).trimmed_to;
    if (trimmed_to >= 0 && cursor - trimmed_to < every) continue;
    trimmed_to = cursor;
    trims[shard] = cursor;
  }
  return trims;
}

}  // namespace baton::relay
