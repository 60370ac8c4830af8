// Events of sales, sound and with one thing broken at a time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "verify/notes.h"

namespace baton::verify {
namespace {

using ::testing::HasSubstr;

constexpr char kSalesTopic[] = "baton.sales-events.v1";
constexpr int64_t kDay = 24 * 60 * 60 * 1000;

struct SalesLetter {
  int64_t offset = 2;
  std::string value = "bytes";
  int64_t published_ms = 0;
};

// Four records of partition 0: an action, it once more, one that is refused, one for a mapping.
struct SalesWorld {
  std::map<int32_t, int64_t> checkpoints = {{0, 4}};
  Begins begins = {{0, 0}}, letter_begins, feedback_begins;
  int64_t letters_gone_until_ms = kNobodyKnows;
  StoredTotals totals = {4, 1, 1, 1, 1};
  std::vector<ChangeRecord> changes = {ChangeOf(3)};
  std::vector<ChangeRecord> feedback;  // all of it
  std::vector<SalesLetter> letters = {{}};
  bool made_anew = false;
  std::string time = "2026-03-31T11:30:00+02:00";
  int64_t published_ms = 1'774'949'400'000;  // the same instant

  static ChangeRecord ChangeOf(int64_t version, int64_t epoch = 7) {
    ChangeRecord change;
    change.key = "w/ann";
    change.cause = "e1";
    change.source = "/crm";
    change.epoch = epoch;
    change.version = version;
    return change;
  }

  // Feedback of ann, published then, that has to do with no event of sales.
  void AddFeedback(int64_t published, core::ChangeType change = core::ChangeType::kNurtured) {
    ChangeRecord record;
    record.key = "w/ann";
    record.event_id = "w/ann/7/2";
    record.workspace = "w";
    record.lead = "ann";
    record.epoch = 7;
    record.version = 2;
    record.change = change;
    record.stage = core::Stage::kNurture;
    record.published_ms = published;
    feedback.push_back(record);
  }

  struct Outcome {
    CheckResult sales, letters;
    std::vector<std::string> notes;
  };

  Outcome Examine() const {
    SalesHistory history(InputTopics(
        {{kSalesTopic, checkpoints, begins, made_anew, {letter_begins, letters_gone_until_ms}}}));
    for (const SalesLetter& one : letters) {
      DeadLetterRecord letter;
      letter.origin_topic = kSalesTopic;
      letter.origin = Place{0, one.offset};
      letter.error_class = "stale";
      letter.reason = "no";
      letter.value = one.value;
      letter.published_ms = one.published_ms;
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
      record.time = time;
      record.value = "bytes";
      record.published_ms = published_ms;
      history.Add(record);
    }
    SalesChanges named;
    for (const ChangeRecord& change : changes) named.Add(change);
    ChangeHistory all({feedback_begins});
    for (const ChangeRecord& change : feedback) all.AddFeedback(change);
    history.Finish(totals, named, all);
    return {history.findings().of(Check::kSales), history.findings().of(Check::kDeadLetters),
            NotesOf(InputHistory(InputTopics({})), history, all)};
  }

