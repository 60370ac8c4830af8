// Spans on their way to a collector: a bounded queue and a thread that sends what is in it. A
// collector that is slow or away costs spans, which are counted, and nothing else.
#ifndef BATON_PLATFORM_OTLP_SPAN_QUEUE_H_
#define BATON_PLATFORM_OTLP_SPAN_QUEUE_H_

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "platform/metrics.h"
#include "platform/service.h"
#include "platform/spans.h"
#include "platform/worker.h"

namespace baton::platform::otlp {

struct SpanQueueOptions {
  double root_ratio = 0;
  size_t spans_max = 8192;  // that wait; further ones are dropped
  size_t batch_max = 512;   // sent together
  absl::Duration send_every = absl::Seconds(1);
};

// Blocks until the collector has them, or gives why it has not. Runs on one thread.
using SendSpans = std::function<absl::Status(std::vector<Span> spans)>;

// Takes the spans of the process from Start to Stop. Always ready: nothing waits for a collector.
class SpanQueue final : public Service, public SpanTaker {
 public:
  SpanQueue(SpanQueueOptions options, SendSpans send, Metrics& metrics);
  ~SpanQueue() override;

  void Take(Span span) override;
  double root_ratio() const override { return options_.root_ratio; }

  std::string_view name() const override { return "traces"; }
  absl::Status Start() override;
  // Sends what waits, as far as `grace` allows.
  void Stop(absl::Duration grace) override;
  absl::Status Ready() const override { return absl::OkStatus(); }

 private:
  void Work();
  std::vector<Span> TakeBatch();
  void Send(std::vector<Span> batch);

  const SpanQueueOptions options_;
  const SendSpans send_;
  Counter& sent_;
  Counter& overflowed_;
  Counter& unsent_;
  bool failing_ = false;  // logged already; of the worker
  absl::Mutex mutex_;
  std::vector<Span> waiting_ ABSL_GUARDED_BY(mutex_);
  Worker worker_;  // last: its thread uses all of the above
};

}  // namespace baton::platform::otlp

#endif  // BATON_PLATFORM_OTLP_SPAN_QUEUE_H_
