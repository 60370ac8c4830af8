#include "clock/retention_service.h"

#include "absl/strings/str_cat.h"
#include "platform/log.h"

namespace baton::clock {
namespace {

constexpr absl::Duration kTryAgainAfter = absl::Seconds(5);

}  // namespace

RetentionService::RetentionService(store::LeadStore& leads, store::WorkspaceStore& workspaces,
                                   agreement::PolicyCache& policies, RetentionOptions options,
                                   platform::Metrics& metrics)
    : options_(options),
      walk_(leads, workspaces, policies),
      looked_at_(
          metrics.AddCounter("baton_clock_retention_leads_total", "Leads looked at for retention")),
      erased_(metrics.AddCounter("baton_clock_retention_erased_total",
                                 "Leads erased because a policy's retention was over")),
      errors_(metrics.AddCounter("baton_clock_retention_errors_total",
                                 "Steps of retention that have to be tried again")) {}

RetentionService::~RetentionService() {
  Stop(absl::ZeroDuration());
}

absl::Status RetentionService::Start() {
  worker_.Start([this] { Run(); });
  return absl::OkStatus();
}

void RetentionService::Stop(absl::Duration grace) {
  worker_.Stop(grace);
}

void RetentionService::Run() {
  absl::Duration sleep = absl::ZeroDuration();
  while (!worker_.StopsWithin(sleep)) sleep = Step();
}

absl::Duration RetentionService::Step() {
  const absl::StatusOr<RetentionStep> step = walk_.Step();
  if (!step.ok()) {
    errors_.Add();
    platform::LogWarning("clock.retention_held_up",
                         {{"reason", std::string(step.status().message())}});
    return kTryAgainAfter;
  }
  looked_at_.Add(static_cast<double>(step->looked_at));
  erased_.Add(static_cast<double>(step->erased));
  if (step->erased > 0) {
    platform::LogInfo("clock.retention_erased", {{"leads", absl::StrCat(step->erased)}});
  }
  return step->finished ? options_.every : options_.pause;
}

}  // namespace baton::clock
