// Events of sales, sound and with one thing broken at a time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "verify/sales_history.h"

namespace baton::verify {
namespace {

using ::testing::HasSubstr;

constexpr char kSalesTopic[] = "baton.sales-events.v1";

// Four records of partition 0: an action, it once more, one that is refused, one for a mapping.
struct SalesWorld {
  std::map<int32_t, int64_t> checkpoints = {{0, 4}}, begins = {{0, 0}};
  StoredTotals totals = {4, 1, 1, 1, 1};
  std::vector<ChangeRecord> changes = {ChangeOf(3)};
  std::vector<int64_t> letters = {2};
  bool begins_late = false;
  bool was_erased = false;
  bool made_anew = false;
  std::string letter_value;

  static ChangeRecord ChangeOf(int64_t version, int64_t epoch = 7) {
    ChangeRecord change;
    change.key = "w/ann";
    change.cause = "e1";
    change.source = "/crm";
    change.epoch = epoch;
    change.version = version;
    return change;
  }

  // The first violation; "" if there is none.
  std::string Violation() const {
    SalesHistory history(InputTopics({{kSalesTopic, checkpoints, begins, made_anew}}));
    for (const int64_t offset : letters) {
      DeadLetterRecord letter;
      letter.origin_topic = kSalesTopic;
      letter.origin = Place{0, offset};
      letter.error_class = "stale";
      letter.reason = "no";
      letter.value = letter_value;
      history.Add(letter);
    }
    const char* ids[] = {"e1", "e1", "e2", ""};
    for (int64_t offset = 0; offset < 4; ++offset) {
      InputRecord record;
      record.place = {0, offset};
      record.readable = offset < 3;
      record.workspace = "w";
      record.lead = "ann";
      record.source = "/crm";
      record.id = ids[offset];
      history.Add(record);
    }
    SalesChanges named;
    for (const ChangeRecord& change : changes) named.Add(change);
    history.Finish(totals, named, begins_late, [this](const std::string&) { return was_erased; });
    const CheckResult& result = history.findings().of(Check::kSales);
    return result.examples.empty() ? "" : result.examples.front();
  }
};

TEST(SalesDefectsTest, ASoundHistoryHasNone) {
  EXPECT_EQ(SalesWorld().Violation(), "");
}

TEST(SalesDefectsTest, AnActionThatDidNothing) {
  SalesWorld world;
  world.changes.clear();
  EXPECT_THAT(world.Violation(), HasSubstr("offset 0 is behind the checkpoint, but no change of"));
  world.begins_late = true;
  EXPECT_EQ(world.Violation(), "") << "its change may be gone by retention";
}

TEST(SalesDefectsTest, WhatIsSaidOfAnErasedLeadMayDoNothing) {
  SalesWorld world;
  world.changes.clear();
  world.was_erased = true;
  EXPECT_EQ(world.Violation(), "");
}

TEST(SalesDefectsTest, AnActionThatActedTwice) {
  SalesWorld world;
  world.changes.push_back(SalesWorld::ChangeOf(4));
  EXPECT_THAT(world.Violation(), HasSubstr("changed lead w/ann in versions 3 and 4"));
  world.changes.back() = SalesWorld::ChangeOf(2, 8);
  EXPECT_EQ(world.Violation(), "") << "the store had lost the first";
}

TEST(SalesDefectsTest, AnActionThatAlsoStopsAClockActedOnce) {
  SalesWorld world;
  world.changes = {SalesWorld::ChangeOf(2), SalesWorld::ChangeOf(3)};
  world.changes[0].change = core::ChangeType::kSlaMet;
  world.changes[1].change = core::ChangeType::kTouched;
  EXPECT_EQ(world.Violation(), "");
  world.changes[0].change = core::ChangeType::kTouched;
  EXPECT_THAT(world.Violation(), HasSubstr("changed lead w/ann in versions 2 and 3"));
  world.changes = {world.changes[0]};
  world.changes[0].change = core::ChangeType::kSlaMet;
  EXPECT_THAT(world.Violation(), HasSubstr("no change of w/ann names it"));
}

TEST(SalesDefectsTest, ADeadLetterThatIsMissingOrOfNothing) {
  SalesWorld world;
  world.letters.clear();
  EXPECT_THAT(world.Violation(), HasSubstr("offset 2 is behind the checkpoint"));
  world.letters = {2, 9};
  EXPECT_THAT(world.Violation(), HasSubstr("offset 9 has a dead letter"));
}

TEST(SalesDefectsTest, OfATopicMadeAnewEarlierDeadLettersHideNothing) {
  SalesWorld world;
  world.letter_value = "of the topic before";
  EXPECT_EQ(world.Violation(), "");
  world.made_anew = true;
  EXPECT_THAT(world.Violation(), HasSubstr("offset 2 is behind the checkpoint"));
}

TEST(SalesDefectsTest, TotalsThatAreWrong) {
  SalesWorld world;
  world.totals.ignored = 0;
  EXPECT_THAT(world.Violation(), HasSubstr("the services count 4 events of sales, not applied 1"));
  world.totals = {5, 2, 1, 1, 1};
  EXPECT_THAT(world.Violation(), HasSubstr("the services count 5 events of sales and 1 dead"));
}

}  // namespace
}  // namespace baton::verify
