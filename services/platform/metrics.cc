#include "platform/metrics.h"

#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "prometheus/counter.h"
#include "prometheus/gauge.h"
#include "prometheus/histogram.h"
#include "prometheus/registry.h"
#include "prometheus/text_serializer.h"

namespace baton::platform {
namespace {

const std::vector<double>& DefaultBuckets() {
  static const auto& buckets = *new std::vector<double>{
      0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60};
  return buckets;
}

class PrometheusCounter : public Counter {
 public:
  explicit PrometheusCounter(prometheus::Counter& counter) : counter_(counter) {}
  void Add(double amount) override { counter_.Increment(amount); }

 private:
  prometheus::Counter& counter_;
};

class PrometheusGauge : public Gauge {
 public:
  explicit PrometheusGauge(prometheus::Gauge& gauge) : gauge_(gauge) {}
  void Set(double value) override { gauge_.Set(value); }

 private:
  prometheus::Gauge& gauge_;
};

class PrometheusHistogram : public Histogram {
 public:
  explicit PrometheusHistogram(prometheus::Histogram& histogram) : histogram_(histogram) {}
  void Observe(double value) override { histogram_.Observe(value); }

 private:
  prometheus::Histogram& histogram_;
};

// The handles made so far; `make` runs only for a new name and labels.
template <typename Handle>
class Handles {
 public:
  template <typename Make>
  Handle& Get(const std::string& name, const Labels& labels, Make make) {
    std::unique_ptr<Handle>& handle = handles_[{name, labels}];
    if (handle == nullptr) handle = make();
    return *handle;
  }

 private:
  std::map<std::pair<std::string, Labels>, std::unique_ptr<Handle>> handles_;
};

class PrometheusMetrics : public Metrics {
 public:
  Counter& AddCounter(const std::string& name, const std::string& help,
                      const Labels& labels) override {
    absl::MutexLock lock(&mutex_);
    return counters_.Get(name, labels, [&] {
      return std::make_unique<PrometheusCounter>(
          prometheus::BuildCounter().Name(name).Help(help).Register(registry_).Add(labels));
    });
  }

  Gauge& AddGauge(const std::string& name, const std::string& help, const Labels& labels) override {
    absl::MutexLock lock(&mutex_);
    return gauges_.Get(name, labels, [&] {
      return std::make_unique<PrometheusGauge>(
          prometheus::BuildGauge().Name(name).Help(help).Register(registry_).Add(labels));
    });
  }

  Histogram& AddHistogram(const std::string& name, const std::string& help, const Labels& labels,
                          std::vector<double> buckets) override {
    absl::MutexLock lock(&mutex_);
    return histograms_.Get(name, labels, [&] {
      return std::make_unique<PrometheusHistogram>(
          prometheus::BuildHistogram().Name(name).Help(help).Register(registry_).Add(
              labels, buckets.empty() ? DefaultBuckets() : buckets));
    });
  }

  std::string Expose() const override {
    return prometheus::TextSerializer().Serialize(registry_.Collect());
  }

 private:
  prometheus::Registry registry_;
  absl::Mutex mutex_;
  Handles<PrometheusCounter> counters_ ABSL_GUARDED_BY(mutex_);
  Handles<PrometheusGauge> gauges_ ABSL_GUARDED_BY(mutex_);
  Handles<PrometheusHistogram> histograms_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace

std::unique_ptr<Metrics> NewMetrics() {
  return std::make_unique<PrometheusMetrics>();
}

CappedCounters::CappedCounters(Metrics& metrics, std::string name, std::string help,
                               size_t named_max)
    : metrics_(metrics), name_(std::move(name)), help_(std::move(help)), named_max_(named_max) {}

void CappedCounters::Add(const Labels& chosen, const Labels& fixed) {
  Labels labels = chosen;
  {
    absl::MutexLock lock(&mutex_);
    if (named_.size() < named_max_) named_.insert(chosen);
    if (!named_.contains(chosen)) {
      for (auto& [name, value] : labels) value = "other";
    }
  }
  labels.insert(fixed.begin(), fixed.end());
  metrics_.AddCounter(name_, help_, labels).Add();
}

}  // namespace baton::platform
