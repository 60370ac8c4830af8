#include "intake/silent_partitions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace baton::intake {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

absl::Time At(int second) {
  return absl::FromUnixSeconds(1'700'000'000 + second);
}

class SilentPartitionsTest : public ::testing::Test {
 protected:
  SilentPartitions partitions_{absl::Seconds(15), absl::Seconds(100)};
};

TEST_F(SilentPartitionsTest, FindsWhatHasRecordsAndGivesNone) {
  EXPECT_THAT(partitions_.Look({{3, {0, 10}}, {4, {0, 10}}}, At(0)), IsEmpty());
  partitions_.Polled({4}, true, At(14));
  EXPECT_THAT(partitions_.Look({{3, {0, 10}}, {4, {9, 12}}}, At(14)), IsEmpty());
  partitions_.Polled({4}, true, At(15));
  EXPECT_THAT(partitions_.Look({{3, {0, 10}}, {4, {10, 12}}}, At(15)), ElementsAre(3));
}

TEST_F(SilentPartitionsTest, WaitsWhileTheClientHasRecordsOfOthers) {
  EXPECT_THAT(partitions_.Look({{3, {0, 10}}}, At(0)), IsEmpty());
  partitions_.Polled({4}, true, At(10));
  partitions_.Polled({4}, false, At(100));
  EXPECT_THAT(partitions_.Look({{3, {0, 10}}}, At(100)), IsEmpty())
      << "they may stand behind those";
  partitions_.Polled({4}, true, At(101));
  EXPECT_THAT(partitions_.Look({{3, {0, 10}}}, At(105)), ElementsAre(3));
}

TEST_F(SilentPartitionsTest, ARecordOrNothingToReadEndsASilence) {
  partitions_.Look({{3, {0, 10}}, {4, {0, 10}}}, At(0));
  partitions_.Polled({3}, true, At(10));
  partitions_.Look({{3, {10, 20}}}, At(10));
  partitions_.Polled({}, true, At(20));
  EXPECT_THAT(partitions_.Look({{3, {10, 20}}, {4, {10, 11}}}, At(20)), IsEmpty());
  partitions_.Polled({}, true, At(25));
  EXPECT_THAT(partitions_.Look({{3, {10, 20}}, {4, {10, 11}}}, At(25)), ElementsAre(3));
}

TEST_F(SilentPartitionsTest, StartsTheSameAgainAfterLongerAndLongerTimes) {
  std::vector<int> seconds;
  for (int second = 0; second < 400; ++second) {
    partitions_.Polled({}, true, At(second));
    if (!partitions_.Look({{3, {7, 8}}}, At(second)).empty()) seconds.push_back(second);
  }
  EXPECT_THAT(seconds, ElementsAre(15, 46, 107, 208, 309));
}

TEST_F(SilentPartitionsTest, FromAnotherPlaceItIsNotWaitedForSoLong) {
  partitions_.Look({{3, {7, 8}}}, At(0));
  partitions_.Polled({}, true, At(15));
  EXPECT_THAT(partitions_.Look({{3, {7, 8}}}, At(15)), ElementsAre(3));
  partitions_.Look({{3, {7, 9}}}, At(16));
  partitions_.Polled({}, true, At(31));
  EXPECT_THAT(partitions_.Look({{3, {7, 9}}}, At(31)), IsEmpty()) << "more of the same";
  EXPECT_THAT(partitions_.Look({{3, {8, 9}}}, At(31)), ElementsAre(3)) << "the store went on";
}

TEST_F(SilentPartitionsTest, ARestIsNoSilence) {
  partitions_.Look({{3, {0, 10}}}, At(0));
  partitions_.Rest();
  partitions_.Polled({}, true, At(15));
  EXPECT_THAT(partitions_.Look({{3, {0, 10}}}, At(15)), IsEmpty());
  partitions_.Polled({}, true, At(30));
  EXPECT_THAT(partitions_.Look({{3, {0, 10}}}, At(30)), ElementsAre(3));
}

TEST_F(SilentPartitionsTest, WhatIsForgottenBeginsAnew) {
  partitions_.Look({{3, {0, 10}}}, At(0));
  partitions_.Polled({}, true, At(15));
  EXPECT_THAT(partitions_.Look({{3, {0, 10}}}, At(15)), ElementsAre(3));
  partitions_.Forget(3);
  partitions_.Look({{3, {0, 10}}}, At(20));
  partitions_.Polled({}, true, At(35));
  EXPECT_THAT(partitions_.Look({{3, {0, 10}}}, At(35)), ElementsAre(3)) << "assigned again";
}

}  // namespace
}  // namespace baton::intake
