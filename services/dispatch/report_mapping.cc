#include "dispatch/report_mapping.h"

#include <google/protobuf/util/time_util.h>

#include <string>
#include <variant>

#include "absl/strings/str_cat.h"
#include "core/errors.h"
#include "dispatch/proto_mapping.h"
#include "dispatch/resource_names.h"

namespace baton::dispatch {
namespace {

using google::protobuf::util::TimeUtil;

constexpr core::DurationMs kPeriodDefault = 30 * core::kDayMs;
constexpr core::DurationMs kTermMax = 3660 * core::kDayMs;
constexpr size_t kNameBytesMax = 1024;  // of a source or campaign

absl::StatusOr<core::TimeMs> TimeOr(bool is_set, const char* field,
                                    const google::protobuf::Timestamp& timestamp,
                                    core::TimeMs otherwise) {
  if (!is_set) return otherwise;
  return FromTimestamp(field, timestamp);
}

absl::Status SetTerm(bool is_set, const char* field, const google::protobuf::Duration& duration,
                     core::DurationMs& term) {
  if (!is_set) return absl::OkStatus();
  const int64_t seconds = duration.seconds();
  if (seconds < 0 || seconds > kTermMax / core::kSecondMs || duration.nanos() < 0) {
    return core::FieldError(field, "must be 0 to 3660 days");
  }
  term = TimeUtil::DurationToMilliseconds(duration);
  return absl::OkStatus();
}

absl::Status SetTimes(const v1::ReportScope& scope, core::TimeMs now_ms, reports::Scope& out) {
  const auto to =
      TimeOr(scope.has_end_time(), "scope.end_time", scope.end_time(), out.now_ms = now_ms);
  if (!to.ok()) return to.status();
  const auto from =
      TimeOr(scope.has_start_time(), "scope.start_time", scope.start_time(), *to - kPeriodDefault);
  if (!from.ok()) return from.status();
  if (*from >= *to) return core::FieldError("scope.start_time", "is not before end_time");
  out.from_ms = *from;
  out.to_ms = *to;
  return absl::OkStatus();
}

absl::Status SetFilters(const v1::ReportScope& scope, reports::Scope& out) {
  for (const auto& [field, name] : {std::pair{"scope.source", &scope.source()},
                                    {"scope.campaign", &scope.campaign()},
                                    {"scope.queue", &scope.queue()},
                                    {"scope.rep", &scope.rep()}}) {
    if (name->size() > kNameBytesMax) return core::FieldError(field, "is too long");
  }
  if (scope.policy_revision() < 0) {
    return core::FieldError("scope.policy_revision", "must not be negative");
  }
  out.source = scope.source();
  out.campaign = scope.campaign();
  out.queue = scope.queue();
  out.rep = scope.rep();
  out.policy_revision = scope.policy_revision();
  return absl::OkStatus();
}

void SetValue(const reports::Ratio& ratio, v1::ReportFigure& figure) {
  v1::ReportRatio& out = *figure.mutable_ratio();
  out.set_numerator(ratio.numerator);
  out.set_denominator(ratio.denominator);
  out.set_excluded(ratio.excluded);
  out.set_pending(ratio.pending);
}

void SetValue(const reports::Distribution& distribution, v1::ReportFigure& figure) {
  v1::ReportDistribution& out = *figure.mutable_distribution();
  out.set_unit(std::string(distribution.unit));
  out.set_count(distribution.count);
  out.set_censored(distribution.censored);
  out.set_excluded(distribution.excluded);
  out.set_p50(distribution.p50);
  out.set_p90(distribution.p90);
  out.set_p95(distribution.p95);
  out.set_bounds_from(distribution.bounds_from);
}

void SetValue(const reports::Count& count, v1::ReportFigure& figure) {
  figure.set_count(count.value);
}

void SetValue(const reports::Amount& amount, v1::ReportFigure& figure) {
  figure.set_amount_minor(amount.minor);
}

void SetValue(double number, v1::ReportFigure& figure) {
  figure.set_number(number);
}

}  // namespace

absl::StatusOr<reports::Scope> FromProto(const v1::ReportScope& scope, core::TimeMs now_ms) {
  reports::Scope out;
  if (absl::Status status = SetTimes(scope, now_ms, out); !status.ok()) return status;
  if (absl::Status status = SetFilters(scope, out); !status.ok()) return status;
  if (!v1::ReportView_IsValid(scope.view())) {
    return core::FieldError("scope.view", "is not a view that this release knows");
  }
  const bool period = scope.view() == v1::REPORT_VIEW_PERIOD;
  out.view = period ? reports::View::kPeriod : reports::View::kCohort;
  absl::Status terms = SetTerm(scope.has_feedback_after(), "scope.feedback_after",
                               scope.feedback_after(), out.feedback_after_ms);
  terms.Update(
      SetTerm(scope.has_leak_after(), "scope.leak_after", scope.leak_after(), out.leak_after_ms));
  terms.Update(SetTerm(scope.has_conversion_horizon(), "scope.conversion_horizon",
                       scope.conversion_horizon(), out.horizon_ms));
  if (!terms.ok()) return terms;
  return out;
}

absl::StatusOr<reports::Dimension> FromProto(v1::ReportDimension dimension, reports::View view) {
  switch (dimension) {
    case v1::REPORT_DIMENSION_UNSPECIFIED:
      return reports::Dimension::kNone;
    case v1::REPORT_DIMENSION_SOURCE:
      return reports::Dimension::kSource;
    case v1::REPORT_DIMENSION_CAMPAIGN:
      return reports::Dimension::kCampaign;
    case v1::REPORT_DIMENSION_QUEUE:
      return reports::Dimension::kQueue;
    case v1::REPORT_DIMENSION_REP:
      return reports::Dimension::kRep;
    case v1::REPORT_DIMENSION_POLICY_REVISION:
      return reports::Dimension::kPolicyRevision;
    case v1::REPORT_DIMENSION_WEEK:
      if (view == reports::View::kCohort) return reports::Dimension::kWeek;
      return core::FieldError("group_by", "WEEK tells cohorts apart: the view must be COHORT");
    default:
      return core::FieldError("group_by", "is not a dimension that this release knows");
  }
}

v1::ReportScope ToProto(const reports::Scope& scope) {
  v1::ReportScope out;
  *out.mutable_start_time() = ToTimestamp(scope.from_ms);
  *out.mutable_end_time() = ToTimestamp(scope.to_ms);
  out.set_view(scope.view == reports::View::kPeriod ? v1::REPORT_VIEW_PERIOD
                                                    : v1::REPORT_VIEW_COHORT);
  out.set_source(scope.source);
  out.set_campaign(scope.campaign);
  out.set_queue(scope.queue);
  out.set_rep(scope.rep);
  out.set_policy_revision(ToInt32(scope.policy_revision));
  *out.mutable_feedback_after() = TimeUtil::MillisecondsToDuration(scope.feedback_after_ms);
  *out.mutable_leak_after() = TimeUtil::MillisecondsToDuration(scope.leak_after_ms);
  *out.mutable_conversion_horizon() = TimeUtil::MillisecondsToDuration(scope.horizon_ms);
  return out;
}

v1::ReportSection ToProto(const reports::SectionReport& section) {
  v1::ReportSection out;
  out.set_id(std::string(section.info->id));
  out.set_title(std::string(section.info->title));
  out.set_item_kind(std::string(section.info->item_kind));
  for (const reports::Figure& figure : section.figures) {
    v1::ReportFigure& message = *out.add_figures();
    message.set_id(std::string(figure.id));
    message.set_title(std::string(figure.title));
    message.set_item(figure.item);
    message.set_group(figure.group);
    std::visit([&message](const auto& value) { SetValue(value, message); }, figure.value);
  }
  return out;
}

v1::ReportLead ToProto(const core::WorkspaceId& workspace, const reports::CycleTable& table,
                       const reports::Behind& behind) {
  const reports::Row& row = *behind.row;
  v1::ReportLead out;
  const core::LeadKey key = {workspace, core::LeadId::Trusted(std::string(table.LeadOf(row)))};
  out.set_name(FormatLead(key));
  out.set_cycle(row.cycle);
  out.set_stage(ToProto(row.stage));
  out.set_reason(table.reasons().Text(row.reason));
  out.set_rep(table.reps().Text(row.rep));
  *out.mutable_start_time() = ToTimestamp(row.start_ms());
  out.set_counted(behind.counted);
  out.set_observed(behind.observed);
  return out;
}

}  // namespace baton::dispatch
