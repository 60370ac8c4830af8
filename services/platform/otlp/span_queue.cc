#include "platform/otlp/span_queue.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "absl/time/clock.h"
#include "platform/log.h"

namespace baton::platform::otlp {
namespace {

Counter& Dropped(Metrics& metrics, const char* why) {
  return metrics.AddCounter("baton_spans_dropped_total", "Spans that no collector got, by why",
                            {{"why", why}});
}

}  // namespace

SpanQueue::SpanQueue(SpanQueueOptions options, SendSpans send, Metrics& metrics)
    : options_(options),
      send_(std::move(send)),
      sent_(metrics.AddCounter("baton_spans_sent_total", "Spans that the collector took")),
      overflowed_(Dropped(metrics, "queue_full")),
      unsent_(Dropped(metrics, "not_sent")) {}

SpanQueue::~SpanQueue() {
  Stop(absl::ZeroDuration());
}

absl::Status SpanQueue::Start() {
  SetSpanTaker(this);
  worker_.Start([this] { Work(); });
  return absl::OkStatus();
}

void SpanQueue::Stop(absl::Duration grace) {
  SetSpanTaker(nullptr);
  worker_.Stop(grace);
}

void SpanQueue::Take(Span span) {
  {
    absl::MutexLock lock(&mutex_);
    if (waiting_.size() < options_.spans_max) return waiting_.push_back(std::move(span));
  }
  overflowed_.Add();
}

void SpanQueue::Work() {
  while (!worker_.StopsWithin(options_.send_every)) {
    for (std::vector<Span> batch = TakeBatch(); !batch.empty(); batch = TakeBatch()) {
      Send(std::move(batch));
      if (worker_.stopping()) break;
    }
  }
  for (std::vector<Span> batch = TakeBatch(); !batch.empty(); batch = TakeBatch()) {
    if (absl::Now() < worker_.deadline()) {
      Send(std::move(batch));
    } else {
      unsent_.Add(static_cast<double>(batch.size()));
    }
  }
}

std::vector<Span> SpanQueue::TakeBatch() {
  absl::MutexLock lock(&mutex_);
  const auto count = static_cast<std::ptrdiff_t>(std::min(waiting_.size(), options_.batch_max));
  std::vector<Span> batch(std::make_move_iterator(waiting_.begin()),
                          std::make_move_iterator(waiting_.begin() + count));
  waiting_.erase(waiting_.begin(), waiting_.begin() + count);
  return batch;
}

void SpanQueue::Send(std::vector<Span> batch) {
  const auto count = static_cast<double>(batch.size());
  const absl::Status status = send_(std::move(batch));
  (status.ok() ? sent_ : unsent_).Add(count);
  if (status.ok() != failing_) return;
  failing_ = !status.ok();
  if (failing_) {
    LogWarning("traces.not_sent", {{"reason", std::string(status.message())}});
  } else {
    LogInfo("traces.sent_again");
  }
}

}  // namespace baton::platform::otlp
