#include "clock/hours_service.h"

#include <utility>

#include "absl/time/time.h"
#include "platform/log.h"

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
  worker_.Start([this] { Run(); });
  return absl::OkStatus();
}

void HoursService::Stop(absl::Duration grace) {
  worker_.Stop(grace);
}

void HoursService::Run() {
  absl::Duration sleep = absl::ZeroDuration();
  while (!worker_.StopsWithin(sleep)) {
    Renew();
    sleep = kTick;
  }
}

// It fails at each tick for as long as its cause lasts, so a reason is told once.
void HoursService::Renew() {
  const absl::Status renewed = renewal_.Run();
  const std::string reason(renewed.message());
  if (!renewed.ok()) {
    errors_.Add();
    if (reason != told_) platform::LogWarning("clock.hours_not_renewed", {{"reason", reason}});
  }
  told_ = reason;
}

}  // namespace baton::clock
