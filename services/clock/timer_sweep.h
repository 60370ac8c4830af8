// Fires the due timers of a shard: an offer that nobody accepted goes to the next rep, a lead that
// everybody passed on is offered again, one that waited too long goes where the policy says.
#ifndef BATON_CLOCK_TIMER_SWEEP_H_
#define BATON_CLOCK_TIMER_SWEEP_H_

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "clock/backlog_drain.h"
#include "clock/unreadable_leads.h"
#include "core/plan.h"
#include "core/policy.h"
#include "platform/metrics.h"
#include "store/lead_store.h"
#include "store/pipe_store.h"

namespace baton::clock {

// The active policies of workspaces, in their order; nullptr for one that has none or whose policy
// cannot be read.
using Policies = std::vector<std::shared_ptr<const core::Policy>>;
using PolicySource =
    std::function<absl::StatusOr<Policies>(absl::Span<const core::WorkspaceId> workspaces)>;

struct Sweep {
  int fired = 0;
  int overtaken = 0;                                   // due, but somebody else was faster
  std::map<core::WorkspaceId, int> unreadable;         // due, but what is stored cannot be read
  std::vector<ToDrain> to_drain;                       // leads may be able to go to reps now
  absl::Duration next_due = absl::InfiniteDuration();  // from now; zero: more is due already
};

// Belongs to one thread. Two sweeping the same shard, here or on other machines, do no harm: the
// store lets each timer act once.
class TimerSweep {
 public:
  // `now` is the caller's own clock, for the two-clock rule.
  TimerSweep(store::TimerStore& timers, store::LeadStore& leads, PolicySource policies,
             std::function<core::TimeMs()> now, int batch_max, platform::Metrics& metrics);

  int shards() const { return timers_.shards(); }

  // Fires up to batch_max timers, of each workspace that has due ones its share (TimerStore::Due).
  // If most of them were overtaken another clock is at work here, and what is left is not said to
  // be due at once: two would only do the same work twice. FAILED_PRECONDITION when the clocks
  // disagree: nothing was fired. RESOURCE_EXHAUSTED when the outbox is full: the timers stay due.
  // So does the timer of a lead that cannot be read, which is logged and counted; while others of
  // its workspace are due besides, it is passed over, and met again behind the last of them.
  absl::StatusOr<Sweep> Run(int shard);

 private:
  struct Meters {
    explicit Meters(platform::Metrics& metrics);
    platform::Counter& fired;
    platform::Counter& overtaken;
    platform::Counter& unreadable;
    platform::Histogram& lateness_seconds;
    platform::Gauge& skew_seconds;
    platform::CappedCounters sla_warnings, sla_breaches;
  };

  // Queues and service levels of a process that have a series each.
  static constexpr size_t kSlaSeriesMax = 500;

  absl::StatusOr<store::DueTimers> ReadDue(int shard);
  // Policies of the leads that wait, are offered or have clocks, in the order of `records`.
  absl::StatusOr<Policies> PoliciesOf(
      const std::vector<absl::StatusOr<core::LeadRecord>>& records) const;
  // At due.now_ms, which the two-clock rule has passed.
  absl::Status Fire(const store::DueTimers& due, Sweep& sweep);
  absl::Status Count(const core::Plan& plan, core::TimeMs now_ms, const store::CommitResult& result,
                     Sweep& sweep);
  void CountSla(const core::Change& change);
  void NoteOvertaken(Sweep& sweep);
  void NoteUnreadable(const core::LeadKey& key, const absl::Status& problem, Sweep& sweep);
  // What the shard's next sweep passes over, so that a workspace's unreadable leads do not have its
  // turns for ever.
  void PassOver(const store::DueTimers& due, const Sweep& sweep, store::PassedOver& passed_over);

  store::TimerStore& timers_;
  store::LeadStore& leads_;
  const PolicySource policies_;
  const std::function<core::TimeMs()> now_;
  const int batch_max_;
  Meters meters_;
  UnreadableLeads unreadable_;
  std::map<int, store::PassedOver> passed_over_;  // by shard: at its next sweep
};

}  // namespace baton::clock

#endif  // BATON_CLOCK_TIMER_SWEEP_H_
