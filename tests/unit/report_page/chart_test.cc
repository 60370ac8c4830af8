#include "report_page/chart.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sample_report.h"

namespace baton::report_page {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST(ChartTest, PartsOfABarStandSideBySideAndTheLongestFillsTheChart) {
  const std::string svg =
      ChartSvg(StackedChart{"Funnel", {"on", "lost"}, {{"mql", {30, 10}}, {"won", {10, 0}}}});
  EXPECT_THAT(svg, StartsWith("<svg viewBox=\"0 0 640.0 "));
  EXPECT_THAT(svg, HasSubstr("x=\"170.0\" y=\"24.0\" width=\"300.0\""));
  EXPECT_THAT(svg, HasSubstr("x=\"470.0\" y=\"24.0\" width=\"100.0\""));
  EXPECT_THAT(svg, HasSubstr("<title>mql: 10 lost</title>"));
  EXPECT_THAT(svg, Not(HasSubstr("won: 0 lost")));
}

TEST(ChartTest, NothingIsDrawnOfNothing) {
  EXPECT_EQ(ChartSvg(StackedChart{"Funnel", {"on"}, {{"mql", {0}}}}), "");
  EXPECT_EQ(ChartSvg(StackedChart{}), "");
  EXPECT_EQ(ChartSvg(RangeChart{"Speed", {{"speed", Times(0, 0, 0, 0)}}}), "");
  EXPECT_EQ(ChartSvg(DivergingChart{}), "");
}

TEST(ChartTest, NamesAreEscapedAndShortened) {
  const std::string name = "<b>a very long name of a rule</b>";
  const std::string svg = ChartSvg(DivergingChart{"Lift", 1.0, {{name, 0.5}}});
  EXPECT_THAT(svg, Not(HasSubstr("<b>")));
  EXPECT_THAT(svg, HasSubstr("<title>&lt;b&gt;a very long name of a rule&lt;/b&gt;</title>"));
  EXPECT_THAT(svg, HasSubstr("&lt;b&gt;a very long name o...</text>"));
}

TEST(ChartTest, HalfAsGoodIsAsFarFromEvenAsTwice) {
  const std::string svg =
      ChartSvg(DivergingChart{"Lift", 1.0, {{"a", 0.5}, {"b", 2}, {"c", 1}, {"d", 0}}});
  EXPECT_THAT(svg,
              HasSubstr("x=\"303.3\" y=\"0.0\" width=\"66.7\" height=\"15.0\" class=\"down\""));
  EXPECT_THAT(svg, HasSubstr("x=\"370.0\" y=\"24.0\" width=\"66.7\" height=\"15.0\" class=\"up\""));
  EXPECT_THAT(svg, HasSubstr("x=\"170.0\" y=\"72.0\" width=\"200.0\""));  // nothing: the farthest
}

TEST(ChartTest, TimesStandOnALogarithmicAxisThatReachesTheLongest) {
  const std::string svg =
      ChartSvg(RangeChart{"Speed", {{"Speed to lead", Times(9, 1'000, 60'000, 3'000'000, 2, 95)}}});
  for (const char* tick : {">1s<", ">10s<", ">1m<", ">10m<", ">1h<"}) {
    EXPECT_THAT(svg, HasSubstr(tick));
  }
  EXPECT_THAT(svg, Not(HasSubstr(">6h<")));
  EXPECT_THAT(svg, HasSubstr("Speed to lead: p50 1s, p90 1m, p95 &gt;= 50m of 9 (2 still wait)"));
}

}  // namespace
}  // namespace baton::report_page
