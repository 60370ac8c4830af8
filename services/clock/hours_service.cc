#include "clock/hours_service.h"

#include <utility>

#include "absl/time/time.h"

namespace baton::clock {
namespace {

constexpr absl::Duration kTick = absl::Seconds(2);  // until a new policy's calendars hold

}  // namespace

HoursService::HoursService(store::RosterStore& roster, store::WorkspaceStore& workspaces,
                           agreement::PolicyCache& policies, std::function<core::TimeMs()> now,
                           platform::Metrics& metrics)
    : renewal_(roster, workspaces, policies, std::move(now)),
      errors_(metrics.AddCounter("baton_clock_hours_errors_total",
                                 "Runs in which hours of reps could not be renewed")) {}

HoursService::~HoursService() {
  Stop(absl::ZeroDuration());
}

absl::Status HoursService::Start() {
  worker_.Start([this] { Renew(); });
  return absl::OkStatus();
}

void HoursService::Stop(absl::Duration grace) {
  worker_.Stop(grace);
}

void HoursService::Renew() {
  absl::Duration sleep = absl::ZeroDuration();
  while (!worker_.StopsWithin(sleep)) {
    if (!renewal_.Run().ok()) errors_.Add();
    sleep = kTick;
  }
}

}  // namespace baton::clock
