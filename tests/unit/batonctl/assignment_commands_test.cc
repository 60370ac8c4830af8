#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "baton/v1/assignment_service.pb.h"
#include "batonctl/exit_codes.h"
#include "batonctl_testing.h"
#include "core/errors.h"

namespace baton::batonctl {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kName[] = "workspaces/demo/assignments/l1.3";

class AssignmentCommandsTest : public ::testing::Test {
 protected:
  // Answers each Request with an assignment of its name.
  template <typename Request, typename Response>
  void AnswerWithAssignment() {
    world_.server.On<Request, Response>([this](const Request& request, Response& response) {
      response.mutable_assignment()->set_name(request.name());
      return answer_;
    });
  }
  template <typename Request, typename Response>
  void AnswerWithLead() {
    world_.server.On<Request, Response>([this](const Request&, Response& response) {
      response.mutable_lead()->set_name("workspaces/demo/leads/l1");
      return answer_;
    });
  }

  RunResult Run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"-w", "demo", "assignment"});
    return world_.Run(arguments);
  }

  static std::shared_ptr<v1::WatchAssignmentsResponse> Seen(v1::WatchAssignmentsResponse::Kind kind,
                                                            const std::string& id,
                                                            const std::string& token) {
    auto response = std::make_shared<v1::WatchAssignmentsResponse>();
    response->set_kind(kind);
    response->set_resume_token(token);
    if (!id.empty()) response->mutable_assignment()->set_name("workspaces/demo/assignments/" + id);
    if (kind == v1::WatchAssignmentsResponse::KIND_UPDATED) response->set_change("assigned");
    return response;
  }

  World world_;
  absl::Status answer_;
};

TEST_F(AssignmentCommandsTest, AcceptsWithARequestIdOfItsOwn) {
  AnswerWithAssignment<v1::AcceptAssignmentRequest, v1::AcceptAssignmentResponse>();
  const RunResult run = Run({"accept", "l1.3"});
  EXPECT_EQ(run.code, kExitOk) << run.err;
  EXPECT_THAT(run.out, HasSubstr("l1.3"));
  const auto& request = world_.server.At<v1::AcceptAssignmentRequest>(0);
  EXPECT_EQ(request.name(), kName);
  EXPECT_EQ(request.request_id(), "id-1");
}

TEST_F(AssignmentCommandsTest, ClaimsForARepFromTheQueuesNamed) {
  world_.server.On<v1::ClaimNextLeadRequest, v1::ClaimNextLeadResponse>(
      [](const v1::ClaimNextLeadRequest&, v1::ClaimNextLeadResponse& response) {
        response.mutable_assignment()->set_name(kName);
        return absl::OkStatus();
      });
  const RunResult run = Run({"claim", "ada", "--queue", "dach", "--queue", "triage"});
  EXPECT_EQ(run.code, kExitOk) << run.err;
  EXPECT_THAT(run.out, HasSubstr("l1.3"));
  const auto& request = world_.server.At<v1::ClaimNextLeadRequest>(0);
  EXPECT_EQ(request.rep(), "workspaces/demo/reps/ada");
  EXPECT_THAT(request.queues(),
              ElementsAre("workspaces/demo/queues/dach", "workspaces/demo/queues/triage"));
  EXPECT_EQ(request.request_id(), "id-1");
}

TEST_F(AssignmentCommandsTest, SendsTheRequestIdGiven) {
  AnswerWithAssignment<v1::AcceptAssignmentRequest, v1::AcceptAssignmentResponse>();
  Run({"accept", "l1.3", "--request-id", "mine"});
  EXPECT_EQ(world_.server.At<v1::AcceptAssignmentRequest>(0).request_id(), "mine");
}

TEST_F(AssignmentCommandsTest, TellsHowToRepeatWhatMayHaveHappened) {
  answer_ = core::Error(absl::StatusCode::kDeadlineExceeded, "NO_ANSWER_IN_TIME", "too late");
  AnswerWithAssignment<v1::AcceptAssignmentRequest, v1::AcceptAssignmentResponse>();
  const RunResult run = Run({"accept", "l1.3"});
  EXPECT_EQ(run.code, kExitUnreachable);
  EXPECT_THAT(run.err, HasSubstr("it is safe to repeat it with --request-id id-1"));
}

TEST_F(AssignmentCommandsTest, ACallThatWasCutOffMayHaveHappenedToo) {
  AnswerWithAssignment<v1::AcceptAssignmentRequest, v1::AcceptAssignmentResponse>();
  for (const absl::StatusCode code : {absl::StatusCode::kCancelled, absl::StatusCode::kInternal}) {
    answer_ = core::Error(code, "CUT_OFF", "the call was cut off");
    const RunResult run = Run({"accept", "l1.3"});
    EXPECT_EQ(run.code, kExitUnreachable) << code;
    EXPECT_THAT(run.err, HasSubstr("it is safe to repeat it with --request-id id-")) << code;
  }
  answer_ = core::Error(absl::StatusCode::kInternal, "INTERNAL", "a defect of the server");
  const RunResult refused = Run({"accept", "l1.3"});
  EXPECT_EQ(refused.code, kExitRefused);
  EXPECT_THAT(refused.err, Not(HasSubstr("--request-id")));
}

