#include "intake/partition_progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace baton::intake {
namespace {

using StoreIs = PartitionProgress::StoreIs;

using ::testing::IsEmpty;

platform::kafka::Record At(int32_t partition, int64_t offset) {
  platform::kafka::Record record;
  record.partition = partition;
  record.offset = offset;
  return record;
}

TEST(PartitionProgressTest, CountsRecordsAndDeadLettersPerPartition) {
  PartitionProgress progress;
  progress.Start(0, 0);
  progress.Start(1, 100);
  InputBatch batch;
  batch.records = {At(0, 0), At(1, 100), At(0, 1), At(1, 103)};
  batch.refused = {{2, {}}, {3, {}}};
  const auto advances = progress.Advances(batch);
  ASSERT_EQ(advances.size(), 2U);
  EXPECT_EQ(advances[0].partition, 0);
  EXPECT_EQ(advances[0].from, 0);
  EXPECT_EQ(advances[0].next_offset, 2);
  EXPECT_EQ(advances[0].records, 2);
  EXPECT_EQ(advances[0].dead_lettered, 1);
  EXPECT_EQ(advances[1].partition, 1);
  EXPECT_EQ(advances[1].from, 100);
  EXPECT_EQ(advances[1].next_offset, 104);
  EXPECT_EQ(advances[1].records, 2);
  EXPECT_EQ(advances[1].dead_lettered, 1);
}

TEST(PartitionProgressTest, CountsNoRecordTwice) {
  PartitionProgress progress;
  progress.Start(0, 5);
  InputBatch batch;
  batch.records = {At(0, 3), At(0, 4), At(0, 5), At(0, 6), At(0, 5), At(0, 6), At(0, 7)};
  batch.refused = {{0, {}}, {2, {}}, {4, {}}};
  const auto advances = progress.Advances(batch);
  ASSERT_EQ(advances.size(), 1U);
  EXPECT_EQ(advances[0].next_offset, 8);
  EXPECT_EQ(advances[0].records, 3);
  EXPECT_EQ(advances[0].dead_lettered, 1);
  progress.Advanced(advances);
  EXPECT_THAT(progress.Advances(batch), IsEmpty());
}

TEST(PartitionProgressTest, GoesAsFarAsAllIsSettled) {
  PartitionProgress progress;
  progress.Start(0, 0);
  progress.Start(1, 0);
  InputBatch batch;
  batch.records = {At(0, 0), At(0, 1), At(1, 0), At(0, 2)};
  batch.refused = {{0, {}}, {3, {}}};
  batch.delayed_accounts.emplace_back().records = {1};
  const auto some = progress.Advances(batch);
  ASSERT_EQ(some.size(), 2U);
  EXPECT_EQ(some[0].next_offset, 1);
  EXPECT_EQ(some[0].records, 1);
  EXPECT_EQ(some[0].dead_lettered, 1);
  EXPECT_EQ(some[1].next_offset, 1);
  progress.Advanced(some);
  batch.delayed_accounts.clear();
  const auto rest = progress.Advances(batch);
  ASSERT_EQ(rest.size(), 1U);
  EXPECT_EQ(rest[0].from, 1);
  EXPECT_EQ(rest[0].next_offset, 3);
  EXPECT_EQ(rest[0].records, 2);
  EXPECT_EQ(rest[0].dead_lettered, 1);
}

TEST(PartitionProgressTest, LeavesOutPartitionsItDoesNotHold) {
  PartitionProgress progress;
  progress.Start(0, 0);
  progress.Stop(0);
  InputBatch batch;
  batch.records = {At(0, 0), At(1, 0)};
  EXPECT_THAT(progress.Advances(batch), IsEmpty());
}

TEST(PartitionProgressTest, SeesThatTheStoreWentBack) {
  PartitionProgress progress;
  progress.Start(0, 10);
  progress.Start(1, 0);
  EXPECT_EQ(StoreIs::kTheSame, progress.Reconcile({7, {{0, 10}}}));
  EXPECT_EQ(StoreIs::kTheSame, progress.Reconcile({7, {{0, 25}, {1, 3}}}));
  EXPECT_EQ(progress.checkpoint(0), 25);
  EXPECT_EQ(StoreIs::kBehind, progress.Reconcile({7, {{0, 24}, {1, 3}}}));
  EXPECT_EQ(StoreIs::kBehind, progress.Reconcile({7, {{1, 3}}}));
  EXPECT_EQ(progress.checkpoint(0), 0);
}

TEST(PartitionProgressTest, ANewEpochIsAStoreThatMayHaveGoneBack) {
  PartitionProgress progress;
  progress.Start(0, 10);
  EXPECT_EQ(StoreIs::kTheSame, progress.Reconcile({7, {{0, 10}}})) << "the first one seen";
  EXPECT_EQ(StoreIs::kAnotherIncarnation, progress.Reconcile({8, {{0, 10}}}))
      << "the checkpoint alone does not show it";
  EXPECT_EQ(progress.epoch(), 8);
  EXPECT_EQ(StoreIs::kTheSame, progress.Reconcile({8, {{0, 10}}}));
  EXPECT_EQ(StoreIs::kBehind, progress.Reconcile({9, {{0, 9}}})) << "which says more";
}

TEST(PartitionProgressTest, TellsKafkaEachCheckpointOnce) {
  PartitionProgress progress;
  progress.Start(0, 0);
  progress.Start(1, 7);
  auto positions = progress.TakeUncommitted("t");
  ASSERT_EQ(positions.size(), 1U);
  EXPECT_EQ(positions[0].topic, "t");
  EXPECT_EQ(positions[0].partition, 1);
  EXPECT_EQ(positions[0].offset, 7);
  EXPECT_THAT(progress.TakeUncommitted("t"), IsEmpty());
  progress.Advanced(std::vector<store::InputAdvance>{{0, 0, 3, 3, 0}});
  positions = progress.TakeUncommitted("t");
  ASSERT_EQ(positions.size(), 1U);
  EXPECT_EQ(positions[0].offset, 3);
}

}  // namespace
}  // namespace baton::intake
