// LeadService over the wire.
#include "api_fixture.h"

namespace baton::dispatch {
namespace {

using LeadStub = v1::LeadService::Stub;

class LeadApiTest : public ApiTest {
 protected:
  Outcome<v1::SubmitLeadEventsResponse> Submit(const v1::SubmitLeadEventsRequest& request,
                                               absl::Duration deadline = absl::Seconds(10)) {
    return Call(*api_.leads, &LeadStub::SubmitLeadEvents, request, deadline);
  }
  static v1::SubmitLeadEventsRequest RequestOf(const std::vector<v1::LeadEvent>& events) {
    v1::SubmitLeadEventsRequest request;
    request.set_parent("workspaces/acme");
    for (const v1::LeadEvent& event : events) *request.add_events() = event;
    return request;
  }
  v1::ExplainLeadResponse ExplainLead(const std::string& lead) {
    v1::ExplainLeadRequest request;
    request.set_name("workspaces/acme/leads/" + lead);
    const auto explained = Call(*api_.leads, &LeadStub::ExplainLead, request);
    EXPECT_TRUE(explained.ok()) << explained.status.error_message();
    return explained.response;
  }
};

TEST_F(LeadApiTest, WaitsForTheDecision) {
  AddRep("ada");
  auto request = RequestOf({Captured("l1", "e1"), Captured("l2", "e2"), Captured("l1", "e3")});
  request.set_wait_for_decision(true);
  const auto submitted = Submit(request);
  ASSERT_TRUE(submitted.ok()) << submitted.status.error_message();
  EXPECT_EQ(submitted.response.accepted_count(), 3);
  ASSERT_EQ(submitted.response.leads_size(), 2);
  EXPECT_EQ(submitted.response.leads(0).name(), "workspaces/acme/leads/l1");
  EXPECT_EQ(submitted.response.leads(0).stage(), v1::STAGE_OFFERED);
  EXPECT_EQ(submitted.response.leads(1).name(), "workspaces/acme/leads/l2");
  EXPECT_EQ(submitted.response.leads(0).activity_counts().at("demo_request"), 2);
  EXPECT_EQ(submitted.response.leads(0).attribution().at("utm_campaign"), "spring");
}

TEST_F(LeadApiTest, UndecidedEventsSaySoAtTheDeadline) {
  api_.broker().set_mode(FakeBroker::Mode::kOnlyAcknowledges);
  auto request = RequestOf({Captured("l1", "e1")});
  EXPECT_TRUE(Submit(request).ok());
  request.set_wait_for_decision(true);
  const auto waited = Submit(request, absl::Milliseconds(300));
  EXPECT_EQ(waited.code(), ::grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_EQ(waited.reason(), "NOT_DECIDED_YET");
}

TEST_F(LeadApiTest, SilentBrokerIsUnavailableWithinTheDeadline) {
  api_.broker().set_mode(FakeBroker::Mode::kSilent);
  const auto submitted = Submit(RequestOf({Captured("l1", "e1")}), absl::Milliseconds(300));
  EXPECT_EQ(submitted.code(), ::grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(submitted.reason(), "NO_ANSWER_IN_TIME");
  EXPECT_GT(DetailsOf(submitted.status).retry_delay, absl::ZeroDuration());
}

TEST_F(LeadApiTest, FullProducerIsResourceExhausted) {
  api_.broker().set_mode(FakeBroker::Mode::kRefuses);
  const auto submitted = Submit(RequestOf({Captured("l1", "e1")}));
  EXPECT_EQ(submitted.code(), ::grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_GT(DetailsOf(submitted.status).retry_delay, absl::ZeroDuration());
}

TEST_F(LeadApiTest, WhatCouldNotBeDeliveredIsNotAccepted) {
  api_.broker().set_mode(FakeBroker::Mode::kFails);
  const auto submitted = Submit(RequestOf({Captured("l1", "e1"), Captured("l2", "e2")}));
  EXPECT_EQ(submitted.code(), ::grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(submitted.reason(), "BROKER_UNAVAILABLE");
  EXPECT_GT(DetailsOf(submitted.status).retry_delay, absl::ZeroDuration());
  EXPECT_EQ(submitted.response.accepted_count(), 0);
}

TEST_F(LeadApiTest, AProducerOfNoUseIsReplaced) {
  api_.broker().set_mode(FakeBroker::Mode::kBreaks);
  EXPECT_EQ(Submit(RequestOf({Captured("l1", "e1")})).reason(), "BROKER_UNAVAILABLE");
  EXPECT_EQ(api_.broker().producers(), 1u);
  api_.broker().set_mode(FakeBroker::Mode::kDecides);
  EXPECT_EQ(Submit(RequestOf({Captured("l1", "e1")})).response.accepted_count(), 1);
  EXPECT_EQ(api_.broker().producers(), 2u);
}

TEST_F(LeadApiTest, SaysAllThatIsWrongAtOnceAndPublishesNothing) {
  v1::LeadEvent bad_lead = Captured("no such/lead", "e1");
  v1::LeadEvent no_type = Captured("l1", "e2");
  no_type.set_type(v1::LEAD_EVENT_TYPE_UNSPECIFIED);
  v1::LeadEvent no_id = Captured("l1", "");
  v1::LeadEvent misplaced = Captured("l1", "e4");
  misplaced.set_type(v1::LEAD_EVENT_TYPE_CONSENT);
  const auto refused =
      Submit(RequestOf({bad_lead, Captured("l1", "ok"), no_type, no_id, misplaced}));
  EXPECT_EQ(refused.code(), ::grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(refused.reason(), "INVALID_FIELD");
  const auto violations = DetailsOf(refused.status).violations;
  ASSERT_EQ(violations.size(), 4u);
  EXPECT_EQ(violations[0].field, "events[0].lead");
  EXPECT_EQ(violations[1].field, "events[2].type");
  EXPECT_EQ(violations[2].field, "events[3].id");
  EXPECT_EQ(violations[3].field, "events[4].attributes");
  EXPECT_EQ(api_.broker().published(), 0u);
}

TEST_F(LeadApiTest, ValidateOnlyPublishesNothing) {
  auto request = RequestOf({Captured("l1", "e1")});
  request.set_validate_only(true);
  EXPECT_TRUE(Submit(request).ok());
  EXPECT_EQ(api_.broker().published(), 0u);
}

TEST_F(LeadApiTest, SubmitChecksParentAndCount) {
  EXPECT_EQ(Submit(RequestOf({})).reason(), "INVALID_FIELD");
  EXPECT_EQ(Submit(RequestOf(std::vector(501, Captured("l1", "e")))).reason(), "INVALID_FIELD");
  auto request = RequestOf({Captured("l1", "e1")});
  request.set_parent("workspaces/nowhere");
  EXPECT_EQ(Submit(request).reason(), "WORKSPACE_NOT_FOUND");
  request.set_parent("acme");
  EXPECT_EQ(Submit(request).reason(), "INVALID_FIELD");
}

TEST_F(LeadApiTest, MissingLeadIsNotFound) {
  v1::GetLeadRequest request;
  request.set_name("workspaces/acme/leads/ghost");
  EXPECT_EQ(Call(*api_.leads, &LeadStub::GetLead, request).reason(), "LEAD_NOT_FOUND");
  request.set_name("ghost");
  EXPECT_EQ(Call(*api_.leads, &LeadStub::GetLead, request).reason(), "INVALID_FIELD");
}

TEST_F(LeadApiTest, ListsInPagesWithFilter) {
  AddRep("ada", 3);
  for (int i = 0; i < 5; ++i) AddLead("l" + std::to_string(i));
  v1::ListLeadsRequest request;
  request.set_parent("workspaces/acme");
  request.set_page_size(2);
  std::vector<std::string> names;
  do {
    const auto page = Call(*api_.leads, &LeadStub::ListLeads, request);
    ASSERT_TRUE(page.ok()) << page.status.error_message();
    for (const v1::Lead& lead : page.response.leads()) names.push_back(lead.name());
    request.set_page_token(page.response.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(names.size(), 5u);
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));

  request.set_page_size(0);
  request.set_stage(v1::STAGE_QUEUED);
  EXPECT_EQ(Call(*api_.leads, &LeadStub::ListLeads, request).response.leads_size(), 2);
  request.set_page_size(1);
  const auto page = Call(*api_.leads, &LeadStub::ListLeads, request);
  request.set_stage(v1::STAGE_OFFERED);
  request.set_page_token(page.response.next_page_token());
  EXPECT_EQ(Call(*api_.leads, &LeadStub::ListLeads, request).reason(), "INVALID_FIELD");
  request.clear_page_token();
  request.set_page_size(-1);
  EXPECT_EQ(Call(*api_.leads, &LeadStub::ListLeads, request).reason(), "INVALID_FIELD");
  request.set_page_size(1);
  request.set_parent("workspaces/nowhere");
  EXPECT_EQ(Call(*api_.leads, &LeadStub::ListLeads, request).reason(), "WORKSPACE_NOT_FOUND");
}

TEST_F(LeadApiTest, JourneyTellsEverythingInOrder) {
  AddRep("ada");
  AddLead("l1");
  ASSERT_TRUE(Accept(AssignmentOf("l1")).ok());
  v1::GetLeadJourneyRequest request;
  request.set_name("workspaces/acme/leads/l1");
  request.set_page_size(2);
  std::vector<std::string> types;
  do {
    const auto page = Call(*api_.leads, &LeadStub::GetLeadJourney, request);
    ASSERT_TRUE(page.ok()) << page.status.error_message();
    for (const auto& entry : page.response.entries()) types.push_back(entry.type());
    request.set_page_token(page.response.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(types, (std::vector<std::string>{"captured", "qualified", "assigned", "accepted"}));
}

TEST_F(LeadApiTest, AJourneyCanBeNarrowedToSomeTypes) {
  AddRep("ada");
  AddLead("l1");
  ASSERT_TRUE(Accept(AssignmentOf("l1")).ok());
  v1::GetLeadJourneyRequest request;
  request.set_name("workspaces/acme/leads/l1");
  request.add_types("captured");
  request.add_types("accepted");
  request.set_page_size(1);
  std::vector<std::string> types;
  do {
    const auto page = Call(*api_.leads, &LeadStub::GetLeadJourney, request);
    ASSERT_TRUE(page.ok()) << page.status.error_message();
    for (const auto& entry : page.response.entries()) types.push_back(entry.type());
    request.set_page_token(page.response.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(types, (std::vector<std::string>{"captured", "accepted"}));

  request.set_page_token(
      Call(*api_.leads, &LeadStub::GetLeadJourney, request).response.next_page_token());
  request.add_types("queued");
  EXPECT_EQ(Call(*api_.leads, &LeadStub::GetLeadJourney, request).reason(), "INVALID_FIELD");
  request.clear_page_token();
  for (int i = 0; i < 40; ++i) request.add_types("touched");
  EXPECT_EQ(Call(*api_.leads, &LeadStub::GetLeadJourney, request).reason(), "INVALID_FIELD");
}

TEST_F(LeadApiTest, ExplainsTheChoice) {
  AddRep("ada", 0);
  AddRep("bob");
  AddLead("l1");
  const auto explained = ExplainLead("l1");
  EXPECT_TRUE(explained.qualified());
  int fit = 0;
  int intent = 0;
  for (const v1::Factor& factor : explained.factors()) {
    (factor.kind() == "fit" ? fit : intent) += factor.points();
  }
  EXPECT_EQ(fit, explained.lead().fit());
  EXPECT_EQ(intent, explained.lead().intent());
  ASSERT_EQ(explained.candidates_size(), 2);
  EXPECT_EQ(explained.candidates(0).rep(), "workspaces/acme/reps/ada");
  EXPECT_EQ(explained.candidates(0).reason(), "at_capacity");
  EXPECT_EQ(explained.candidates(1).reason(), "chosen");
  ASSERT_EQ(explained.route_path_size(), 1);
  EXPECT_TRUE(explained.route_path(0).matched());
  EXPECT_EQ(explained.waiting_for(), "");
  EXPECT_NE(explained.summary().find("Rep bob was chosen"), std::string::npos)
      << explained.summary();
}

TEST_F(LeadApiTest, ExplainsWhyItWaits) {
  AddLead("l1");
  EXPECT_NE(ExplainLead("l1").waiting_for().find("No rep is in queue dach"), std::string::npos);
  AddRep("ada", 0);
  EXPECT_NE(ExplainLead("l1").waiting_for().find("1 at capacity"), std::string::npos)
      << ExplainLead("l1").waiting_for();
  v1::UpdateQueueRequest pause;
  pause.mutable_queue()->set_name("workspaces/acme/queues/dach");
  pause.mutable_queue()->set_paused(true);
  ASSERT_TRUE(Call(*api_.roster, &v1::RosterService::Stub::UpdateQueue, pause).ok());
  EXPECT_NE(ExplainLead("l1").waiting_for().find("paused"), std::string::npos);
}

TEST_F(LeadApiTest, SaysWhatStandsInTheWay) {
  AddLead("l1");
  EXPECT_EQ(ExplainLead("l1").blocked_by(), "no_members");
  AddRep("ada", 0);
  EXPECT_EQ(ExplainLead("l1").blocked_by(), "at_capacity");
  v1::UpdateQueueRequest pause;
  pause.mutable_queue()->set_name("workspaces/acme/queues/dach");
  pause.mutable_queue()->set_paused(true);
  ASSERT_TRUE(Call(*api_.roster, &v1::RosterService::Stub::UpdateQueue, pause).ok());
  EXPECT_EQ(ExplainLead("l1").blocked_by(), "paused");
}

TEST_F(LeadApiTest, SaysThatALeadWaitsItsTurn) {
  AddLead("l1");
  AddLead("l2");
  core::Rep ada;
  ada.id = core::RepId::Trusted("ada");
  ada.queues = {core::QueueId::Trusted("dach")};
  ada.skills = {"german"};
  ada.presence = core::Presence::kOnline;
  ASSERT_TRUE(store_.PutRep(core::WorkspaceId::Trusted("acme"), ada, 0).ok());  // undrained
  EXPECT_EQ(ExplainLead("l1").blocked_by(), "nothing");
  const auto second = ExplainLead("l2");
  EXPECT_EQ(second.blocked_by(), "turn");
  EXPECT_NE(second.waiting_for().find("waits its turn"), std::string::npos) << second.waiting_for();
}

TEST_F(LeadApiTest, ExplainsThatEverybodyPassedUntilTheRetry) {
  AddRep("ada");
  AddLead("l1");
  ASSERT_TRUE(Decline(AssignmentOf("l1")).ok());
  const auto explained = ExplainLead("l1");
  EXPECT_EQ(explained.lead().stage(), v1::STAGE_QUEUED);
  EXPECT_TRUE(explained.has_retry_time());
  EXPECT_NE(explained.waiting_for().find("1 passed"), std::string::npos) << explained.waiting_for();
  EXPECT_NE(explained.waiting_for().find("asked again at"), std::string::npos);
}

}  // namespace
}  // namespace baton::dispatch
