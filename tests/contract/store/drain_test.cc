// RosterStore::Drain: waiting leads go to reps who can take them, in backlog order, in bounded
// steps.
#include "contract/store/store_fixture.h"

namespace baton::contract {
namespace {

using core::Stage;
using support::Describe;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class DrainTest : public StoreTest {
 protected:
  void CommitNeedingSkill(const std::string& lead, const std::string& skill) {
    core::Plan plan = Qualify(lead, "inside");
    plan.after.judgment.route.skills = {skill};
    Commit(plan);
  }

  // In the order in which their assignments were published.
  std::vector<std::string> Assigned() {
    std::vector<std::string> leads;
    for (const store::OutboxEntry& entry : Outbox()) {
      if (entry.change.type == core::ChangeType::kAssigned) leads.push_back(entry.key.lead.str());
    }
    return leads;
  }
};

TEST_P(DrainTest, WaitingLeadsGoInOrderOfPriorityTimeAndId) {
  CommitQualified("l2", "inside", 5);
  CommitQualified("l1", "inside", 5);
  clock_.Advance(1);
  CommitQualified("l0", "inside", 5);
  CommitQualified("l9", "inside", 50);
  CommitQualified("l3", "inside", 0);
  AddRep("ada", 4);
  EXPECT_EQ(Drain(), 4);
  EXPECT_THAT(Assigned(), ElementsAre("l9", "l1", "l2", "l0"));
  EXPECT_EQ(Queue("inside").waiting, 1);
  EXPECT_EQ(Load("l3").stage, Stage::kQueued);
}

TEST_P(DrainTest, ADrainedLeadIsOfferedAsIfItHadJustCome) {
  const core::LeadRecord before = CommitQualified("l1");
  AddRep("ada");
  clock_.Advance(9);
  EXPECT_EQ(Drain(), 1);
  const core::LeadRecord record = Load("l1");
  EXPECT_EQ(record.revision, before.revision + 1);
  EXPECT_EQ(record.version, before.version + 1);
  EXPECT_EQ(record.stage, Stage::kOffered);
  EXPECT_EQ(record.rep, RepNamed("ada"));
  EXPECT_EQ(record.generation, 1);
  EXPECT_EQ(record.queued_at_ms, kStart);
  EXPECT_EQ(record.offered_at_ms, kStart + 9);
  EXPECT_EQ(record.due_at_ms, kStart + 9 + kAcceptWithin);
  EXPECT_THAT(record.pool.candidates, SizeIs(1));
  EXPECT_THAT(OpenOf("ada"), ElementsAre("l1"));
  const store::OutboxEntry entry = Outbox().back();
  EXPECT_EQ(entry.change.actor, "baton");
  EXPECT_EQ(entry.change.cause, "");
  EXPECT_EQ(entry.due_at_ms, record.due_at_ms);
  EXPECT_EQ(store().Journey(Key("l1"), 0, 10)->entries.back().type, "assigned");
  EXPECT_EQ(Due().next_due_at_ms, record.due_at_ms);
}

TEST_P(DrainTest, ADrainAssignsAtMostMaxAndTheNextOneGoesOn) {
  for (const char* lead : {"l1", "l2", "l3"}) CommitQualified(lead);
  AddRep("ada");
  EXPECT_EQ(Drain(2), 2);
  EXPECT_EQ(Drain(2), 1);
  EXPECT_THAT(Assigned(), ElementsAre("l1", "l2", "l3"));
}

TEST_P(DrainTest, MaxIsClamped) {
  for (const char* lead : {"l1", "l2"}) CommitQualified(lead);
  AddRep("ada");
  EXPECT_EQ(Drain(0), 1);
  EXPECT_EQ(Drain(1'000'000), 1);
}

TEST_P(DrainTest, LeadsThatNobodyCanHaveAreInNobodysWay) {
  for (int i = 0; i < 1'000; i++) CommitNeedingSkill("needy" + std::to_string(i), "klingon");
  clock_.Advance(1);
  CommitQualified("simple");
  AddRep("ada");
  EXPECT_EQ(Drain(), 1);
  EXPECT_EQ(Load("simple").stage, Stage::kOffered);
}

TEST_P(DrainTest, LeadsThatAskForDifferentRepsKeepTheirOrder) {
  core::Rep rep = AddRep("ada", 0);
  for (int i = 0; i < 6; i++) {
    const std::string lead = "l" + std::to_string(i);
    if (i % 2 == 0) CommitNeedingSkill(lead, "german");
    if (i % 2 == 1) CommitQualified(lead);
    clock_.Advance(1);
  }
  CommitQualified("urgent", "inside", 9);
  rep.skills = {"german"};
  rep.capacity = 6;
  PutRep(rep);
  EXPECT_EQ(Drain(), 6);
  EXPECT_THAT(Assigned(), ElementsAre("urgent", "l0", "l1", "l2", "l3", "l4"));
}

TEST_P(DrainTest, WaitingAddsToAPriorityUpToItsLimit) {
  core::Policy policy = MakePolicy();
  policy.queues[QueueNamed("inside")].age = {core::kHourMs, 10, 50};
  ASSERT_TRUE(MakeActive(policy, "ageing").ok());
  CommitQualified("old", "inside", 0);
  clock_.Advance(2 * core::kHourMs);
  CommitQualified("young", "inside", 19);
  CommitQualified("younger", "inside", 21);
  clock_.Advance(10 * core::kHourMs);
  CommitQualified("fresh", "inside", 49);
  CommitQualified("urgent", "inside", 50);
  AddRep("ada", 9);
  EXPECT_EQ(Drain(), 5);
  EXPECT_THAT(Assigned(), ElementsAre("urgent", "younger", "old", "young", "fresh"));
}

TEST_P(DrainTest, ALeadForWhomNobodyIsFoundStaysAsItIs) {
  CommitNeedingSkill("l1", "klingon");
  const std::string before = Describe(Load("l1"));
  AddRep("ada");
  EXPECT_EQ(Drain(), 0);
  EXPECT_EQ(Describe(Load("l1")), before);
}

TEST_P(DrainTest, ARepWhoLearnsWhatLeadsAskForGetsThem) {
  CommitNeedingSkill("l1", "klingon");
  core::Rep rep = AddRep("ada");
  EXPECT_EQ(Drain(), 0);
  rep.skills = {"klingon"};
  PutRep(rep);
  EXPECT_EQ(Drain(), 1);
}

TEST_P(DrainTest, WithoutRoomItEndsAtOnce) {
  for (int i = 0; i < 20; i++) CommitQualified("l" + std::to_string(i));
  AddRep("ada", 1);
  EXPECT_EQ(Drain(), 1);
  core::Rep away = AddRep("bob");
  away.presence = core::Presence::kAway;
  PutRep(away);
  EXPECT_EQ(Drain(), 0);
}

TEST_P(DrainTest, APausedQueueIsNotDrained) {
  CommitQualified("l1");
  AddRep("ada");
  Pause("inside", true);
  EXPECT_EQ(Drain(), 0);
  Pause("inside", false);
  EXPECT_EQ(Drain(), 1);
}

TEST_P(DrainTest, AFullOutboxIsNotFilledFurther) {
  MakeStore(1, {.outbox_max = 2, .outbox_reserve = 5});
  ASSERT_TRUE(store().CreateWorkspace(acme_, "").ok());
  CommitQualified("l1");
  AddRep("ada", 5, {"inside"});
  EXPECT_EQ(Drain(), 0);
  ASSERT_TRUE(store().Trim(0, kBegin + 1, 0).ok());
  EXPECT_EQ(Drain(), 1);
}

TEST_P(DrainTest, PassingIsRememberedAndTheRetryTimerStopsWithTheOffer) {
  AddRep("ada");
  CommitQualified("l1");
  Commit(Decline("l1"));
  EXPECT_EQ(Drain(), 0);
  AddRep("bob");
  EXPECT_EQ(Drain(), 1);
  EXPECT_EQ(Load("l1").rep, RepNamed("bob"));
  EXPECT_EQ(Due().next_due_at_ms, kStart + kAcceptWithin);
}

TEST_P(DrainTest, NothingWaitsInUnknownPlaces) {
  const core::WorkspaceId none = core::WorkspaceId::Trusted("elsewhere");
  EXPECT_EQ(store().Drain(none, QueueNamed("inside"), 1)->assigned, 0);
  EXPECT_EQ(Drain(1, "no-such"), 0);
  EXPECT_THAT(Outbox(), IsEmpty());
}

TEST_P(DrainTest, WorkspacesInWhichLeadsWaitAreListed) {
  const core::WorkspaceId other = core::WorkspaceId::Trusted("other");
  ASSERT_TRUE(store().CreateWorkspace(other, "").ok());
  EXPECT_THAT(*store().ListWaiting(), IsEmpty());
  CommitQualified("l1");
  Pause("inside", true);
  EXPECT_THAT(*store().ListWaiting(), ElementsAre(acme_));
  Pause("inside", false);
  AddRep("ada");
  EXPECT_EQ(Drain(), 1);
  EXPECT_THAT(*store().ListWaiting(), IsEmpty());
}

}  // namespace
INSTANTIATE_CONTRACT(DrainTest);
}  // namespace baton::contract
