#include "platform/metrics.h"

#include <algorithm>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace baton::platform {
namespace {

using testing::HasSubstr;

TEST(MetricsTest, ExposesWhatWasCounted) {
  const auto metrics = NewMetrics();
  metrics->AddCounter("baton_things_total", "Things", {{"kind", "a"}}).Add(3);
  metrics->AddGauge("baton_depth", "Depth").Set(2.5);
  metrics->AddHistogram("baton_wait_seconds", "Wait", {}, {0.1, 1}).Observe(0.5);
  const std::string text = metrics->Expose();
  EXPECT_THAT(text, HasSubstr("# HELP baton_things_total Things\n"));
  EXPECT_THAT(text, HasSubstr("baton_things_total{kind=\"a\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("baton_depth 2.5\n"));
  EXPECT_THAT(text, HasSubstr("baton_wait_seconds_bucket{le=\"0.1\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("baton_wait_seconds_bucket{le=\"1\"} 1\n"));
}

TEST(MetricsTest, SameNameAndLabelsGiveTheSameHandle) {
  const auto metrics = NewMetrics();
  Counter& first = metrics->AddCounter("baton_things_total", "Things", {{"kind", "a"}});
  Counter& again = metrics->AddCounter("baton_things_total", "Things", {{"kind", "a"}});
  Counter& other = metrics->AddCounter("baton_things_total", "Things", {{"kind", "b"}});
  EXPECT_EQ(&first, &again);
  EXPECT_NE(&first, &other);
}

TEST(MetricsTest, ValuesThatUsersChooseHaveASeriesUpToACapAndTheOthersOneTogether) {
  const auto metrics = NewMetrics();
  CappedCounters counters(*metrics, "baton_breaches_total", "Breaches", 3);
  for (int i = 0; i < 100'000; ++i) {
    counters.Add({{"queue", "q" + std::to_string(i)}}, {{"metric", i % 2 == 0 ? "even" : "odd"}});
  }
  const std::string text = metrics->Expose();
  EXPECT_THAT(text, HasSubstr("{metric=\"even\",queue=\"q2\"} 1\n"));
  EXPECT_THAT(text, testing::Not(HasSubstr("queue=\"q3\"")));
  EXPECT_THAT(text, HasSubstr("{metric=\"even\",queue=\"other\"} 49998\n"));
  EXPECT_THAT(text, HasSubstr("{metric=\"odd\",queue=\"other\"} 49999\n"));
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2 + 3 + 2);
}

TEST(MetricsTest, DefaultBucketsReachFromHalfAMillisecondToAMinute) {
  const auto metrics = NewMetrics();
  metrics->AddHistogram("baton_wait_seconds", "Wait").Observe(0.0001);
  const std::string text = metrics->Expose();
  EXPECT_THAT(text, HasSubstr("le=\"0.0005\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("le=\"60\"} 1\n"));
}

}  // namespace
}  // namespace baton::platform
