#include "relay/shard_cursors.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace baton::relay {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

store::OutboxBounds Bounds(int64_t last) {
  return {1, 1, last};
}

store::OutboxEntry Entry(int64_t sequence, int64_t epoch = 1) {
  store::OutboxEntry entry;
  entry.sequence = sequence;
  entry.epoch = epoch;
  return entry;
}

TEST(CursorTest, CommittedOffsetIsTheSequenceToPublishNext) {
  EXPECT_EQ(CursorOfOffset(-1), 0);
  EXPECT_EQ(CursorOfOffset(0), 0);
  EXPECT_EQ(CursorOfOffset(1), 0);
  EXPECT_EQ(CursorOfOffset(8), 7);
  EXPECT_EQ(OffsetOfCursor(7), 8);
}

TEST(ShardCursorsTest, OwnedShardIsPublishedOnlyOnceItsCursorIsKnown) {
  ShardCursors cursors;
  cursors.Own(3);
  cursors.Own(5);
  EXPECT_THAT(cursors.After(), IsEmpty());
  EXPECT_THAT(cursors.Unknown(), ElementsAre(3, 5));
  EXPECT_TRUE(cursors.SetCursor(5, 7, Bounds(10)).ok());
  EXPECT_THAT(cursors.After(), ElementsAre(Pair(5, 7)));
  EXPECT_THAT(cursors.Unknown(), ElementsAre(3));
  EXPECT_EQ(cursors.owned(), 2);
}

TEST(ShardCursorsTest, CursorOfAShardThatWasRevokedMeanwhileIsIgnored) {
  ShardCursors cursors;
  cursors.Own(3);
  cursors.Forget(3);
  EXPECT_TRUE(cursors.SetCursor(3, 7, Bounds(10)).ok());
  EXPECT_THAT(cursors.After(), IsEmpty());
  cursors.Advance(3, Entry(9));
  EXPECT_THAT(cursors.After(), IsEmpty());
  EXPECT_EQ(cursors.owned(), 0);
}

TEST(ShardCursorsTest, ForgettingCursorsKeepsOwnership) {
  ShardCursors cursors;
  cursors.Own(3);
  EXPECT_TRUE(cursors.SetCursor(3, 7, Bounds(10)).ok());
  cursors.ForgetCursors();
  EXPECT_THAT(cursors.After(), IsEmpty());
  EXPECT_THAT(cursors.Unknown(), ElementsAre(3));
  cursors.ForgetAll();
  EXPECT_THAT(cursors.Unknown(), IsEmpty());
}

TEST(ShardCursorsTest, ShardThatEndsBeforeItsCursorIsHeld) {
  ShardCursors cursors;
  cursors.Own(3);
  const absl::Status status = cursors.SetCursor(3, 11, Bounds(10));
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(status.message(), HasSubstr("shard 3"));
  EXPECT_THAT(cursors.After(), IsEmpty());
  EXPECT_THAT(cursors.Unknown(), IsEmpty());  // not asked for again and again
  EXPECT_EQ(cursors.held(), 1);
  cursors.ForgetHeld();
  EXPECT_EQ(cursors.held(), 0);
  EXPECT_THAT(cursors.Unknown(), ElementsAre(3));  // looked at again
  EXPECT_FALSE(cursors.SetCursor(3, 11, Bounds(10)).ok());
  cursors.ForgetCursors();
  EXPECT_EQ(cursors.held(), 0);
  EXPECT_TRUE(cursors.SetCursor(3, 11, Bounds(1 << 20)).ok());  // after the epoch's jump
}

TEST(ShardCursorsTest, AdvanceMovesTheCursor) {
  ShardCursors cursors;
  cursors.Own(3);
  EXPECT_TRUE(cursors.SetCursor(3, 0, Bounds(0)).ok());
  cursors.Advance(3, Entry(42));
  EXPECT_THAT(cursors.After(), ElementsAre(Pair(3, 42)));
}

