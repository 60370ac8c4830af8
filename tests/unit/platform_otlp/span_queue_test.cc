#include "platform/otlp/span_queue.h"

#include <atomic>

#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/otlp/otlp_sender.h"

namespace baton::platform::otlp {
namespace {

using testing::HasSubstr;

constexpr char kSampled[] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

SpanQueueOptions Quick() {
  SpanQueueOptions options;
  options.send_every = absl::Milliseconds(1);
  return options;
}

void EmitSome(int count) {
  for (int i = 0; i < count; ++i) {
    EmitSpan(kSampled, {SpanKind::kInternal, "decide", absl::Now(), absl::Now()}, {});
  }
}

TEST(SpanQueueTest, SendsWhatWasEmittedInBatches) {
  const auto metrics = NewMetrics();
  SpanQueueOptions options = Quick();
  options.batch_max = 10;
  std::atomic<size_t> sent = 0, most = 0;
  SpanQueue queue(
      options,
      [&](const std::vector<Span>& spans) {
        sent += spans.size();
        most = std::max<size_t>(most, spans.size());
        return absl::OkStatus();
      },
      *metrics);
  ASSERT_TRUE(queue.Start().ok());
  EmitSome(25);
  queue.Stop(absl::Seconds(10));
  EXPECT_EQ(sent, 25u);
  EXPECT_LE(most, 10u);
  EXPECT_THAT(metrics->Expose(), HasSubstr("baton_spans_sent_total 25\n"));
  EmitSome(1);
  EXPECT_EQ(sent, 25u) << "nobody takes spans any more";
}

TEST(SpanQueueTest, ACollectorThatHangsCostsSpansAndNoTime) {
  const auto metrics = NewMetrics();
  SpanQueueOptions options = Quick();
  options.spans_max = 100;
  options.batch_max = 1;
  absl::Notification release;
  SpanQueue queue(
      options,
      [&](const std::vector<Span>&) {
        release.WaitForNotification();
        return absl::OkStatus();
      },
      *metrics);
  ASSERT_TRUE(queue.Start().ok());
  const absl::Time begin = absl::Now();
  EmitSome(1000);
  EXPECT_LT(absl::Now() - begin, absl::Seconds(5));
  EXPECT_TRUE(queue.Ready().ok());
  release.Notify();
  queue.Stop(absl::Seconds(10));
  const std::string text = metrics->Expose();
  const bool counted =
      text.find("baton_spans_dropped_total{why=\"queue_full\"} 900\n") != std::string::npos ||
      text.find("baton_spans_dropped_total{why=\"queue_full\"} 899\n") !=
          std::string::npos;  // one may have been taken out before
  EXPECT_TRUE(counted) << text;
}

TEST(SpanQueueTest, WhatIsNotSentInTheGraceIsDroppedAndCounted) {
  const auto metrics = NewMetrics();
  SpanQueueOptions options;
  options.send_every = absl::Hours(1);
  SpanQueue queue(
      options, [](const std::vector<Span>&) { return absl::OkStatus(); }, *metrics);
  ASSERT_TRUE(queue.Start().ok());
  EmitSome(3);
  queue.Stop(absl::ZeroDuration());
  EXPECT_THAT(metrics->Expose(), HasSubstr("baton_spans_dropped_total{why=\"not_sent\"} 3\n"));
}

TEST(SpanQueueTest, WhatTheCollectorRefusesIsCounted) {
  const auto metrics = NewMetrics();
  SpanQueue queue(
      Quick(), [](const std::vector<Span>&) { return absl::UnavailableError("away"); }, *metrics);
  ASSERT_TRUE(queue.Start().ok());
  EmitSome(2);
  queue.Stop(absl::Seconds(10));
  EXPECT_THAT(metrics->Expose(), HasSubstr("baton_spans_dropped_total{why=\"not_sent\"} 2\n"));
}

TEST(SpanQueueTest, AnEndpointThatCannotWorkIsRefusedWithASentence) {
  OtlpOptions options;
  options.endpoint = "collector:4318";
  const auto sender = NewOtlpSender(options);
  EXPECT_FALSE(sender.ok());
  EXPECT_THAT(sender.status().message(), HasSubstr("--otel-endpoint"));
}

}  // namespace
}  // namespace baton::platform::otlp
