#include "core/lifecycle.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace baton::core {
namespace {

using enum Stage;

constexpr int kStages = 17;

Stage At(int index) {
  return static_cast<Stage>(index);
}

// 02-domain's moves, written out a second time.
const std::map<Stage, std::set<Stage>>& Expected() {
  static const auto* const moves = new std::map<Stage, std::set<Stage>>{
      {kNew, {kScored, kMerged, kErased}},
      {kScored, {kNurture, kMql, kMerged, kErased}},
      {kNurture, {kMql, kMerged, kErased}},
      {kMql, {kQueued, kMerged, kErased}},
      {kQueued, {kOffered, kAccepted, kRejected, kMerged, kErased}},
      {kOffered, {kAccepted, kQueued, kRejected, kRecycled, kMerged, kErased}},
      {kAccepted, {kWorking, kQueued, kRejected, kRecycled, kMerged, kErased}},
      {kWorking, {kSql, kQueued, kRejected, kRecycled, kMerged, kErased}},
      {kSql, {kSqo, kQueued, kMerged, kErased}},
      {kSqo, {kWon, kLost, kQueued, kMerged, kErased}},
      {kWon, {kMerged, kErased}},
      {kLost, {kMerged, kErased}},
      {kRejected, {kMerged, kErased}},
      {kRecycled, {kNurture, kMerged, kErased}},
      {kExpired, {kMerged, kErased}},
      {kMerged, {}},
      {kErased, {}},
  };
  return *moves;
}

TEST(LifecycleTest, WholeMatrixOfMovesIsAsAgreed) {
  for (int from = 0; from < kStages; ++from) {
    for (int to = 0; to < kStages; ++to) {
      EXPECT_EQ(IsAllowedMove(At(from), At(to)), Expected().at(At(from)).contains(At(to)))
          << StageName(At(from)) << " > " << StageName(At(to));
    }
  }
}

TEST(LifecycleTest, ListHasEachMoveOnce) {
  const auto& moves = AllowedMoves();
  const std::set<std::pair<Stage, Stage>> distinct(moves.begin(), moves.end());
  EXPECT_EQ(distinct.size(), moves.size());
  for (const auto& [from, to] : moves) EXPECT_TRUE(IsAllowedMove(from, to));
}

TEST(LifecycleTest, NewLeadCannotSkipTheJudgment) {
  EXPECT_FALSE(IsAllowedMove(kNew, kQueued));
  EXPECT_FALSE(IsAllowedMove(kNew, kMql));
}

TEST(LifecycleTest, NamesAreReadBack) {
  for (int i = 0; i < kStages; ++i) EXPECT_EQ(ParseStage(StageName(At(i))), At(i));
  EXPECT_EQ(StageName(kSqo), "SQO");
  EXPECT_EQ(StageName(kErased), "ERASED");
}

TEST(LifecycleTest, UnknownNamesAndValuesAreRefused) {
  EXPECT_EQ(ParseStage("offered"), std::nullopt);
  EXPECT_EQ(ParseStage(""), std::nullopt);
  EXPECT_EQ(StageName(At(kStages)), "");
  EXPECT_EQ(StageName(At(-1)), "");
}

TEST(LifecycleTest, OwnedAndClosedStages) {
  const std::set<Stage> owned = {kOffered, kAccepted, kWorking, kSql, kSqo};
  const std::set<Stage> closed = {kWon, kLost, kRejected, kRecycled, kExpired, kMerged, kErased};
  for (int i = 0; i < kStages; ++i) {
    EXPECT_EQ(IsOwned(At(i)), owned.contains(At(i))) << StageName(At(i));
    EXPECT_EQ(IsClosed(At(i)), closed.contains(At(i))) << StageName(At(i));
  }
}

}  // namespace
}  // namespace baton::core
