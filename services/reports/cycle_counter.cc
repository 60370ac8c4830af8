#include "reports/cycle_counter.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "reports/cycle_codec.h"
#include "reports/fold.h"

namespace baton::reports {
namespace {

using store::CycleKey;
using store::CycleRow;
using store::OutboxEntry;

// Of one call: each change concerns a cycle and, if it begins one, the cycle before.
constexpr size_t kEntriesMax = store::kCycleRowsMax / 2;
constexpr int kEntriesRead = 1000;
constexpr size_t kFirstOffersMax = 100'000;  // that nobody has taken; further ones are left out

struct Counted {
  Cycle cycle;
  int64_t sequence = 0;  // of the latest change; 0: nothing has changed
};

using Cycles = absl::flat_hash_map<CycleKey, Counted>;

CycleKey KeyOf(const OutboxEntry& entry, int32_t cycle) {
  return {entry.key, cycle};
}

std::vector<CycleKey> KeysOf(absl::Span<const OutboxEntry> entries) {
  std::vector<CycleKey> keys;
  absl::flat_hash_map<CycleKey, bool> known;
  const auto add = [&](CycleKey key) {
    if (known.emplace(key, true).second) keys.push_back(std::move(key));
  };
  for (const OutboxEntry& entry : entries) {
    add(KeyOf(entry, entry.cycle));
    if (Begins(entry)) add(KeyOf(entry, entry.cycle - 1));
  }
  return keys;
}

// Only these two can be the first change of a cycle: of any other the beginning was never seen.
bool MayCreate(const OutboxEntry& entry) {
  return Begins(entry) || (entry.cycle == 0 && entry.change.type == core::ChangeType::kNurtured);
}

// `first_offers`: see TakeTimesToFirstOffer.
void CountOne(const OutboxEntry& entry, Cycles& cycles,
              std::vector<core::DurationMs>& first_offers) {
  bool first = false;
  if (Begins(entry)) {
    Counted& before = cycles[KeyOf(entry, entry.cycle - 1)];
    first = entry.cycle == 1 && before.cycle.last_at_ms == 0;
    if (before.cycle.last_at_ms != 0) {
      FoldNext(entry, before.cycle);
      before.sequence = entry.sequence;
    }
  }
  Counted& counted = cycles[KeyOf(entry, entry.cycle)];
  if (counted.cycle.last_at_ms == 0 && !MayCreate(entry)) return;
  const bool offered = counted.cycle.delivered_at_ms != 0;
  Fold(entry, first, counted.cycle);
  if (!offered && counted.cycle.delivered_at_ms != 0) {
    first_offers.push_back(counted.cycle.delivered_at_ms - counted.cycle.began_at_ms);
  }
  counted.sequence = entry.sequence;
}

}  // namespace

int64_t CycleCounter::counted(int shard) const {
  const auto found = counted_.find(shard);
  return found == counted_.end() ? 0 : found->second;
}

std::vector<core::DurationMs> CycleCounter::TakeTimesToFirstOffer() {
  return std::exchange(first_offers_, {});
}

absl::Status CycleCounter::CatchUp(int shard, int64_t upto) {
  counted_.erase(shard);
  absl::StatusOr<int64_t> counted = store_.Counted(shard);
  if (!counted.ok()) return counted.status();
  while (*counted < upto) {
    const auto read = outbox_.Read({{shard, *counted}}, kEntriesRead, absl::ZeroDuration());
    if (!read.ok()) return read.status();
    const auto found = read->find(shard);
    if (found == read->end()) break;
    absl::Span<const OutboxEntry> entries = found->second;
    while (!entries.empty() && entries.back().sequence > upto) entries.remove_suffix(1);
    if (entries.empty()) break;
    counted_[shard] = *counted;
    if (absl::Status status = Count(shard, entries); !status.ok()) return status;
    counted = this->counted(shard);
  }
  counted_[shard] = *counted;
  return absl::OkStatus();
}

absl::Status CycleCounter::Count(int shard, absl::Span<const OutboxEntry> entries) {
  for (size_t from = 0; from < entries.size(); from += kEntriesMax) {
    const absl::Status status = CountSome(shard, entries.subspan(from, kEntriesMax));
    if (status.ok()) continue;
    counted_.erase(shard);
    return status;
  }
  return absl::OkStatus();
}

absl::Status CycleCounter::CountSome(int shard, absl::Span<const OutboxEntry> entries) {
  const int64_t from = counted(shard);
  const int64_t upto = entries.back().sequence;
  const std::vector<CycleKey> keys = KeysOf(entries);
  const absl::StatusOr<std::vector<std::string>> rows = store_.LoadCycles(keys);
  if (!rows.ok()) return rows.status();
  Cycles cycles;
  for (size_t i = 0; i < keys.size(); ++i) {
    if ((*rows)[i].empty()) continue;
    absl::StatusOr<Cycle> cycle = DecodeCycle((*rows)[i]);
    if (cycle.ok()) {
      cycles[keys[i]].cycle = *std::move(cycle);
    } else {
      ++unreadable_;
    }
  }
  std::vector<core::DurationMs> first_offers;
  for (const OutboxEntry& entry : entries) CountOne(entry, cycles, first_offers);
  std::vector<CycleRow> changed;
  for (const auto& [key, counted] : cycles) {
    if (counted.sequence == 0) continue;
    changed.push_back({key, counted.sequence, EncodeCycle(counted.cycle)});
  }
  if (absl::Status status = store_.PutCycles(shard, from, upto, changed); !status.ok()) {
    return status;
  }
  counted_[shard] = upto;
  first_offers.resize(std::min(first_offers.size(), kFirstOffersMax - first_offers_.size()));
  first_offers_.insert(first_offers_.end(), first_offers.begin(), first_offers.end());
  return absl::OkStatus();
}

absl::StatusOr<int64_t> CycleCounter::ForgetOld(const core::WorkspaceId& workspace,
                                                core::TimeMs before_ms) {
  int64_t dropped = 0;
  while (true) {
    const auto rows = store_.ChangedCycles(workspace, 0, static_cast<int>(store::kCycleRowsMax));
    if (!rows.ok()) return rows.status();
    int64_t upto = 0;
    for (const CycleRow& row : *rows) {
      const absl::StatusOr<Cycle> cycle = DecodeCycle(row.row);
      if (cycle.ok() && cycle->last_at_ms >= before_ms) break;
      upto = row.sequence;
    }
    if (upto == 0) return dropped;
    const absl::StatusOr<int64_t> some = store_.ForgetCycles(workspace, upto);
    if (!some.ok()) return some.status();
    dropped += *some;
  }
}

}  // namespace baton::reports
