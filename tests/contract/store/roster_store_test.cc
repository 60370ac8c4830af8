// RosterStore: reps, queues, their etags, caps and what edits leave alone.
#include <algorithm>

#include "contract/store/store_fixture.h"
#include "core/errors.h"

namespace baton::contract {
namespace {

using core::ErrorReason;
using core::ErrorVariables;
using core::Stage;
using support::Describe;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

using RosterStoreTest = StoreTest;

core::Rep MakeRep(const std::string& id) {
  core::Rep rep;
  rep.id = RepNamed(id);
  rep.display_name = "Ada \"Countess\" L\xc3\xb6velace\n";
  rep.queues = {QueueNamed("field"), QueueNamed("inside")};
  rep.weight = 3;
  rep.capacity = 7;
  rep.skills = {"german", "saas"};
  rep.presence = core::Presence::kAway;
  return rep;
}

TEST_P(RosterStoreTest, ANewRepHasRevisionOneAndComesBackAsPut) {
  const auto stored = store().PutRep(acme_, MakeRep("ada"), 0);
  ASSERT_TRUE(stored.ok());
  core::Rep expected = MakeRep("ada");
  expected.revision = 1;
  EXPECT_EQ(Describe(*stored), Describe(expected));
  const auto state = store().GetRep(acme_, RepNamed("ada"));
  ASSERT_TRUE(state.ok());
  EXPECT_EQ(Describe(state->rep), Describe(expected));
  EXPECT_THAT(state->open, IsEmpty());
}

TEST_P(RosterStoreTest, ARepWithoutQueuesSkillsAndNameComesBackAsPut) {
  core::Rep rep;
  rep.id = RepNamed("bob");
  rep.capacity = 0;
  ASSERT_TRUE(store().PutRep(acme_, rep, 0).ok());
  rep.revision = 1;
  EXPECT_EQ(Describe(store().GetRep(acme_, rep.id)->rep), Describe(rep));
}

TEST_P(RosterStoreTest, AnEditNeedsTheStoredRevisionOrAny) {
  ASSERT_TRUE(store().PutRep(acme_, MakeRep("ada"), 0).ok());
  EXPECT_EQ(store().PutRep(acme_, MakeRep("ada"), 1)->revision, 2);
  EXPECT_EQ(store().PutRep(acme_, MakeRep("ada"), -1)->revision, 3);
  const auto refused = store().PutRep(acme_, MakeRep("ada"), 2);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kAborted);
  EXPECT_EQ(ErrorReason(refused.status()), "ETAG_MISMATCH");
  EXPECT_THAT(ErrorVariables(refused.status()),
              ElementsAre(Pair("expected", "2"), Pair("found", "3")));
  EXPECT_EQ(ErrorReason(store().PutRep(acme_, MakeRep("ada"), 0).status()), "ETAG_MISMATCH");
  EXPECT_EQ(ErrorReason(store().PutRep(acme_, MakeRep("bob"), 1).status()), "ETAG_MISMATCH");
  EXPECT_EQ(store().GetRep(acme_, RepNamed("ada"))->rep.revision, 3);
}

TEST_P(RosterStoreTest, AnUnknownWorkspaceTakesNoRepAndNoQueue) {
  const core::WorkspaceId none = core::WorkspaceId::Trusted("elsewhere");
  const auto rep = store().PutRep(none, MakeRep("ada"), -1);
  EXPECT_EQ(rep.status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(ErrorReason(rep.status()), "WORKSPACE_NOT_FOUND");
  EXPECT_EQ(ErrorReason(store().PutQueue(none, {.id = QueueNamed("q")}, -1).status()),
            "WORKSPACE_NOT_FOUND");
  EXPECT_THAT(*store().ListReps(none), IsEmpty());
  EXPECT_THAT(*store().ListQueues(none), IsEmpty());
  EXPECT_EQ(ErrorReason(store().GetRep(none, RepNamed("ada")).status()), "REP_NOT_FOUND");
  EXPECT_EQ(ErrorReason(store().DeleteRep(none, RepNamed("ada"))), "REP_NOT_FOUND");
}

TEST_P(RosterStoreTest, AnAbsentRepIsNotFound) {
  const auto state = store().GetRep(acme_, RepNamed("ada"));
  EXPECT_EQ(state.status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(ErrorReason(state.status()), "REP_NOT_FOUND");
  EXPECT_EQ(ErrorReason(store().DeleteRep(acme_, RepNamed("ada"))), "REP_NOT_FOUND");
}

TEST_P(RosterStoreTest, ARepIsDeletedOnlyWithoutLeads) {
  AddRep("ada");
  CommitQualified("l1");
  const absl::Status refused = store().DeleteRep(acme_, RepNamed("ada"));
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ErrorReason(refused), "REP_OWNS_LEADS");
  EXPECT_EQ(ErrorVariables(refused)["open"], "1");
  Commit(Release("l1", Stage::kRejected));
  EXPECT_TRUE(store().DeleteRep(acme_, RepNamed("ada")).ok());
  EXPECT_THAT(*store().ListReps(acme_), IsEmpty());
  EXPECT_THAT(Queue("inside").members, IsEmpty());
  EXPECT_EQ(CommitQualified("l2").stage, Stage::kQueued);
  EXPECT_EQ(AddRep("ada").revision, 1) << "a new one";
}

TEST_P(RosterStoreTest, ARepKeepsItsLeadsThroughEveryEdit) {
  AddRep("ada");
  CommitQualified("l1");
  core::Rep rep = MakeRep("ada");
  rep.queues.clear();
  rep.capacity = 0;
  rep.presence = core::Presence::kOffline;
  PutRep(rep);
  EXPECT_THAT(OpenOf("ada"), ElementsAre("l1"));
  EXPECT_EQ(Load("l1").rep, RepNamed("ada"));
}

TEST_P(RosterStoreTest, ARepWhoComesBackToAQueueFindsItsLedger) {
  AddRep("ada");
  AddRep("bob");
  CommitQualified("l1");
  const auto owed = Queue("inside").owed_nano;
  AddRep("ada", 5, {"field"});
  EXPECT_EQ(Queue("inside").owed_nano, owed);
  EXPECT_THAT(Queue("inside").members, ElementsAre(RepNamed("bob")));
  AddRep("ada");
  EXPECT_EQ(Queue("inside").owed_nano, owed);
  EXPECT_EQ(CommitQualified("l2").rep, RepNamed("bob")) << "bob is still owed more";
}

TEST_P(RosterStoreTest, TheLedgerOutlivesADeletedRep) {
  AddRep("ada");
  AddRep("bob");
  CommitQualified("l1");
  Commit(Release("l1", Stage::kRejected));
  const auto owed = Queue("inside").owed_nano;
  ASSERT_TRUE(store().DeleteRep(acme_, RepNamed("ada")).ok());
  EXPECT_EQ(Queue("inside").owed_nano, owed);
}

TEST_P(RosterStoreTest, RepsAreListedByIdWithTheirLeads) {
  AddRep("cy", 1);
  AddRep("Bob", 2);
  AddRep("ada", 2);
  for (const char* lead : {"l5", "l4", "l3", "l2", "l1"}) CommitQualified(lead);
  const auto reps = store().ListReps(acme_);
  ASSERT_TRUE(reps.ok());
  ASSERT_THAT(*reps, SizeIs(3));
  size_t owned = 0;
  for (const store::RepState& rep : *reps) {
    EXPECT_TRUE(std::is_sorted(rep.open.begin(), rep.open.end()));
    owned += rep.open.size();
  }
  EXPECT_EQ(owned, 5u);
  EXPECT_EQ(reps->at(0).rep.id, RepNamed("Bob"));
  EXPECT_EQ(reps->at(1).rep.id, RepNamed("ada"));
  EXPECT_EQ(reps->at(2).rep.id, RepNamed("cy"));
}

TEST_P(RosterStoreTest, QueuesOfThePolicyAndThoseWithWaitingLeadsAreListedById) {
  CommitQualified("l1", "extra");
  const auto queues = store().ListQueues(acme_);
  ASSERT_TRUE(queues.ok());
  ASSERT_THAT(*queues, SizeIs(3));
  EXPECT_EQ(queues->at(0).settings.id, QueueNamed("extra"));
  EXPECT_EQ(queues->at(1).settings.id, QueueNamed("field"));
  EXPECT_EQ(queues->at(2).settings.id, QueueNamed("inside"));
  Commit(Release("l1", Stage::kRejected));
  EXPECT_THAT(*store().ListQueues(acme_), SizeIs(2));
}

TEST_P(RosterStoreTest, AQueueShowsSettingsPolicyAndMembers) {
  AddRep("bob");
  AddRep("ada");
  AddRep("cy", 5, {"field"});
  core::Policy policy = MakePolicy();
  policy.queues[QueueNamed("inside")].skills = {"saas"};
  ASSERT_TRUE(MakeActive(policy, "second").ok());
  store::QueueState expected;
  expected.settings.id = QueueNamed("inside");
  expected.policy = policy.queues[QueueNamed("inside")];
  expected.members = {RepNamed("ada"), RepNamed("bob")};
  EXPECT_EQ(Describe(Queue("inside")), Describe(expected));
}

TEST_P(RosterStoreTest, AQueueThatThePolicyDropsShowsTheDefaults) {
  CommitQualified("l1");
  core::Policy policy = MakePolicy();
  policy.queues.erase(QueueNamed("inside"));
  ASSERT_TRUE(MakeActive(policy, "second").ok());
  store::QueueState expected;
  expected.settings.id = QueueNamed("inside");
  expected.policy.id = QueueNamed("inside");
  expected.waiting = 1;
  expected.oldest_queued_at_ms = kStart;
  EXPECT_EQ(Describe(Queue("inside")), Describe(expected));
}

TEST_P(RosterStoreTest, TheOldestWaitingLeadIsFoundBehindMoreUrgentOnes) {
  CommitQualified("l1", "inside", 1);
  clock_.Advance(10);
  CommitQualified("l2", "inside", 90);
  EXPECT_EQ(Queue("inside").waiting, 2);
  EXPECT_EQ(Queue("inside").oldest_queued_at_ms, kStart);
  Commit(Release("l1", Stage::kRejected));
  EXPECT_EQ(Queue("inside").oldest_queued_at_ms, kStart + 10);
}

TEST_P(RosterStoreTest, QueueSettingsHaveRevisionsToo) {
  core::QueueSettings settings{.id = QueueNamed("inside"), .display_name = "In\nside"};
  EXPECT_EQ(store().PutQueue(acme_, settings, 0)->revision, 1);
  EXPECT_EQ(ErrorReason(store().PutQueue(acme_, settings, 0).status()), "ETAG_MISMATCH");
  settings.paused = true;
  EXPECT_EQ(store().PutQueue(acme_, settings, 1)->revision, 2);
  EXPECT_EQ(store().PutQueue(acme_, settings, -1)->revision, 3);
  settings.revision = 3;
  EXPECT_EQ(Describe(Queue("inside").settings), Describe(settings));
}

TEST_P(RosterStoreTest, PausingHoldsBackOffersAndNothingElse) {
  AddRep("ada");
  CommitQualified("l1");
  Pause("inside", true);
  EXPECT_THAT(OpenOf("ada"), ElementsAre("l1"));
  EXPECT_EQ(CommitQualified("l2").stage, Stage::kQueued);
  EXPECT_EQ(CommitQualified("l3", "field").stage, Stage::kAccepted);
  Pause("inside", false);
  EXPECT_EQ(Drain(9), 1);
  EXPECT_EQ(CommitQualified("l4").stage, Stage::kOffered);
}

}  // namespace
INSTANTIATE_CONTRACT(RosterStoreTest);
}  // namespace baton::contract
