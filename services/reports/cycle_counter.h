// Counts published changes into the stored cycles, each once: how far a shard is counted is written
// together with the rows, by whoever finds it where it expected it.
#ifndef BATON_REPORTS_CYCLE_COUNTER_H_
#define BATON_REPORTS_CYCLE_COUNTER_H_

#include <cstdint>
#include <map>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/time.h"
#include "store/pipe_store.h"
#include "store/report_store.h"

namespace baton::reports {

// Not thread-safe.
class CycleCounter {
 public:
  // Both outlive this.
  CycleCounter(store::OutboxStore& outbox, store::ReportStore& store)
      : outbox_(outbox), store_(store) {}

  // Counts everything of the shard up to `upto`, from the outbox. Needed before Count, and again
  // after an error of either.
  absl::Status CatchUp(int shard, int64_t upto);
  // Up to where the shard is counted is known here; others may have published more.
  bool Knows(int shard) const { return counted_.contains(shard); }
  // Counts entries of the shard, which follow those counted before.
  absl::Status Count(int shard, absl::Span<const store::OutboxEntry> entries);
  // Somebody else counts it from now on.
  void Forget(int shard) { counted_.erase(shard); }

  // Up to where the shard is counted, as far as is known here; 0: not known.
  int64_t counted(int shard) const;
  // From the beginning of a cycle to its first offer, of the cycles that got one in what was
  // counted since the last call.
  std::vector<core::DurationMs> TakeTimesToFirstOffer();
  // Rows that could not be read, so that their cycles were left out, since the beginning.
  int64_t unreadable() const { return unreadable_; }

  // Drops cycles of a workspace that have not changed since `before_ms`. Gives their number.
  absl::StatusOr<int64_t> ForgetOld(const core::WorkspaceId& workspace, core::TimeMs before_ms);

 private:
  absl::Status CountSome(int shard, absl::Span<const store::OutboxEntry> entries);

  store::OutboxStore& outbox_;
  store::ReportStore& store_;
  std::map<int, int64_t> counted_;
  int64_t unreadable_ = 0;
  std::vector<core::DurationMs> first_offers_;  // kFirstOffersMax at most
};

}  // namespace baton::reports

#endif  // BATON_REPORTS_CYCLE_COUNTER_H_
