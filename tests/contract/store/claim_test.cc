// RosterStore::ClaimNext: reps take waiting leads of queues that are pulled from.
#include "contract/store/store_fixture.h"
#include "core/errors.h"

namespace baton::contract {
namespace {

using core::ErrorReason;
using core::LeadRecord;
using core::Plan;
using core::Stage;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

class ClaimTest : public StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    core::Policy policy = MakePolicy();
    policy.queues[QueueNamed("inside")].mode = core::QueueMode::kPull;
    core::QueuePolicy& second = policy.queues[QueueNamed("second")];
    second.id = QueueNamed("second");
    second.mode = core::QueueMode::kPull;
    ASSERT_TRUE(MakeActive(policy, "pulled").ok());
  }

  absl::StatusOr<store::ClaimResult> Claim(const std::string& rep,
                                           const std::vector<std::string>& queues = {},
                                           const std::string& request_id = "",
                                           uint64_t fingerprint = 7) {
    store::Claim claim;
    claim.workspace = acme_;
    claim.rep = RepNamed(rep);
    for (const std::string& queue : queues) claim.queues.push_back(QueueNamed(queue));
    claim.request_id = request_id;
    claim.fingerprint = fingerprint;
    return store().ClaimNext(claim);
  }

  // The lead that the rep got; "": none.
  std::string Claimed(const std::string& rep, const std::vector<std::string>& queues = {}) {
    const auto claimed = Claim(rep, queues);
    EXPECT_TRUE(claimed.ok()) << claimed.status();
    return claimed.ok() ? claimed->lead.str() : "error";
  }

  std::string Refusal(const std::string& rep, const std::vector<std::string>& queues = {}) {
    return ErrorReason(Claim(rep, queues).status());
  }
};

TEST_P(ClaimTest, AClaimedLeadIsAcceptedAtOnce) {
  AddRep("ada");
  CommitQualified("l1");
  clock_.Advance(5);
  const auto claimed = Claim("ada", {}, "r1");
  ASSERT_TRUE(claimed.ok()) << claimed.status();
  EXPECT_EQ(claimed->lead.str(), "l1");
  EXPECT_EQ(claimed->generation, 1);
  EXPECT_FALSE(claimed->repeated);
  const LeadRecord record = Load("l1");
  EXPECT_EQ(record.stage, Stage::kAccepted);
  EXPECT_EQ(record.rep, RepNamed("ada"));
  EXPECT_EQ(record.accepted_at_ms, kStart + 5);
  EXPECT_EQ(record.offered_at_ms, kStart + 5);
  EXPECT_EQ(record.chosen_by, core::ChoiceBasis::kClaimed);
  EXPECT_EQ(record.pool.candidates.size(), 1u);
  EXPECT_EQ(record.due_at_ms, 0);
  EXPECT_THAT(OpenOf("ada"), ElementsAre("l1"));
  EXPECT_EQ(Queue("inside").waiting, 0);
  EXPECT_THAT(Queue("inside").owed_nano, IsEmpty());
  const core::Change change = Outbox().back().change;
  EXPECT_EQ(change.type, core::ChangeType::kAssigned);
  EXPECT_EQ(change.actor, "rep/ada");
  EXPECT_EQ(change.cause, "r1");
  EXPECT_THAT(change.details, ElementsAre(Pair("charged", "false"), Pair("mode", "pull"),
                                          Pair("strategy", "claimed")));
  EXPECT_EQ(store().Journey(Key("l1"), 0, 10)->entries.back().type, "assigned");
}

TEST_P(ClaimTest, WhoClaimedForTheRepIsNamed) {
  AddRep("ada");
  CommitQualified("l1");
  store::Claim claim{acme_, RepNamed("ada"), {}, "r1", 7, "principal/crm | 1"};
  ASSERT_EQ(store().ClaimNext(claim)->lead.str(), "l1");
  EXPECT_EQ(Outbox().back().change.actor, "principal/crm | 1");
  EXPECT_EQ(store().Journey(Key("l1"), 0, 10)->entries.back().change.actor, "principal/crm | 1");
}

TEST_P(ClaimTest, TheHighestPriorityThenTheOldestComesFirst) {
  AddRep("ada", 9, {"inside", "second"});
  CommitQualified("l1", "inside", 5);
  clock_.Advance(1);
  CommitQualified("l2", "second", 9);
  CommitQualified("l3", "inside", 9);
  clock_.Advance(1);
  CommitQualified("l4", "second", 50);
  EXPECT_EQ(Claimed("ada"), "l4");
  EXPECT_EQ(Claimed("ada"), "l2") << "of equals the first by id";
  EXPECT_EQ(Claimed("ada"), "l3");
  EXPECT_EQ(Claimed("ada"), "l1");
  EXPECT_EQ(Claimed("ada"), "");
}

TEST_P(ClaimTest, SeveralWhoClaimGetDifferentLeads) {
  AddRep("ada");
  AddRep("bob");
  CommitQualified("l1");
  CommitQualified("l2");
  EXPECT_EQ(Claimed("ada"), "l1");
  EXPECT_EQ(Claimed("bob"), "l2");
}

