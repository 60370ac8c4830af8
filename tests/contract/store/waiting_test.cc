// LeadStore::Commit and RosterStore::Drain: strategies of queues, leads that belong to somebody,
// and how long they wait.
#include "contract/store/store_fixture.h"

namespace baton::contract {
namespace {

using core::LeadRecord;
using core::Plan;
using core::Stage;
using core::TimerKind;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

class WaitingTest : public StoreTest {
 protected:
  // Makes `change` to the policy of queue "inside".
  template <typename Change>
  void ChangeQueue(Change change) {
    core::Policy policy = MakePolicy();
    change(policy.queues[QueueNamed("inside")]);
    ASSERT_TRUE(MakeActive(policy, "changed").ok());
  }

  Plan QualifyOwned(const std::string& lead, const std::vector<std::string>& owners,
                    bool only = false) {
    Plan plan = Qualify(lead, "inside");
    for (const std::string& owner : owners) plan.after.owners.push_back(RepNamed(owner));
    plan.after.owners_only = only;
    return plan;
  }

  void SetPresence(const std::string& rep, core::Presence presence) {
    core::Rep changed = store().GetRep(acme_, RepNamed(rep))->rep;
    changed.presence = presence;
    PutRep(changed);
  }

  std::vector<core::QueueId> AwaitedIn(const std::string& rep) {
    return store().GetRep(acme_, RepNamed(rep))->awaited_in;
  }
};

TEST_P(WaitingTest, LeastLoadedGivesTheNextLeadToWhoHasFewest) {
  ChangeQueue([](core::QueuePolicy& queue) { queue.strategy = core::Strategy::kLeastLoaded; });
  AddRep("ada");
  AddRep("bob");
  EXPECT_EQ(CommitQualified("l1").rep, RepNamed("ada"));
  EXPECT_EQ(CommitQualified("l2").rep, RepNamed("bob"));
  Commit(Release("l2", Stage::kRejected));
  const LeadRecord record = CommitQualified("l3");
  EXPECT_EQ(record.rep, RepNamed("bob"));
  EXPECT_EQ(record.chosen_by, core::ChoiceBasis::kLeastLoaded);
  EXPECT_EQ(record.pool.candidates[0].reason, core::CandidateReason::kBusier);
  EXPECT_THAT(Outbox().back().change.details,
              ElementsAre(Pair("mode", "offer"), Pair("strategy", "least_loaded")));
}

TEST_P(WaitingTest, LongestIdleGivesTheNextLeadToWhoWaitedLongest) {
  ChangeQueue([](core::QueuePolicy& queue) { queue.strategy = core::Strategy::kLongestIdle; });
  AddRep("ada");
  AddRep("bob");
  EXPECT_EQ(CommitQualified("l1").rep, RepNamed("ada"));
  clock_.Advance(1);
  EXPECT_EQ(CommitQualified("l2").rep, RepNamed("bob"));
  clock_.Advance(1);
  EXPECT_EQ(CommitQualified("l3").rep, RepNamed("ada"));
  EXPECT_EQ(CommitQualified("l4").rep, RepNamed("bob"));
  EXPECT_EQ(Load("l4").chosen_by, core::ChoiceBasis::kLongestIdle);
}

TEST_P(WaitingTest, ATieSaysWhatDecidedIt) {
  AddRep("ada");
  AddRep("bob");
  CommitQualified("l1");
  EXPECT_THAT(Outbox().back().change.details, testing::Contains(Pair("tie", "id")));
  CommitQualified("l2");
  EXPECT_THAT(Outbox().back().change.details, testing::Not(testing::Contains(Pair("tie", "id"))));
}

TEST_P(WaitingTest, ALeadGoesToItsOwnerFirst) {
  AddRep("ada");
  AddRep("bob");
  const LeadRecord record = Commit(QualifyOwned("l1", {"bob"}));
  EXPECT_EQ(record.rep, RepNamed("bob"));
  EXPECT_EQ(record.chosen_by, core::ChoiceBasis::kOwner);
  EXPECT_EQ(record.owners, std::vector<core::RepId>{RepNamed("bob")});
  EXPECT_THAT(Queue("inside").owed_nano,
              ElementsAre(Pair(RepNamed("ada"), 500'000'000), Pair(RepNamed("bob"), -500'000'000)))
      << "it was bob's turn";
}

TEST_P(WaitingTest, AnOwnerOutsideTheQueueHasTheLeadWithoutATurn) {
  AddRep("ada");
  AddRep("zoe", 1, {"field"});
  EXPECT_EQ(Commit(QualifyOwned("l1", {"zoe"})).rep, RepNamed("zoe"));
  EXPECT_THAT(Queue("inside").owed_nano, IsEmpty());
  const LeadRecord next = Commit(QualifyOwned("l2", {"zoe"}));
  EXPECT_EQ(next.rep, RepNamed("ada")) << "zoe is at capacity";
  EXPECT_EQ(next.pool.candidates.size(), 2u);
}

TEST_P(WaitingTest, OwnersCountInTheLedgerOnlyIfThePolicySaysSo) {
  ChangeQueue([](core::QueuePolicy& queue) { queue.count_owned = false; });
  AddRep("ada");
  AddRep("bob");
  EXPECT_EQ(Commit(QualifyOwned("l1", {"bob"})).rep, RepNamed("bob"));
  EXPECT_THAT(Queue("inside").owed_nano, IsEmpty());
  EXPECT_EQ(Outbox().back().change.details.at("charged"), "false") << "so reports count no turn";
}

TEST_P(WaitingTest, ALeadWaitsForItsOwnerAndGoesToNobodyElse) {
  AddRep("ada");
  AddRep("zoe", 5, {"field"});
  SetPresence("zoe", core::Presence::kAway);
  Plan plan = QualifyOwned("l1", {"zoe"}, /*only=*/true);
  plan.after.wait_until_ms = kStart + 100;
  const LeadRecord record = Commit(plan);
  EXPECT_EQ(record.stage, Stage::kQueued);
  EXPECT_EQ(record.timer, TimerKind::kWait);
  EXPECT_EQ(record.due_at_ms, kStart + 100);
  EXPECT_EQ(record.pool.candidates.size(), 1u);
  EXPECT_THAT(AwaitedIn("zoe"), ElementsAre(QueueNamed("inside")));
  EXPECT_EQ(Drain(9), 0);
  SetPresence("zoe", core::Presence::kOnline);
  EXPECT_EQ(Drain(9), 1);
  EXPECT_EQ(Load("l1").rep, RepNamed("zoe"));
  EXPECT_THAT(AwaitedIn("zoe"), IsEmpty());
}

TEST_P(WaitingTest, TheOutlookSaysForWhomALeadWaits) {
  AddRep("ada");
  AddRep("zoe", 5, {"field"});
  SetPresence("zoe", core::Presence::kAway);
  const core::LeadKey key = Commit(QualifyOwned("l1", {"zoe"}, /*only=*/true)).key;
  const auto outlook = store().OutlookOf(key);
  ASSERT_TRUE(outlook.ok()) << outlook.status();
  EXPECT_TRUE(outlook->waits);
  EXPECT_TRUE(outlook->for_owners);
  ASSERT_EQ(outlook->pool.candidates.size(), 1u);
  EXPECT_EQ(outlook->pool.candidates[0].rep, RepNamed("zoe"));
  EXPECT_EQ(outlook->pool.candidates[0].reason, core::CandidateReason::kAway);
  SetPresence("zoe", core::Presence::kOnline);
  EXPECT_EQ(store().OutlookOf(key)->pool.chosen()->rep, RepNamed("zoe"));
  ChangeQueue([](core::QueuePolicy& queue) { queue.mode = core::QueueMode::kPull; });
  EXPECT_EQ(store().OutlookOf(key)->mode, core::QueueMode::kPull);
  EXPECT_EQ(store().OutlookOf(key)->pool.size(), 0);
}

TEST_P(WaitingTest, ALeadThatSomebodyHasOrThatIsNotThereHasNoOutlook) {
  AddRep("ada");
  const core::LeadKey key = CommitQualified("l1").key;
  EXPECT_FALSE(store().OutlookOf(key)->waits);
  EXPECT_FALSE(store().OutlookOf({key.workspace, core::LeadId::Trusted("none")})->waits);
  EXPECT_FALSE(store().OutlookOf({core::WorkspaceId::Trusted("none"), key.lead})->waits);
}

TEST_P(WaitingTest, AnOwnerIsServedThoughNobodyOfTheQueueHasRoom) {
  AddRep("ada", 0);
  AddRep("zoe", 0, {"field"});
  Commit(Qualify("l1", "inside"));
  clock_.Advance(1);
  Commit(QualifyOwned("l2", {"zoe"}));
  AddRep("zoe", 1, {"field"});
  EXPECT_EQ(Drain(9), 1);
  EXPECT_EQ(Load("l2").rep, RepNamed("zoe"));
  EXPECT_EQ(Load("l1").stage, Stage::kQueued);
}

TEST_P(WaitingTest, WhenEveryOwnerPassedTheQueueIsAsked) {
  AddRep("ada");
  AddRep("bob");
  Commit(QualifyOwned("l1", {"bob", "gone"}, /*only=*/true));
  EXPECT_EQ(Load("l1").rep, RepNamed("bob"));
  const LeadRecord record = Commit(Decline("l1"));
  EXPECT_EQ(record.rep, RepNamed("ada")) << "an owner who is no rep is not waited for";
  EXPECT_EQ(record.chosen_by, core::ChoiceBasis::kWeightedFair);
}

TEST_P(WaitingTest, TheEarlierOfRetryAndWaitIsTheTimer) {
  AddRep("ada");
  CommitQualified("l1");
  Plan decline = Decline("l1");
  decline.after.wait_until_ms = kStart + kRetryAfter + 1;
  EXPECT_EQ(Commit(decline).timer, TimerKind::kRetry);
  Commit(Release("l1", Stage::kRecycled));
  CommitQualified("l1");
  decline = Decline("l1");
  decline.after.wait_until_ms = kStart + kRetryAfter - 1;
  const LeadRecord record = Commit(decline);
  EXPECT_EQ(record.timer, TimerKind::kWait);
  EXPECT_EQ(record.due_at_ms, kStart + kRetryAfter - 1);
}

TEST_P(WaitingTest, AWaitThatIsOverAlreadyIsDueAtOnce) {
  Plan plan = Qualify("l1", "inside");
  plan.after.wait_until_ms = kStart - 500;
  EXPECT_EQ(Commit(plan).due_at_ms, kStart);
}

TEST_P(WaitingTest, ALeadThatMovesWaitsInOneQueueOnly) {
  Commit(QualifyOwned("l1", {"zoe"}, /*only=*/true));
  Plan widened = Qualify("l1", "field");
  widened.after.cycle--;
  widened.after.owners_only = false;
  Commit(widened);
  EXPECT_EQ(Queue("inside").waiting, 0);
  EXPECT_EQ(Queue("field").waiting, 1);
  AddRep("zoe", 5, {"field"});
  EXPECT_THAT(AwaitedIn("zoe"), ElementsAre(QueueNamed("field")));
}

TEST_P(WaitingTest, LeadsOfAPulledQueueWaitUntilSomebodyClaimsThem) {
  ChangeQueue([](core::QueuePolicy& queue) { queue.mode = core::QueueMode::kPull; });
  AddRep("ada");
  const LeadRecord record = CommitQualified("l1");
  EXPECT_EQ(record.stage, Stage::kQueued);
  EXPECT_THAT(record.pool.candidates, IsEmpty());
  EXPECT_EQ(Drain(9), 0);
}

}  // namespace
INSTANTIATE_CONTRACT(WaitingTest);
}  // namespace baton::contract
