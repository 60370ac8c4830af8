// What queues require of reps (core/requirement.h): who meets a requirement is known when a lead
// comes and when a rep changes, however many leads and reps there are.
#include "core/requirement.h"

#include "absl/strings/str_cat.h"
#include "contract/store/store_fixture.h"

namespace baton::contract {
namespace {

using core::CandidateReason;
using core::LeadRecord;
using core::Plan;
using core::Stage;
using testing::ElementsAre;
using testing::IsEmpty;

class RequirementTest : public StoreTest {
 protected:
  core::Rep AddRepOf(const std::string& id, const std::vector<std::string>& territories,
                     int capacity = 5) {
    core::Rep rep = AddRep(id, capacity);
    rep.attributes = {{"territories", territories}};
    return PutRep(rep);
  }

  Plan Requiring(const std::string& lead, const std::string& requirement,
                 const std::string& queue = "inside") {
    Plan plan = Qualify(lead, queue);
    plan.after.requirement = requirement;
    return plan;
  }

  LeadRecord CommitOf(const std::string& lead, const std::string& country,
                      const std::string& queue = "inside") {
    return Commit(Requiring(lead, absl::StrCat("\"", country, "\" in rep.territories"), queue));
  }

  void MakePulled(const std::string& queue) {
    core::Policy policy = MakePolicy();
    policy.queues[QueueNamed(queue)].mode = core::QueueMode::kPull;
    ASSERT_TRUE(MakeActive(policy, "pull").ok());
  }