// As policy simulate's "the store refused lead"; a script that tries again would do so for ever.
TEST_F(AssignmentCommandsTest, WhatThisProcessCannotDoItselfWasNotCutOff) {
  EXPECT_EQ(ExitCode(absl::InternalError("the store refused lead l1 with code 3")), kExitRefused);
  EXPECT_FALSE(IsPassing(absl::InternalError("no method for")));
}

TEST_F(AssignmentCommandsTest, RefusesWhatNamesNoAssignment) {
  for (const std::string name : {"l1", "l1.", "l1.0", "l1.x", ".3", "a/b.3"}) {
    const RunResult run = Run({"accept", name});
    EXPECT_EQ(run.code, kExitUsage) << name;
    EXPECT_THAT(run.err, HasSubstr("LEAD.GENERATION"));
  }
}

TEST_F(AssignmentCommandsTest, DeclinesRejectsAndReroutesWithAReason) {
  AnswerWithLead<v1::DeclineAssignmentRequest, v1::DeclineAssignmentResponse>();
  AnswerWithLead<v1::RejectLeadRequest, v1::RejectLeadResponse>();
  AnswerWithLead<v1::RerouteLeadRequest, v1::RerouteLeadResponse>();
  EXPECT_EQ(Run({"decline", "l1.3"}).code, kExitUsage);  // the reason is missing
  EXPECT_EQ(Run({"decline", "l1.3", "--reason", "AWAY", "--note", "holiday"}).code, kExitOk);
  const auto& decline = world_.server.At<v1::DeclineAssignmentRequest>(0);
  EXPECT_EQ(decline.reason(), "AWAY");
  EXPECT_EQ(decline.note(), "holiday");
  EXPECT_EQ(Run({"reject", "l1.3", "--reason", "VENDOR"}).code, kExitOk);
  EXPECT_EQ(world_.server.At<v1::RejectLeadRequest>(1).reason(), "VENDOR");
  EXPECT_EQ(Run({"reroute", "l1.3", "--reason", "WRONG_LANGUAGE", "--queue", "emea"}).code,
            kExitOk);
  EXPECT_EQ(world_.server.At<v1::RerouteLeadRequest>(2).queue(), "workspaces/demo/queues/emea");
}

