#include "intake/intake_metrics.h"

#include <string>

namespace baton::intake {

IntakeMetrics::IntakeMetrics(platform::Metrics& metrics)
    : records(metrics.AddCounter("baton_input_records_total", "Input records settled")),
      applied(metrics.AddCounter("baton_input_applied_total", "Input records applied to leads")),
      duplicates(metrics.AddCounter("baton_input_duplicates_total",
                                    "Input records that repeated an event and had no effect")),
      retried_commits(metrics.AddCounter("baton_intake_retried_commits_total",
                                         "Decisions taken again because lead or policy changed")),
      batch_seconds(metrics.AddHistogram("baton_intake_batch_seconds",
                                         "From the poll of a batch to its checkpoint")),
      batch_records(metrics.AddHistogram("baton_intake_batch_records", "Records of a batch", {},
                                         {1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000})),
      decision_seconds(metrics.AddHistogram("baton_intake_decision_seconds",
                                            "From a record's Kafka timestamp to its decision")),
      lag_records(metrics.AddGauge("baton_consumer_lag_records",
                                   "Records of this member's partitions not yet settled")),
      metrics_(metrics),
      total_input_(Total("input")),
      total_applied_(Total("applied")),
      total_duplicates_(Total("duplicate")),
      total_dead_lettered_(Total("dead_lettered")) {}

void IntakeMetrics::CountConditionErrors(const core::WorkspaceId& workspace,
                                         const std::vector<core::ConditionError>& errors) {
  absl::MutexLock lock(&mutex_);
  for (const core::ConditionError& error : errors) {
    platform::Labels labels = {{"workspace", workspace.str()},
                               {"section", std::string(core::RuleSectionName(error.section))},
                               {"rule", error.rule}};
    if (erring_rules_.size() < kErringRulesMax) erring_rules_.insert(labels);
    if (!erring_rules_.contains(labels)) labels["workspace"] = labels["rule"] = "";
    metrics_
        .AddCounter("baton_policy_condition_errors_total",
                    "Conditions that could not be decided and so did not match, by rule", labels)
        .Add();
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
  metrics_
      .AddCounter("baton_input_dead_letters_total", "Input records refused, by reason",
                  {{"class", std::string(events::DeadLetterClassName(klass))}})
      .Add();
}

void IntakeMetrics::ShowTotals(const store::InputCounters& totals) {
  total_input_.Set(static_cast<double>(totals.input));
  total_applied_.Set(static_cast<double>(totals.applied));
  total_duplicates_.Set(static_cast<double>(totals.duplicates));
  total_dead_lettered_.Set(static_cast<double>(totals.dead_lettered));
}

platform::Gauge& IntakeMetrics::Total(const char* part) {
  return metrics_.AddGauge("baton_input_conservation_records",
                           "Totals since installation; at rest the other parts add up to input",
                           {{"part", part}});
}

}  // namespace baton::intake
