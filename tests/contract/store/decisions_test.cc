// LeadStore: what a lead remembers of its latest choice, and of the decisions that were replaced.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "contract/store/store_fixture.h"
#include "core/recompute.h"

namespace baton::contract {
namespace {

using core::AssignmentDecision;
using core::LeadRecord;
using core::Plan;
using core::Stage;
using support::Describe;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class DecisionsTest : public StoreTest {
 protected:
  core::PastDecisions Past(const std::string& lead) {
    auto past = store().Decisions(Key(lead));
    EXPECT_TRUE(past.ok()) << past.status();
    return past.value_or(core::PastDecisions());
  }

  // A policy judged it again, without offering it.
  Plan Judge(const std::string& lead) {
    Plan plan = Keep(lead);
    plan.after.judgment.policy_revision = 2;
    plan.after.judgment.qualified = false;
    plan.judgment_changed = true;
    return plan;
  }
};

TEST_P(DecisionsTest, AChoiceIsNotedWithItsPolicyItsTimeAndItsWeights) {
  core::Rep ada = AddRep("ada");
  ada.weight = 3;
  PutRep(ada);
  AddRep("ben");
  core::Rep cleo = AddRep("cleo");
  cleo.presence = core::Presence::kAway;
  PutRep(cleo);
  EXPECT_EQ(CommitQualified("l1").choice,
            (core::ChoiceNote{1, kStart, 4000, core::ChoiceBasis::kWeightedFair}));
  EXPECT_EQ(Load("l1").choice,
            (core::ChoiceNote{1, kStart, 4000, core::ChoiceBasis::kWeightedFair}));
}

TEST_P(DecisionsTest, AChoiceThatFindsNobodyIsNotedToo) {
  AddRep("ada", 0);
  EXPECT_EQ(CommitQualified("l1").choice, (core::ChoiceNote{1, kStart, 0}));
}

TEST_P(DecisionsTest, APausedQueueMakesNoChoice) {
  AddRep("ada");
  Pause("inside", true);
  const LeadRecord record = CommitQualified("l1");
  EXPECT_EQ(record.choice, core::ChoiceNote());
  EXPECT_THAT(record.pool.candidates, IsEmpty());
}

TEST_P(DecisionsTest, ALeadThatIsDrainedHasTheChoiceOfThatMoment) {
  CommitQualified("l1");
  clock_.Advance(core::kHourMs);
  ASSERT_TRUE(MakeActive(MakePolicy(), "second").ok());
  AddRep("ada");
  ASSERT_TRUE(store().Drain(acme_, QueueNamed("inside"), 10).ok());
  EXPECT_EQ(Load("l1").choice,
            (core::ChoiceNote{2, kStart + core::kHourMs, 1000, core::ChoiceBasis::kWeightedFair}));
  EXPECT_THAT(Past("l1").assignments, IsEmpty());
}

TEST_P(DecisionsTest, TheFirstDecisionsOfALeadReplaceNothing) {
  AddRep("ada");
  Commit(Keep("l1"));
  CommitQualified("l1");
  EXPECT_THAT(Past("l1").assignments, IsEmpty());
  EXPECT_THAT(Past("l1").qualifications, IsEmpty());
  EXPECT_THAT(Past("nobody").assignments, IsEmpty());
}

TEST_P(DecisionsTest, AnAssignmentThatEndsIsKeptAsItWas) {
  AddRep("ada");
  AddRep("ben");
  const LeadRecord first = CommitQualified("l1");
  const std::string before = Describe(core::LatestChoice(Load("l1")));
  clock_.Advance(core::kMinuteMs);
  const LeadRecord second = Commit(Decline("l1"));
  EXPECT_EQ(second.generation, 2);
  const core::PastDecisions past = Past("l1");
  ASSERT_THAT(past.assignments, SizeIs(1));
  EXPECT_EQ(Describe(past.assignments[0]), before);
  EXPECT_EQ(past.assignments[0].generation, 1);
  EXPECT_EQ(past.assignments[0].choice.at_ms, kStart);
  EXPECT_EQ(past.assignments[0].pool.chosen()->rep, first.rep);
  EXPECT_THAT(past.qualifications, IsEmpty());
}

TEST_P(DecisionsTest, AChoiceThatFoundNobodyIsNotKept) {
  AddRep("ada");
  CommitQualified("l1");
  Commit(Decline("l1"));  // nobody is left
  EXPECT_THAT(Past("l1").assignments, SizeIs(1));
  Plan again = Qualify("l1", "inside");
  again.judgment_changed = false;
  Commit(again);
  EXPECT_THAT(Past("l1").assignments, SizeIs(1));
}

TEST_P(DecisionsTest, TheSkillsAndThoseWhoHadPassedAreThoseOfTheChoice) {
  AddRep("ada");
  AddRep("ben");
  core::Rep cleo = AddRep("cleo");
  for (const char* id : {"ada", "ben", "cleo"}) {
    core::Rep rep = store().GetRep(acme_, RepNamed(id))->rep;
    rep.skills = {"a,b|c", "de"};
    PutRep(rep);
  }
  Plan plan = Qualify("l1", "inside");
  plan.after.judgment.route.skills = {"a,b|c", "de"};
  Commit(plan);
  Commit(Decline("l1"));
  Commit(Decline("l1"));
  const core::PastDecisions past = Past("l1");
  ASSERT_THAT(past.assignments, SizeIs(2));
  EXPECT_THAT(past.assignments[0].passed, IsEmpty());
  EXPECT_THAT(past.assignments[1].passed, ElementsAre(RepNamed("ada")));
  EXPECT_THAT(past.assignments[1].skills, ElementsAre("a,b|c", "de"));
}

TEST_P(DecisionsTest, AJudgmentThatOpenedACycleIsKeptWhenAnotherReplacesIt) {
  AddRep("ada");
  CommitQualified("l1");
  Commit(Release("l1", Stage::kRejected));
  const LeadRecord closed = Load("l1");
  Commit(Judge("l1"));
  const core::PastDecisions past = Past("l1");
  ASSERT_THAT(past.assignments, SizeIs(1));
  EXPECT_EQ(Describe(past.assignments[0]), Describe(core::LatestChoice(closed)));
  ASSERT_THAT(past.qualifications, SizeIs(1));
  EXPECT_EQ(past.qualifications[0].cycle, 1);
  EXPECT_EQ(Describe(past.qualifications[0].judgment), Describe(closed.judgment));

  const LeadRecord judged = Load("l1");
  EXPECT_THAT(judged.pool.candidates, IsEmpty());
  EXPECT_EQ(judged.choice, core::ChoiceNote());
  Commit(Judge("l1"));  // one that opened no cycle
  EXPECT_THAT(Past("l1").qualifications, SizeIs(1));
}

TEST_P(DecisionsTest, TheInputsOfAJudgmentStayWithIt) {
  AddRep("ada");
  Plan plan = Qualify("l1", "inside");
  core::Inputs& inputs = plan.after.judgment.inputs;
  inputs.attributes = {{"a", true},
                       {"b", int64_t{-7}},
                       {"c", 0.5},
                       {"d", std::string("\xff|\n")},
                       {"e", std::vector<std::string>{"x", ""}}};
  inputs.consent = core::Consent::kWithdrawn;
  inputs.activities = {{"demo", {{20000, 1}, {20007, 3}}}};
  inputs.occasions = {{"demo", {{{20007, {{"form", "f1"}}}, 3}, {{20000, {}}, 1}}}};
  plan.after.judgment.inputs_hash = core::InputsHash(inputs);
  Commit(plan);
  EXPECT_EQ(Load("l1").judgment.inputs, inputs);
  EXPECT_EQ(Load("l1").judgment.inputs_hash, plan.after.judgment.inputs_hash);
  Commit(Release("l1", Stage::kRejected));
  Commit(Judge("l1"));
  ASSERT_THAT(Past("l1").qualifications, SizeIs(1));
  EXPECT_EQ(Past("l1").qualifications[0].judgment.inputs, inputs);
}

TEST_P(DecisionsTest, OnlyTheLatestOnesAreKept) {
  AddRep("ada");
  AddRep("ben");
  const auto rounds = static_cast<int64_t>(core::kPastDecisionsMax) + 3;
  CommitQualified("l1");
  for (int64_t i = 0; i < rounds; ++i) {
    Plan plan = Decline("l1");
    plan.after.passed.resize(1);
    Commit(plan);
  }
  const core::PastDecisions past = Past("l1");
  ASSERT_THAT(past.assignments, SizeIs(core::kPastDecisionsMax));
  EXPECT_EQ(past.assignments.front().generation, 4);
  EXPECT_EQ(past.assignments.back().generation, rounds);
}

TEST_P(DecisionsTest, AStepThatReplacesBothKeepsTheAssignmentFirst) {
  AddRep("ada");
  AddRep("ben");
  for (size_t i = 0; i < core::kPastDecisionsMax; ++i) {
    CommitQualified("l1");
    Commit(Release("l1", Stage::kRejected));
  }
  EXPECT_THAT(Past("l1").assignments, SizeIs(core::kPastDecisionsMax / 2));
  EXPECT_THAT(Past("l1").qualifications, SizeIs(core::kPastDecisionsMax / 2));
  CommitQualified("l1");
  EXPECT_EQ(Past("l1").assignments.back().cycle, core::kPastDecisionsMax);
  EXPECT_EQ(Past("l1").qualifications.back().cycle, core::kPastDecisionsMax);
}

TEST_P(DecisionsTest, OfAGreatQueueTheNearestAndTheCountsAreKept) {
  for (int i = 0; i < 130; ++i) {
    core::Rep rep = AddRep(absl::StrFormat("r%03d", (i * 37) % 130), i % 5 == 0 ? 0 : 3);
    rep.weight = 1 + i % 4;
    if (i % 7 == 0) rep.presence = core::Presence::kAway;
    PutRep(rep);
  }
  for (int i = 0; i < 20; ++i) CommitQualified(absl::StrCat("other", i));
  CommitQualified("l1");
  const LeadRecord record = Load("l1");
  ASSERT_THAT(record.pool.candidates, SizeIs(core::kCandidatesKeptMax));
  ASSERT_EQ(record.pool.size(), 130);
  Commit(Decline("l1"));
  const core::PastDecisions past = Past("l1");
  ASSERT_THAT(past.assignments, SizeIs(1));
  const AssignmentDecision& decision = past.assignments[0];
  EXPECT_EQ(Describe(decision), Describe(core::LatestChoice(record)));
  EXPECT_THAT(decision.pool.candidates, SizeIs(core::kCandidatesKeptMax));
  EXPECT_EQ(decision.pool.size(), 130);
  const core::RecomputedChoice recomputed = core::RecomputeChoice(decision);
  EXPECT_THAT(recomputed.differences, IsEmpty());
  EXPECT_EQ(recomputed.winner, record.rep);
}

TEST_P(DecisionsTest, WhoDeclinesInAGreatQueueGetsItsTurnBack) {
  for (int i = 0; i < 150; ++i) AddRep(absl::StrFormat("r%03d", i), 3);
  for (int i = 0; i < 40; ++i) CommitQualified(absl::StrCat("other", i));
  CommitQualified("l1");
  const core::RepId declined = Load("l1").rep;
  Commit(Decline("l1"));
  EXPECT_EQ(Load("l1").pool.counts.at(core::CandidateReason::kPassed), 1);
  // So that each of the others gets one lead, and it gets the next.
  std::set<core::RepId> reps;
  for (int i = 0; i < 108; ++i) {
    CommitQualified(absl::StrCat("later", i));
    reps.insert(Load(absl::StrCat("later", i)).rep);
  }
  EXPECT_THAT(reps, SizeIs(108));
  EXPECT_FALSE(reps.contains(declined));
  CommitQualified("next");
  EXPECT_EQ(Load("next").rep, declined);
}

TEST_P(DecisionsTest, EachDecisionRecomputesToItsWinner) {
  for (const char* id : {"ada", "ben", "cleo", "dan"}) AddRep(id, 40);
  for (int i = 0; i < 100; ++i) {
    const std::string lead = absl::StrCat("l", i % 20);
    if (i < 20) {
      CommitQualified(lead);
    } else {
      Plan plan = Decline(lead);
      if (plan.after.passed.size() > 2) plan.after.passed.erase(plan.after.passed.begin());
      Commit(plan);
    }
  }
  for (int i = 0; i < 20; ++i) {
    const std::string lead = absl::StrCat("l", i);
    std::vector<AssignmentDecision> decisions = Past(lead).assignments;
    decisions.push_back(core::LatestChoice(Load(lead)));
    ASSERT_THAT(decisions, SizeIs(5));
    for (const AssignmentDecision& decision : decisions) {
      EXPECT_THAT(core::RecomputeChoice(decision).differences, IsEmpty()) << Describe(decision);
    }
  }
}

INSTANTIATE_CONTRACT(DecisionsTest);

}  // namespace
}  // namespace baton::contract
