// The numbers of an intake. All but the conservation gauges count what this process did; those show
// the installation's totals as the store keeps them, whose parts add up at rest:
// input = applied + duplicate + dead_lettered. Thread-safe.
#ifndef BATON_INTAKE_INTAKE_METRICS_H_
#define BATON_INTAKE_INTAKE_METRICS_H_

#include "events/lead_event_codec.h"
#include "platform/metrics.h"
#include "store/pipe_store.h"

namespace baton::intake {

class IntakeMetrics {
 public:
  explicit IntakeMetrics(platform::Metrics& metrics);

  void CountDeadLetter(events::DeadLetterClass klass);
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

  platform::Metrics& metrics_;
  platform::Gauge& total_input_;
  platform::Gauge& total_applied_;
  platform::Gauge& total_duplicates_;
  platform::Gauge& total_dead_lettered_;
};

}  // namespace baton::intake

#endif  // BATON_INTAKE_INTAKE_METRICS_H_
