// Counters, gauges and histograms, exposed for Prometheus. Label values come from small fixed sets
// or configuration, never from ids of leads. Thread-safe; the handles live as long as the Metrics.
#ifndef BATON_PLATFORM_METRICS_H_
#define BATON_PLATFORM_METRICS_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

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

}  // namespace baton::platform

#endif  // BATON_PLATFORM_METRICS_H_