  std::string Claimed(const std::string& rep) {
    store::Claim claim;
    claim.workspace = acme_;
    claim.rep = RepNamed(rep);
    const auto claimed = store().ClaimNext(claim);
    EXPECT_TRUE(claimed.ok()) << claimed.status();
    return claimed.ok() ? claimed->lead.str() : "error";
  }
};

TEST_P(RequirementTest, ALeadGoesAtOnceToARepWhoMeetsIt) {
  AddRepOf("ada", {"FR"});
  AddRepOf("bob", {"AT", "DE"});
  AddRep("zoe");
  const LeadRecord lead = CommitOf("l1", "DE");
  EXPECT_EQ(lead.rep, RepNamed("bob"));
  ASSERT_EQ(lead.pool.candidates.size(), 3u);
  EXPECT_EQ(lead.pool.candidates[0].reason, CandidateReason::kMissingSkill);
  EXPECT_EQ(lead.pool.candidates[2].reason, CandidateReason::kMissingSkill);
}

TEST_P(RequirementTest, ItIsKeptWithTheLeadAndWithItsDecision) {
  AddRepOf("bob", {"DE"});
  Plan plan = Requiring("l1", "\"D|E,%\" in rep.territories || rep.territories == [\"DE\"]");
  plan.after.judgment.route.skills = {"german"};
  core::Rep bob = store().GetRep(acme_, RepNamed("bob"))->rep;
  bob.skills = {"german"};
  PutRep(bob);
  EXPECT_EQ(Commit(plan).requirement, plan.after.requirement);
  const LeadRecord lead = Load("l1");
  EXPECT_EQ(lead.requirement, plan.after.requirement);
  EXPECT_EQ(lead.rep, RepNamed("bob"));
  Commit(Decline("l1"));
  const auto past = store().Decisions(Key("l1"));
  ASSERT_EQ(past->assignments.size(), 1u);
  EXPECT_EQ(past->assignments[0].requirement, plan.after.requirement);
  EXPECT_THAT(past->assignments[0].skills, ElementsAre("german"));
}

TEST_P(RequirementTest, ALeadWaitsWhileNobodyMeetsItAndGoesToTheRepWhoDoesThen) {
  core::Rep ada = AddRepOf("ada", {"FR"});
  EXPECT_EQ(CommitOf("l1", "DE").stage, Stage::kQueued);
  EXPECT_EQ(Drain(), 0);
  ada.attributes = {{"territories", std::vector<std::string>{"DE", "FR"}}};
  PutRep(ada);
  EXPECT_EQ(Drain(), 1);
  EXPECT_EQ(Load("l1").rep, RepNamed("ada"));
}

TEST_P(RequirementTest, ARepWhoNoLongerMeetsItGetsNoMoreOfTheLeadsThatWait) {
  core::Rep ada = AddRepOf("ada", {"DE"}, 1);
  CommitOf("l1", "DE");
  CommitOf("l2", "DE");
  CommitOf("l3", "FR");
  ada.capacity = 5;
  ada.attributes = {{"territories", std::vector<std::string>{"FR"}}};
  PutRep(ada);
  EXPECT_EQ(Drain(), 1);
  EXPECT_EQ(Load("l2").stage, Stage::kQueued);
  EXPECT_EQ(Load("l3").rep, RepNamed("ada"));
}

TEST_P(RequirementTest, ANewRepMeetsWhatLeadsAlreadyWaitFor) {
  CommitOf("l1", "DE");
  CommitOf("l2", "FR");
  AddRepOf("ada", {"FR"});
  EXPECT_EQ(Drain(), 1);
  EXPECT_EQ(Load("l2").rep, RepNamed("ada"));
  EXPECT_EQ(Load("l1").stage, Stage::kQueued);
}

TEST_P(RequirementTest, ARepWithoutAttributesMeetsWhatAsksForNone) {
  AddRepOf("ada", {"DE"});
  AddRep("zoe");
  EXPECT_EQ(Commit(Requiring("l1", "!has(rep.territories)")).rep, RepNamed("zoe"));
  EXPECT_EQ(Commit(Requiring("l2", "has(rep.territories)")).rep, RepNamed("ada"));
}

TEST_P(RequirementTest, LeadsBehindOneWhomNobodyMeetsAreServed) {
  AddRepOf("ada", {"FR"}, 0);
  CommitOf("l1", "DE");
  CommitOf("l2", "FR");
  CommitQualified("l3");
  AddRepOf("ada", {"FR"});
  EXPECT_EQ(Drain(), 2);
  EXPECT_EQ(Load("l1").stage, Stage::kQueued);
}

TEST_P(RequirementTest, ADeclinedLeadIsOfferedToTheNextWhoMeetsIt) {
  AddRepOf("ada", {"DE"});
  AddRepOf("bob", {"FR"});
  AddRepOf("zoe", {"DE"});
  EXPECT_EQ(CommitOf("l1", "DE").rep, RepNamed("ada"));
  EXPECT_EQ(Commit(Decline("l1")).rep, RepNamed("zoe"));
}

TEST_P(RequirementTest, ALeadThatComesToAnotherQueueTakesNoRequirementWithIt) {
  AddRepOf("ada", {"FR"});
  EXPECT_EQ(CommitOf("l1", "DE").stage, Stage::kQueued);
  Plan plan = Keep("l1");
  plan.after = Load("l1");
  plan.after.queue = QueueNamed("field");
  plan.after.requirement.clear();
  plan.placement = core::Placement::kOffer;
  EXPECT_EQ(Commit(plan).rep, RepNamed("ada"));
  EXPECT_EQ(Load("l1").requirement, "");
}

TEST_P(RequirementTest, OwnersNeedNotMeetIt) {
  AddRepOf("ada", {"FR"});
  Plan plan = Requiring("l1", "\"DE\" in rep.territories");
  plan.after.owners = {RepNamed("ada")};
  EXPECT_EQ(Commit(plan).rep, RepNamed("ada"));
}

TEST_P(RequirementTest, StandInsAndRepsWithWorkRulesAreAskedToo) {
  core::Rep ada = AddRepOf("ada", {"DE"});
  ada.work.absences = {{kStart - 1, kStart + core::kDayMs, RepNamed("zoe")}};
  PutRep(ada);
  core::Rep zoe = AddRep("zoe", 5, {});
  zoe.attributes = {{"territories", std::vector<std::string>{"DE"}}};
  PutRep(zoe);
  core::Rep bob = AddRepOf("bob", {"FR"});
  bob.work.daily_cap = 3;
  PutRep(bob);
  EXPECT_EQ(CommitOf("l1", "DE").rep, RepNamed("zoe"));
  EXPECT_EQ(CommitOf("l2", "FR").rep, RepNamed("bob"));
}

TEST_P(RequirementTest, OnlyLeadsWhoseRequirementTheRepMeetsCanBeClaimed) {
  MakePulled("inside");
  core::Rep ada = AddRepOf("ada", {"FR"});
  AddRepOf("bob", {"DE"});
  CommitOf("l1", "DE");
  CommitOf("l2", "FR");
  EXPECT_EQ(Claimed("ada"), "l2");
  EXPECT_EQ(Claimed("ada"), "");
  ada.attributes = {{"territories", std::vector<std::string>{"DE"}}};
  PutRep(ada);
  EXPECT_EQ(Claimed("ada"), "l1");
}

TEST_P(RequirementTest, InAGreatQueueTheOneWhoMeetsItIsFound) {
  for (int i = 0; i < 130; ++i) {
    core::Rep rep = AddRep(absl::StrCat("rep-", i));
    rep.attributes = {{"level", int64_t{i}}};
    PutRep(rep);
  }
  EXPECT_EQ(Commit(Requiring("l1", "rep.level > 128")).rep, RepNamed("rep-129"));
  const LeadRecord lead = Commit(Requiring("l2", "rep.level == 7"));
  EXPECT_EQ(lead.rep, RepNamed("rep-7"));
  EXPECT_EQ(lead.pool.counts.at(CandidateReason::kMissingSkill), 129);
  EXPECT_EQ(Commit(Requiring("l3", "rep.level > 200")).stage, Stage::kQueued);
}

// More than are remembered without looking for those that are not needed any more.
TEST_P(RequirementTest, ManyRequirementsAndManyAttributesAreAllKnown) {
  for (int i = 0; i < 150; ++i) {
    core::Rep rep = AddRep("ada", 1000);
    rep.attributes = {{"level", int64_t{i}}};
    PutRep(rep);
    const std::string mine = absl::StrCat("mine-", i);
    EXPECT_EQ(Commit(Requiring(mine, absl::StrCat("rep.level == ", i))).rep, RepNamed("ada"));
    Commit(Requiring(absl::StrCat("later-", i), absl::StrCat("rep.level == ", 150 + i % 75)));
  }
  for (int i = 0; i < 75; ++i) {
    core::Rep rep = AddRep("ada", 1000);
    rep.attributes = {{"level", int64_t{150 + i}}};
    PutRep(rep);
    EXPECT_EQ(Drain(), 2) << i;
  }
  EXPECT_EQ(Queue("inside").waiting, 0);
}

INSTANTIATE_CONTRACT(RequirementTest);

}  // namespace
}  // namespace baton::contract
