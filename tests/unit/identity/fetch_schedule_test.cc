#include "identity/fetch_schedule.h"

#include <gtest/gtest.h>

namespace baton::identity {
namespace {

constexpr absl::Time kStart = absl::UnixEpoch();

absl::Time At(double seconds) {
  return kStart + absl::Seconds(seconds);
}

class FetchScheduleTest : public ::testing::Test {
 protected:
  void Fetch(double at_seconds, bool fetched = true, double jitter = 0) {
    schedule_.Begin(At(at_seconds));
    schedule_.End(fetched, jitter, At(at_seconds));
  }
  FetchSchedule schedule_{absl::Minutes(5), absl::Seconds(30)};
};

TEST_F(FetchScheduleTest, FetchesAtOnceThenInItsInterval) {
  EXPECT_TRUE(schedule_.Due(false, kStart));
  Fetch(0);
  EXPECT_FALSE(schedule_.Due(false, At(299)));
  EXPECT_TRUE(schedule_.Due(false, At(300)));
}

TEST_F(FetchScheduleTest, JitterKeepsReplicasApart) {
  Fetch(0, true, 1);
  EXPECT_FALSE(schedule_.Due(false, At(239)));
  EXPECT_TRUE(schedule_.Due(false, At(240)));
}

TEST_F(FetchScheduleTest, OneIsUnderWayAtMost) {
  schedule_.Begin(kStart);
  EXPECT_FALSE(schedule_.Due(true, At(3600)));
}

TEST_F(FetchScheduleTest, AFloodOfUnknownKeysFetchesOncePerInterval) {
  Fetch(0);
  int fetches = 0;
  for (int second = 1; second <= 290; ++second) {
    if (!schedule_.Due(true, At(second))) continue;
    Fetch(second);
    ++fetches;
  }
  EXPECT_EQ(fetches, 290 / 30);
}

TEST_F(FetchScheduleTest, AFailureIsTriedAgainSoonAndEverMoreSeldom) {
  double now = 0;
  for (const int wait : {1, 2, 4, 8, 16, 32, 60, 60}) {
    Fetch(now, false);
    EXPECT_FALSE(schedule_.Due(false, At(now + wait - 0.1)));
    now += wait;
    EXPECT_TRUE(schedule_.Due(false, At(now)));
  }
  Fetch(now);
  Fetch(now + 300, false);
  EXPECT_TRUE(schedule_.Due(false, At(now + 301))) << "a success begins anew";
}

TEST_F(FetchScheduleTest, FailuresAreNoMoreSeldomThanTheInterval) {
  FetchSchedule quick(absl::Seconds(1), absl::Seconds(1));
  for (int second = 0; second < 10; ++second) {
    ASSERT_TRUE(quick.Due(false, At(second)));
    quick.Begin(At(second));
    quick.End(false, 0, At(second));
  }
}

}  // namespace
}  // namespace baton::identity
