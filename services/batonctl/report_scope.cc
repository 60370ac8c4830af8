#include "batonctl/report_scope.h"

#include <vector>

#include "batonctl/exit_codes.h"
#include "batonctl/format.h"
#include "report_page/drill.h"

namespace baton::batonctl {
namespace {

std::vector<std::string> Dimensions() {
  std::vector<std::string> names;
  for (int number = v1::ReportDimension_MIN; number <= v1::ReportDimension_MAX; ++number) {
    const std::string name = report_page::DimensionText(static_cast<v1::ReportDimension>(number));
    if (!name.empty()) names.push_back(name);
  }
  return names;
}

// Leaves `duration` unset if nothing was given.
absl::Status SetDuration(const std::string& option, const std::string& text,
                         google::protobuf::Duration& duration) {
  const absl::StatusOr<core::DurationMs> period = ParsePeriod(option, text);
  if (!period.ok()) return period.status();
  duration.set_seconds(*period / core::kSecondMs);
  return absl::OkStatus();
}

absl::Status SetTimes(const ReportArguments& arguments, core::TimeMs now_ms,
                      v1::ReportScope& scope) {
  core::TimeMs end_ms = now_ms;
  if (!arguments.until.empty()) {
    const absl::StatusOr<core::TimeMs> until = ParseSince("--until", arguments.until, now_ms);
    if (!until.ok()) return until.status();
    end_ms = *until;
    *scope.mutable_end_time() = TimestampOf(end_ms);
  }
  if (arguments.since.empty()) return absl::OkStatus();
  const absl::StatusOr<core::TimeMs> since = ParseSince("--since", arguments.since, end_ms);
  if (!since.ok()) return since.status();
  if (*since >= end_ms) return UsageError("--since must be before --until (or now)");
  *scope.mutable_start_time() = TimestampOf(*since);
  return absl::OkStatus();
}

}  // namespace

void AddReportScope(CLI::App& command, ReportArguments& arguments) {
  command.add_option(
      "--since", arguments.since,
      "cycles from so long ago (7d, 24h) or from this time or date on (default: 30d)");
  command.add_option("--until", arguments.until,
                     "before this time or date, or so long ago (default: now)");
  command
      .add_option("--view", arguments.view,
                  "cohort: cycles that began in the period; period: what happened in it")
      ->check(CLI::IsMember({"cohort", "period"}))
      ->capture_default_str();
  command.add_option("--source", arguments.source, "only of this source");
  command.add_option("--campaign", arguments.campaign, "only of this campaign");
  command.add_option("--queue", arguments.queue, "only of this queue");
  command.add_option("--rep", arguments.rep, "only of this rep");
  command
      .add_option("--revision", arguments.revision, "only cycles that this policy revision opened")
      ->check(CLI::PositiveNumber);
  command.add_option("--feedback-after", arguments.feedback_after,
                     "so long after the delivery feedback is expected (default: 7d)");
  command.add_option("--leak-after", arguments.leak_after,
                     "so long a lead may be with nobody (default: 1h)");
  command.add_option("--horizon", arguments.horizon,
                     "so long a cycle has for a conversion to count (default: 90d)");
}

void AddReportGrouping(CLI::App& command, ReportArguments& arguments) {
  command.add_option("--by", arguments.by, "tells the numbers apart by this")
      ->check(CLI::IsMember(Dimensions()));
}

absl::StatusOr<v1::ReportScope> ReportScopeOf(const ReportArguments& arguments,
                                              core::TimeMs now_ms) {
  v1::ReportScope scope;
  if (absl::Status status = SetTimes(arguments, now_ms, scope); !status.ok()) return status;
  scope.set_view(arguments.view == "period" ? v1::REPORT_VIEW_PERIOD : v1::REPORT_VIEW_COHORT);
  scope.set_source(arguments.source);
  scope.set_campaign(arguments.campaign);
  scope.set_queue(arguments.queue);
  scope.set_rep(arguments.rep);
  scope.set_policy_revision(arguments.revision);
  const struct {
    const char* option;
    const std::string& text;
    google::protobuf::Duration* (v1::ReportScope::*duration)();
  } durations[] = {
      {"--feedback-after", arguments.feedback_after, &v1::ReportScope::mutable_feedback_after},
      {"--leak-after", arguments.leak_after, &v1::ReportScope::mutable_leak_after},
      {"--horizon", arguments.horizon, &v1::ReportScope::mutable_conversion_horizon}};
  for (const auto& each : durations) {
    if (each.text.empty()) continue;
    absl::Status status = SetDuration(each.option, each.text, *(scope.*each.duration)());
    if (!status.ok()) return status;
  }
  return scope;
}

v1::ReportDimension GroupingOf(const ReportArguments& arguments) {
  if (arguments.by.empty()) return v1::REPORT_DIMENSION_UNSPECIFIED;
  for (int number = v1::ReportDimension_MIN; number <= v1::ReportDimension_MAX; ++number) {
    const auto dimension = static_cast<v1::ReportDimension>(number);
    if (report_page::DimensionText(dimension) == arguments.by) return dimension;
  }
  return v1::REPORT_DIMENSION_UNSPECIFIED;
}

}  // namespace baton::batonctl
