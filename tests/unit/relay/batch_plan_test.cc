#include "relay/batch_plan.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "store/lead_store.h"

namespace baton::relay {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

std::vector<store::OutboxEntry> Entries(int64_t first, int count) {
  std::vector<store::OutboxEntry> entries(static_cast<size_t>(count));
  for (store::OutboxEntry& entry : entries) entry.sequence = first++;
  return entries;
}

TEST(BatchPlanTest, FirstReadIsFairAmongShards) {
  const ReadPlan plan = PlanFirstRead({{0, 5}, {1, 0}, {2, 9}, {3, 1}}, 100);
  EXPECT_THAT(plan.after, ElementsAre(Pair(0, 5), Pair(1, 0), Pair(2, 9), Pair(3, 1)));
  EXPECT_EQ(plan.max, 25);
}

TEST(BatchPlanTest, FirstReadGivesEachShardAtLeastOne) {
  EXPECT_EQ(PlanFirstRead({{0, 0}, {1, 0}, {2, 0}}, 2).max, 1);
}

TEST(BatchPlanTest, ReadsStayWithinAPage) {
  EXPECT_EQ(PlanFirstRead({{0, 0}}, 10'000).max, store::kPageSizeMax);
}

TEST(BatchPlanTest, NothingOwnedIsNothingRead) {
  EXPECT_THAT(PlanFirstRead({}, 100).after, IsEmpty());
}

TEST(BatchPlanTest, BusyShardsFillTheRoomThatQuietOnesLeave) {
  const ReadPlan first = PlanFirstRead({{0, 10}, {1, 20}, {2, 30}, {3, 40}}, 100);
  const Batch batch = {{0, Entries(11, 25)}, {2, Entries(31, 3)}};
  const ReadPlan second = PlanSecondRead(first, batch, 100);
  EXPECT_THAT(second.after, ElementsAre(Pair(0, 35)));
  EXPECT_EQ(second.max, 72);
  EXPECT_FALSE(second.may_gather);
}

TEST(BatchPlanTest, SmallBatchMayWaitForMoreOfAllShards) {
  const ReadPlan first = PlanFirstRead({{0, 10}, {1, 20}}, 100);
  const ReadPlan second = PlanSecondRead(first, {{0, Entries(11, 4)}}, 100);
  EXPECT_THAT(second.after, ElementsAre(Pair(0, 14), Pair(1, 20)));
  EXPECT_EQ(second.max, 48);
  EXPECT_TRUE(second.may_gather);
}

TEST(BatchPlanTest, FullBatchIsNotReadOn) {
  const ReadPlan first = PlanFirstRead({{0, 0}, {1, 0}}, 10);
  EXPECT_THAT(PlanSecondRead(first, {{0, Entries(1, 5)}, {1, Entries(1, 5)}}, 10).after, IsEmpty());
  // Room for fewer than there are shards.
  const ReadPlan three = PlanFirstRead({{0, 0}, {1, 0}, {2, 0}}, 4);
  EXPECT_THAT(
      PlanSecondRead(three, {{0, Entries(1, 1)}, {1, Entries(1, 1)}, {2, Entries(1, 1)}}, 4).after,
      IsEmpty());
}

TEST(BatchPlanTest, AppendKeepsTheOrder) {
  Batch batch = {{0, Entries(1, 2)}};
  Append({{0, Entries(3, 1)}, {1, Entries(7, 1)}}, batch);
  EXPECT_EQ(BatchSize(batch), 4);
  EXPECT_EQ(batch[0][2].sequence, 3);
  EXPECT_EQ(batch[1][0].sequence, 7);
}

TEST(BatchLimitTest, HalvesUntilATransactionSucceedsAndGrowsAgain) {
  BatchLimit limit(2000);
  limit.Failed(2000);
  EXPECT_EQ(limit.now(), 1000);
  limit.Failed(300);  // there were no more, or they were too many bytes
  EXPECT_EQ(limit.now(), 150);
  for (int i = 0; i < 20; ++i) limit.Failed(limit.now());
  EXPECT_EQ(limit.now(), 1);
  limit.Succeeded();
  EXPECT_EQ(limit.now(), 2);
  for (int i = 0; i < 20; ++i) limit.Succeeded();
  EXPECT_EQ(limit.now(), 2000);
  limit.Cut(30);
  EXPECT_EQ(limit.now(), 30);
  limit.Cut(40);
  EXPECT_EQ(limit.now(), 30);
}

}  // namespace
}  // namespace baton::relay
