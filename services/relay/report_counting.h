// What the relay does for reports: counts the changes that it has published into cycles, each once,
// and drops cycles that nothing has happened to for long.
//
// Counting has a position of its own in each shard's outbox, which is stored with the cycles: a
// relay killed between publishing and counting, or two of them at once, count nothing twice and
// leave out nothing, because the outbox is trimmed only behind both. Not thread-safe.
#ifndef BATON_RELAY_REPORT_COUNTING_H_
#define BATON_RELAY_REPORT_COUNTING_H_

#include <cstdint>
#include <functional>
#include <map>

#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "platform/metrics.h"
#include "reports/cycle_counter.h"
#include "store/pipe_store.h"
#include "store/report_store.h"
#include "store/workspace_store.h"

namespace baton::relay {

class ReportCounting {
 public:
  // All outlive this. `keep`: so long cycles are kept behind their latest change.
  ReportCounting(store::OutboxStore& outbox, store::ReportStore& reports,
                 store::WorkspaceStore& workspaces, absl::Duration keep, platform::Metrics& metrics,
                 std::function<absl::Time()> now = absl::Now);

  // Counts what was published of the shards (shard -> sequence) and is not counted yet. Shards that
  // are up to date cost nothing. Once an hour drops old cycles of their workspaces.
  absl::Status CatchUp(const std::map<int, int64_t>& published);
  // Counts what was published just now. A failure is made good by CatchUp.
  absl::Status Count(int shard, absl::Span<const store::OutboxEntry> entries);
  void Forget(int shard) { counter_.Forget(shard); }
  // Up to where the shard's outbox may be trimmed for all of this.
  int64_t Counted(int shard) const { return counter_.counted(shard); }

 private:
  struct Meters {
    explicit Meters(platform::Metrics& metrics);
    platform::Counter& changes;
    platform::Counter& unreadable;
    platform::Histogram& delay_seconds;
    platform::Histogram& assignment_seconds;
  };

  // What the counter has found out besides.
  void Note(int shard);
  absl::Status ForgetOld(const std::map<int, int64_t>& shards);

  store::OutboxStore& outbox_;
  store::WorkspaceStore& workspaces_;
  const absl::Duration keep_;
  const std::function<absl::Time()> now_;
  reports::CycleCounter counter_;
  Meters meters_;
  int64_t unreadable_told_ = 0;
  absl::Time forget_at_;
};

}  // namespace baton::relay

#endif  // BATON_RELAY_REPORT_COUNTING_H_
