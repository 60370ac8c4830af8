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

constexpr int kEntriesRead = 1000;
constexpr size_t kFirstOffersMax = 100'000;  // that nobody has taken; further ones are left out

struct Counted {
  Cycle cycle;           // last_at_ms 0: there is none
  int64_t sequence = 0;  // of the latest change; 0: nothing has changed
};

using Cycles = absl::flat_hash_map<CycleKey, Counted>;

CycleKey KeyOf(const OutboxEntry& entry, int32_t cycle) {
  return {entry.key, cycle};
}

bool Erases(const OutboxEntry& entry) {
  return entry.change.type == core::ChangeType::kErased;
}

// The first cycle that an erasure concerns.
int32_t FirstErased(const OutboxEntry& entry) {
  return std::max(0, entry.cycle - store::kErasedCyclesMax + 1);
}

// Rows that a change may write: of its cycle and, if it begins one, of the cycle before; an erasure
// drops all of the lead's and writes as many of nobody's.
size_t RowsOf(const OutboxEntry& entry) {
  return Erases(entry) ? 2 * static_cast<size_t>(entry.cycle - FirstErased(entry) + 1) : 2;
}

// As many of the first ones as one call may count.
size_t EntriesOfCall(absl::Span<const OutboxEntry> entries) {
  size_t rows = 0;
  size_t count = 0;
  while (count < entries.size() && rows + RowsOf(entries[count]) <= store::kCycleRowsMax) {
    rows += RowsOf(entries[count++]);
  }
  return count;
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
    if (!Erases(entry)) continue;
    for (int32_t cycle = FirstErased(entry); cycle < entry.cycle; ++cycle) add(KeyOf(entry, cycle));
  }
  return keys;
}

// Only these two can be the first change of a cycle: of any other the beginning was never seen.
bool MayCreate(const OutboxEntry& entry) {
  return Begins(entry) || (entry.cycle == 0 && entry.change.type == core::ChangeType::kNurtured);
}

// The lead's cycles count on as nobody's.
void Erase(const OutboxEntry& entry, Cycles& cycles) {
  const core::LeadKey nobody = {entry.key.workspace, store::NobodysLead(entry.sequence)};
  for (int32_t number = FirstErased(entry); number <= entry.cycle; ++number) {
    Counted& counted = cycles[KeyOf(entry, number)];
    if (counted.cycle.last_at_ms == 0) continue;
    Cycle cycle = std::exchange(counted.cycle, Cycle());
    counted.sequence = entry.sequence;
    if (number == entry.cycle) Fold(entry, false, cycle);
    cycles[{nobody, number}] = {std::move(cycle), entry.sequence};
  }
}

// `first_offers`: see TakeTimesToFirstOffer.
void CountOne(const OutboxEntry& entry, Cycles& cycles,
              std::vector<core::DurationMs>& first_offers) {
  if (Erases(entry)) return Erase(entry, cycles);
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
  while (!entries.empty()) {
    const size_t size = EntriesOfCall(entries);
    const absl::Status status = CountSome(shard, entries.first(size));
    if (!status.ok()) {
      counted_.erase(shard);
      return status;
    }
    entries.remove_prefix(size);
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
  cycles.reserve(keys.size());
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
    const bool is_one = counted.cycle.last_at_ms != 0;
    changed.push_back({key, counted.sequence, is_one ? EncodeCycle(counted.cycle) : ""});
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
