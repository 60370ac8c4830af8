// LeadStore::Commit: a lead does not overtake one that waits in front of it and could have the same
// rep.
#include "contract/store/store_fixture.h"

namespace baton::contract {
namespace {

using core::Plan;
using core::Stage;
using testing::ElementsAre;
using testing::IsEmpty;

class TurnsTest : public StoreTest {
 protected:
  // Nobody has room for it yet.
  void Waits(const std::string& lead, const std::vector<std::string>& skills = {}) {
    EXPECT_EQ(CommitAsking(lead, skills).record.stage, Stage::kQueued) << lead;
    clock_.Advance(1);
  }

  std::vector<store::CommitResult> CommitAll(const std::vector<Plan>& plans) {
    auto results = store().Commit(plans);
    EXPECT_TRUE(results.ok()) << results.status();
    if (!results.ok()) return std::vector<store::CommitResult>(plans.size());
    for (const store::CommitResult& result : *results) {
      EXPECT_EQ(result.code, store::CommitCode::kCommitted) << result.problem;
    }
    return *std::move(results);
  }

  store::CommitResult CommitOne(const Plan& plan) { return CommitAll({plan})[0]; }

  Plan Asking(const std::string& lead, const std::vector<std::string>& skills) {
    Plan plan = Qualify(lead, "inside");
    plan.after.judgment.route.skills = skills;
    return plan;
  }

  store::CommitResult CommitAsking(const std::string& lead,
                                   const std::vector<std::string>& skills = {}) {
    return CommitOne(Asking(lead, skills));
  }

  Plan Owned(const std::string& lead, const std::vector<std::string>& owners, bool only) {
    Plan plan = Qualify(lead, "inside");
    for (const std::string& owner : owners) plan.after.owners.push_back(RepNamed(owner));
    plan.after.owners_only = only;
    return plan;
  }

  // As the clock does: those who passed are asked, too.
  Plan AskAgain(const std::string& lead) {
    Plan plan;
    plan.key = Key(lead);
    plan.after = Load(lead);
    plan.expected_revision = plan.after.revision;
    plan.after.passed.clear();
    plan.placement = core::Placement::kOffer;
    return plan;
  }

  core::Rep AddSkilled(const std::string& id, const std::vector<std::string>& skills,
                       int capacity = 5) {
    core::Rep rep = AddRep(id, 0);
    rep.skills = skills;
    rep.capacity = capacity;
    return PutRep(rep);
  }

  std::vector<std::string> Assigned() {
    std::vector<std::string> leads;
    for (const store::OutboxEntry& entry : Outbox()) {
      if (entry.change.type == core::ChangeType::kAssigned) leads.push_back(entry.key.lead.str());
    }
    return leads;
  }

  static void ExpectTurn(const store::CommitResult& result) {
    EXPECT_TRUE(result.waits_turn);
    EXPECT_EQ(result.record.stage, Stage::kQueued);
    EXPECT_TRUE(result.record.rep.empty());
  }

