// Records of decisions over the wire: shown, kept, and made again.
#include "api_fixture.h"
#include "dispatch/decision_mapping.h"
#include "dispatch/proto_mapping.h"

namespace baton::dispatch {
namespace {

using LeadStub = v1::LeadService::Stub;

class DecisionApiTest : public ApiTest {
 protected:
  Outcome<v1::ExplainLeadResponse> Explain(const std::string& lead, int generation = 0) {
    v1::ExplainLeadRequest request;
    request.set_name("workspaces/acme/leads/" + lead);
    request.set_generation(generation);
    return Call(*api_.leads, &LeadStub::ExplainLead, request);
  }
  Outcome<v1::RecomputeDecisionResponse> Recompute(const std::string& lead, int generation = 0) {
    v1::RecomputeDecisionRequest request;
    request.set_name("workspaces/acme/leads/" + lead);
    request.set_generation(generation);
    return Call(*api_.leads, &LeadStub::RecomputeDecision, request);
  }
};

TEST_F(DecisionApiTest, AnExplanationShowsTheRecord) {
  AddRep("ada");
  AddRep("bob", 0);
  AddLead("l1");
  const auto explained = Explain("l1");
  ASSERT_TRUE(explained.ok()) << explained.status.error_message();
  const v1::QualificationRecord& qualification = explained.response.qualification();
  EXPECT_EQ(qualification.cycle(), 1);
  EXPECT_EQ(qualification.policy_revision(), 1);
  EXPECT_EQ(qualification.fit(), explained.response.lead().fit());
  EXPECT_EQ(qualification.inputs().attributes().at("country").string_value(), "DE");
  EXPECT_EQ(qualification.inputs().hash().size(), 64u);
  ASSERT_EQ(qualification.inputs().activities_size(), 1);
  EXPECT_EQ(qualification.inputs().activities(0).activity(), "demo_request");
  EXPECT_EQ(qualification.inputs().activities(0).count(), 1);

  const v1::ChoiceRecord& choice = explained.response.choice();
  EXPECT_EQ(choice.generation(), 1);
  EXPECT_EQ(choice.queue(), "workspaces/acme/queues/dach");
  EXPECT_EQ(choice.policy_revision(), 1);
  EXPECT_GT(choice.choose_time().seconds(), 0);
  EXPECT_EQ(choice.weights(), 1);
  ASSERT_EQ(choice.reasons_size(), 2);
  ASSERT_EQ(explained.response.candidates_size(), 2);
  const v1::Candidate& chosen = explained.response.candidates(0);
  EXPECT_EQ(chosen.weight(), 1);
  EXPECT_EQ(chosen.owed_after(), 0);
  EXPECT_EQ(explained.response.candidates(1).weight(), 0);
  EXPECT_EQ(explained.response.generations_size(), 1);
}

TEST_F(DecisionApiTest, TheRecordTellsOccurrencesApart) {
  core::QualificationDecision decision;
  core::Inputs& inputs = decision.judgment.inputs;
  inputs.occasions = {{"page_view", {{{20513, {{"path", "/pricing"}}}, 3}, {{20512, {}}, 1}}}};
  decision.judgment.inputs_hash = core::InputsHash(inputs);
  const v1::QualificationRecord record = ToProto(decision);
  ASSERT_EQ(record.inputs().occasions_size(), 2);
  const v1::ActivityOccasion& pricing = record.inputs().occasions(0);
  EXPECT_EQ(pricing.activity(), "page_view");
  EXPECT_EQ(pricing.date(), "2026-03-01");
  EXPECT_EQ(pricing.properties().at("path").string_value(), "/pricing");
  EXPECT_EQ(pricing.count(), 3);
  EXPECT_TRUE(record.inputs().occasions(1).properties().empty());
  EXPECT_EQ(ToProto(core::Factor{core::FactorKind::kIntent, "pages", 30, 3}).occurrences(), 3);
}

TEST_F(DecisionApiTest, AnEarlierAssignmentIsExplainedAsItWas) {
  AddRep("ada");
  AddRep("bob");
  AddLead("l1");
  const std::string first = Explain("l1").response.lead().rep();
  ASSERT_TRUE(Decline(AssignmentOf("l1")).ok());
  const auto latest = Explain("l1");
  EXPECT_EQ(latest.response.choice().generation(), 2);
  ASSERT_EQ(latest.response.choice().passed_size(), 1);
  EXPECT_EQ(latest.response.choice().passed(0), first);

  const auto earlier = Explain("l1", 1);
  ASSERT_TRUE(earlier.ok()) << earlier.status.error_message();
  EXPECT_EQ(earlier.response.choice().generation(), 1);
  EXPECT_EQ(earlier.response.choice().passed_size(), 0);
  EXPECT_TRUE(earlier.response.qualified());
  for (const v1::Candidate& candidate : earlier.response.candidates()) {
    EXPECT_EQ(candidate.reason(), candidate.rep() == first ? "chosen" : "fairness");
  }
  EXPECT_EQ(earlier.response.waiting_for(), "");
  EXPECT_NE(earlier.response.summary().find("Assignment 1 was made at"), std::string::npos);
  EXPECT_EQ(earlier.response.generations_size(), 2);
}

TEST_F(DecisionApiTest, DecisionsMadeAgainAreTheSame) {
  for (const char* rep : {"ada", "bob", "cora"}) AddRep(rep);
  AddLead("l1");
  ASSERT_TRUE(Decline(AssignmentOf("l1")).ok());
  ASSERT_TRUE(Decline(AssignmentOf("l1")).ok());
  for (int generation = 0; generation <= 3; ++generation) {
    const auto recomputed = Recompute("l1", generation);
    ASSERT_TRUE(recomputed.ok()) << recomputed.status.error_message();
    EXPECT_TRUE(recomputed.response.same()) << recomputed.response.DebugString();
    EXPECT_EQ(recomputed.response.winner(), recomputed.response.recorded_winner());
    EXPECT_NE(recomputed.response.winner(), "");
    EXPECT_EQ(recomputed.response.policy_revision(), 1);
    EXPECT_EQ(recomputed.response.generation(), generation == 0 ? 3 : generation);
  }
}

TEST_F(DecisionApiTest, AChoiceThatFoundNobodyIsMadeAgainToo) {
  AddRep("ada", 0);
  AddLead("l1");
  const auto recomputed = Recompute("l1");
  ASSERT_TRUE(recomputed.ok()) << recomputed.status.error_message();
  EXPECT_TRUE(recomputed.response.same());
  EXPECT_EQ(recomputed.response.winner(), "");
}

TEST_F(DecisionApiTest, AGenerationThatIsNotKeptIsNotFound) {
  AddRep("ada");
  AddLead("l1");
  const auto missing = Recompute("l1", 7);
  EXPECT_EQ(missing.code(), ::grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(missing.reason(), "DECISION_NOT_KEPT");
  EXPECT_NE(missing.status.error_message().find("kept are 1"), std::string::npos);
  EXPECT_EQ(Explain("l1", 7).reason(), "DECISION_NOT_KEPT");
  EXPECT_EQ(Explain("l1", -1).reason(), "INVALID_FIELD");
  EXPECT_EQ(Recompute("ghost").reason(), "LEAD_NOT_FOUND");
}

}  // namespace
}  // namespace baton::dispatch
