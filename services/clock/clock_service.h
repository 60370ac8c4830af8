// The role `clock`: fires due timers of all shards and drains backlogs. Any number of clocks may
// run; the store lets each timer act once. Two threads, so that a long drain makes no timer late.
#ifndef BATON_CLOCK_CLOCK_SERVICE_H_
#define BATON_CLOCK_CLOCK_SERVICE_H_

#include <functional>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "clock/backlog_drain.h"
#include "clock/timer_sweep.h"
#include "platform/metrics.h"
#include "platform/service.h"
#include "platform/worker.h"
#include "store/lead_store.h"
#include "store/pipe_store.h"
#include "store/roster_store.h"

namespace baton::clock {

struct ClockOptions {
  absl::Duration tick = absl::Milliseconds(100);  // longest sleep between sweeps; > 0
  int batch_max = 200;                            // timers fired in one round trip
  absl::Duration drain_every = absl::Milliseconds(500);
  int drain_workspaces_max = 50;  // looked at before reps that timers freed have their turn
};

class ClockService : public platform::Service {
 public:
  // `now` is this machine's own clock, compared with the store's.
  ClockService(store::TimerStore& timers, store::LeadStore& leads, store::RosterStore& roster,
               PolicySource policies, std::function<core::TimeMs()> now, ClockOptions options,
               platform::Metrics& metrics);
  ~ClockService() override;

  std::string_view name() const override { return "clock"; }
  absl::Status Start() override;
  void Stop(absl::Duration grace) override;
  absl::Status Ready() const override;

 private:
  void FireTimers();
  absl::Duration SweepAll(const std::vector<int>& shards);
  void DrainBacklogs();
  absl::Status Counted(absl::Status status);

  const ClockOptions options_;
  TimerSweep sweep_;
  BacklogDrain drain_;
  platform::Counter& errors_;
  platform::ReadyState timers_ready_;
  platform::ReadyState drains_ready_;
  platform::Worker timer_worker_;  // last: their threads use all of the above
  platform::Worker drain_worker_;
};

}  // namespace baton::clock

#endif  // BATON_CLOCK_CLOCK_SERVICE_H_
