// Planted defects of decisions, of the relay and of the clock: each is found and named.
#include <gtest/gtest.h>

#include "history.h"

namespace baton::verify {
namespace {

using core::ChangeType;
using core::Stage;

TEST(ChangeDefectsTest, TheSameEventTwice) {
  History history = CleanHistory();  // the cursor was written outside the transaction
  history.feedback.insert(history.feedback.begin() + 3, history.feedback[2]);
  history.assignments.insert(history.assignments.begin() + 2, history.assignments[1]);
  history.states.insert(history.states.begin() + 3, history.states[2]);
  const Verdict verdict = Examine(history);
  EXPECT_TRUE(Names(verdict, Check::kVersions, "feedback w/ann/1/3 (partition 0"));
  EXPECT_TRUE(Names(verdict, Check::kAssignments, "assignment event w/ann/1/3 comes twice"));
  EXPECT_TRUE(Names(verdict, Check::kLeadState, "state w/ann/1/3 comes after version 3"));
}

TEST(ChangeDefectsTest, AGapInTheVersions) {
  History history = CleanHistory();
  history.feedback.erase(history.feedback.begin() + 1);
  EXPECT_TRUE(Names(Examine(history), Check::kVersions,
                    "w/ann/1/3 (partition 0 offset 0) leaves a gap after version 1"));
}

TEST(ChangeDefectsTest, VersionsOutOfOrder) {
  History history = CleanHistory();
  std::swap(history.feedback[1], history.feedback[2]);
  EXPECT_TRUE(Names(Examine(history), Check::kVersions, "comes again after version 3"));
}

TEST(ChangeDefectsTest, AWrongEpochInTheId) {
  History history = CleanHistory();
  history.feedback[2].event_id = "w/ann/7/3";
  EXPECT_TRUE(Names(Examine(history), Check::kVersions, "id 'w/ann/7/3'"));
}

TEST(ChangeDefectsTest, AnEpochThatGoesBack) {
  History history = CleanHistory();
  history.workspace().epoch = 2;
  history.feedback[1].epoch = 2;
  EXPECT_TRUE(
      Names(Examine(history), Check::kVersions, "w/ann/1/3 (partition 0 offset 0) goes back"));
}

TEST(ChangeDefectsTest, AnEpochThatTheStoreHasNotReached) {
  History history = CleanHistory();
  for (Change& change : history.feedback) change.epoch = 2;
  EXPECT_TRUE(
      Names(Examine(history), Check::kStore, "feedback is of epoch 2, the store is in epoch 1"));
}

TEST(ChangeDefectsTest, TwoOwners) {
  History history = CleanHistory();  // no check of the generation
  history.feedback[2] = {"ann", 3, ChangeType::kAssigned, Stage::kOffered, "eve", 2, 150, 400};
  EXPECT_TRUE(Names(Examine(history), Check::kOwner,
                    "assigned by 'w/eve' generation 2, but 'w/ada' owns the lead"));
}

TEST(ChangeDefectsTest, AnAnswerWithAnOldGeneration) {
  History history = CleanHistory();
  history.feedback[2].generation = 0;
  EXPECT_TRUE(Names(Examine(history), Check::kOwner, "accepted by 'w/ada' generation 0"));
}

TEST(ChangeDefectsTest, AnAnswerOfSomebodyElse) {
  History history = CleanHistory();
  history.feedback[2].rep = "eve";
  EXPECT_TRUE(Names(Examine(history), Check::kOwner, "accepted by 'w/eve'"));
}

TEST(ChangeDefectsTest, AMoveThatTheLifecycleForbids) {
  History history = CleanHistory();
  history.feedback[2].change = ChangeType::kWon;
  history.feedback[2].stage = Stage::kWon;
  EXPECT_TRUE(Names(Examine(history), Check::kMoves, "won moves OFFERED of cycle 1 to WON"));
}

TEST(ChangeDefectsTest, WhoWaitsMayGoOnWaitingInAnotherQueue) {
  History history = CleanHistory();
  history.feedback.push_back({"bob", 4, ChangeType::kQueued, Stage::kQueued, "", 1, 600});
  history.feedback.back().queue = "other";
  EXPECT_FALSE(Names(Examine(history), Check::kMoves, "moves"));
}

TEST(ChangeDefectsTest, AChangeThatLeavesAnotherStage) {
  History history = CleanHistory();
  history.feedback[2].change = ChangeType::kDeclined;
  EXPECT_TRUE(
      Names(Examine(history), Check::kMoves, "declined moves OFFERED of cycle 1 to ACCEPTED"));
}

TEST(ChangeDefectsTest, ACycleThatWasNotOpened) {
  History history = CleanHistory();
  history.feedback[2].cycle = 2;
  EXPECT_TRUE(Names(Examine(history), Check::kMoves, "to ACCEPTED of cycle 2"));
}

TEST(ChangeDefectsTest, ATimerThatFiresEarly) {
  History history = CleanHistory();
  history.feedback[5].time_ms = 499;
  EXPECT_TRUE(Names(Examine(history), Check::kTimers, "w/bob/1/3: the offer expired 1 ms early"));
}

TEST(ChangeDefectsTest, AnAssignmentEventThatIsMissing) {
  History history = CleanHistory();
  history.assignments.pop_back();
  EXPECT_TRUE(Names(Examine(history), Check::kAssignments, "feedback w/bob/1/3 has no assignment"));
}

TEST(ChangeDefectsTest, AnAssignmentEventWithoutFeedback) {
  History history = CleanHistory();
  history.assignments.push_back({"bob", 4, ChangeType::kAssigned, Stage::kOffered, "eve", 2, 600});
  EXPECT_TRUE(Names(Examine(history), Check::kAssignments, "w/bob/1/4 has no feedback event"));
}

TEST(ChangeDefectsTest, AnAssignmentEventThatSaysSomethingElse) {
  History history = CleanHistory();
  history.assignments[1].rep = "eve";
  EXPECT_TRUE(Names(Examine(history), Check::kAssignments, "w/ann/1/3 differs from its feedback"));
}

TEST(ChangeDefectsTest, AssignmentEventsOutOfOrder) {
  History history = CleanHistory();
  std::swap(history.assignments[0], history.assignments[1]);
  EXPECT_TRUE(Names(Examine(history), Check::kAssignments, "w/ann/1/2 comes after a later one"));
}

TEST(ChangeDefectsTest, ALeadStateThatIsMissing) {
  History history = CleanHistory();
  history.states.pop_back();
  EXPECT_TRUE(Names(Examine(history), Check::kLeadState, "lead w/bob: the topic says version 2"));
}

TEST(ChangeDefectsTest, ALeadStateThatSaysSomethingElse) {
  History history = CleanHistory();
  history.states[2].rep = "eve";
  EXPECT_TRUE(Names(Examine(history), Check::kLeadState, "rep 'eve'"));
}

TEST(ChangeDefectsTest, AStateOfALeadThatDoesNotExist) {
  History history = CleanHistory();
  history.states.push_back({"carl", 1});
  EXPECT_TRUE(Names(Examine(history), Check::kLeadState, "state of lead w/carl: the store has no"));
}

TEST(ChangeDefectsTest, AChangeOfTheStoreThatWasNotPublished) {
  History history = CleanHistory();
  history.lead("ann").version = 4;
  EXPECT_TRUE(
      Names(Examine(history), Check::kStore, "lead w/ann is at version 4, its feedback ends at 3"));
}

TEST(ChangeDefectsTest, FeedbackOfALeadThatIsNotInTheStore) {
  History history = CleanHistory();
  history.feedback.push_back({"carl", 1, ChangeType::kQualified, Stage::kMql, "", 0, 300});
  EXPECT_TRUE(Names(Examine(history), Check::kStore, "lead w/carl has feedback"));
}

// Lead ann of the clean history is erased: her record is gone, the state is a tombstone.
History WithoutAnn() {
  History history = CleanHistory();
  const Change erased = {"ann", 4, ChangeType::kErased, Stage::kErased, "ada", 1, 300};
  history.feedback.push_back(erased);
  history.assignments.push_back(erased);
  std::erase_if(history.states, [](const Change& change) { return change.lead == "ann"; });
  std::erase_if(history.leads, [](const StoredLead& lead) { return lead.lead == "ann"; });
  history.rep("ada").open.clear();
  return history;
}

TEST(ErasureTest, AnErasedLeadIsNotMissed) {
  const Verdict verdict = Examine(WithoutAnn());
  EXPECT_EQ(verdict.findings.violations(), 0);
  EXPECT_TRUE(verdict.equation.holds());
}

TEST(ErasureTest, ALeadThatIsStillThereIsFound) {
  History history = WithoutAnn();
  history.leads = CleanHistory().leads;
  EXPECT_TRUE(
      Names(Examine(history), Check::kStore, "w/ann is at version 3, its feedback ends at 4"));
}

TEST(ErasureTest, ALeadThatVanishedWithoutErasureIsFound) {
  History history = WithoutAnn();
  history.feedback.pop_back();
  history.assignments.pop_back();
  const Verdict verdict = Examine(history);
  EXPECT_TRUE(Names(verdict, Check::kStore, "w/ann has feedback, but is not in the store"));
  EXPECT_TRUE(Names(verdict, Check::kConservation, "neither applied nor dead-lettered"));
}

TEST(ErasureTest, WhoIsBackBeginsAnewAndItsVersionsGoOn) {
  History history = WithoutAnn();
  history.feedback.push_back(
      {"ann", 5, ChangeType::kNurtured, Stage::kNurture, "", 1, 400, 0, 1, 0, ""});
  history.states.push_back(history.feedback.back());
  StoredLead back;
  back.workspace = "w";
  back.lead = "ann";
  back.version = 5;
  back.generation = 1;
  back.stage = Stage::kNurture;
  back.applied = 1;
  history.leads.push_back(back);
  EXPECT_EQ(Examine(history).findings.violations(), 0);
  history.feedback.back().version = 6;
  EXPECT_TRUE(Names(Examine(history), Check::kVersions, "leaves a gap after version 4"));
}

}  // namespace
}  // namespace baton::verify
