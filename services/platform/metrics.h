// Counters, gauges and histograms, exposed for Prometheus. Label values come from small fixed sets
// or configuration, never from ids of leads; those that users choose pass CappedCounters.
// Thread-safe; the handles live as long as the Metrics.
#ifndef BATON_PLATFORM_METRICS_H_
#define BATON_PLATFORM_METRICS_H_

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace baton::platform {

using Labels = std::map<std::string, std::string>;

class Counter {
 public:
  virtual ~Counter() = default;
  virtual void Add(double amount = 1) = 0;
};

class Gauge {
 public:
  virtual ~Gauge() = default;
  virtual void Set(double value) = 0;
};

class Histogram {
 public:
  virtual ~Histogram() = default;
  virtual void Observe(double value) = 0;
};

class Metrics {
 public:
  virtual ~Metrics() = default;
  // Names in base units, "baton_..._seconds", "..._total". The same name and labels give the same
  // handle.
  virtual Counter& AddCounter(const std::string& name, const std::string& help,
                              const Labels& labels = {}) = 0;
  virtual Gauge& AddGauge(const std::string& name, const std::string& help,
                          const Labels& labels = {}) = 0;
  // Buckets in seconds from 0.5 ms to 60 s unless given.
  virtual Histogram& AddHistogram(const std::string& name, const std::string& help,
                                  const Labels& labels = {}, std::vector<double> buckets = {}) = 0;
  virtual std::string Expose() const = 0;  // the text format
};

std::unique_ptr<Metrics> NewMetrics();

// Counters of one name with labels whose values users choose: queues, rules, service levels. The
// first `named_max` combinations of a process have a series each; what comes later is counted with
// "other" in their place, so that no input makes a process grow. Thread-safe.
class CappedCounters {
 public:
  // `metrics` outlives this.
  CappedCounters(Metrics& metrics, std::string name, std::string help, size_t named_max);

  // `fixed`: labels with values from small fixed sets, which stay what they are.
  void Add(const Labels& chosen, const Labels& fixed = {});

 private:
  Metrics& metrics_;
  const std::string name_, help_;
  const size_t named_max_;
  absl::Mutex mutex_;
  std::set<Labels> named_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace baton::platform

#endif  // BATON_PLATFORM_METRICS_H_
