#include "reports/table_cache.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "core/errors.h"
#include "reports/cycle_codec.h"
#include "store/quotas.h"

namespace baton::reports {
namespace {

constexpr int kRowsRead = 1000;  // rows; Redis serves nobody else while it looks for them

absl::Status Loading(int64_t loaded, int64_t cycles) {
  return core::WithRetryAfter(
      core::Error(absl::StatusCode::kUnavailable, "REPORTS_LOADING",
                  absl::StrCat("reports are being loaded: ", loaded, " of ", cycles,
                               " handoff cycles are; ask again"),
                  {{"loaded", absl::StrCat(loaded)}, {"cycles", absl::StrCat(cycles)}}),
      absl::Seconds(1));
}

}  // namespace

void TableCache::StartAnew(Known& known) {
  known.table = std::make_unique<CycleTable>();
  known.from = 0;
}

absl::Status TableCache::MakeRoom(const core::WorkspaceId& workspace, int64_t cycles) {
  if (cycles > cycles_max_) {
    return store::CapReached("TOO_MANY_CYCLES", workspace,
                             {"handoff cycles", cycles, cycles_max_, "reports.cycles_max"});
  }
  const auto held = [this, &workspace] {
    int64_t rows = 0;
    for (const auto& [id, known] : known_) {
      if (id != workspace) rows += static_cast<int64_t>(known.table->rows().size());
    }
    return rows;
  };
  while (held() + cycles > cycles_max_) {
    auto oldest = known_.end();
    for (auto known = known_.begin(); known != known_.end(); ++known) {
      const bool older = oldest == known_.end() || known->second.used < oldest->second.used;
      if (known->first != workspace && older) oldest = known;
    }
    known_.erase(oldest);
  }
  return absl::OkStatus();
}

// True if there may be more.
absl::StatusOr<bool> TableCache::ReadSome(const core::WorkspaceId& workspace, Known& known) {
  const auto rows = store_.ChangedCycles(workspace, known.from, kRowsRead);
  if (!rows.ok()) return rows.status();
  for (const store::CycleRow& row : *rows) {
    const absl::StatusOr<Cycle> cycle = DecodeCycle(row.row);
    if (cycle.ok()) {
      known.table->Put(row.key.lead.lead.str(), row.key.cycle, *cycle);
    } else {
      ++unreadable_;
    }
    known.from = std::max(known.from, row.sequence);
  }
  return rows->size() == static_cast<size_t>(kRowsRead);
}

absl::StatusOr<const CycleTable*> TableCache::Get(const core::WorkspaceId& workspace,
                                                  absl::Duration patience) {
  const absl::Time give_up_at = absl::Now() + patience;
  const absl::StatusOr<int64_t> cycles = store_.CountCycles(workspace);
  if (!cycles.ok()) return cycles.status();
  if (absl::Status room = MakeRoom(workspace, *cycles); !room.ok()) return room;
  Known& known = known_[workspace];
  known.used = ++calls_;
  // The store has dropped old ones, or much room is lost: made anew.
  const auto held = static_cast<int64_t>(known.table->rows().size());
  if (held > *cycles || known.table->IsWorn()) StartAnew(known);
  while (true) {
    const absl::StatusOr<bool> more = ReadSome(workspace, known);
    if (!more.ok()) return more.status();
    if (!*more) {
      // A lead was erased: what was known of it has become nobody's, and would count twice.
      const absl::StatusOr<int64_t> left = store_.CountCycles(workspace);
      if (!left.ok()) return left.status();
      if (static_cast<int64_t>(known.table->rows().size()) <= *left) return known.table.get();
      StartAnew(known);
    }
    if (absl::Now() < give_up_at) continue;
    return Loading(static_cast<int64_t>(known.table->rows().size()), *cycles);
  }
}

}  // namespace baton::reports
