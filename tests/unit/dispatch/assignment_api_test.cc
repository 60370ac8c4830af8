// Rep actions and lists of AssignmentService, over the wire.
#include <thread>

#include "api_fixture.h"
#include "core/time.h"

namespace baton::dispatch {
namespace {

using AssignmentStub = v1::AssignmentService::Stub;

class AssignmentApiTest : public ApiTest {
 protected:
  template <typename Request, typename Response>
  Outcome<Response> Do(::grpc::Status (AssignmentStub::*method)(::grpc::ClientContext*,
                                                                const Request&, Response*),
                       const Request& request) {
    return Call(*api_.assignments, method, request);
  }

  // A lead that is WORKING with rep "ada".
  std::string WorkingLead(const std::string& lead) {
    AddLead(lead);
    const std::string assignment = AssignmentOf(lead);
    EXPECT_TRUE(Accept(assignment).ok());
    EXPECT_TRUE(Touch(assignment).ok());
    return assignment;
  }

  Outcome<v1::LogTouchResponse> Touch(const std::string& assignment) {
    v1::LogTouchRequest touch;
    touch.set_name(assignment);
    touch.set_channel("call");
    touch.set_outcome("connected");
    return Do(&AssignmentStub::LogTouch, touch);
  }

  Outcome<v1::ReportOutcomeResponse> Report(const std::string& assignment, v1::Stage outcome) {
    v1::ReportOutcomeRequest report;
    report.set_name(assignment);
    report.set_outcome(outcome);
    if (outcome == v1::STAGE_SQO) {
      report.set_amount_minor(1'200'000);
      report.set_currency("EUR");
      report.mutable_close_time()->set_seconds(1'900'000'000);
    }
    if (outcome == v1::STAGE_LOST) report.set_reason("NO_DECISION");
    return Do(&AssignmentStub::ReportOutcome, report);
  }
};

TEST_F(AssignmentApiTest, OfferIsAcceptedByItsRep) {
  AddRep("ada");
  AddLead("l1");
  const v1::Lead offered = GetLead("l1");
  EXPECT_EQ(offered.stage(), v1::STAGE_OFFERED);
  EXPECT_EQ(offered.assignment(), "workspaces/acme/assignments/l1.1");
  const auto accepted = Accept(offered.assignment());
  ASSERT_TRUE(accepted.ok()) << accepted.status.error_message();
  const v1::Assignment& assignment = accepted.response.assignment();
  EXPECT_EQ(assignment.stage(), v1::STAGE_ACCEPTED);
  EXPECT_EQ(assignment.rep(), "workspaces/acme/reps/ada");
  EXPECT_EQ(assignment.queue(), "workspaces/acme/queues/dach");
  EXPECT_EQ(assignment.fit(), 30);
  EXPECT_EQ(assignment.intent(), 60);
  EXPECT_EQ(assignment.lead_version(), offered.version() + 1);
}

TEST_F(AssignmentApiTest, ARepClaimsWhatWaitsInAPulledQueue) {
  std::string policy = kPolicy;
  const std::string mode = "mode: offer, accept_within: 1h";
  ASSERT_NE(policy.find(mode), std::string::npos);
  policy.replace(policy.find(mode), mode.size(), "mode: pull");
  MakeActive(api_, policy);
  AddRep("ada");
  v1::ClaimNextLeadRequest claim;
  claim.set_rep("workspaces/acme/reps/ada");
  claim.set_request_id("claim-1");
  const auto nothing = Do(&AssignmentStub::ClaimNextLead, claim);
  EXPECT_EQ(nothing.code(), ::grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(nothing.reason(), "NOTHING_WAITS");
  AddLead("l1");
  EXPECT_EQ(GetLead("l1").stage(), v1::STAGE_QUEUED);
  for (int repetition = 0; repetition < 2; repetition++) {
    const auto claimed = Do(&AssignmentStub::ClaimNextLead, claim);
    ASSERT_TRUE(claimed.ok()) << claimed.status.error_message();
    EXPECT_EQ(claimed.response.assignment().name(), "workspaces/acme/assignments/l1.1");
    EXPECT_EQ(claimed.response.assignment().stage(), v1::STAGE_ACCEPTED);
    EXPECT_EQ(claimed.response.assignment().queue(), "workspaces/acme/queues/dach");
  }
  AddLead("l2");
  claim.set_request_id("claim-2");
  ASSERT_TRUE(CallAs(kSam, *api_.assignments, &AssignmentStub::ClaimNextLead, claim).ok());
  const int shard = store_.ShardOf(core::WorkspaceId::Trusted("acme"));
  const auto read = store_.Read({{shard, 0}}, 100, absl::ZeroDuration());
  EXPECT_EQ(read->at(shard).back().change.actor, "principal/" + kSam.principal);
  claim.add_queues("workspaces/acme/queues/triage");
  EXPECT_EQ(Do(&AssignmentStub::ClaimNextLead, claim).reason(), "REQUEST_ID_REUSED");
  claim.set_request_id("");
  EXPECT_EQ(Do(&AssignmentStub::ClaimNextLead, claim).reason(), "QUEUE_NOT_PULLED");
  claim.set_queues(0, "workspaces/other/queues/dach");
  EXPECT_EQ(Do(&AssignmentStub::ClaimNextLead, claim).reason(), "INVALID_FIELD");
}

TEST_F(AssignmentApiTest, WrongNamesAreInvalidFields) {
  for (const char* name : {"", "workspaces/acme", "workspaces/acme/assignments/l1",
                           "workspaces/acme/assignments/l1.0", "workspaces/acme/assignments/l1.x",
                           "workspaces/a b/assignments/l1.1", "workspaces/acme/leads/l1.1"}) {
    const auto refused = Accept(name);
    EXPECT_EQ(refused.code(), ::grpc::StatusCode::INVALID_ARGUMENT) << name;
    EXPECT_EQ(refused.reason(), "INVALID_FIELD") << name;
    const auto details = DetailsOf(refused.status);
    ASSERT_EQ(details.violations.size(), 1u) << name;
    EXPECT_EQ(details.violations[0].field, "name");
    EXPECT_EQ(details.domain, "baton.dev");
  }
}

TEST_F(AssignmentApiTest, UnknownLeadIsNotFound) {
  const auto refused = Accept("workspaces/acme/assignments/ghost.1");
  EXPECT_EQ(refused.code(), ::grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(refused.reason(), "LEAD_NOT_FOUND");
}

TEST_F(AssignmentApiTest, DeclineOffersToTheNextRepAndMakesTheOldNameStale) {
  AddRep("ada");
  AddRep("bob");
  AddLead("l1");
  const v1::Lead first = GetLead("l1");
  const auto declined = Decline(first.assignment());
  ASSERT_TRUE(declined.ok()) << declined.status.error_message();
  EXPECT_EQ(declined.response.lead().stage(), v1::STAGE_OFFERED);
  EXPECT_NE(declined.response.lead().rep(), first.rep());
  EXPECT_EQ(declined.response.lead().assignment(), "workspaces/acme/assignments/l1.2");
  EXPECT_EQ(declined.response.lead().attributes().at("country").string_value(), "DE");
  const auto stale = Accept(first.assignment());
  EXPECT_EQ(stale.code(), ::grpc::StatusCode::ABORTED);
  EXPECT_EQ(stale.reason(), "STALE_GENERATION");
  EXPECT_EQ(DetailsOf(stale.status).metadata.at("current_generation"), "2");
}

TEST_F(AssignmentApiTest, ReasonMustBeOfTheActionsClass) {
  AddRep("ada");
  AddLead("l1");
  const auto refused = Decline(AssignmentOf("l1"), "WRONG_PERSONA");
  EXPECT_EQ(refused.code(), ::grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(refused.reason(), "UNKNOWN_REASON");
  EXPECT_EQ(DetailsOf(refused.status).violations.at(0).field, "reason");
  EXPECT_EQ(Decline(AssignmentOf("l1"), "").reason(), "MISSING_FIELD");
}

TEST_F(AssignmentApiTest, AcceptingTwiceIsAWrongStage) {
  AddRep("ada");
  AddLead("l1");
  const std::string assignment = AssignmentOf("l1");
  ASSERT_TRUE(Accept(assignment).ok());
  const auto again = Accept(assignment);
  EXPECT_EQ(again.code(), ::grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(again.reason(), "WRONG_STAGE");
  EXPECT_EQ(DetailsOf(again.status).metadata.at("stage"), "ACCEPTED");
}

TEST_F(AssignmentApiTest, RepeatedRequestIdGivesTheFirstAnswer) {
  AddRep("ada");
  AddLead("l1");
  const std::string assignment = AssignmentOf("l1");
  const auto first = Accept(assignment, "request-1");
  ASSERT_TRUE(first.ok());
  ASSERT_TRUE(Touch(assignment).ok());
  const auto repeated = Accept(assignment, "request-1");
  ASSERT_TRUE(repeated.ok()) << repeated.status.error_message();
  EXPECT_EQ(repeated.response.SerializeAsString(), first.response.SerializeAsString());
}

TEST_F(AssignmentApiTest, RepeatedDeclineGivesTheFirstAnswer) {
  AddRep("ada");
  AddRep("bob");
  AddLead("l1");
  v1::DeclineAssignmentRequest decline;
  decline.set_name(AssignmentOf("l1"));
  decline.set_reason("AWAY");
  decline.set_request_id("request-1");
  const auto first = Do(&AssignmentStub::DeclineAssignment, decline);
  const auto repeated = Do(&AssignmentStub::DeclineAssignment, decline);
  ASSERT_TRUE(repeated.ok()) << repeated.status.error_message();
  EXPECT_EQ(repeated.response.lead().assignment(), first.response.lead().assignment());
  EXPECT_EQ(repeated.response.lead().version(), first.response.lead().version());
}

TEST_F(AssignmentApiTest, RequestIdOfAnotherBodyIsRefused) {
  AddRep("ada");
  AddLead("l1");
  const std::string assignment = AssignmentOf("l1");
  ASSERT_TRUE(Accept(assignment, "request-1").ok());
  v1::LogTouchRequest touch;
  touch.set_name(assignment);
  touch.set_channel("call");
  touch.set_request_id("request-1");
  const auto refused = Do(&AssignmentStub::LogTouch, touch);
  EXPECT_EQ(refused.code(), ::grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(refused.reason(), "REQUEST_ID_REUSED");
  touch.set_request_id(std::string(65, 'x'));
  EXPECT_EQ(Do(&AssignmentStub::LogTouch, touch).reason(), "INVALID_FIELD");
}

TEST_F(AssignmentApiTest, WholeWayToWon) {
  AddRep("ada");
  const std::string assignment = WorkingLead("l1");
  for (const v1::Stage stage : {v1::STAGE_SQL, v1::STAGE_SQO, v1::STAGE_WON}) {
    const auto reported = Report(assignment, stage);
    ASSERT_TRUE(reported.ok()) << reported.status.error_message();
    EXPECT_EQ(reported.response.lead().stage(), stage);
  }
  EXPECT_EQ(Report(assignment, v1::STAGE_LOST).reason(), "WRONG_STAGE");
  EXPECT_EQ(Report(assignment, v1::STAGE_UNSPECIFIED).reason(), "INVALID_FIELD");
}

TEST_F(AssignmentApiTest, RejectAndRecycleCloseTheCycle) {
  AddRep("ada");
  AddLead("l1");
  v1::RejectLeadRequest reject;
  reject.set_name(AssignmentOf("l1"));
  reject.set_reason("WRONG_PERSONA");
  reject.set_note("a student");
  const auto rejected = Do(&AssignmentStub::RejectLead, reject);
  ASSERT_TRUE(rejected.ok()) << rejected.status.error_message();
  EXPECT_EQ(rejected.response.lead().stage(), v1::STAGE_REJECTED);
  EXPECT_EQ(rejected.response.lead().reason(), "WRONG_PERSONA");
  EXPECT_EQ(rejected.response.lead().assignment(), "");

  AddLead("l2");
  v1::RecycleLeadRequest recycle;
  recycle.set_name(AssignmentOf("l2"));
  recycle.set_reason("CONTRACT_LOCKED");
  EXPECT_EQ(Do(&AssignmentStub::RecycleLead, recycle).reason(), "MISSING_FIELD");
  recycle.mutable_revisit_time()->set_seconds(absl::ToUnixSeconds(absl::Now()) + 86'400);
  const auto recycled = Do(&AssignmentStub::RecycleLead, recycle);
  ASSERT_TRUE(recycled.ok()) << recycled.status.error_message();
  EXPECT_EQ(recycled.response.lead().stage(), v1::STAGE_RECYCLED);
  EXPECT_EQ(recycled.response.lead().revisit_time().seconds(), recycle.revisit_time().seconds());
}

TEST_F(AssignmentApiTest, RerouteGoesToTheQueueNamed) {
  AddRep("ada");
  AddRep("bob");
  AddLead("l1");
  v1::RerouteLeadRequest reroute;
  reroute.set_name(AssignmentOf("l1"));
  reroute.set_reason("WRONG_TERRITORY");
  reroute.set_queue("workspaces/other/queues/triage");
  EXPECT_EQ(Do(&AssignmentStub::RerouteLead, reroute).reason(), "INVALID_FIELD");
  reroute.set_queue("workspaces/acme/queues/nowhere");
  EXPECT_EQ(Do(&AssignmentStub::RerouteLead, reroute).reason(), "UNKNOWN_QUEUE");
  reroute.set_queue("workspaces/acme/queues/triage");
  const auto rerouted = Do(&AssignmentStub::RerouteLead, reroute);
  ASSERT_TRUE(rerouted.ok()) << rerouted.status.error_message();
  EXPECT_EQ(rerouted.response.lead().queue(), "workspaces/acme/queues/triage");
  EXPECT_EQ(rerouted.response.lead().stage(), v1::STAGE_ACCEPTED);  // triage is direct
}

TEST_F(AssignmentApiTest, AnAcceptedLeadCanBePausedResumedAndReleased) {
  AddRep("ada");
  AddLead("l1");
  AddRep("bob");
  v1::PauseLeadRequest pause;
  pause.set_name(AssignmentOf("l1"));
  EXPECT_EQ(Do(&AssignmentStub::PauseLead, pause).reason(), "WRONG_STAGE");
  v1::AcceptAssignmentRequest accept;
  accept.set_name(AssignmentOf("l1"));
  ASSERT_TRUE(Do(&AssignmentStub::AcceptAssignment, accept).ok());

  v1::ResumeLeadRequest resume;
  resume.set_name(AssignmentOf("l1"));
  EXPECT_EQ(Do(&AssignmentStub::ResumeLead, resume).reason(), "NOT_PAUSED");
  pause.mutable_resume_time()->set_seconds(absl::ToUnixSeconds(absl::Now()) - 86'400);
  EXPECT_EQ(Do(&AssignmentStub::PauseLead, pause).reason(), "INVALID_FIELD");
  pause.mutable_resume_time()->set_seconds(absl::ToUnixSeconds(absl::Now()) + 86'400);
  const auto paused = Do(&AssignmentStub::PauseLead, pause);
  ASSERT_TRUE(paused.ok()) << paused.status.error_message();
  EXPECT_EQ(paused.response.lead().resume_time().seconds(), pause.resume_time().seconds());
  const auto resumed = Do(&AssignmentStub::ResumeLead, resume);
  ASSERT_TRUE(resumed.ok()) << resumed.status.error_message();
  EXPECT_FALSE(resumed.response.lead().has_pause_time());

  v1::ReleaseLeadRequest release;
  release.set_name(AssignmentOf("l1"));
  release.set_reason("NO_NEED");
  EXPECT_EQ(Do(&AssignmentStub::ReleaseLead, release).reason(), "UNKNOWN_REASON");
  release.clear_reason();
  const auto released = Do(&AssignmentStub::ReleaseLead, release);
  ASSERT_TRUE(released.ok()) << released.status.error_message();
  EXPECT_EQ(released.response.lead().rep(), "workspaces/acme/reps/bob");
}

TEST_F(AssignmentApiTest, FreedCapacityDrainsTheBacklog) {
  AddRep("ada", 1);
  AddLead("l1");
  AddLead("l2");
  EXPECT_EQ(GetLead("l2").stage(), v1::STAGE_QUEUED);
  v1::RejectLeadRequest reject;
  reject.set_name(AssignmentOf("l1"));
  reject.set_reason("NO_NEED");
  ASSERT_TRUE(Do(&AssignmentStub::RejectLead, reject).ok());
  EXPECT_TRUE(Becomes("l2", v1::STAGE_OFFERED));
}

TEST_F(AssignmentApiTest, OneOf64ConcurrentAcceptsWins) {
  AddRep("ada");
  AddLead("l1");
  const std::string assignment = AssignmentOf("l1");
  std::atomic<int> won = 0;
  std::atomic<int> refused = 0;
  std::vector<std::thread> callers;
  for (int i = 0; i < 64; ++i) {
    callers.emplace_back([&] {
      const auto accepted = Accept(assignment);
      if (accepted.ok()) ++won;
      if (accepted.code() == ::grpc::StatusCode::FAILED_PRECONDITION ||
          accepted.code() == ::grpc::StatusCode::ABORTED) {
        ++refused;
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(won, 1);
  EXPECT_EQ(refused, 63);
}

TEST_F(AssignmentApiTest, ListsByRepQueueAndWorkspaceInPages) {
  AddRep("ada", 3);
  AddRep("bob", 3);
  for (int i = 0; i < 6; ++i) AddLead("l" + std::to_string(i));
  for (const char* parent : {"workspaces/acme", "workspaces/acme/queues/dach"}) {
    v1::ListAssignmentsRequest request;
    request.set_parent(parent);
    request.set_page_size(4);
    const auto first = Do(&AssignmentStub::ListAssignments, request);
    ASSERT_TRUE(first.ok()) << first.status.error_message();
    EXPECT_EQ(first.response.assignments_size(), 4);
    request.set_page_token(first.response.next_page_token());
    const auto second = Do(&AssignmentStub::ListAssignments, request);
    EXPECT_EQ(second.response.assignments_size(), 2);
    EXPECT_EQ(second.response.next_page_token(), "");
    request.set_parent("workspaces/acme/reps/ada");
    EXPECT_EQ(Do(&AssignmentStub::ListAssignments, request).reason(),
              "INVALID_FIELD");  // token of another
    request.clear_page_token();
    EXPECT_EQ(Do(&AssignmentStub::ListAssignments, request).response.assignments_size(), 3);
  }
  v1::ListAssignmentsRequest request;
  request.set_parent("workspaces/acme/queues/triage");
  EXPECT_EQ(Do(&AssignmentStub::ListAssignments, request).response.assignments_size(), 0);
  request.set_page_size(-1);
  EXPECT_EQ(Do(&AssignmentStub::ListAssignments, request).reason(), "INVALID_FIELD");
  request.set_page_size(0);
  request.set_parent("workspaces/nowhere");
  EXPECT_EQ(Do(&AssignmentStub::ListAssignments, request).reason(), "WORKSPACE_NOT_FOUND");
  request.set_parent("workspaces/acme/reps/nobody");
  EXPECT_EQ(Do(&AssignmentStub::ListAssignments, request).reason(), "REP_NOT_FOUND");
}

}  // namespace
}  // namespace baton::dispatch
