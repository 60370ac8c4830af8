#include "core/recompute.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/builders.h"

namespace baton::core {
namespace {

using support::kNow;
using support::QualifyingCapture;
using support::RepNamed;
using support::SampleMember;
using support::SamplePolicy;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

// ada and ben could have the lead, cleo is full, dan passed, eve is away, fay lacks "de".
AssignmentDecision SampleDecision() {
  std::vector<Member> members;
  for (const char* id : {"ada", "ben", "cleo", "dan", "eve", "fay"}) {
    members.push_back(SampleMember(id));
    members.back().skills = {"de"};
  }
  members[0].weight = 3;
  members[1].owed_nano = 600'000'000;
  members[2].open = members[2].capacity;
  members[4].presence = Presence::kAway;
  members[5].skills.clear();
  AssignmentDecision decision;
  decision.passed = {RepNamed("dan")};
  decision.skills = {"de"};
  const Choice choice = ChooseRep(members, decision.skills, decision.passed);
  decision.choice = {1, kNow, choice.weights, choice.basis, choice.tie};
  decision.pool = MakePool(choice.candidates);
  return decision;
}

TEST(RecomputeChoiceTest, GivesTheSameWinner) {
  const RecomputedChoice recomputed = RecomputeChoice(SampleDecision());
  EXPECT_EQ(recomputed.winner, RepNamed("ben"));
  EXPECT_EQ(recomputed.recorded, RepNamed("ben"));
  EXPECT_THAT(recomputed.differences, IsEmpty());
}

TEST(RecomputeChoiceTest, WeightsFollowFromSharesAndTheirSum) {
  const AssignmentDecision decision = SampleDecision();
  EXPECT_EQ(WeightOf(decision.pool.candidates[0], decision.choice.weights), 3);
  EXPECT_EQ(WeightOf(decision.pool.candidates[1], decision.choice.weights), 1);
  EXPECT_EQ(WeightOf(decision.pool.candidates[2], decision.choice.weights), 0);
}

TEST(RecomputeChoiceTest, EveryWeightIsFoundAgain) {
  constexpr int64_t kWeights = 1'000'000'000;
  for (int64_t weight = 1; weight <= kWeightMax * kPermille; weight += 997) {
    for (const int64_t weights : {weight, weight + 1, int64_t{999'999'937}, kWeights}) {
      const Candidate candidate{.share_nano = int64_t{1'000'000'000} * weight / weights};
      ASSERT_EQ(WeightOf(candidate, weights), weight) << "of " << weights;
    }
  }
}

TEST(RecomputeChoiceTest, NamesAnotherWinner) {
  AssignmentDecision decision = SampleDecision();
  std::swap(decision.pool.candidates[0].reason, decision.pool.candidates[1].reason);
  const RecomputedChoice recomputed = RecomputeChoice(decision);
  EXPECT_EQ(recomputed.winner, RepNamed("ben"));
  EXPECT_EQ(recomputed.recorded, RepNamed("ada"));
  EXPECT_THAT(recomputed.differences, ElementsAre("winner: recorded ada, recomputed ben"));
}

TEST(RecomputeChoiceTest, NamesNobodyWhereNobodyCouldHaveIt) {
  AssignmentDecision decision = SampleDecision();
  decision.pool = MakePool(absl::MakeConstSpan(decision.pool.candidates).subspan(2));
  decision.choice.weights = 0;
  const RecomputedChoice recomputed = RecomputeChoice(decision);
  EXPECT_TRUE(recomputed.winner.empty());
  EXPECT_THAT(recomputed.differences, IsEmpty());
}

TEST(RecomputeChoiceTest, SeesWhatDoesNotFitTogether) {
  AssignmentDecision decision = SampleDecision();
  decision.pool.candidates[0].share_nano += 1;
  EXPECT_THAT(RecomputeChoice(decision).differences,
              Contains(HasSubstr("rep ada, share of 10^9: recorded 750000001")));

  decision = SampleDecision();
  decision.choice.weights = 5;
  EXPECT_THAT(RecomputeChoice(decision).differences,
              Contains(HasSubstr("sum of the weights: recorded 5")));

  decision = SampleDecision();
  decision.pool.candidates[1].open = decision.pool.candidates[1].capacity;
  EXPECT_THAT(RecomputeChoice(decision).differences,
              Contains(HasSubstr("rep ben is recorded as chosen with 5 of 5 leads open")));

  decision = SampleDecision();
  decision.passed.clear();
  EXPECT_THAT(RecomputeChoice(decision).differences,
              Contains(HasSubstr("rep dan is recorded as passed")));
}

TEST(RecomputeChoiceTest, TheFirstOwnerWhoCouldHaveItWins) {
  AssignmentDecision decision = SampleDecision();
  decision.owners = {RepNamed("eve"), RepNamed("ada"), RepNamed("ben")};
  EXPECT_EQ(RecomputeChoice(decision).winner, RepNamed("ada"));
}

TEST(RecomputeChoiceTest, WhoStandsInForAnOwnerOnLeaveWinsThoughOthersWereOwedMore) {
  std::vector<Member> members = {SampleMember("ada"), SampleMember("ben"), SampleMember("cleo")};
  members[0].unavailable = CandidateReason::kOnLeave;
  members[2].owed_nano = 600'000'000;
  Pool pool;
  pool.members = members;
  pool.owners = absl::MakeConstSpan(members).first(2);
  const Choice choice = ChooseFrom(pool, {}, {});
  AssignmentDecision decision;
  decision.choice = {1, kNow, choice.weights, choice.basis, choice.tie};
  decision.pool = MakePool(choice.candidates);
  decision.owners = {RepNamed("ada"), RepNamed("cleo")};
  const RecomputedChoice recomputed = RecomputeChoice(decision);
  EXPECT_EQ(recomputed.winner, RepNamed("ben"));
  EXPECT_THAT(recomputed.differences, IsEmpty());
  decision.owners = {RepNamed("cleo")};
  EXPECT_EQ(RecomputeChoice(decision).winner, RepNamed("cleo"));
}

TEST(RecomputeChoiceTest, OfTheLeastLoadedTheLedgerChooses) {
  AssignmentDecision decision = SampleDecision();
  decision.choice.basis = ChoiceBasis::kLeastLoaded;
  decision.pool.candidates[1].open = 1;
  EXPECT_EQ(RecomputeChoice(decision).winner, RepNamed("ada"));
}

Judgment SampleJudgment(const Policy& policy) {
  Facts facts;
  Fold(QualifyingCapture(), facts);
  return Judge(facts, policy, kNow);
}

TEST(RecomputeJudgmentTest, SaysTheSameByTheSameRevision) {
  const Policy policy = SamplePolicy();
  EXPECT_THAT(RecomputeJudgment(SampleJudgment(policy), policy), IsEmpty());
}

TEST(RecomputeJudgmentTest, TakesARecordThatKeepsAllRoutingRules) {
  Policy policy = SamplePolicy();
  RouteRule rule = policy.routing[0];
  rule.when = support::When(policy, "lead.country == 'SE'");
  policy.routing.insert(policy.routing.begin(), 100, rule);
  const Judgment judgment = SampleJudgment(policy);
  ASSERT_GT(judgment.route_left_out, 0);
  EXPECT_THAT(RecomputeJudgment(judgment, policy), IsEmpty());
  Judgment earlier = judgment;  // as earlier releases kept it
  earlier.route_path.insert(earlier.route_path.begin(), static_cast<size_t>(earlier.route_left_out),
                            earlier.route_path[0]);
  earlier.route_left_out = 0;
  EXPECT_THAT(RecomputeJudgment(earlier, policy), IsEmpty());
  earlier.route_left_out = 1;
  EXPECT_THAT(RecomputeJudgment(earlier, policy),
              ElementsAre("routing rules looked at: recorded 102, recomputed 101"));
}

TEST(RecomputeJudgmentTest, NamesWhatAnotherPolicySaysDifferently) {
  const Policy policy = SamplePolicy();
  Policy other = policy;
  other.revision = 2;
  other.fit.front().points = 31;
  EXPECT_THAT(
      RecomputeJudgment(SampleJudgment(policy), other),
      ElementsAre("policy revision: recorded 1, recomputed 2", "fit: recorded 50, recomputed 51",
                  "factor: recorded fit mid-market 30, recomputed fit mid-market 31",
                  StartsWith("definition: recorded fit")));
}

TEST(RecomputeJudgmentTest, NoticesInputsThatAreNotThoseOfTheHash) {
  const Policy policy = SamplePolicy();
  Judgment judgment = SampleJudgment(policy);
  judgment.inputs.attributes["email"] = std::string("else@b.example");
  EXPECT_THAT(RecomputeJudgment(judgment, policy),
              Contains(HasSubstr("their hash is another one")));
}

TEST(RecomputeJudgmentTest, SaysThatARecordKeepsNoInputs) {
  Judgment judgment = SampleJudgment(SamplePolicy());
  judgment.inputs_hash.clear();
  EXPECT_THAT(RecomputeJudgment(judgment, SamplePolicy()),
              ElementsAre(HasSubstr("does not keep what was judged")));
}

}  // namespace
}  // namespace baton::core
