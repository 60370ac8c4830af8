// RosterStore::Drain: waiting leads go to reps who can take them, in backlog order, in bounded
// steps.
#include "contract/store/store_fixture.h"
#include "core/errors.h"

namespace baton::contract {
namespace {

using core::ErrorReason;
using core::Stage;
using support::Describe;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class DrainTest : public StoreTest {
 protected:
  store::DrainResult Drain(int max = 100, const std::string& cursor = "") {
    const auto drained = store().Drain(acme_, QueueNamed("inside"), max, cursor);
    EXPECT_TRUE(drained.ok()) << drained.status();
    return drained.value_or(store::DrainResult());
  }

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
  const store::DrainResult drained = Drain();
  EXPECT_EQ(drained.assigned, 4);
  EXPECT_THAT(Assigned(), ElementsAre("l9", "l1", "l2", "l0"));
  EXPECT_EQ(Queue("inside").waiting, 1);
  EXPECT_EQ(Load("l3").stage, Stage::kQueued);
}

TEST_P(DrainTest, ADrainedLeadIsOfferedAsIfItHadJustCome) {
  const core::LeadRecord before = CommitQualified("l1");
  AddRep("ada");
  clock_.Advance(9);
  EXPECT_EQ(Drain().assigned, 1);
  const core::LeadRecord record = Load("l1");
  EXPECT_EQ(record.revision, before.revision + 1);
  EXPECT_EQ(record.version, before.version + 1);
  EXPECT_EQ(record.stage, Stage::kOffered);
  EXPECT_EQ(record.rep, RepNamed("ada"));
  EXPECT_EQ(record.generation, 1);
  EXPECT_EQ(record.queued_at_ms, kStart);
  EXPECT_EQ(record.offered_at_ms, kStart + 9);
  EXPECT_EQ(record.due_at_ms, kStart + 9 + kAcceptWithin);
  EXPECT_THAT(record.candidates, SizeIs(1));
  EXPECT_THAT(OpenOf("ada"), ElementsAre("l1"));
  const store::OutboxEntry entry = Outbox().back();
  EXPECT_EQ(entry.change.actor, "baton");
  EXPECT_EQ(entry.change.cause, "");
  EXPECT_EQ(entry.due_at_ms, record.due_at_ms);
  EXPECT_EQ(store().Journey(Key("l1"), 0, 10)->entries.back().type, "assigned");
  EXPECT_EQ(Due().next_due_at_ms, record.due_at_ms);
}

TEST_P(DrainTest, ADrainAssignsAtMostMaxAndTheCursorGoesOn) {
  for (const char* lead : {"l1", "l2", "l3"}) CommitQualified(lead);
  AddRep("ada");
  const store::DrainResult first = Drain(2);
  EXPECT_EQ(first.assigned, 2);
  EXPECT_NE(first.cursor, "");
  const store::DrainResult second = Drain(2, first.cursor);
  EXPECT_EQ(second.assigned, 1);
  EXPECT_EQ(second.cursor, "");
}

TEST_P(DrainTest, ADrainThatEndsWithTheBacklogHasNoCursor) {
  for (const char* lead : {"l1", "l2"}) CommitQualified(lead);
  AddRep("ada");
  const store::DrainResult drained = Drain(2);
  EXPECT_EQ(drained.assigned, 2);
  EXPECT_EQ(drained.cursor, "");
}

TEST_P(DrainTest, MaxIsClamped) {
  for (const char* lead : {"l1", "l2"}) CommitQualified(lead);
  AddRep("ada");
  EXPECT_EQ(Drain(0).assigned, 1);
  EXPECT_EQ(Drain(1'000'000).assigned, 1);
}

TEST_P(DrainTest, OneCallLooksAtABoundedNumberOfLeads) {
  for (int i = 0; i < store::kDrainScanMax + 1; i++) {
    CommitNeedingSkill("needy" + std::to_string(i), "klingon");
  }
  clock_.Advance(1);
  CommitQualified("simple");
  AddRep("ada");
  const store::DrainResult first = Drain();
  EXPECT_EQ(first.assigned, 0);
  ASSERT_NE(first.cursor, "");
  const store::DrainResult second = Drain(100, first.cursor);
  EXPECT_EQ(second.assigned, 1);
  EXPECT_EQ(second.cursor, "");
  EXPECT_EQ(Load("simple").stage, Stage::kOffered);
}

TEST_P(DrainTest, ALeadForWhomNobodyIsFoundStaysAsItIs) {
  CommitNeedingSkill("l1", "klingon");
  const std::string before = Describe(Load("l1"));
  AddRep("ada");
  const store::DrainResult drained = Drain();
  EXPECT_EQ(drained.assigned, 0);
  EXPECT_EQ(drained.cursor, "");
  EXPECT_EQ(Describe(Load("l1")), before);
}

TEST_P(DrainTest, TheCursorHoldsWhenLeadsBeforeItLeave) {
  for (const char* lead : {"l1", "l2", "l3", "l4"}) CommitQualified(lead);
  AddRep("ada", 1);
  AddRep("bob", 1);
  const store::DrainResult first = Drain(1);
  ASSERT_NE(first.cursor, "");
  Commit(Release("l1", Stage::kRejected));
  Commit(Release("l2", Stage::kRejected));
  EXPECT_EQ(Drain(1, first.cursor).assigned, 1);
  EXPECT_EQ(Load("l3").stage, Stage::kOffered);
}

TEST_P(DrainTest, ACursorGoesOnBehindItsPlaceOnly) {
  CommitQualified("l2");
  CommitQualified("l3");
  AddRep("ada", 9);
  const store::DrainResult first = Drain(1);
  ASSERT_NE(first.cursor, "");
  AddRep("ada", 0);
  CommitQualified("l1");
  AddRep("ada", 9);
  EXPECT_EQ(Drain(9, first.cursor).assigned, 1);
  EXPECT_EQ(Load("l1").stage, Stage::kQueued) << "it stands before the cursor";
  EXPECT_EQ(Drain(9).assigned, 1);
}

TEST_P(DrainTest, ACursorIsExclusiveAlsoWhenItsLeadStillWaits) {
  for (int i = 0; i < store::kDrainScanMax + 1; i++) {
    CommitNeedingSkill("needy" + std::to_string(i), "klingon");
  }
  core::Rep rep = AddRep("ada", 9);
  const store::DrainResult first = Drain();
  ASSERT_NE(first.cursor, "");
  rep.skills = {"klingon"};
  PutRep(rep);
  EXPECT_EQ(Drain(9, first.cursor).assigned, 1) << "the one lead not looked at yet";
}

TEST_P(DrainTest, WithoutRoomItEndsAtOnce) {
  for (int i = 0; i < store::kDrainScanMax + 5; i++) CommitQualified("l" + std::to_string(i));
  AddRep("ada", 1);
  const store::DrainResult drained = Drain();
  EXPECT_EQ(drained.assigned, 1);
  EXPECT_EQ(drained.cursor, "") << "nobody can take a lead now";
  core::Rep away = AddRep("bob");
  away.presence = core::Presence::kAway;
  PutRep(away);
  EXPECT_EQ(Drain(1).assigned, 0);
  EXPECT_EQ(Drain(1).cursor, "");
}

TEST_P(DrainTest, APausedQueueIsNotDrained) {
  CommitQualified("l1");
  AddRep("ada");
  Pause("inside", true);
  const store::DrainResult drained = Drain();
  EXPECT_EQ(drained.assigned, 0);
  EXPECT_EQ(drained.cursor, "");
  Pause("inside", false);
  EXPECT_EQ(Drain().assigned, 1);
}

TEST_P(DrainTest, AFullOutboxIsNotFilledFurther) {
  MakeStore(1, {.outbox_max = 2, .outbox_reserve = 5});
  ASSERT_TRUE(store().CreateWorkspace(acme_, "").ok());
  CommitQualified("l1");
  AddRep("ada", 5, {"inside"});
  const store::DrainResult drained = Drain();
  EXPECT_EQ(drained.assigned, 0);
  EXPECT_EQ(drained.cursor, "");
  ASSERT_TRUE(store().Trim(0, kBegin + 1, 0).ok());
  EXPECT_EQ(Drain().assigned, 1);
}

TEST_P(DrainTest, PassingIsRememberedAndTheRetryTimerStopsWithTheOffer) {
  AddRep("ada");
  CommitQualified("l1");
  Commit(Decline("l1"));
  EXPECT_EQ(Drain().assigned, 0);
  AddRep("bob");
  EXPECT_EQ(Drain().assigned, 1);
  EXPECT_EQ(Load("l1").rep, RepNamed("bob"));
  EXPECT_EQ(Due().next_due_at_ms, kStart + kAcceptWithin);
}

TEST_P(DrainTest, ACursorFromElsewhereIsRefused) {
  for (const char* cursor : {"x", "1/2", "1/2/3/4", "a/b/c", "1/2/{x}", "99999999999/1/l1"}) {
    const auto drained = store().Drain(acme_, QueueNamed("inside"), 1, cursor);
    EXPECT_EQ(drained.status().code(), absl::StatusCode::kInvalidArgument) << cursor;
    EXPECT_EQ(ErrorReason(drained.status()), "INVALID_FIELD") << cursor;
  }
}

TEST_P(DrainTest, NothingWaitsInUnknownPlaces) {
  const core::WorkspaceId none = core::WorkspaceId::Trusted("elsewhere");
  EXPECT_EQ(store().Drain(none, QueueNamed("inside"), 1, "")->assigned, 0);
  const auto drained = store().Drain(acme_, QueueNamed("no-such"), 1, "");
  ASSERT_TRUE(drained.ok());
  EXPECT_EQ(drained->cursor, "");
  EXPECT_THAT(Outbox(), IsEmpty());
}

}  // namespace
INSTANTIATE_CONTRACT(DrainTest);
}  // namespace baton::contract
