// Retention has taken the beginning of a topic: what may be gone is no violation and is told, what
// must be there is looked for.
#include <gtest/gtest.h>

#include "history.h"

namespace baton::verify {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

constexpr int64_t kNoon = 1'774'958'400'000;
constexpr int64_t kHour = kClocksApartMaxMs;

TEST(KeptRecordsTest, AWholeTopicLacksNothing) {
  KeptRecords kept({{{0, 0}, {1, 0}}});
  kept.Add(0, kNoon);
  EXPECT_FALSE(kept.begins_late());
  EXPECT_FALSE(kept.MayLack(0, 0));
  EXPECT_FALSE(kept.MayLack(0));
}

TEST(KeptRecordsTest, WhatWasPublishedLaterThanTheFirstThatIsLeftIsThere) {
  KeptRecords kept({{{0, 9}, {1, 0}}});
  kept.Add(0, 0);  // by a broker that knows no times
  kept.Add(0, kNoon);
  kept.Add(0, kNoon + 5 * kHour);
  EXPECT_TRUE(kept.MayLack(0, kNoon - 1));
  EXPECT_TRUE(kept.MayLack(0, kNoon + kHour)) << "clocks may differ";
  EXPECT_FALSE(kept.MayLack(0, kNoon + kHour + 1));
  EXPECT_TRUE(kept.MayLack(0, -1)) << "nobody knows when";
  EXPECT_FALSE(kept.MayLack(1, kNoon - kHour)) << "this partition is whole";
}

TEST(KeptRecordsTest, WithoutAPartitionTheLatestBeginCounts) {
  KeptRecords kept({{{0, 9}, {1, 9}, {2, 0}}});
  kept.Add(0, kNoon);
  EXPECT_TRUE(kept.MayLack(kNoon + 99 * kHour)) << "of partition 1 nothing is left";
  kept.Add(1, kNoon + 5 * kHour);
  EXPECT_TRUE(kept.MayLack(kNoon + 6 * kHour));
  EXPECT_FALSE(kept.MayLack(kNoon + 6 * kHour + 1));
}

TEST(KeptRecordsTest, WhatIsYoungerThanTheRetentionIsThereWhateverIsLeft) {
  KeptRecords kept({{{0, 9}, {1, 9}, {2, 0}}, kNoon});
  kept.Add(0, kNoon + 5 * kHour);
  for (const int32_t partition : {0, 1}) {
    EXPECT_TRUE(kept.MayLack(partition, kNoon + kHour)) << "clocks may differ";
    EXPECT_FALSE(kept.MayLack(partition, kNoon + kHour + 1));
  }
  EXPECT_FALSE(kept.MayLack(2, kNoon));
  EXPECT_TRUE(kept.MayLack(kNoon + kHour));
  EXPECT_FALSE(kept.MayLack(kNoon + kHour + 1));
  EXPECT_TRUE(kept.MayLack(0)) << "nobody knows when";
}

TEST(GoneUntilTest, OnlyATimeWithoutASizeSaysWhatIsThere) {
  EXPECT_EQ(GoneUntilMs({{"retention.ms", "7200000"}, {"retention.bytes", "-1"}}, kNoon),
            kNoon - 2 * kHour);
  for (const platform::kafka::TopicSettings& settings : std::vector<platform::kafka::TopicSettings>{
           {},
           {{"retention.ms", "7200000"}},
           {{"retention.ms", "7200000"}, {"retention.bytes", "1000000"}},
           {{"retention.ms", "-1"}, {"retention.bytes", "-1"}},
           {{"retention.ms", "two hours"}, {"retention.bytes", "-1"}},
           {{"retention.bytes", "-1"}},
       }) {
    EXPECT_EQ(GoneUntilMs(settings, kNoon), kNobodyKnows);
  }
}

// The clean history, one change published each hour from noon on.
History OfHours() {
  History history = CleanHistory();
  history.feedback_begins = history.assignment_begins = {{0, 0}, {1, 0}};
  const auto publish = [](std::vector<Change>& changes, const std::vector<int>& hours) {
    for (size_t i = 0; i < changes.size(); ++i) {
      changes[i].published_ms = kNoon + hours[i] * kHour;
    }
  };
  publish(history.feedback, {0, 1, 2, 3, 4, 5});
  publish(history.assignments, {1, 2, 4, 5});
  return history;
}

CheckResult AssignmentsOf(const Verdict& verdict) {
  return verdict.findings.of(Check::kAssignments);
}

TEST(AssignmentRetentionTest, WhatIsGoneIsNotMissedAndTheNoteSaysSo) {
  History history = OfHours();
  history.assignments.erase(history.assignments.begin());
  history.assignment_begins[0] = 1;
  const Verdict verdict = Examine(history);
  EXPECT_THAT(AssignmentsOf(verdict).examples, IsEmpty());
  EXPECT_EQ(AssignmentsOf(verdict).looked_at, 3);
  EXPECT_THAT(verdict.notes, testing::ElementsAre(HasSubstr("those of 1 changes of owners")));
}

TEST(AssignmentRetentionTest, ALaterOneThatWasLostIsFound) {
  History history = OfHours();
  history.assignments.erase(history.assignments.begin());
  history.assignment_begins[0] = 1;
  history.assignments.pop_back();
  const Verdict verdict = Examine(history);
  EXPECT_TRUE(Names(verdict, Check::kAssignments, "feedback w/bob/1/3 has no assignment event"));
  EXPECT_EQ(AssignmentsOf(verdict).violations, 1);
}

TEST(AssignmentRetentionTest, APartitionThatIsWholeIsCheckedToItsBeginning) {
  History history = OfHours();
  for (Change& change : history.feedback) change.partition = change.lead == "bob" ? 1 : 0;
  history.assignments.clear();
  history.assignment_begins = {{0, 2}, {1, 0}};  // all of ann's are gone
  const Verdict verdict = Examine(history);
  EXPECT_TRUE(Names(verdict, Check::kAssignments, "feedback w/bob/1/2 has no assignment event"));
  EXPECT_EQ(AssignmentsOf(verdict).violations, 2);
  EXPECT_THAT(verdict.notes, testing::ElementsAre(HasSubstr("those of 2 changes of owners")));
}

TEST(AssignmentRetentionTest, WhereTheTopicsDifferInPartitionsNoneIsToldByIts) {
  History history = OfHours();
  history.assignments.clear();
  history.assignment_begins = {{0, 0}, {1, 0}, {2, 1}};
  EXPECT_THAT(AssignmentsOf(Examine(history)).examples, IsEmpty());
  history.assignment_begins[2] = 0;
  EXPECT_EQ(AssignmentsOf(Examine(history)).violations, 4);
}

TEST(AssignmentRetentionTest, OneWithoutFeedbackIsFoundWhereTheFeedbackMustBeThere) {
  History history = OfHours();
  history.feedback.erase(history.feedback.begin(), history.feedback.begin() + 2);
  history.feedback_begins[0] = 2;
  Verdict verdict = Examine(history);
  EXPECT_THAT(AssignmentsOf(verdict).examples, IsEmpty());
  EXPECT_EQ(AssignmentsOf(verdict).looked_at, 3);
  EXPECT_THAT(verdict.notes, testing::Contains(HasSubstr("1 assignment events were not compared")));
  Change more = {"eve", 1, core::ChangeType::kAssigned, core::Stage::kOffered, "eve", 1};
  more.published_ms = kNoon + 6 * kHour;
  history.assignments.push_back(more);
  EXPECT_TRUE(Names(Examine(history), Check::kAssignments, "w/eve/1/1 has no feedback event"));
}

TEST(AssignmentRetentionTest, OneThatIsYoungerThanTheRetentionIsMissedWhereNothingIsLeft) {
  History history = OfHours();
  history.assignments.clear();
  history.assignment_begins[0] = 4;
  EXPECT_THAT(AssignmentsOf(Examine(history)).examples, IsEmpty());
  history.gone_until_ms = kNoon + 3 * kHour;
  const Verdict verdict = Examine(history);
  EXPECT_TRUE(Names(verdict, Check::kAssignments, "feedback w/bob/1/3 has no assignment event"));
  EXPECT_EQ(AssignmentsOf(verdict).violations, 1);
}

TEST(FeedbackRetentionTest, APartitionOfWhichNothingIsLeftBeginsLate) {
  History history = CleanHistory();
  history.feedback.clear();
  history.assignments.clear();
  history.states.clear();
  history.feedback_begins = {{0, 6}};
  const Verdict verdict = Examine(history);
  EXPECT_THAT(verdict.findings.of(Check::kStore).examples, IsEmpty());
  EXPECT_THAT(verdict.notes, testing::ElementsAre(HasSubstr("The oldest feedback is gone")));
}

// Ann's records and the broken one were published at noon; behind it the letters begin at one
// o'clock, with that of a second broken record, which came at six. Bob's record came with it.
History WithoutTheFirstLetter() {
  History history = CleanHistory();
  for (Input& input : history.inputs) input.published_ms = kNoon;
  history.inputs.back().published_ms = kNoon + 6 * kHour;
  history.inputs.push_back({1, 1, "", "", "torn", false, false, 0, kNoon + 6 * kHour});
  history.checkpoints[1] = 2;
  history.letters = {{1, 1, "not_parseable", "not JSON", "torn", true, 0, kNoon + 1}};
  history.letter_begins = {{0, 1}};
  history.totals = {6, 3, 1, 2};
  return history;
}

TEST(LetterRetentionTest, ARecordFromBeforeMayHaveHadOneAndTheNoteSaysSo) {
  const Verdict verdict = Examine(WithoutTheFirstLetter());
  EXPECT_EQ(verdict.findings.violations(), 0);
  EXPECT_TRUE(verdict.equation.holds());
  EXPECT_EQ(verdict.equation.dead_lettered, 2);
  EXPECT_EQ(verdict.equation.duplicates, 1);
  EXPECT_EQ(verdict.findings.of(Check::kConservation).looked_at, 2);
  EXPECT_THAT(
      verdict.notes,
      testing::ElementsAre(HasSubstr("dead letters of leads are gone by retention: 1 records")));
}

TEST(LetterRetentionTest, SoMayOneThatNamesALead) {
  History history = WithoutTheFirstLetter();
  history.inputs[3] = {0, 3, "ann", "refused", "bytes", true, false, 0, kNoon};
  history.inputs.push_back({0, 4, "nobody", "refused", "bytes", true, false, 0, kNoon});
  history.checkpoints[0] = 5;
  history.totals = {7, 3, 1, 3};
  const Verdict verdict = Examine(history);
  EXPECT_EQ(verdict.findings.violations(), 0);
  EXPECT_EQ(verdict.equation.dead_lettered, 3);
  EXPECT_THAT(verdict.notes, testing::ElementsAre(HasSubstr("2 records from before")));
}

TEST(LetterRetentionTest, ALaterRecordMustHaveItsLetter) {
  History history = WithoutTheFirstLetter();
  history.letters.front().offset = 0;
  history.letters.front().value = "bytes";
  EXPECT_TRUE(Names(Examine(history), Check::kConservation,
                    "in partition 1 offset 1 names no lead, source and id and is no dead letter"));
}

TEST(LetterRetentionTest, ALaterRecordThatWasLostIsFound) {
  History history = WithoutTheFirstLetter();
  history.lead("bob").recent_events.clear();
  EXPECT_TRUE(Names(Examine(history), Check::kConservation,
                    "in partition 1 offset 0 (lead w/bob) is neither applied nor dead-lettered"));
}

// As after a month: the input begins late, too, and the letters' partition has run empty.
TEST(LetterRetentionTest, WhereNoneIsLeftAFreshRecordThatWasLostIsFound) {
  History history = WithoutTheFirstLetter();
  history.letters.clear();
  history.inputs.pop_back();
  history.checkpoints[1] = 1;
  history.inputs.erase(history.inputs.begin());
  history.begins[0] = 1;
  history.lead("bob").recent_events.clear();
  history.gone_until_ms = kNoon + kHour;
  EXPECT_TRUE(Names(Examine(history), Check::kConservation,
                    "in partition 1 offset 0 (lead w/bob) is neither applied nor dead-lettered"));
  history.gone_until_ms = kNobodyKnows;
  EXPECT_EQ(Examine(history).findings.violations(), 0);
}

TEST(LetterRetentionTest, TheTotalsStillTellOfAnOlderRecordThatWasLost) {
  History history = WithoutTheFirstLetter();
  StoredLead& ann = history.lead("ann");
  ann.recent_events.pop_back();
  ann.applied = 1;
  EXPECT_TRUE(Names(Examine(history), Check::kCounters, "the services count 3 applied"));
}

TEST(LetterRetentionTest, WhereTheInputBeginsLateARepetitionIsNoDeadLetter) {
  History history = WithoutTheFirstLetter();
  history.inputs.erase(history.inputs.begin() + 1);  // ann's b
  history.begins[0] = 1;
  history.totals = {906, 703, 101, 102};
  const Verdict verdict = Examine(history);
  EXPECT_EQ(verdict.findings.violations(), 0);
  EXPECT_TRUE(verdict.equation.holds());
  EXPECT_EQ(verdict.equation.duplicates, 1);
  EXPECT_EQ(verdict.equation.dead_lettered, 2);
  EXPECT_THAT(verdict.notes, testing::Contains(HasSubstr("gone by retention: 1 records")));
}

TEST(LetterRetentionTest, WhatWasAppliedIsNotRefused) {
  History history = WithoutTheFirstLetter();
  history.lead("ann").applied = 3;
  EXPECT_TRUE(Names(Examine(history), Check::kConservation, "a repetition was applied"));
}

}  // namespace
}  // namespace baton::verify
