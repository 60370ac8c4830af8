#include "intake/intake_metrics.h"

#include <string>

namespace baton::intake {
namespace {

// In seconds, up to an hour: after an outage records are old.
std::vector<double> DecisionBuckets() {
  return {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5,
          1,     2.5,    5,     10,   30,    60,   300, 900,  3600};
}

// The name of a number by whose input it is about.
std::string Named(store::InputFlow flow, const char* marketing, const char* sales) {
  return flow == store::InputFlow::kMarketing ? marketing : sales;
}

}  // namespace

IntakeMetrics::IntakeMetrics(store::InputFlow flow, platform::Metrics& metrics)
    : records(metrics.AddCounter(
          Named(flow, "baton_input_records_total", "baton_sales_input_records_total"),
          "Input records settled")),
      applied(metrics.AddCounter(
          Named(flow, "baton_input_applied_total", "baton_sales_input_applied_total"),
          "Input records applied to leads")),
      duplicates(metrics.AddCounter(
          Named(flow, "baton_input_duplicates_total", "baton_sales_input_duplicates_total"),
          "Input records that repeated an event and had no effect")),
      retried_commits(metrics.AddCounter(Named(flow, "baton_intake_retried_commits_total",
                                               "baton_sales_intake_retried_commits_total"),
                                         "Decisions taken again because lead or policy changed")),
      batch_seconds(metrics.AddHistogram(
          Named(flow, "baton_intake_batch_seconds", "baton_sales_intake_batch_seconds"),
          "From the poll of a batch to its checkpoint")),
      batch_records(metrics.AddHistogram(
          Named(flow, "baton_intake_batch_records", "baton_sales_intake_batch_records"),
          "Records of a batch", {}, {1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000})),
      decision_seconds(metrics.AddHistogram(
          Named(flow, "baton_intake_decision_seconds", "baton_sales_intake_decision_seconds"),
          "From a record's Kafka timestamp to its decision", {}, DecisionBuckets())),
      lag_records(metrics.AddGauge(
          Named(flow, "baton_consumer_lag_records", "baton_sales_consumer_lag_records"),
          "Records of this member's partitions not yet settled")),
      metrics_(metrics),
      flow_(flow),
      condition_errors_(metrics, "baton_policy_condition_errors_total",
                        "Conditions that could not be decided and so did not match, by rule",
                        kErringRulesMax),
      total_input_(Total("input")),
      total_applied_(Total("applied")),
      total_duplicates_(Total("duplicate")),
      total_dead_lettered_(Total("dead_lettered")) {
  for (int i = 0; i <= static_cast<int>(events::kLastDeadLetterClass); ++i) {
    DeadLetters(static_cast<events::DeadLetterClass>(i));
  }
}

void IntakeMetrics::CountConditionErrors(const core::WorkspaceId& workspace,
                                         const std::vector<core::ConditionError>& errors) {
  for (const core::ConditionError& error : errors) {
    condition_errors_.Add({{"workspace", workspace.str()}, {"rule", error.rule}},
                          {{"section", std::string(core::RuleSectionName(error.section))}});
  }
}

void IntakeMetrics::CountShadow(const core::ShadowStep& step) {
  const auto added = [&step](core::ShadowCount count) {
    return step.added[static_cast<size_t>(count)] > 0;
  };
  const char* result = nullptr;
  if (added(core::ShadowCount::kFailed)) result = "failed";
  if (added(core::ShadowCount::kJudgments)) result = "judged";
  if (added(core::ShadowCount::kErrors)) result = "condition_error";
  if (result == nullptr) return;
  metrics_
      .AddCounter("baton_policy_shadow_judgments_total",
                  "Judgments of drafts beside the active policy, by how they went",
                  {{"result", result}})
      .Add();
}

void IntakeMetrics::CountDeadLetter(events::DeadLetterClass klass) {
  DeadLetters(klass).Add();
}

platform::Counter& IntakeMetrics::DeadLetters(events::DeadLetterClass klass) {
  return metrics_.AddCounter(
      Named(flow_, "baton_input_dead_letters_total", "baton_sales_input_dead_letters_total"),
      "Input records refused, by reason",
      {{"class", std::string(events::DeadLetterClassName(klass))}});
}

void IntakeMetrics::CountFate(SalesFate fate) {
  switch (fate) {
    case SalesFate::kIgnored:
      metrics_.AddCounter("baton_sales_input_ignored_total", "Input records that concern no lead")
          .Add();
      break;
    case SalesFate::kDuplicate:
      duplicates.Add();
      break;
    case SalesFate::kApplied:
      applied.Add();
      break;
    case SalesFate::kRefused:
      break;  // CountDeadLetter
  }
}

void IntakeMetrics::ShowTotals(const store::InputCounters& totals) {
  total_input_.Set(static_cast<double>(totals.input));
  total_applied_.Set(static_cast<double>(totals.applied));
  total_duplicates_.Set(static_cast<double>(totals.duplicates));
  total_dead_lettered_.Set(static_cast<double>(totals.dead_lettered));
  if (flow_ == store::InputFlow::kSales) Total("ignored").Set(static_cast<double>(totals.ignored));
}

platform::Gauge& IntakeMetrics::Total(const char* part) {
  return metrics_.AddGauge(
      Named(flow_, "baton_input_conservation_records", "baton_sales_input_conservation_records"),
      "Totals since installation; at rest the other parts add up to input", {{"part", part}});
}

}  // namespace baton::intake