TEST(ShardCursorsTest, GapWithinAnEpochIsFound) {
  ShardCursors cursors;
  cursors.Own(0);
  EXPECT_TRUE(cursors.SetCursor(0, 5, Bounds(10)).ok());
  EXPECT_TRUE(cursors.Check(0, {Entry(6), Entry(7), Entry(8)}).ok());
  const absl::Status gap = cursors.Check(0, {Entry(6), Entry(9), Entry(10)});
  EXPECT_EQ(gap.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(gap.message(), HasSubstr("7 to 8"));
  cursors.Advance(0, Entry(8));
  EXPECT_EQ(cursors.Check(0, {Entry(10)}).code(), absl::StatusCode::kDataLoss);
}

TEST(ShardCursorsTest, GapBehindWhereAShardWasHeldIsFound) {
  ShardCursors cursors;
  cursors.Own(0);
  EXPECT_TRUE(cursors.SetCursor(0, 5, Bounds(10)).ok());
  cursors.Advance(0, Entry(6));
  cursors.Hold(0);
  cursors.ForgetHeld();
  EXPECT_TRUE(cursors.SetCursor(0, 6, Bounds(10)).ok());
  EXPECT_TRUE(cursors.Check(0, {Entry(7)}).ok());
  const absl::Status gap = cursors.Check(0, {Entry(8)});
  EXPECT_EQ(gap.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(gap.message(), HasSubstr("7 to 7"));
}

TEST(ShardCursorsTest, BehindWhatAnotherPublishedNoGapIsKnown) {
  ShardCursors cursors;
  cursors.Own(0);
  EXPECT_TRUE(cursors.SetCursor(0, 5, Bounds(10)).ok());
  cursors.Advance(0, Entry(6));
  cursors.ForgetCursors();
  EXPECT_TRUE(cursors.SetCursor(0, 8, Bounds(10)).ok()) << "by a transaction of unknown end, say";
  EXPECT_TRUE(cursors.Check(0, {Entry(10)}).ok());
  cursors.Forget(0);
  cursors.Own(0);
  EXPECT_TRUE(cursors.SetCursor(0, 6, Bounds(10)).ok());
  EXPECT_TRUE(cursors.Check(0, {Entry(8)}).ok());
}

TEST(ShardCursorsTest, JumpIntoANewEpochIsNoGap) {
  ShardCursors cursors;
  cursors.Own(0);
  EXPECT_TRUE(cursors.SetCursor(0, 5, Bounds(10)).ok());
  EXPECT_TRUE(cursors.Check(0, {Entry(6), Entry(1 << 20, 2), Entry((1 << 20) + 1, 2)}).ok());
}

TEST(ShardCursorsTest, EntriesThatDoNotAscendAreAnError) {
  ShardCursors cursors;
  cursors.Own(0);
  EXPECT_TRUE(cursors.SetCursor(0, 5, Bounds(10)).ok());
  EXPECT_EQ(cursors.Check(0, {Entry(5)}).code(), absl::StatusCode::kInternal);
  EXPECT_EQ(cursors.Check(0, {Entry(7), Entry(6)}).code(), absl::StatusCode::kInternal);
}

TEST(ShardCursorsTest, TrimsAreDueOnceAtFirstAndThenEverySoManyEntries) {
  ShardCursors cursors;
  cursors.Own(0);
  cursors.Own(1);
  EXPECT_TRUE(cursors.SetCursor(0, 50, Bounds(100)).ok());
  EXPECT_THAT(cursors.TakeTrims(10), UnorderedElementsAre(Pair(0, 50)));
  EXPECT_THAT(cursors.TakeTrims(10), IsEmpty());
  cursors.Advance(0, Entry(59));
  EXPECT_THAT(cursors.TakeTrims(10), IsEmpty());
  cursors.Advance(0, Entry(60));
  EXPECT_TRUE(cursors.SetCursor(1, 0, Bounds(100)).ok());
  EXPECT_THAT(cursors.TakeTrims(10), UnorderedElementsAre(Pair(0, 60), Pair(1, 0)));
}

}  // namespace
}  // namespace baton::relay
