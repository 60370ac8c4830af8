#include "clock/clock_service.h"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include "absl/random/random.h"
#include "platform/backoff.h"
#include "platform/steady_time.h"

namespace baton::clock {
namespace {

constexpr absl::Duration kDrainTick = absl::Milliseconds(50);  // so long who may go to a rep waits
constexpr absl::Duration kBackoffFirst = absl::Milliseconds(100);
constexpr absl::Duration kBackoffMost = absl::Seconds(1);
constexpr int kBatchesPerShardMax = 20;  // then the other shards have their turn
constexpr double kJitter = 0.2;          // of a tick, so that several clocks do not sweep in step

}  // namespace

ClockService::ClockService(store::TimerStore& timers, store::LeadStore& leads,
                           store::RosterStore& roster, PolicySource policies,
                           std::function<core::TimeMs()> now, ClockOptions options,
                           platform::Metrics& metrics)
    : options_(options),
      sweep_(timers, leads, std::move(policies), now, options.batch_max, metrics),
      drain_(roster, options.drain_workspaces_max, std::move(now), metrics),
      errors_(metrics.AddCounter("baton_clock_errors_total", "Sweeps and drains that failed")),
      timers_ready_("clock timers"),
      drains_ready_("clock drains") {}

ClockService::~ClockService() {
  Stop(absl::ZeroDuration());
}

absl::Status ClockService::Start() {
  timer_worker_.Start([this] { FireTimers(); });
  drain_worker_.Start([this] { DrainBacklogs(); });
  return absl::OkStatus();
}

void ClockService::Stop(absl::Duration grace) {
  timer_worker_.Stop(grace);
  drain_worker_.Stop(grace);
}

absl::Status ClockService::Ready() const {
  absl::Status status = timers_ready_.Get();
  status.Update(drains_ready_.Get());
  return status;
}

void ClockService::FireTimers() {
  absl::BitGen random;
  std::vector<int> shards(static_cast<size_t>(sweep_.shards()));
  std::iota(shards.begin(), shards.end(), 0);
  absl::Duration sleep = absl::ZeroDuration();
  while (!timer_worker_.StopsWithin(sleep)) {
    // In another order each time, so that several clocks do not do the same work at the same time.
    std::shuffle(shards.begin(), shards.end(), random);
    // A millisecond later than due, because the store counts in them.
    const absl::Duration due = SweepAll(shards) + absl::Milliseconds(1);
    sleep = std::min(due, options_.tick * absl::Uniform(random, 1.0 - kJitter, 1.0));
  }
}

// Returns when the next timer is due, or how long to wait after a failure.
absl::Duration ClockService::SweepAll(const std::vector<int>& shards) {
  absl::Duration next_due = absl::InfiniteDuration();
  absl::Status status;
  for (const int shard : shards) {
    if (timer_worker_.stopping()) break;
    for (int batch = 0; batch < kBatchesPerShardMax; ++batch) {
      absl::StatusOr<Sweep> swept = sweep_.Run(shard);
      status.Update(Counted(swept.status()));
      if (!swept.ok()) break;  // the other shards may be well
      drain_.Add(swept->to_drain);
      if (swept->next_due > absl::ZeroDuration() || batch + 1 == kBatchesPerShardMax) {
        next_due = std::min(next_due, swept->next_due);
        break;
      }
    }
  }
  timers_ready_.Set(status);
  return next_due;
}

void ClockService::DrainBacklogs() {
  platform::Backoff backoff(kBackoffFirst, kBackoffMost);
  absl::Time next_round = platform::SteadyNow();
  absl::Duration sleep = absl::ZeroDuration();
  while (!drain_worker_.StopsWithin(sleep)) {
    const bool round_due = !drain_.InRound() && platform::SteadyNow() >= next_round;
    if (round_due) next_round = platform::SteadyNow() + options_.drain_every;
    const absl::Status status = drain_.Run(round_due);
    drains_ready_.Set(Counted(status));
    if (status.ok()) {
      backoff.Reset();
    } else {
      next_round = platform::SteadyNow();  // all is well again when the store has answered
    }
    const absl::Duration pause = drain_.InRound() ? absl::ZeroDuration() : kDrainTick;
    sleep = status.ok() ? pause : backoff.Next();
  }
}

absl::Status ClockService::Counted(absl::Status status) {
  if (!status.ok()) errors_.Add();
  return status;
}

}  // namespace baton::clock
