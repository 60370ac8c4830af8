#include "platform/spans.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace baton::platform {
namespace {

constexpr char kSampled[] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
constexpr char kNotSampled[] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";

class KeptSpans : public SpanTaker {
 public:
  explicit KeptSpans(double ratio = 0) : ratio_(ratio) { SetSpanTaker(this); }
  ~KeptSpans() override { SetSpanTaker(nullptr); }
  void Take(Span span) override { spans.push_back(std::move(span)); }
  double root_ratio() const override { return ratio_; }

  std::vector<Span> spans;

 private:
  const double ratio_;
};

std::string Emit(std::string_view traceparent) {
  return EmitSpan(traceparent, {SpanKind::kConsumer, "process", absl::UnixEpoch(), absl::Now()},
                  {{"baton.lead", "l1"}});
}

TEST(SpansTest, NobodyTakesThemAtFirst) {
  EXPECT_FALSE(SpansAreTaken());
  EXPECT_EQ(Emit(kSampled), "");
}

TEST(SpansTest, ASpanBelongsToTheTraceOfItsParent) {
  KeptSpans kept;
  const std::string own = Emit(kSampled);
  const std::string below = Emit(own);
  ASSERT_EQ(kept.spans.size(), 2u);
  EXPECT_EQ(kept.spans[0].context.trace_id, "4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_EQ(kept.spans[0].parent_span_id, "00f067aa0ba902b7");
  EXPECT_EQ(FormatTraceparent(kept.spans[0].context), own);
  EXPECT_EQ(kept.spans[1].parent_span_id, kept.spans[0].context.span_id);
  EXPECT_EQ(FormatTraceparent(kept.spans[1].context), below);
  EXPECT_EQ(kept.spans[0].name, "process");
  EXPECT_THAT(kept.spans[0].attributes, testing::ElementsAre(testing::Pair("baton.lead", "l1")));
}

TEST(SpansTest, WhatTheSenderDoesNotSampleIsNotTraced) {
  KeptSpans kept(1);
  EXPECT_EQ(Emit(kNotSampled), "");
  EXPECT_TRUE(kept.spans.empty());
}

TEST(SpansTest, WhatComesWithoutATraceGetsOneByTheRatio) {
  {
    KeptSpans none;
    EXPECT_EQ(Emit(""), "");
  }
  KeptSpans all(1);
  const std::string own = Emit("no trace");
  ASSERT_EQ(all.spans.size(), 1u);
  EXPECT_EQ(all.spans[0].parent_span_id, "");
  EXPECT_TRUE(ParseTraceparent(own).has_value()) << own;
  Emit("");
  EXPECT_NE(all.spans[1].context.trace_id, all.spans[0].context.trace_id);
}

}  // namespace
}  // namespace baton::platform
