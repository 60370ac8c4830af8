#include "intake/silent_partitions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace baton::intake {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr absl::Duration kPatience = absl::Seconds(15);

absl::Time At(int second) {
  return absl::FromUnixSeconds(1'700'000'000 + second);
}

TEST(SilentPartitionsTest, FindsWhatHasRecordsAndGivesNone) {
  SilentPartitions partitions(kPatience);
  EXPECT_THAT(partitions.Look({{3, 10}, {4, 10}}, At(0)), IsEmpty());
  partitions.Polled({4}, true, At(14));
  EXPECT_THAT(partitions.Look({{3, 10}, {4, 12}}, At(14)), IsEmpty());
  partitions.Polled({4}, true, At(15));
  EXPECT_THAT(partitions.Look({{3, 10}, {4, 12}}, At(15)), ElementsAre(3));
}

TEST(SilentPartitionsTest, WaitsWhileTheClientHasRecordsOfOthers) {
  SilentPartitions partitions(kPatience);
  EXPECT_THAT(partitions.Look({{3, 10}}, At(0)), IsEmpty());
  partitions.Polled({4}, true, At(10));
  partitions.Polled({4}, false, At(100));
  EXPECT_THAT(partitions.Look({{3, 10}}, At(100)), IsEmpty()) << "they may stand behind those";
  partitions.Polled({4}, true, At(101));
  EXPECT_THAT(partitions.Look({{3, 10}}, At(105)), ElementsAre(3));
}

TEST(SilentPartitionsTest, ARecordOrNothingToReadEndsASilence) {
  SilentPartitions partitions(kPatience);
  partitions.Look({{3, 10}, {4, 10}}, At(0));
  partitions.Polled({3}, true, At(10));
  partitions.Look({{3, 20}}, At(10));
  partitions.Polled({}, true, At(20));
  EXPECT_THAT(partitions.Look({{3, 20}, {4, 11}}, At(20)), IsEmpty());
  partitions.Polled({}, true, At(25));
  EXPECT_THAT(partitions.Look({{3, 20}, {4, 11}}, At(25)), ElementsAre(3));
}

TEST(SilentPartitionsTest, StartsAgainOnceForAnEnd) {
  SilentPartitions partitions(kPatience);
  partitions.Look({{3, 10}}, At(0));
  partitions.Polled({}, true, At(15));
  EXPECT_THAT(partitions.Look({{3, 10}}, At(15)), ElementsAre(3));
  for (int second = 20; second < 200; second += 5) {
    partitions.Polled({}, true, At(second));
    EXPECT_THAT(partitions.Look({{3, 10}}, At(second)), IsEmpty()) << "a mark of a transaction";
  }
  partitions.Polled({}, true, At(200));
  EXPECT_THAT(partitions.Look({{3, 11}}, At(200)), ElementsAre(3)) << "there is more now";
}

TEST(SilentPartitionsTest, WhatIsForgottenBeginsAnew) {
  SilentPartitions partitions(kPatience);
  partitions.Look({{3, 10}}, At(0));
  partitions.Forget();
  partitions.Polled({}, true, At(15));
  EXPECT_THAT(partitions.Look({{3, 10}}, At(15)), IsEmpty());
  partitions.Polled({}, true, At(30));
  EXPECT_THAT(partitions.Look({{3, 10}}, At(30)), ElementsAre(3));
  partitions.Forget(3);
  partitions.Look({{3, 10}}, At(35));
  partitions.Polled({}, true, At(50));
  EXPECT_THAT(partitions.Look({{3, 10}}, At(50)), ElementsAre(3)) << "assigned again";
}

}  // namespace
}  // namespace baton::intake