  // The first violation; "" if there is none.
  static std::string First(const CheckResult& result) {
    return result.examples.empty() ? "" : result.examples.front();
  }
  std::string Violation() const { return First(Examine().sales); }
  std::string LetterViolation() const { return First(Examine().letters); }
};

TEST(SalesDefectsTest, ASoundHistoryHasNone) {
  const SalesWorld::Outcome outcome = SalesWorld().Examine();
  EXPECT_EQ(outcome.sales.violations + outcome.letters.violations, 0);
  EXPECT_EQ(outcome.sales.looked_at, 4);
  EXPECT_EQ(outcome.letters.looked_at, 1);
  EXPECT_THAT(outcome.notes, testing::IsEmpty());
}

TEST(SalesDefectsTest, AnActionThatDidNothing) {
  SalesWorld world;
  world.changes.clear();
  EXPECT_THAT(world.Violation(), HasSubstr("offset 0 is behind the checkpoint, but no change of"));
}

// An event without a change, told when the feedback that is left began so long before.
SalesWorld FeedbackOf(int64_t before_ms) {
  SalesWorld world;
  world.changes.clear();
  world.feedback_begins = {{0, 5}};
  world.AddFeedback(world.published_ms - before_ms);
  return world;
}

TEST(SalesDefectsTest, AnActionWhoseChangeMayBeGoneIsNotFollowedAndTheNoteSaysSo) {
  const SalesWorld world = FeedbackOf(kDay);
  const SalesWorld::Outcome outcome = world.Examine();
  EXPECT_EQ(outcome.sales.violations, 0);
  EXPECT_EQ(outcome.sales.looked_at, 2) << "the dead letter and the one for a mapping";
  EXPECT_THAT(outcome.notes,
              testing::Contains(HasSubstr("2 events of sales, perhaps from before")));
}

TEST(SalesDefectsTest, AnActionWhoseChangeMustBeThereIsFollowed) {
  SalesWorld world = FeedbackOf(2 * kDay);
  EXPECT_THAT(world.Violation(), HasSubstr("offset 0 is behind the checkpoint, but no change of"));
  world.time = "2025-12-31T11:30:00Z";
  EXPECT_EQ(world.Violation(), "") << "an old one that was sent again";
  world.time = "yesterday";
  EXPECT_EQ(world.Violation(), "") << "nobody knows when it happened";
}

TEST(SalesDefectsTest, WhereNothingIsLeftOfALeadItMayHaveBeenErased) {
  SalesWorld world = FeedbackOf(2 * kDay);
  world.feedback[0].lead = "bob";
  world.feedback[0].key = "w/bob";
  world.feedback[0].event_id = "w/bob/7/2";
  EXPECT_EQ(world.Violation(), "");
}

TEST(SalesDefectsTest, WhatIsSaidOfAnErasedLeadMayDoNothing) {
  SalesWorld world;
  world.changes.clear();
  world.AddFeedback(world.published_ms, core::ChangeType::kErased);
  EXPECT_EQ(world.Violation(), "");
  EXPECT_EQ(world.Examine().sales.looked_at, 4);
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
  world.letters = {{}, {9}};
  EXPECT_THAT(world.LetterViolation(), HasSubstr("offset 9 has a dead letter"));
}

TEST(SalesDefectsTest, ADeadLetterWithOtherBytes) {
  SalesWorld world;
  world.letters = {{2, "bytex"}};
  EXPECT_THAT(world.LetterViolation(), HasSubstr("offset 2: its dead letter has other bytes"));
  EXPECT_EQ(world.Violation(), "") << "refused it was";
}

TEST(SalesDefectsTest, TwoDeadLettersOfOneRecord) {
  SalesWorld world;
  world.letters = {{}, {}};
  EXPECT_EQ(world.LetterViolation(), "") << "written again after a crash";
  EXPECT_THAT(world.Examine().notes, testing::Contains(HasSubstr("1 dead letters were written")));
  world.letters = {{}, {2, "other"}};
  EXPECT_THAT(world.LetterViolation(), HasSubstr("is another one of baton.sales-events.v1"));
}

// Of the letters those are left that were written from so long before the records on.
SalesWorld LettersOf(int64_t before_ms) {
  SalesWorld world;
  world.letter_begins = {{0, 3}, {1, 0}};
  world.letters = {{2, "bytes", world.published_ms - before_ms}};
  return world;
}

TEST(SalesDefectsTest, ADeadLetterThatMayBeGoneIsNotMissedAndTheNoteSaysSo) {
  SalesWorld world = LettersOf(0);
  world.changes.clear();
  world.totals = {4, 0, 0, 3, 1};
  const SalesWorld::Outcome outcome = world.Examine();
  EXPECT_EQ(SalesWorld::First(outcome.sales), "");
  EXPECT_EQ(outcome.sales.looked_at, 2);
  EXPECT_THAT(outcome.notes,
              testing::ElementsAre(HasSubstr("dead letters of sales are gone by retention: 2")));
  world.totals = {5, 0, 0, 5, 0};
  EXPECT_THAT(world.Violation(), HasSubstr("the services count 5")) << "more than can be gone";
}

TEST(SalesDefectsTest, WhereNoDeadLetterIsLeftWhatIsYoungerThanTheirRetentionIsMissed) {
  SalesWorld world;
  world.begins = {{0, 1}};
  world.changes.clear();
  world.letters.clear();
  world.letter_begins = {{0, 3}};
  world.letters_gone_until_ms = world.published_ms - kClocksApartMaxMs;
  EXPECT_EQ(world.Violation(), "");
  --world.letters_gone_until_ms;
  EXPECT_THAT(world.Violation(), HasSubstr("offset 0 is behind the checkpoint, but no change of"));
}

TEST(SalesDefectsTest, TheTotalsTellWhetherThereWereSoManyDeadLetters) {
  SalesWorld world = LettersOf(0);
  world.changes.clear();
  EXPECT_THAT(world.Violation(), HasSubstr("2 events of sales came to nothing, but only 0 dead"));
  world.feedback_begins = {{0, 5}};
  EXPECT_EQ(world.Violation(), "") << "their changes may be gone";
  world.feedback_begins.clear();
  world.begins = {{0, 1}};
  EXPECT_EQ(world.Violation(), "") << "the totals are of what is gone, too";
}

TEST(SalesDefectsTest, ADeadLetterThatMustBeThereIsMissed) {
  SalesWorld world = LettersOf(2 * kClocksApartMaxMs);
  world.changes.clear();
  EXPECT_THAT(world.Violation(), HasSubstr("offset 0 is behind the checkpoint, but no change of"));
}

TEST(SalesDefectsTest, WhereTheOldestEventsAreGoneTheNoteSaysSo) {
  SalesWorld world;
  world.begins = {{0, 1}};
  world.totals = {9, 6, 1, 1, 1};
  EXPECT_EQ(world.Violation(), "");
  EXPECT_EQ(world.Examine().sales.looked_at, 3) << "what a mapping understands is only counted";
  EXPECT_THAT(world.Examine().notes,
              testing::ElementsAre(HasSubstr("The oldest events of sales are gone")));
}

TEST(SalesDefectsTest, OfATopicMadeAnewEarlierDeadLettersHideNothing) {
  SalesWorld world;
  world.letters.front().value = "of the topic before";
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
