// The numbers of an intake. All but the conservation gauges count what this process did; those show
// the installation's totals as the store keeps them, whose parts add up at rest:
// input = applied + duplicate + dead_lettered, and of sales + ignored. Thread-safe.
#ifndef BATON_INTAKE_INTAKE_METRICS_H_
#define BATON_INTAKE_INTAKE_METRICS_H_

#include <vector>

#include "core/ids.h"
#include "core/qualification.h"
#include "core/shadow.h"
#include "events/lead_event_codec.h"
#include "intake/input_batch.h"
#include "platform/metrics.h"
#include "store/pipe_store.h"

namespace baton::intake {

class IntakeMetrics {
 public:
  // The names of kSales begin with baton_sales_ instead of baton_. Dead letters of each class are
  // there from the start on, at 0, so that a rate sees the first ones.
  IntakeMetrics(store::InputFlow flow, platform::Metrics& metrics);

  // The first kErringRulesMax rules of a process have a series each.
  static constexpr size_t kErringRulesMax = 500;
  void CountConditionErrors(const core::WorkspaceId& workspace,
                            const std::vector<core::ConditionError>& errors);
  // The judgment of a draft beside the active revision, if the step has one.
  void CountShadow(const core::ShadowStep& step);
  void CountDeadLetter(events::DeadLetterClass klass);
  void CountFate(SalesFate fate);  // kSales
  void ShowTotals(const store::InputCounters& totals);

  platform::Counter& records;
  platform::Counter& applied;
  platform::Counter& duplicates;
  platform::Counter& retried_commits;  // plans refused because somebody else was faster
  platform::Histogram& batch_seconds;
  platform::Histogram& batch_records;
  platform::Histogram& decision_seconds;  // Kafka timestamp of the record to commit of the decision
  platform::Gauge& lag_records;

 private:
  platform::Gauge& Total(const char* part);
  platform::Counter& DeadLetters(events::DeadLetterClass klass);

  platform::Metrics& metrics_;
  const store::InputFlow flow_;
  platform::CappedCounters condition_errors_;
  platform::Gauge& total_input_;
  platform::Gauge& total_applied_;
  platform::Gauge& total_duplicates_;
  platform::Gauge& total_dead_lettered_;
};

}  // namespace baton::intake

#endif  // BATON_INTAKE_INTAKE_METRICS_H_
