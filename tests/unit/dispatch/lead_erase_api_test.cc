// EraseLead over the wire.
#include "api_fixture.h"

namespace baton::dispatch {
namespace {

using LeadStub = v1::LeadService::Stub;

const Identity kDpo = {"dpo@acme.example", "admin"};

class EraseApiTest : public ApiTest {
 protected:
  Outcome<v1::EraseLeadResponse> Erase(const v1::EraseLeadRequest& request,
                                       const Identity& identity = kDpo) {
    return CallAs(identity, *api_.leads, &LeadStub::EraseLead, request);
  }
  static v1::EraseLeadRequest Named(const std::string& lead) {
    v1::EraseLeadRequest request;
    request.set_name("workspaces/acme/leads/" + lead);
    return request;
  }
  static v1::EraseLeadRequest OfEmail(const std::string& email) {
    v1::EraseLeadRequest request;
    request.set_name("workspaces/acme");
    request.set_email(email);
    return request;
  }
  void AddLeadWithEmail(const std::string& lead, const std::string& email) {
    v1::SubmitLeadEventsRequest request;
    request.set_parent("workspaces/acme");
    v1::LeadEvent& event = *request.add_events() = Captured(lead, "e-" + lead);
    (*event.mutable_attributes())["email"].set_string_value(email);
    request.set_wait_for_decision(true);
    ASSERT_TRUE(Call(*api_.leads, &LeadStub::SubmitLeadEvents, request).ok());
  }
  ::grpc::StatusCode CodeOfGet(const std::string& lead) {
    v1::GetLeadRequest request;
    request.set_name("workspaces/acme/leads/" + lead);
    return Call(*api_.leads, &LeadStub::GetLead, request).code();
  }
};

TEST_F(EraseApiTest, APreviewSaysWhatWouldGoAndErasesNothing) {
  AddRep("ada");
  AddLead("l1");
  v1::EraseLeadRequest request = Named("l1");
  request.set_validate_only(true);
  const auto preview = Erase(request);
  ASSERT_TRUE(preview.ok()) << preview.status.error_message();
  ASSERT_EQ(preview.response.leads_size(), 1);
  const v1::ErasedLead& lead = preview.response.leads(0);
  EXPECT_EQ(lead.name(), "workspaces/acme/leads/l1");
  EXPECT_FALSE(lead.has_erase_time());
  EXPECT_EQ(lead.stage(), v1::STAGE_OFFERED);
  EXPECT_EQ(lead.rep(), "workspaces/acme/reps/ada");
  EXPECT_GT(lead.attribute_count(), 0);
  EXPECT_EQ(lead.journey_entry_count(), 3);
  EXPECT_EQ(lead.cycle_count(), 1);
  EXPECT_EQ(CodeOfGet("l1"), ::grpc::StatusCode::OK);
}

TEST_F(EraseApiTest, AnErasedLeadIsAsIfItHadNeverBeen) {
  AddRep("ada", 1);
  AddLead("l1");
  AddLead("l2");
  const auto erased = Erase(Named("l1"));
  ASSERT_TRUE(erased.ok()) << erased.status.error_message();
  EXPECT_TRUE(erased.response.leads(0).has_erase_time());
  EXPECT_EQ(erased.response.leads(0).version(), 3);
  EXPECT_EQ(CodeOfGet("l1"), ::grpc::StatusCode::NOT_FOUND);
  v1::GetLeadJourneyRequest journey;
  journey.set_name("workspaces/acme/leads/l1");
  EXPECT_EQ(Call(*api_.leads, &LeadStub::GetLeadJourney, journey).reason(), "LEAD_NOT_FOUND");
  EXPECT_EQ(Accept("workspaces/acme/assignments/l1.1").reason(), "LEAD_NOT_FOUND");
  v1::ListLeadsRequest list;
  list.set_parent("workspaces/acme");
  const auto listed = Call(*api_.leads, &LeadStub::ListLeads, list);
  ASSERT_EQ(listed.response.leads_size(), 1);
  EXPECT_EQ(listed.response.leads(0).name(), "workspaces/acme/leads/l2");
  EXPECT_TRUE(Becomes("l2", v1::STAGE_OFFERED)) << "ada is free for it";
}

TEST_F(EraseApiTest, ARepetitionSucceeds) {
  AddLead("l1");
  v1::EraseLeadRequest request = Named("l1");
  request.set_request_id("ticket-7");
  const auto first = Erase(request);
  const auto second = Erase(request);
  ASSERT_TRUE(second.ok()) << second.status.error_message();
  EXPECT_FALSE(first.response.leads(0).already_erased());
  EXPECT_TRUE(second.response.leads(0).already_erased());
  EXPECT_EQ(second.response.leads(0).version(), first.response.leads(0).version());
  EXPECT_EQ(second.response.leads(0).erase_time().seconds(),
            first.response.leads(0).erase_time().seconds());
  EXPECT_EQ(Erase(Named("l9")).reason(), "LEAD_NOT_FOUND") << "that one was never there";
}

TEST_F(EraseApiTest, ARequestIdOfAnotherBodyIsRefused) {
  AddRep("ada");
  AddLeadWithEmail("l1", "ann@acme.example");
  AddLeadWithEmail("l2", "ben@acme.example");
  v1::EraseLeadRequest wrong = Named("l0");
  wrong.set_request_id("ticket-7");
  EXPECT_EQ(Erase(wrong).reason(), "LEAD_NOT_FOUND");
  v1::EraseLeadRequest first = Named("l1");
  first.set_request_id("ticket-7");
  ASSERT_TRUE(Erase(first).ok()) << "what erased nothing is not remembered";
  v1::EraseLeadRequest other = OfEmail("ben@acme.example");
  other.set_request_id("ticket-7");
  const auto refused = Erase(other);
  EXPECT_EQ(refused.code(), ::grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(refused.reason(), "REQUEST_ID_REUSED");
  EXPECT_EQ(CodeOfGet("l2"), ::grpc::StatusCode::OK);
  EXPECT_TRUE(Erase(first).ok());
}

TEST_F(EraseApiTest, ARequestIdOfAnActionOnTheLeadIsRefused) {
  AddRep("ada");
  AddLead("l1");
  ASSERT_TRUE(Accept("workspaces/acme/assignments/l1.1", "request-1").ok());
  v1::EraseLeadRequest request = Named("l1");
  request.set_request_id("request-1");
  EXPECT_EQ(Erase(request).reason(), "REQUEST_ID_REUSED");
  EXPECT_EQ(CodeOfGet("l1"), ::grpc::StatusCode::OK);
}

TEST_F(EraseApiTest, AnAddressErasesAllItsLeads) {
  AddLeadWithEmail("l1", "ann@acme.example");
  AddLeadWithEmail("l2", "Ann@ACME.example");
  AddLeadWithEmail("l3", "ben@acme.example");
  const auto erased = Erase(OfEmail(" ANN@acme.example "));
  ASSERT_TRUE(erased.ok()) << erased.status.error_message();
  ASSERT_EQ(erased.response.leads_size(), 2);
  EXPECT_EQ(erased.response.leads(0).name(), "workspaces/acme/leads/l1");
  EXPECT_EQ(erased.response.leads(1).name(), "workspaces/acme/leads/l2");
  EXPECT_FALSE(erased.response.more());
  EXPECT_EQ(CodeOfGet("l3"), ::grpc::StatusCode::OK);
  const auto again = Erase(OfEmail("ann@acme.example"));
  EXPECT_TRUE(again.ok());
  EXPECT_EQ(again.response.leads_size(), 0);
  EXPECT_EQ(Erase(OfEmail("no address")).reason(), "INVALID_FIELD");
}

TEST_F(EraseApiTest, WhoErasesIsNamed) {
  AddLead("l1");
  EXPECT_EQ(Erase(Named("l1"), {}).reason(), "PRINCIPAL_MISSING");
  ASSERT_TRUE(Erase(Named("l1")).ok());
  const int shard = store_.ShardOf(core::WorkspaceId::Trusted("acme"));
  const auto read = store_.Read({{shard, 0}}, 100, absl::ZeroDuration());
  const store::OutboxEntry& last = read->at(shard).back();
  EXPECT_EQ(last.change.type, core::ChangeType::kErased);
  EXPECT_EQ(last.change.actor, "dpo@acme.example");
}

TEST_F(EraseApiTest, APersonWhoActsAgainIsANewLead) {
  AddRep("ada");
  AddLead("l1");
  ASSERT_TRUE(Erase(Named("l1")).ok());
  absl::SleepFor(absl::Milliseconds(2));
  v1::SubmitLeadEventsRequest request;
  request.set_parent("workspaces/acme");
  *request.add_events() = Captured("l1", "e-new");
  request.set_wait_for_decision(true);
  ASSERT_TRUE(Call(*api_.leads, &LeadStub::SubmitLeadEvents, request).ok());
  const v1::Lead lead = GetLead("l1");
  EXPECT_EQ(lead.stage(), v1::STAGE_OFFERED);
  EXPECT_EQ(lead.cycle(), 1);
  EXPECT_EQ(lead.assignment(), "workspaces/acme/assignments/l1.2");
}

}  // namespace
}  // namespace baton::dispatch
