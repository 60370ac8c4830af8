#include "clock/two_clocks.h"

#include "gtest/gtest.h"

namespace baton::clock {
namespace {

TEST(TwoClocksTest, AnswerWithinTheRoundTripIsNoSkew) {
  EXPECT_EQ(Skew(1000, 1040, 1000), 0);
  EXPECT_EQ(Skew(1000, 1040, 1020), 0);
  EXPECT_EQ(Skew(1000, 1040, 1040), 0);
}

TEST(TwoClocksTest, SkewIsWhatTheRoundTripCannotExplain) {
  EXPECT_EQ(Skew(1000, 1040, 1100), 60);
  EXPECT_EQ(Skew(1000, 1040, 900), -100);
}

TEST(TwoClocksTest, AQuarterOfASecondIsAllowed) {
  EXPECT_TRUE(ClocksAgree(0));
  EXPECT_TRUE(ClocksAgree(250));
  EXPECT_TRUE(ClocksAgree(-250));
  EXPECT_FALSE(ClocksAgree(251));
  EXPECT_FALSE(ClocksAgree(-251));
}

}  // namespace
}  // namespace baton::clock
