#include "report_page/text.h"

#include <gtest/gtest.h>

#include <limits>

#include "sample_report.h"

namespace baton::report_page {
namespace {

TEST(TextTest, TimesHaveTwoUnitsAtMost) {
  EXPECT_EQ(DurationText(0), "0ms");
  EXPECT_EQ(DurationText(450), "450ms");
  EXPECT_EQ(DurationText(4'250), "4.2s");
  EXPECT_EQ(DurationText(59'999), "59s");
  EXPECT_EQ(DurationText(250'000), "4m10s");
  EXPECT_EQ(DurationText(3'600'000), "1h");
  EXPECT_EQ(DurationText(11'520'000), "3h12m");
  EXPECT_EQ(DurationText(187'200'000), "2d4h");
  EXPECT_EQ(DurationText(-250'000), "-4m10s");
}

TEST(TextTest, SharesSayOfWhatAndWhatIsMissing) {
  EXPECT_EQ(RatioText(Ratio(12, 19, 2)), "63.2% (12 of 19, 2 pending)");
  EXPECT_EQ(RatioText(Ratio(12, 19, 2, 1)), "63.2% (12 of 19, 2 pending, 1 left out)");
  EXPECT_EQ(RatioText(Ratio(1, 1)), "100.0% (1 of 1)");
}

TEST(TextTest, AShareOfNothingIsUndefinedAndShowsTheOtherNumbers) {
  EXPECT_EQ(RatioText(Ratio(0, 0, 2)), "- (0 of 0, 2 pending)");
  EXPECT_EQ(ShareText(Ratio(0, 0)), "-");
  EXPECT_FALSE(Share(Ratio(0, 0)).has_value());
}

TEST(TextTest, LowerBoundsSaySo) {
  const v1::ReportDistribution times = Times(19, 250'000, 7'200'000, 10'800'000, 2, 90);
  EXPECT_EQ(PercentileText(times, 50), "4m10s");
  EXPECT_EQ(PercentileText(times, 90), ">= 2h");
  EXPECT_EQ(DistributionText(times), "p50 4m10s, p90 >= 2h, p95 >= 3h of 19 (2 still wait)");
}

TEST(TextTest, PercentilesOfNothingAreUndefined) {
  v1::ReportDistribution none = Times(0, 0, 0, 0);
  none.set_excluded(3);
  EXPECT_EQ(DistributionText(none), "p50 -, p90 -, p95 - of 0 (3 left out)");
}

TEST(TextTest, TouchesAreNoTimes) {
  v1::ReportDistribution touches = Times(5, 2, 7, 8);
  touches.set_unit("touches");
  EXPECT_EQ(DistributionText(touches), "p50 2, p90 7, p95 8 of 5");
}

TEST(TextTest, NumbersHaveNoNeedlessDigits) {
  EXPECT_EQ(NumberText(1.25), "1.25");
  EXPECT_EQ(NumberText(3), "3");
  EXPECT_EQ(NumberText(0.5), "0.5");
  EXPECT_EQ(NumberText(-0.0001), "0");
  EXPECT_EQ(NumberText(100), "100");
}

TEST(TextTest, MoneyHasTheDigitsOfItsCurrency) {
  EXPECT_EQ(MoneyText(1'250'000, "EUR"), "12,500.00 EUR");
  EXPECT_EQ(MoneyText(1'250'000, "JPY"), "1,250,000 JPY");
  EXPECT_EQ(MoneyText(1'250'005, "KWD"), "1,250.005 KWD");
  EXPECT_EQ(MoneyText(-5, "EUR"), "-0.05 EUR");
  EXPECT_EQ(MoneyText(std::numeric_limits<int64_t>::min(), "JPY"),
            "-9,223,372,036,854,775,808 JPY");
}

TEST(TextTest, AFigureWithoutAValueIsUndefined) {
  EXPECT_EQ(ValueText(v1::ReportFigure()), "-");
}

}  // namespace
}  // namespace baton::report_page