TEST_F(AssignmentCommandsTest, RecyclesUntilADate) {
  AnswerWithLead<v1::RecycleLeadRequest, v1::RecycleLeadResponse>();
  EXPECT_EQ(Run({"recycle", "l1.3", "--reason", "NO_BUDGET", "--revisit", "2027-01-15"}).code,
            kExitOk);
  EXPECT_EQ(world_.server.At<v1::RecycleLeadRequest>(0).revisit_time().seconds(), 1'799'971'200);
  EXPECT_EQ(Run({"recycle", "l1.3", "--reason", "NO_BUDGET"}).code, kExitOk);
  EXPECT_FALSE(world_.server.At<v1::RecycleLeadRequest>(1).has_revisit_time());
  EXPECT_THAT(Run({"recycle", "l1.3", "--reason", "NO_BUDGET", "--revisit", "soon"}).err,
              HasSubstr("--revisit is a time like"));
}

TEST_F(AssignmentCommandsTest, LogsTouches) {
  AnswerWithAssignment<v1::LogTouchRequest, v1::LogTouchResponse>();
  EXPECT_EQ(Run({"touch", "l1.3", "--channel", "call", "--outcome", "no_answer", "--time",
                 "2027-01-15T09:30:00+01:00"})
                .code,
            kExitOk);
  const auto& request = world_.server.At<v1::LogTouchRequest>(0);
  EXPECT_EQ(request.channel(), "call");
  EXPECT_EQ(request.outcome(), "no_answer");
  EXPECT_EQ(request.touch_time().seconds(), 1'800'001'800);
}

TEST_F(AssignmentCommandsTest, ReportsOutcomes) {
  AnswerWithLead<v1::ReportOutcomeRequest, v1::ReportOutcomeResponse>();
  EXPECT_EQ(Run({"outcome", "l1.3", "sqo", "--amount-minor", "125050", "--currency", "eur",
                 "--close-date", "2027-01-15"})
                .code,
            kExitOk);
  const auto& request = world_.server.At<v1::ReportOutcomeRequest>(0);
  EXPECT_EQ(request.outcome(), v1::STAGE_SQO);
  EXPECT_EQ(request.amount_minor(), 125'050);
  EXPECT_EQ(request.currency(), "EUR");
  EXPECT_EQ(Run({"outcome", "l1.3", "winner"}).code, kExitUsage);
}

TEST_F(AssignmentCommandsTest, ListsByRepQueueOrWorkspace) {
  world_.server.On<v1::ListAssignmentsRequest, v1::ListAssignmentsResponse>(
      [](const v1::ListAssignmentsRequest&, v1::ListAssignmentsResponse& response) {
        response.add_assignments()->set_name(kName);
        return absl::OkStatus();
      });
  EXPECT_THAT(Run({"list", "-o", "name"}).out, HasSubstr(kName));
  Run({"list", "--rep", "ada"});
  Run({"list", "--queue", "us"});
  EXPECT_EQ(world_.server.At<v1::ListAssignmentsRequest>(0).parent(), "workspaces/demo");
  EXPECT_EQ(world_.server.At<v1::ListAssignmentsRequest>(1).parent(), "workspaces/demo/reps/ada");
  EXPECT_EQ(world_.server.At<v1::ListAssignmentsRequest>(2).parent(), "workspaces/demo/queues/us");
  EXPECT_EQ(Run({"list", "--rep", "ada", "--queue", "us"}).code, kExitUsage);
}

TEST_F(AssignmentCommandsTest, WatchResumesByItselfWithItsToken) {
  using Kind = v1::WatchAssignmentsResponse;
  world_.server.stream_parts = {
      {{Seen(Kind::KIND_SNAPSHOT, "l1.1", ""), Seen(Kind::KIND_SNAPSHOT_END, "", "t1"),
        Seen(Kind::KIND_UPDATED, "l2.1", "t2")},
       absl::UnavailableError("connection reset")},
      {{}, absl::UnavailableError("connection refused")},
      {{Seen(Kind::KIND_UPDATED, "l3.1", "t3")}, absl::OkStatus()},
      {{}, core::Error(absl::StatusCode::kNotFound, "WORKSPACE_NOT_FOUND", "gone")}};
  const RunResult run = Run({"watch", "--rep", "ada"});
  EXPECT_EQ(run.code, kExitRefused);
  EXPECT_THAT(run.out, AllOf(HasSubstr("CHANGE"), HasSubstr("exists          l1.1"),
                             HasSubstr("assigned        l2.1"), HasSubstr("l3.1")));
  std::vector<std::string> tokens;
  for (size_t i = 0; i < world_.server.requests.size(); ++i) {
    tokens.push_back(world_.server.At<v1::WatchAssignmentsRequest>(i).resume_token());
  }
  EXPECT_THAT(tokens, ElementsAre("", "t2", "t2", "t3"));
  EXPECT_THAT(world_.pauses, ElementsAre(absl::Milliseconds(200), absl::Milliseconds(400),
                                         absl::Milliseconds(200)));
  EXPECT_THAT(run.err, HasSubstr("The stream ended (connection reset); it is resumed."));
}

TEST_F(AssignmentCommandsTest, WatchGoesOnWithARenewedToken) {
  const absl::Status expired =
      core::Error(absl::StatusCode::kUnauthenticated, "EXPIRED_TOKEN", "the token has expired");
  world_.server.stream_parts = {
      {{Seen(v1::WatchAssignmentsResponse::KIND_BOOKMARK, "", "t1")}, expired},
      {{Seen(v1::WatchAssignmentsResponse::KIND_BOOKMARK, "", "t2")}, expired},
      {{}, expired}};  // it was not renewed
  EXPECT_EQ(Run({"watch"}).code, kExitRefused);
  ASSERT_EQ(world_.server.requests.size(), 3U);
  EXPECT_EQ(world_.server.At<v1::WatchAssignmentsRequest>(2).resume_token(), "t2");
}

TEST_F(AssignmentCommandsTest, WatchPrintsOneJsonObjectALine) {
  world_.server.stream_parts = {{{Seen(v1::WatchAssignmentsResponse::KIND_BOOKMARK, "", "t9")},
                                 absl::PermissionDeniedError("no")}};
  const RunResult run = Run({"watch", "-o", "json", "--resume-token", "t8"});
  EXPECT_EQ(std::count(run.out.begin(), run.out.end(), '\n'), 1);
  EXPECT_THAT(run.out, HasSubstr("\"resumeToken\":\"t9\""));
  EXPECT_EQ(world_.server.At<v1::WatchAssignmentsRequest>(0).resume_token(), "t8");
}

TEST_F(AssignmentCommandsTest, WatchFailsWhenTheFirstConnectionDoes) {
  world_.server.stream_parts = {{{}, absl::UnavailableError("connection refused")}};
  EXPECT_EQ(Run({"watch"}).code, kExitUnreachable);
  EXPECT_TRUE(world_.pauses.empty());
}

}  // namespace
}  // namespace baton::batonctl
