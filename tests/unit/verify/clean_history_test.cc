// A sound history has no violation, also where something is gone or was said again.
#include <gtest/gtest.h>

#include "history.h"

namespace baton::verify {
namespace {

using core::ChangeType;
using core::Stage;

void ExpectClean(const Verdict& verdict) {
  for (size_t i = 0; i < kChecks; ++i) {
    const auto check = static_cast<Check>(i);
    EXPECT_THAT(verdict.findings.of(check).examples, testing::IsEmpty()) << CheckName(check);
  }
  EXPECT_EQ(verdict.findings.violations(), 0);
}

TEST(CleanHistoryTest, HasNoViolationAndItsEquationHolds) {
  const Verdict verdict = Examine(CleanHistory());
  ExpectClean(verdict);
  EXPECT_EQ(verdict.equation.input, 5);
  EXPECT_EQ(verdict.equation.applied, 3);
  EXPECT_EQ(verdict.equation.duplicates, 1);
  EXPECT_EQ(verdict.equation.dead_lettered, 1);
  EXPECT_TRUE(verdict.equation.holds());
}

TEST(CleanHistoryTest, EveryCheckLookedAtSomethingButOrderAndSales) {
  const Verdict verdict = Examine(CleanHistory());
  for (size_t i = 0; i < kChecks; ++i) {
    const auto check = static_cast<Check>(i);
    if (check == Check::kOrder || check == Check::kSales) continue;
    EXPECT_GT(verdict.findings.of(check).looked_at, 0) << CheckName(check);
  }
}

TEST(CleanHistoryTest, RecordsBehindTheCheckpointWait) {
  History history = CleanHistory();
  history.inputs.push_back({1, 1, "bob", "d"});
  const Verdict verdict = Examine(history);
  ExpectClean(verdict);
  EXPECT_EQ(verdict.waiting, 1);
}

TEST(CleanHistoryTest, ADeadLetterMayBeWrittenAgainAfterACrash) {
  History history = CleanHistory();
  history.letters.push_back(history.letters.front());
  ExpectClean(Examine(history));
}

TEST(CleanHistoryTest, ARepetitionBeyondTheWindowIsAppliedAgain) {
  History history = CleanHistory();
  history.inputs.clear();
  StoredLead& ann = history.lead("ann");
  ann.recent_events.clear();
  for (int i = 0; i <= 64; ++i) {
    history.inputs.push_back({0, i, "ann", "e" + std::to_string(i)});
  }
  history.inputs.push_back({0, 65, "ann", "e0"});  // pushed out by e64
  history.inputs.push_back({0, 66, "ann", "e64"});
  history.inputs.push_back({1, 0, "bob", "c"});
  for (int i = 2; i <= 64; ++i) {
    ann.recent_events.push_back(Fingerprint("//crm", "e" + std::to_string(i)));
  }
  ann.recent_events.push_back(Fingerprint("//crm", "e0"));
  ann.applied = 66;
  history.letters.clear();
  history.checkpoints = {{0, 67}, {1, 1}};
  history.totals = {68, 67, 1, 0};
  ExpectClean(Examine(history));
}

TEST(CleanHistoryTest, ALeadMayBeSpreadOverPartitions) {
  History history = CleanHistory();
  history.inputs.push_back({1, 1, "ann", "b"});
  history.checkpoints[1] = 2;
  history.totals = {6, 3, 2, 1};
  ExpectClean(Examine(history));
}

TEST(CleanHistoryTest, InputMayBeGoneByRetention) {
  History history = CleanHistory();
  history.begins = {{0, 1}, {1, 0}};
  history.inputs.erase(history.inputs.begin());
  const Verdict verdict = Examine(history);
  ExpectClean(verdict);
  EXPECT_EQ(verdict.equation.input, 4);
}

TEST(CleanHistoryTest, FeedbackMayBeGoneByRetention) {
  History history = CleanHistory();
  history.feedback.erase(history.feedback.begin(), history.feedback.begin() + 2);
  history.feedback_begins = {{0, 2}};
  ExpectClean(Examine(history));
}

TEST(CleanHistoryTest, AVersionMayComeAgainInAHigherEpoch) {
  History history = CleanHistory();
  Change corrected = history.feedback[2];
  corrected.epoch = 2;
  history.feedback.insert(history.feedback.begin() + 3, corrected);
  history.assignments.insert(history.assignments.begin() + 2, corrected);
  history.states.insert(history.states.begin() + 3, corrected);
  history.workspace().epoch = 2;
  ExpectClean(Examine(history));
}

TEST(CleanHistoryTest, ALeadThatWasWonKeepsItsRepButFillsNoCapacity) {
  History history = CleanHistory();
  const Change won[] = {{"ann", 4, ChangeType::kTouched, Stage::kWorking, "ada", 1, 160},
                        {"ann", 5, ChangeType::kSqlConfirmed, Stage::kSql, "ada", 1, 170},
                        {"ann", 6, ChangeType::kSqoOpened, Stage::kSqo, "ada", 1, 180},
                        {"ann", 7, ChangeType::kWon, Stage::kWon, "ada", 1, 190},
                        {"ann", 8, ChangeType::kTouched, Stage::kWon, "ada", 1, 200}};
  for (const Change& change : won) {
    history.feedback.push_back(change);
    history.states.push_back(change);
  }
  history.assignments.push_back(won[3]);
  StoredLead& ann = history.lead("ann");
  ann.version = 8;
  ann.stage = Stage::kWon;
  history.rep("ada").open.clear();
  ExpectClean(Examine(history));
}

}  // namespace
}  // namespace baton::verify