  static void ExpectGiven(const store::CommitResult& result, const std::string& rep) {
    EXPECT_FALSE(result.waits_turn);
    EXPECT_EQ(result.record.rep, RepNamed(rep));
  }
};

TEST_P(TurnsTest, ANewLeadWaitsItsTurnBehindOneThatWaits) {
  Waits("old");
  AddRep("ada");
  const store::CommitResult young = CommitAsking("young");
  ExpectTurn(young);
  EXPECT_EQ(young.record.choice.at_ms, 0);
  EXPECT_EQ(young.record.timer, core::TimerKind::kNone);
  EXPECT_THAT(OutboxTypes(), ElementsAre("qualified", "queued", "qualified", "queued"));
  EXPECT_THAT(Queue("inside").owed_nano, IsEmpty());
  EXPECT_THAT(Load("young").pool.candidates, IsEmpty()) << "no choice was made";
  EXPECT_EQ(Drain(), 2);
  EXPECT_THAT(Assigned(), ElementsAre("old", "young"));
}

TEST_P(TurnsTest, OnceNobodyWaitsInFrontALeadGoesAtOnce) {
  Waits("old");
  AddRep("ada");
  EXPECT_EQ(Drain(), 1);
  ExpectGiven(CommitAsking("young"), "ada");
}

TEST_P(TurnsTest, AHigherPriorityIsInFront) {
  Waits("old");
  AddRep("ada");
  ExpectGiven(CommitOne(Qualify("urgent", "inside", 1)), "ada");
  EXPECT_EQ(Load("old").stage, Stage::kQueued);
}

TEST_P(TurnsTest, OfLeadsOfOneInstantTheFirstByIdIsInFront) {
  CommitQualified("l2");
  AddRep("ada");
  ExpectGiven(CommitAsking("l1"), "ada");
  ExpectTurn(CommitAsking("l3"));
}

TEST_P(TurnsTest, WaitingAddsToPriorities) {
  core::Policy policy = MakePolicy();
  policy.queues[QueueNamed("inside")].age = {core::kHourMs, 10, 50};
  ASSERT_TRUE(MakeActive(policy, "ageing").ok());
  Waits("old");
  clock_.Advance(2 * core::kHourMs);
  AddRep("ada");
  ExpectTurn(CommitOne(Qualify("young", "inside", 19)));
  ExpectGiven(CommitOne(Qualify("younger", "inside", 21)), "ada");
  ExpectGiven(CommitOne(Qualify("urgent", "inside", 50)), "ada");
}

TEST_P(TurnsTest, WhoAsksForSkillsThatTheRepLacksIsInNobodysWay) {
  Waits("needy", {"klingon"});
  AddSkilled("ada", {"german"});
  ExpectGiven(CommitAsking("l1", {"german"}), "ada");
  ExpectGiven(CommitAsking("l2"), "ada");
  AddSkilled("ada", {"german", "klingon"});
  ExpectTurn(CommitAsking("l3"));
}

TEST_P(TurnsTest, OnlyThatVeryRepMatters) {
  Waits("needy", {"klingon"});
  AddSkilled("ada", {"german"});
  AddSkilled("bob", {"klingon"});
  ExpectGiven(CommitAsking("l1", {"german"}), "ada");
}

TEST_P(TurnsTest, WhomTheRepPassedOnIsInNobodysWay) {
  AddRep("ada");
  CommitQualified("old");
  Commit(Decline("old"));
  clock_.Advance(1);
  ExpectGiven(CommitAsking("young"), "ada");
  AddRep("ada", 0);
  AddRep("bob");
  ExpectTurn(CommitAsking("younger"));
}

TEST_P(TurnsTest, ALeadThatComesBackKeepsItsPlace) {
  AddRep("ada", 1);
  CommitQualified("first");
  clock_.Advance(1);
  Waits("second");
  AddRep("bob", 1);
  ExpectGiven(CommitOne(Decline("first")), "bob");
}

TEST_P(TurnsTest, ALeadThatComesBackBehindOthersWaits) {
  AddRep("ada", 1);
  CommitQualified("l1");
  clock_.Advance(1);
  CommitQualified("urgent", "inside", 9);
  AddRep("bob", 1);
  ExpectTurn(CommitOne(Decline("l1")));
  EXPECT_THAT(OutboxTypes(),
              ElementsAre("qualified", "assigned", "qualified", "queued", "declined"));
  EXPECT_EQ(Load("l1").timer, core::TimerKind::kRetry);
  EXPECT_EQ(Drain(), 2);
  EXPECT_THAT(Assigned(), ElementsAre("l1", "urgent", "l1"));
}

TEST_P(TurnsTest, ALeadIsNotInItsOwnWay) {
  AddRep("ada");
  CommitQualified("l1");
  Commit(Decline("l1"));
  ExpectGiven(CommitOne(AskAgain("l1")), "ada");
}

TEST_P(TurnsTest, ALeadThatAsksAgainWaitsItsTurn) {
  AddRep("ada", 1);
  CommitQualified("l2");
  CommitQualified("l1");
  Commit(Decline("l2"));
  const size_t published = Outbox().size();
  ExpectTurn(CommitOne(AskAgain("l2")));
  EXPECT_EQ(Outbox().size(), published) << "it waited before";
  EXPECT_EQ(Drain(), 1);
  EXPECT_EQ(Load("l1").rep, RepNamed("ada"));
}

TEST_P(TurnsTest, WhoWaitsForItsOwnersIsInNobodyElsesWay) {
  AddRep("zoe", 0);
  CommitOne(Owned("owned", {"zoe"}, /*only=*/true));
  clock_.Advance(1);
  AddRep("ada");
  ExpectGiven(CommitAsking("l1"), "ada");
  AddRep("ada", 0);
  AddRep("zoe");
  ExpectTurn(CommitAsking("l2"));
}

TEST_P(TurnsTest, WhoDoesNotWaitForItsOwnersAloneIsInTheWay) {
  AddRep("zoe", 0);
  CommitOne(Owned("owned", {"zoe"}, /*only=*/false));
  clock_.Advance(1);
  AddRep("ada");
  ExpectTurn(CommitAsking("l1"));
}

TEST_P(TurnsTest, OwnersWhoPassedOrAreNoRepsAreNotWaitedFor) {
  AddRep("zoe");
  CommitOne(Owned("owned", {"zoe", "gone"}, /*only=*/true));
  Commit(Decline("owned"));
  clock_.Advance(1);
  AddRep("ada");
  AddRep("zoe", 0);
  ExpectTurn(CommitAsking("l1"));
}

TEST_P(TurnsTest, AnOwnerFromOutsideTheQueueIsNobodyElsesTurn) {
  Waits("old");
  AddRep("zoe", 5, {"field"});
  ExpectGiven(CommitOne(Owned("owned", {"zoe"}, /*only=*/false)), "zoe");
}

TEST_P(TurnsTest, AnOwnerWhoIsAMemberIsTheTurnOfWhoWaitsInFront) {
  Waits("old");
  AddRep("ada");
  ExpectTurn(CommitOne(Owned("owned", {"ada"}, /*only=*/true)));
  EXPECT_EQ(Drain(), 2);
  EXPECT_THAT(Assigned(), ElementsAre("old", "owned"));
}

TEST_P(TurnsTest, TheDelegateOfAnOwnerIsTheOwnersTurn) {
  core::Rep zoe = AddRep("zoe", 5, {"field"});
  zoe.work.absences = {{kStart - 1, kStart + core::kDayMs, RepNamed("ada")}};
  PutRep(zoe);
  CommitOne(Owned("owned", {"zoe"}, /*only=*/true));
  clock_.Advance(1);
  AddRep("ada");
  ExpectTurn(CommitAsking("l1"));
}

TEST_P(TurnsTest, WhoIsNotWhatALeadRequiresIsNotItsTurn) {
  Plan requiring = Qualify("old", "inside");
  requiring.after.requirement = "rep.level >= 3";
  CommitOne(requiring);
  clock_.Advance(1);
  core::Rep ada = AddRep("ada");
  ada.attributes = {{"level", int64_t{2}}};
  PutRep(ada);
  ExpectGiven(CommitAsking("l1"), "ada");
  ada.attributes = {{"level", int64_t{3}}};
  PutRep(ada);
  ExpectTurn(CommitAsking("l2"));
}

TEST_P(TurnsTest, QueuesDoNotWaitForEachOther) {
  CommitQualified("l1", "field");
  clock_.Advance(1);
  AddRep("ada");
  ExpectGiven(CommitAsking("l2"), "ada");
}

TEST_P(TurnsTest, NobodyWaitsItsTurnWhereNobodyIsChosen) {
  Waits("old");
  EXPECT_FALSE(CommitAsking("young").waits_turn);
  AddRep("ada");
  Pause("inside", true);
  EXPECT_FALSE(CommitAsking("younger").waits_turn);
}

TEST_P(TurnsTest, PlansOfOneCallSeeWhatThoseBeforeThemHaveMoved) {
  AddSkilled("ada", {"german"}, 1);
  CommitQualified("owned");
  clock_.Advance(1);
  const std::vector<store::CommitResult> results =
      CommitAll({Asking("l1", {"german"}), Release("owned", Stage::kRejected), Asking("l2", {}),
                 Asking("l3", {})});
  EXPECT_FALSE(results[0].waits_turn) << "nobody had room";
  ExpectTurn(results[2]);
  ExpectTurn(results[3]);
}

TEST_P(TurnsTest, WhoLeftTheQueueInTheSameCallIsInNobodysWay) {
  Waits("old");
  Waits("older");
  AddRep("ada");
  const std::vector<store::CommitResult> results = CommitAll(
      {Release("old", Stage::kRejected), Release("older", Stage::kRejected), Asking("young", {})});
  ExpectGiven(results[2], "ada");
}

TEST_P(TurnsTest, ALeadMayComeAndGoInOneCall) {
  AddRep("ada", 1);
  CommitQualified("owned");
  Plan comes = Asking("l1", {});
  Plan goes;
  goes.key = comes.key;
  goes.after = comes.after;
  goes.after.stage = Stage::kRejected;
  goes.expected_revision = 1;
  goes.placement = core::Placement::kRelease;
  clock_.Advance(1);
  const std::vector<store::CommitResult> results = CommitAll(
      {comes, Asking("l2", {}), Release("owned", Stage::kRejected), goes, Asking("l3", {})});
  ExpectTurn(results[4]);
  EXPECT_EQ(Drain(), 1);
  EXPECT_EQ(Load("l2").rep, RepNamed("ada"));
}

TEST_P(TurnsTest, TheOutlookSaysWhoWaitsItsTurn) {
  Waits("old");
  Waits("young");
  EXPECT_FALSE(store().OutlookOf(Key("young"))->waits_turn) << "nobody is there";
  AddRep("ada");
  const auto young = store().OutlookOf(Key("young"));
  ASSERT_TRUE(young.ok()) << young.status();
  EXPECT_TRUE(young->waits_turn);
  EXPECT_EQ(young->pool.chosen()->rep, RepNamed("ada"));
  EXPECT_FALSE(store().OutlookOf(Key("old"))->waits_turn);
}

}  // namespace
INSTANTIATE_CONTRACT(TurnsTest);
}  // namespace baton::contract
