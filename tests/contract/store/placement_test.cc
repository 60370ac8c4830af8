// LeadStore::Commit: who gets a lead, who waits, and what the ledgers remember.
#include "contract/store/store_fixture.h"

namespace baton::contract {
namespace {

using core::CandidateReason;
using core::LeadRecord;
using core::Plan;
using core::Stage;
using core::TimerKind;
using support::Describe;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;
using testing::UnorderedElementsAre;

using PlacementTest = StoreTest;

std::vector<std::string> Reasons(const LeadRecord& record) {
  std::vector<std::string> reasons;
  for (const core::Candidate& candidate : record.pool.candidates) {
    reasons.push_back(candidate.rep.str() + " " +
                      std::string(core::CandidateReasonName(candidate.reason)));
  }
  return reasons;
}

TEST_P(PlacementTest, AnOfferGivesTheLeadToARepForATime) {
  AddRep("ada");
  const LeadRecord record = CommitQualified("l1");
  EXPECT_EQ(record.stage, Stage::kOffered);
  EXPECT_EQ(record.rep, RepNamed("ada"));
  EXPECT_EQ(record.generation, 1);
  EXPECT_EQ(record.queued_at_ms, kStart);
  EXPECT_EQ(record.offered_at_ms, kStart);
  EXPECT_EQ(record.accepted_at_ms, 0);
  EXPECT_EQ(record.timer, TimerKind::kOfferExpiry);
  EXPECT_EQ(record.due_at_ms, kStart + kAcceptWithin);
  EXPECT_EQ(record.version, 2);
  EXPECT_THAT(OpenOf("ada"), ElementsAre("l1"));
  EXPECT_EQ(Queue("inside").waiting, 0);
  EXPECT_EQ(Due().next_due_at_ms, record.due_at_ms);
}

TEST_P(PlacementTest, AnAssignmentIsPublished) {
  AddRep("ada");
  CommitQualified("l1");
  ASSERT_THAT(OutboxTypes(), ElementsAre("qualified", "assigned"));
  const store::OutboxEntry entry = Outbox()[1];
  EXPECT_EQ(entry.due_at_ms, kStart + kAcceptWithin);
  EXPECT_EQ(entry.cycle, 1);
  core::Change expected;
  expected.type = core::ChangeType::kAssigned;
  expected.stage = Stage::kOffered;
  expected.queue = QueueNamed("inside");
  expected.rep = RepNamed("ada");
  expected.generation = 1;
  expected.actor = "baton";
  expected.cause = "cause-1";
  expected.details = {{"mode", "offer"}, {"strategy", "weighted_fair"}};
  EXPECT_EQ(Describe(entry.change), Describe(expected));
}

TEST_P(PlacementTest, ADirectQueueMakesTheRepOwnTheLeadAtOnce) {
  AddRep("ada");
  const LeadRecord record = CommitQualified("l1", "field");
  EXPECT_EQ(record.stage, Stage::kAccepted);
  EXPECT_EQ(record.accepted_at_ms, kStart);
  EXPECT_EQ(record.timer, TimerKind::kNone);
  EXPECT_EQ(record.due_at_ms, 0);
  EXPECT_EQ(Due().next_due_at_ms, 0);
  const store::OutboxEntry entry = Outbox().back();
  EXPECT_EQ(entry.due_at_ms, 0);
  EXPECT_EQ(entry.change.stage, Stage::kAccepted);
  EXPECT_THAT(entry.change.details,
              ElementsAre(Pair("mode", "direct"), Pair("strategy", "weighted_fair")));
}

TEST_P(PlacementTest, WithNobodyTheLeadWaits) {
  const LeadRecord record = CommitQualified("l1");
  EXPECT_EQ(record.stage, Stage::kQueued);
  EXPECT_TRUE(record.rep.empty());
  EXPECT_EQ(record.generation, 0);
  EXPECT_EQ(record.queued_at_ms, kStart);
  EXPECT_EQ(record.timer, TimerKind::kNone) << "nobody passed: nothing to retry";
  EXPECT_EQ(Queue("inside").waiting, 1);
  EXPECT_EQ(Queue("inside").oldest_queued_at_ms, kStart);
  ASSERT_THAT(OutboxTypes(), ElementsAre("qualified", "queued"));
  core::Change expected;
  expected.type = core::ChangeType::kQueued;
  expected.stage = Stage::kQueued;
  expected.queue = QueueNamed("inside");
  expected.actor = "baton";
  expected.cause = "cause-1";
  EXPECT_EQ(Describe(Outbox()[1].change), Describe(expected));
}

TEST_P(PlacementTest, EveryMemberIsACandidateWithItsReason) {
  AddRep("ada", 0);
  AddRep("bob");
  AddRep("cy");
  AddRep("dee", 5, {"field"});
  core::Rep away = AddRep("eve");
  away.presence = core::Presence::kAway;
  PutRep(away);
  core::Rep offline = AddRep("flo");
  offline.presence = core::Presence::kOffline;
  PutRep(offline);
  core::Rep skilled = AddRep("bob");
  skilled.skills = {"german", "saas"};
  PutRep(skilled);
  Plan plan = Qualify("l1", "inside");
  plan.after.judgment.route.skills = {"german"};
  EXPECT_THAT(Reasons(Commit(plan)), ElementsAre("ada missing_skill", "bob chosen",
                                                 "cy missing_skill", "eve away", "flo offline"));
}

TEST_P(PlacementTest, ReasonsAreKeptAlsoWhenNobodyIsFound) {
  AddRep("ada", 0);
  EXPECT_THAT(Reasons(CommitQualified("l1")), ElementsAre("ada at_capacity"));
}

TEST_P(PlacementTest, ACandidateTellsTheFiguresOfTheChoice) {
  AddRep("ada", 5);
  AddRep("bob", 4);
  const LeadRecord record = CommitQualified("l1");
  ASSERT_THAT(record.pool.candidates, SizeIs(2));
  const core::Candidate ada{RepNamed("ada"), CandidateReason::kChosen, 0, 500'000'000, 0, 5};
  const core::Candidate bob{RepNamed("bob"), CandidateReason::kFairness, 0, 500'000'000, 0, 4};
  EXPECT_EQ(record.pool.candidates[0], ada);
  EXPECT_EQ(record.pool.candidates[1], bob);
  EXPECT_EQ(CommitQualified("l2").pool.candidates[1].deviation_nano, 500'000'000);
}

TEST_P(PlacementTest, ALeadOfAPausedQueueWaitsWithoutCandidates) {
  AddRep("ada");
  Pause("inside", true);
  const LeadRecord record = CommitQualified("l1");
  EXPECT_EQ(record.stage, Stage::kQueued);
  EXPECT_THAT(record.pool.candidates, IsEmpty());
  EXPECT_THAT(OpenOf("ada"), IsEmpty());
}

TEST_P(PlacementTest, CapacityIsNeverExceeded) {
  AddRep("ada", 2);
  CommitQualified("l1");
  CommitQualified("l2", "field");
  EXPECT_EQ(CommitQualified("l3").stage, Stage::kQueued);
  EXPECT_THAT(OpenOf("ada"), ElementsAre("l1", "l2"));
}

TEST_P(PlacementTest, AWorkingLeadStillFillsCapacity) {
  AddRep("ada", 1);
  CommitQualified("l1");
  Plan work = Keep("l1");
  work.after.stage = Stage::kWorking;
  Commit(work);
  EXPECT_EQ(CommitQualified("l2").stage, Stage::kQueued);
}

TEST_P(PlacementTest, ADeclinedLeadGoesToTheNextRepAndTheDeclinerIsNotCharged) {
  AddRep("ada");
  AddRep("bob");
  CommitQualified("l1");
  EXPECT_THAT(Queue("inside").owed_nano,
              ElementsAre(Pair(RepNamed("ada"), -500'000'000), Pair(RepNamed("bob"), 500'000'000)));
  clock_.Advance(7);
  const LeadRecord record = Commit(Decline("l1"));
  EXPECT_EQ(record.rep, RepNamed("bob"));
  EXPECT_EQ(record.generation, 2);
  EXPECT_EQ(record.queued_at_ms, kStart) << "it keeps its place";
  EXPECT_EQ(record.offered_at_ms, kStart + 7);
  EXPECT_EQ(record.due_at_ms, kStart + 7 + kAcceptWithin);
  EXPECT_THAT(Reasons(record), ElementsAre("ada passed", "bob chosen"));
  EXPECT_THAT(OpenOf("ada"), IsEmpty());
  EXPECT_THAT(OpenOf("bob"), ElementsAre("l1"));
  EXPECT_THAT(OutboxTypes(2), ElementsAre("declined", "assigned"));
  EXPECT_THAT(Queue("inside").owed_nano, IsEmpty())
      << "refunded, then charged to the only eligible one";
}

TEST_P(PlacementTest, WhenEverybodyPassedTheLeadWaitsForTheRetryTimer) {
  AddRep("ada");
  CommitQualified("l1");
  const LeadRecord record = Commit(Decline("l1"));
  EXPECT_EQ(record.stage, Stage::kQueued);
  EXPECT_EQ(record.timer, TimerKind::kRetry);
  EXPECT_EQ(record.due_at_ms, kStart + kRetryAfter);
  EXPECT_THAT(Reasons(record), ElementsAre("ada passed"));
  EXPECT_THAT(OutboxTypes(2), ElementsAre("declined")) << "the decline says QUEUED already";
  EXPECT_EQ(Due().next_due_at_ms, kStart + kRetryAfter);
}

TEST_P(PlacementTest, ARetryThatFindsNobodyPublishesNothing) {
  AddRep("ada");
  CommitQualified("l1");
  Commit(Decline("l1"));
  Plan retry = Qualify("l1", "inside");
  retry.after.cycle--;
  retry.changes.clear();
  const LeadRecord record = Commit(retry);
  EXPECT_EQ(record.stage, Stage::kQueued);
  EXPECT_EQ(record.due_at_ms, kStart + kRetryAfter) << "somebody is still passed over";
  EXPECT_THAT(OutboxTypes(3), IsEmpty());
  EXPECT_EQ(Queue("inside").waiting, 1);
}

TEST_P(PlacementTest, ARetryThatFindsSomebodyAssignsWithoutACause) {
  AddRep("ada");
  CommitQualified("l1");
  Commit(Decline("l1"));
  Plan retry = Qualify("l1", "inside");
  retry.after.cycle--;
  retry.after.passed.clear();
  retry.changes.clear();
  const LeadRecord record = Commit(retry);
  EXPECT_EQ(record.rep, RepNamed("ada"));
  EXPECT_EQ(record.generation, 2);
  EXPECT_EQ(Queue("inside").waiting, 0);
  EXPECT_EQ(Outbox().back().change.cause, "");
}

TEST_P(PlacementTest, AcceptingStopsTheTimer) {
  AddRep("ada");
  CommitQualified("l1");
  Plan accept = Keep("l1");
  accept.after.stage = Stage::kAccepted;
  accept.after.due_at_ms = 0;
  accept.after.timer = TimerKind::kNone;
  Commit(accept);
  clock_.Advance(core::kDayMs);
  EXPECT_THAT(Due().timers, IsEmpty());
  EXPECT_EQ(Due().next_due_at_ms, 0);
  EXPECT_THAT(OpenOf("ada"), ElementsAre("l1"));
}

TEST_P(PlacementTest, AKeptLeadHasTheTimerOfThePlan) {
  Plan plan = Keep("l1");
  plan.after.due_at_ms = kStart + 5;
  plan.after.timer = TimerKind::kRetry;
  Commit(plan);
  EXPECT_EQ(Due().next_due_at_ms, kStart + 5);
  plan = Keep("l1");
  plan.after.due_at_ms = kStart + 9;
  Commit(plan);
  EXPECT_EQ(Due().next_due_at_ms, kStart + 9) << "one timer per lead";
}

TEST_P(PlacementTest, AReleasedLeadHasNoOwnerAndNoTimer) {
  AddRep("ada");
  AddRep("bob");
  CommitQualified("l1");
  const LeadRecord record = Commit(Release("l1", Stage::kRejected));
  EXPECT_EQ(record.stage, Stage::kRejected);
  EXPECT_TRUE(record.rep.empty());
  EXPECT_EQ(record.generation, 1);
  EXPECT_EQ(record.due_at_ms, 0);
  EXPECT_EQ(record.timer, TimerKind::kNone);
  EXPECT_THAT(OpenOf("ada"), IsEmpty());
  EXPECT_EQ(Due().next_due_at_ms, 0);
  EXPECT_THAT(Queue("inside").owed_nano, SizeIs(2)) << "the charge stays without a refund";
}

TEST_P(PlacementTest, ARefundOnReleaseGivesTheChargeBack) {
  AddRep("ada");
  AddRep("bob");
  CommitQualified("l1");
  Plan plan = Release("l1", Stage::kRejected);
  plan.refund = true;
  Commit(plan);
  EXPECT_THAT(Queue("inside").owed_nano, IsEmpty());
}

TEST_P(PlacementTest, AWonLeadKeepsItsRepButFillsNoCapacity) {
  AddRep("ada", 1);
  CommitQualified("l1");
  const LeadRecord record = Commit(Release("l1", Stage::kWon));
  EXPECT_EQ(record.rep, RepNamed("ada"));
  EXPECT_THAT(OpenOf("ada"), IsEmpty());
  EXPECT_EQ(CommitQualified("l2").rep, RepNamed("ada"));
}

TEST_P(PlacementTest, AReleasedLeadLeavesTheBacklog) {
  CommitQualified("l1");
  Commit(Release("l1", Stage::kRejected));
  EXPECT_EQ(Queue("inside").waiting, 0);
  EXPECT_EQ(Queue("inside").oldest_queued_at_ms, 0);
}

TEST_P(PlacementTest, ANewCycleQueuesAnew) {
  CommitQualified("l1");
  Commit(Release("l1", Stage::kRecycled));
  clock_.Advance(11);
  EXPECT_EQ(CommitQualified("l1").queued_at_ms, kStart + 11);
}

TEST_P(PlacementTest, AReroutedLeadKeepsItsPlaceAndItsOldQueueGetsTheRefund) {
  AddRep("ada");
  AddRep("bob", 5, {"inside"});
  CommitQualified("l1");
  clock_.Advance(3);
  Plan reroute = Decline("l1");
  reroute.after.queue = QueueNamed("field");
  const LeadRecord record = Commit(reroute);
  EXPECT_EQ(record.stage, Stage::kQueued) << "ada passed, bob is not in that queue";
  EXPECT_EQ(record.queued_at_ms, kStart);
  EXPECT_EQ(record.queue, QueueNamed("field"));
  EXPECT_THAT(Queue("inside").owed_nano, IsEmpty());
  EXPECT_EQ(Queue("inside").waiting, 0);
  EXPECT_EQ(Queue("field").waiting, 1);
}

TEST_P(PlacementTest, AWaitingLeadThatIsReroutedLeavesItsOldBacklog) {
  CommitQualified("l1");
  Plan reroute = Qualify("l1", "field");
  reroute.after.cycle--;
  Commit(reroute);
  EXPECT_EQ(Queue("inside").waiting, 0);
  EXPECT_EQ(Queue("field").waiting, 1);
}

TEST_P(PlacementTest, WeightsShareTheLeadsOfAQueue) {
  for (const auto& [id, weight] : {std::pair("ada", 3), std::pair("bob", 2), std::pair("cy", 1)}) {
    core::Rep rep = AddRep(id, 1000);
    rep.weight = weight;
    PutRep(rep);
  }
  for (int i = 0; i < 60; i++) CommitQualified("l" + std::to_string(i), "field");
  EXPECT_THAT(OpenOf("ada"), SizeIs(30));
  EXPECT_THAT(OpenOf("bob"), SizeIs(20));
  EXPECT_THAT(OpenOf("cy"), SizeIs(10));
}

TEST_P(PlacementTest, EachQueueHasItsOwnLedgerWhichSumsToZero) {
  AddRep("ada");
  AddRep("bob");
  AddRep("cy");
  CommitQualified("l1");
  CommitQualified("l2", "field");
  CommitQualified("l3", "field");
  for (const char* queue : {"inside", "field"}) {
    int64_t sum = 0;
    const auto owed = Queue(queue).owed_nano;
    for (const auto& [rep, nano] : owed) sum += nano;
    EXPECT_EQ(sum, 0) << queue;
    EXPECT_THAT(owed, SizeIs(3)) << queue;
  }
  EXPECT_EQ(Queue("inside").owed_nano[RepNamed("ada")], -666'666'666);
}

TEST_P(PlacementTest, AQueueThatThePolicyDoesNotNameHasTheDefaults) {
  AddRep("ada", 5, {"extra"});
  const LeadRecord record = CommitQualified("l1", "extra");
  EXPECT_EQ(record.stage, Stage::kOffered);
  EXPECT_EQ(record.due_at_ms, kStart + core::QueuePolicy().accept_within_ms);
}

TEST_P(PlacementTest, ANewPolicyDecidesTheNextOffer) {
  AddRep("ada");
  const LeadRecord first = CommitQualified("l1");
  core::Policy policy = MakePolicy();
  policy.queues[QueueNamed("inside")].accept_within_ms = 5 * core::kSecondMs;
  ASSERT_TRUE(MakeActive(policy, "second").ok());
  EXPECT_EQ(CommitQualified("l2").due_at_ms, kStart + 5 * core::kSecondMs);
  EXPECT_EQ(Load("l1").due_at_ms, first.due_at_ms);
}

TEST_P(PlacementTest, WorkspacesDoNotShareAnything) {
  AddRep("ada");
  const core::WorkspaceId other = core::WorkspaceId::Trusted("acme-2");
  ASSERT_TRUE(store().CreateWorkspace(other, "").ok());
  Plan plan = Qualify("l1", "inside");
  plan.key.workspace = other;
  EXPECT_EQ(Commit(plan).stage, Stage::kQueued);
  EXPECT_EQ(Load("l1").revision, 0);
  EXPECT_THAT(OpenOf("ada"), IsEmpty());
  EXPECT_EQ(Queue("inside").waiting, 0);
}

}  // namespace
INSTANTIATE_CONTRACT(PlacementTest);
}  // namespace baton::contract
