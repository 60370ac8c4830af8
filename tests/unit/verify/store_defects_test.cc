// Planted defects of the store and of the choice: each is found and named.
#include <gtest/gtest.h>

#include "history.h"

namespace baton::verify {
namespace {

using core::CandidateReason;
using core::Stage;
using core::TimerKind;

TEST(StoreDefectsTest, ALeadInTwoPlaces) {
  History history = CleanHistory();
  history.rep("eve").open = {"ann"};
  EXPECT_TRUE(Names(Examine(history), Check::kPlaces,
                    "lead w/ann is ACCEPTED and belongs in the open set of rep ada, but stands in "
                    "the open set of rep ada,eve"));
}

TEST(StoreDefectsTest, ALeadInAnOpenSetAndInABacklog) {
  History history = CleanHistory();
  history.rep("eve").open = {"bob"};
  EXPECT_TRUE(Names(Examine(history), Check::kPlaces, "rep eve and in the backlog of queue q"));
}

TEST(StoreDefectsTest, ALeadNowhere) {
  History history = CleanHistory();
  history.rep("ada").open.clear();
  EXPECT_TRUE(Names(Examine(history), Check::kPlaces, "but stands nowhere"));
}

TEST(StoreDefectsTest, ALeadThatWaitsAtAWrongPlace) {
  History history = CleanHistory();
  ++history.workspace().queues[0].lanes[0].second;
  EXPECT_TRUE(Names(Examine(history), Check::kPlaces, "lead w/bob waits at place"));
}

TEST(StoreDefectsTest, ALeadThatWaitedBeforeTheActiveRevisionMayHaveAgedByAnother) {
  History history = CleanHistory();
  int64_t& place = history.workspace().queues[0].lanes[0].second;
  place -= 150;
  history.workspace().activated_at_ms = 200;
  EXPECT_EQ(Examine(history).findings.violations(), 0);
  history.workspace().activated_at_ms = 199;
  EXPECT_TRUE(Names(Examine(history), Check::kPlaces, "lead w/bob waits at place"));
  history.workspace().activated_at_ms = 200;
  place += 151;
  EXPECT_TRUE(Names(Examine(history), Check::kPlaces, "lead w/bob waits at place"));
}

TEST(StoreDefectsTest, ALeadWhoseBacklogHasAnotherTime) {
  History history = CleanHistory();
  ++history.workspace().queues[0].waiting[0].second;
  EXPECT_TRUE(Names(Examine(history), Check::kPlaces,
                    "lead w/bob was queued at 200, its backlog says 201"));
}

TEST(StoreDefectsTest, ALeadInTwoLanes) {
  History history = CleanHistory();
  auto& lanes = history.workspace().queues[0].lanes;
  lanes.push_back(lanes[0]);
  EXPECT_TRUE(Names(Examine(history), Check::kPlaces, "lead w/bob stands in 2 lanes"));
}

TEST(StoreDefectsTest, ALeadWhoseWaitEndsWithoutATimer) {
  History history = CleanHistory();
  history.workspace().timers.clear();
  StoredLead& bob = history.lead("bob");
  bob.passed.clear();
  bob.timer = TimerKind::kNone;
  bob.due_at_ms = 0;
  bob.wait_until_ms = 900;
  EXPECT_TRUE(Names(Examine(history), Check::kTimers, "it needs a timer of its wait"));
}

TEST(StoreDefectsTest, APlaceWithoutALead) {
  History history = CleanHistory();
  history.rep("eve").open = {"carl"};
  EXPECT_TRUE(Names(Examine(history), Check::kPlaces, "there is no lead w/carl, but it stands"));
}

TEST(StoreDefectsTest, ALeadWithoutARecord) {
  StoreCheck store;
  store.CheckUnreadable("w/ann");
  store.Finish({});
  EXPECT_EQ(store.findings().of(Check::kPlaces).violations, 1);
}

TEST(StoreDefectsTest, ATimerThatIsMissing) {
  History history = CleanHistory();
  history.workspace().timers.clear();
  EXPECT_TRUE(Names(Examine(history), Check::kTimers,
                    "lead w/bob is due at 900, the list of timers says 0"));
}

TEST(StoreDefectsTest, AWorkspaceWhoseTimersAreLookedAtTooLateOrNever) {
  History history = CleanHistory();
  history.workspace().timers_place = 901;
  EXPECT_TRUE(Names(Examine(history), Check::kTimers,
                    "workspace w has timers from 900 on, its shard has it at 901"));
  history.workspace().timers_place = 0;
  EXPECT_TRUE(Names(Examine(history), Check::kTimers, "at 0 (0: nowhere)"));
  history.workspace().timers_place = -5;  // in line
  EXPECT_EQ(Examine(history).findings.of(Check::kTimers).violations, 0);
}

TEST(StoreDefectsTest, ALeadWithoutTheTimerThatItNeeds) {
  History history = CleanHistory();
  history.workspace().timers.clear();
  history.lead("bob").timer = TimerKind::kNone;
  history.lead("bob").due_at_ms = 0;
  EXPECT_TRUE(Names(Examine(history), Check::kTimers, "it needs a timer to try again"));
}

TEST(StoreDefectsTest, ATimerThatShouldHaveBeenCancelled) {
  History history = CleanHistory();
  history.workspace().timers["ann"] = 400;
  EXPECT_TRUE(Names(Examine(history), Check::kTimers, "lead w/ann is due at 0"));
}

TEST(StoreDefectsTest, AStageThatTheFeedbackDoesNotSay) {
  History history = CleanHistory();
  history.lead("ann").stage = Stage::kWorking;
  EXPECT_TRUE(Names(Examine(history), Check::kStore, "the store says WORKING"));
}

TEST(StoreDefectsTest, AnOwnerThatTheFeedbackDoesNotSay) {
  History history = CleanHistory();
  history.lead("ann").rep = "eve";
  const Verdict verdict = Examine(history);
  EXPECT_TRUE(Names(verdict, Check::kStore, "rep 'eve'"));
  EXPECT_TRUE(Names(verdict, Check::kChoice, "names another one"));
}

TEST(StoreDefectsTest, ARepWhoWasFull) {
  History history = CleanHistory();
  history.lead("ann").candidates[0].open = 2;
  EXPECT_TRUE(Names(Examine(history), Check::kChoice, "owned 2 leads of at most 2"));
}

TEST(StoreDefectsTest, ARepWhoWasAway) {
  History history = CleanHistory();
  history.rep("ada").online = false;
  EXPECT_TRUE(
      Names(Examine(history), Check::kChoice, "lead w/ann of rep ada: the rep was never online"));
}

TEST(StoreDefectsTest, ARepWhoDoesNotMeetTheRequirement) {
  History history = CleanHistory();
  history.lead("ann").skills = "?rep.level%20>%203";
  history.lead("ann").requirement = "rep.level > 3";
  history.rep("ada").attributes = {{"level", int64_t{4}}};
  EXPECT_FALSE(Names(Examine(history), Check::kChoice, "requirement"));
  history.rep("ada").attributes = {{"level", int64_t{3}}};
  EXPECT_TRUE(Names(Examine(history), Check::kChoice,
                    "the rep does not meet the requirement rep.level > 3"));
}

TEST(StoreDefectsTest, ARepWhoLacksASkill) {
  History history = CleanHistory();
  history.lead("ann").skills = "german";
  EXPECT_TRUE(Names(Examine(history), Check::kChoice, "the rep lacks the skill german"));
}

// ada, who lacks a skill, took ann from a queue of mode pull.
History ClaimedWithoutTheSkill() {
  History history = CleanHistory();
  StoredLead& ann = history.lead("ann");
  ann.skills = "german";
  ann.choice = {0, "claimed"};
  ann.candidates.resize(1);
  ann.candidates[0].share_nano = 0;
  return history;
}

TEST(StoreDefectsTest, AnOwnerClaimsALeadWithoutTheSkill) {
  History history = ClaimedWithoutTheSkill();
  EXPECT_TRUE(Names(Examine(history), Check::kChoice, "the rep lacks the skill german"));
  history.lead("ann").owners = {"eve", "ada"};
  EXPECT_EQ(Examine(history).findings.violations(), 0);
}

TEST(StoreDefectsTest, WhoStandsInForAnOwnerClaimsALeadWithoutTheSkill) {
  History history = ClaimedWithoutTheSkill();
  history.lead("ann").owners = {"eve"};
  EXPECT_TRUE(Names(Examine(history), Check::kChoice, "the rep lacks the skill german"));
  history.rep("eve").delegates = {"ada"};
  EXPECT_EQ(Examine(history).findings.violations(), 0);
  history.rep("eve").delegates.clear();
  history.rep("eve").revision = 2;  // and perhaps ada stood in for it before
  EXPECT_EQ(Examine(history).findings.violations(), 0);
}

TEST(StoreDefectsTest, ARepWhoChangedMeanwhileIsBelieved) {
  History history = CleanHistory();
  history.rep("ada").online = false;
  history.rep("ada").revision = 2;
  EXPECT_EQ(Examine(history).findings.of(Check::kChoice).violations, 0);
}

TEST(StoreDefectsTest, ARepWhoHadPassed) {
  History history = CleanHistory();
  history.lead("ann").passed = {"ada"};
  EXPECT_TRUE(Names(Examine(history), Check::kChoice, "the rep had passed on it"));
}

TEST(StoreDefectsTest, ARepWhoDoesNotExist) {
  History history = CleanHistory();
  history.rep("ada").revision = 0;
  EXPECT_TRUE(Names(Examine(history), Check::kChoice, "there is no such rep"));
}

TEST(StoreDefectsTest, ARepWhoWasOwedLess) {
  History history = CleanHistory();
  history.lead("ann").candidates[1].deviation_nano = 1;
  EXPECT_TRUE(Names(Examine(history), Check::kChoice, "another one was owed more"));
}

TEST(StoreDefectsTest, ALedgerThatDoesNotSumToZero) {
  History history = CleanHistory();
  history.workspace().queues[0].owed_nano["eve"] += 1;
  EXPECT_TRUE(Names(Examine(history), Check::kFairness, "queue w/q: the ledger sums to 1"));
}

TEST(StoreDefectsTest, ARepWhoIsOwedTooMuch) {
  History history = CleanHistory();
  history.workspace().queues[0].owed_nano = {{"ada", -2'500'000'000}, {"eve", 2'500'000'000}};
  EXPECT_TRUE(Names(Examine(history), Check::kFairness, "queue w/q: rep eve is owed 2.5 leads"));
}

// bob was ada's and comes back to the queue by `change`, who then is owed that much.
History GivenBackBy(core::ChangeType change, int64_t owed_nano) {
  History history = CleanHistory();
  for (std::vector<Change>* topic : {&history.feedback, &history.assignments, &history.states}) {
    topic->back().change = change;
  }
  history.workspace().queues[0].owed_nano = {{"ada", owed_nano}, {"eve", -owed_nano}};
  return history;
}

TEST(StoreDefectsTest, WhatWasDeclinedMayBeOwedAtOnce) {
  EXPECT_FALSE(Names(Examine(GivenBackBy(core::ChangeType::kDeclined, 2'500'000'000)),
                     Check::kFairness, "is owed"));
  EXPECT_TRUE(Names(Examine(GivenBackBy(core::ChangeType::kDeclined, 3'500'000'000)),
                    Check::kFairness, "queue w/q: rep ada is owed 3.5 leads"));
  EXPECT_TRUE(Names(Examine(GivenBackBy(core::ChangeType::kOfferExpired, 2'500'000'000)),
                    Check::kFairness, "queue w/q: rep ada is owed 2.5 leads"));
}

TEST(StoreDefectsTest, NobodyIsOwedMoreThanAllThatItCanOwn) {
  History history = GivenBackBy(core::ChangeType::kDeclined, 3'500'000'000);
  history.rep("ada").capacity = 0;
  EXPECT_TRUE(Names(Examine(history), Check::kFairness, "queue w/q: rep ada is owed 3.5 leads"));
}

}  // namespace
}  // namespace baton::verify