TEST_P(ClaimTest, OnlyWhatTheRepMayHaveIsClaimed) {
  core::Rep ada = AddRep("ada");
  AddRep("bob");
  AddRep("zoe");
  Plan needy = Qualify("l1", "inside");
  needy.after.judgment.route.skills = {"klingon"};
  Commit(needy);
  Plan passed = Qualify("l2", "inside");
  passed.after.passed = {RepNamed("ada")};
  Commit(passed);
  Plan owned = Qualify("l3", "inside");
  owned.after.owners = {RepNamed("zoe")};
  owned.after.owners_only = true;
  Commit(owned);
  EXPECT_EQ(Claimed("ada"), "");
  EXPECT_EQ(Claimed("zoe"), "l2");
  EXPECT_EQ(Claimed("zoe"), "l3") << "its owner may claim it";
  ada.skills = {"klingon"};
  PutRep(ada);
  EXPECT_EQ(Claimed("ada"), "l1");
}

TEST_P(ClaimTest, AnOwnerWhoCannotComeKeepsNobodyFromClaiming) {
  AddRep("ada");
  Plan owned = Qualify("l1", "inside");
  owned.after.owners = {RepNamed("gone")};
  owned.after.owners_only = true;
  Commit(owned);
  EXPECT_EQ(Claimed("ada"), "l1");
}

TEST_P(ClaimTest, QueuesCanBeNamed) {
  AddRep("ada", 5, {"field", "inside", "second"});
  CommitQualified("l1", "inside");
  CommitQualified("l2", "second");
  EXPECT_EQ(Claimed("ada", {"second"}), "l2");
  EXPECT_EQ(Claimed("ada", {"second"}), "");
  EXPECT_EQ(Refusal("ada", {"field"}), "QUEUE_NOT_PULLED");
  EXPECT_EQ(Refusal("ada", {"other"}), "NOT_A_MEMBER");
  EXPECT_EQ(Claimed("ada"), "l1");
}

TEST_P(ClaimTest, CapacityAndPresenceHold) {
  AddRep("ada", 1);
  CommitQualified("l1");
  CommitQualified("l2");
  EXPECT_EQ(Claimed("ada"), "l1");
  EXPECT_EQ(Refusal("ada"), "REP_AT_CAPACITY");
  core::Rep away = AddRep("bob");
  away.presence = core::Presence::kAway;
  PutRep(away);
  EXPECT_EQ(Refusal("bob"), "REP_UNAVAILABLE");
  EXPECT_EQ(Refusal("nobody"), "REP_NOT_FOUND");
  EXPECT_EQ(Load("l2").stage, Stage::kQueued);
}

TEST_P(ClaimTest, NothingIsClaimedFromAPausedQueue) {
  AddRep("ada");
  CommitQualified("l1");
  Pause("inside", true);
  EXPECT_EQ(Claimed("ada"), "");
  Pause("inside", false);
  EXPECT_EQ(Claimed("ada"), "l1");
}

TEST_P(ClaimTest, ARepeatedRequestGetsItsFirstAnswer) {
  AddRep("ada");
  CommitQualified("l1");
  CommitQualified("l2");
  ASSERT_EQ(Claim("ada", {}, "r 1|x")->lead.str(), "l1");
  const auto again = Claim("ada", {}, "r 1|x");
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->lead.str(), "l1");
  EXPECT_EQ(again->generation, 1);
  EXPECT_TRUE(again->repeated);
  EXPECT_EQ(ErrorReason(Claim("ada", {}, "r 1|x", 8).status()), "REQUEST_ID_REUSED");
  EXPECT_EQ(Load("l2").stage, Stage::kQueued);
}

TEST_P(ClaimTest, TheLatestRequestsAreRemembered) {
  AddRep("ada", 100);
  const int claims = store::kClaimsRemembered + 1;
  for (int i = 0; i < claims + 1; i++) CommitQualified("l" + std::to_string(10 + i));
  for (int i = 0; i < claims; i++) ASSERT_TRUE(Claim("ada", {}, "r" + std::to_string(i)).ok());
  EXPECT_TRUE(Claim("ada", {}, "r1")->repeated);
  EXPECT_FALSE(Claim("ada", {}, "r0")->repeated) << "forgotten: it takes another one";
}

TEST_P(ClaimTest, AFullOutboxRefusesClaims) {
  MakeStore(1, {.outbox_max = 2, .outbox_reserve = 0});
  ASSERT_TRUE(store().CreateWorkspace(acme_, "").ok());
  core::Policy policy = MakePolicy();
  policy.queues[QueueNamed("inside")].mode = core::QueueMode::kPull;
  ASSERT_TRUE(MakeActive(policy, "pulled").ok());
  AddRep("ada");
  CommitQualified("l1");
  EXPECT_EQ(Refusal("ada"), "OUTBOX_FULL");
  ASSERT_TRUE(store().Trim(0, kBegin + 1, 0).ok());
  EXPECT_EQ(Claimed("ada"), "l1");
}

}  // namespace
INSTANTIATE_CONTRACT(ClaimTest);
}  // namespace baton::contract
