// batonctl against a real gRPC server on the loopback interface: calls, streams and errors on the
// wire.
#include "batonctl/grpc_server.h"

#include <gmock/gmock.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include "baton/v1/assignment_service.grpc.pb.h"
#include "baton/v1/lead_service.grpc.pb.h"
#include "baton/v1/roster_service.grpc.pb.h"
#include "baton/v1/workspace_service.grpc.pb.h"
#include "batonctl/exit_codes.h"
#include "core/errors.h"
#include "grpc/health/v1/health.pb.h"
#include "platform/grpc/status.h"
#include "temporary_file.h"

namespace baton::batonctl {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Leads : public v1::LeadService::Service {
  grpc::Status GetLead(grpc::ServerContext*, const v1::GetLeadRequest* request,
                       v1::GetLeadResponse* response) override {
    if (request->name().ends_with("/missing")) {
      platform::rpc::ErrorDetails details;
      details.reason = "LEAD_NOT_FOUND";
      details.metadata = {{"lead", "missing"}};
      details.violations = {{"name", "names no lead"}};
      details.retry_delay = absl::Seconds(3);
      return platform::rpc::MakeStatus(absl::NotFoundError("lead missing"), details);
    }
    if (request->name().ends_with("/cancelled")) return grpc::Status::CANCELLED;
    if (request->name().ends_with("/reset")) return {grpc::StatusCode::INTERNAL, "RST_STREAM"};
    if (request->name().ends_with("/defect")) {
      platform::rpc::ErrorDetails details;
      details.reason = "INTERNAL";
      return platform::rpc::MakeStatus(absl::InternalError("a defect"), details);
    }
    response->mutable_lead()->set_name(request->name());
    return grpc::Status::OK;
  }
  grpc::Status ExplainLead(grpc::ServerContext* context, const v1::ExplainLeadRequest*,
                           v1::ExplainLeadResponse*) override {
    while (!context->IsCancelled()) absl::SleepFor(absl::Milliseconds(5));
    return grpc::Status::OK;
  }
};

class Assignments : public v1::AssignmentService::Service {
  grpc::Status WatchAssignments(grpc::ServerContext* context,
                                const v1::WatchAssignmentsRequest* request,
                                grpc::ServerWriter<v1::WatchAssignmentsResponse>* writer) override {
    v1::WatchAssignmentsResponse response;
    for (int i = 0; i < 3; ++i) {
      response.set_resume_token(request->resume_token() + std::to_string(i));
      writer->Write(response);
    }
    if (request->parent() == "workspaces/endless") {
      while (!context->IsCancelled()) writer->Write(response);
    }
    return {grpc::StatusCode::UNAVAILABLE, "draining"};
  }
};

class Roster : public v1::RosterService::Service {
  grpc::Status GetRep(grpc::ServerContext*, const v1::GetRepRequest* request,
                      v1::GetRepResponse* response) override {
    response->mutable_rep()->set_name(request->name());
    return grpc::Status::OK;
  }
};

class Workspaces : public v1::WorkspaceService::Service {};

class GrpcServerTest : public ::testing::Test {
 protected:
  GrpcServerTest() {
    grpc::EnableDefaultHealthCheckService(true);
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    for (grpc::Service* service :
         std::initializer_list<grpc::Service*>{&leads_, &assignments_, &roster_, &workspaces_}) {
      builder.RegisterService(service);
    }
    grpc_ = builder.BuildAndStart();
    server_ = ConnectGrpc("127.0.0.1:" + std::to_string(port_), absl::Seconds(5), {});
  }
  ~GrpcServerTest() override {
    server_.reset();
    grpc_->Shutdown();
  }

  int port_ = 0;
  Leads leads_;
  Assignments assignments_;
  Roster roster_;
  Workspaces workspaces_;
  std::unique_ptr<grpc::Server> grpc_;
  std::unique_ptr<Server> server_;
};

TEST_F(GrpcServerTest, CallsTheMethodThatTakesTheRequest) {
  v1::GetLeadRequest lead;
  lead.set_name("workspaces/demo/leads/l1");
  const auto got = Ask<v1::GetLeadResponse>(*server_, lead);
  ASSERT_TRUE(got.ok()) << got.status();
  EXPECT_EQ(got->lead().name(), lead.name());
  v1::GetRepRequest rep;
  rep.set_name("workspaces/demo/reps/ada");
  EXPECT_EQ(Ask<v1::GetRepResponse>(*server_, rep)->rep().name(), rep.name());
  EXPECT_TRUE(absl::IsUnimplemented(
      Ask<v1::ListWorkspacesResponse>(*server_, v1::ListWorkspacesRequest()).status()));
}

TEST_F(GrpcServerTest, AsksForTheHealthThatGrpcKeeps) {
  grpc_->GetHealthCheckService()->SetServingStatus("baton.v1.LeadService", false);
  grpc::health::v1::HealthCheckRequest request;
  using Response = grpc::health::v1::HealthCheckResponse;
  EXPECT_EQ(Ask<Response>(*server_, request)->status(), Response::SERVING);
  request.set_service("baton.v1.LeadService");
  EXPECT_EQ(Ask<Response>(*server_, request)->status(), Response::NOT_SERVING);
  request.set_service("baton.v1.NoService");
  EXPECT_TRUE(absl::IsNotFound(Ask<Response>(*server_, request).status()));
}

TEST_F(GrpcServerTest, RefusesAResponseOfAnotherType) {
  const absl::Status status = Ask<v1::GetRepResponse>(*server_, v1::GetLeadRequest()).status();
  EXPECT_TRUE(absl::IsInternal(status));
  EXPECT_EQ(ExitCode(status), kExitRefused) << "no later attempt does better";
}

// As a server that stops, or a connection that breaks, makes gRPC say.
TEST_F(GrpcServerTest, TellsACallThatWasCutOffFromADefectOfTheServer) {
  const auto ask = [&](const std::string& id) {
    v1::GetLeadRequest request;
    request.set_name("workspaces/demo/leads/" + id);
    return Ask<v1::GetLeadResponse>(*server_, request).status();
  };
  const absl::Status cancelled = ask("cancelled"), reset = ask("reset"), defect = ask("defect");
  EXPECT_TRUE(absl::IsCancelled(cancelled)) << cancelled;
  EXPECT_TRUE(absl::IsInternal(reset)) << reset;
  EXPECT_THAT(std::string(reset.message()), HasSubstr("was cut off: RST_STREAM"));
  for (const absl::Status& status : {cancelled, reset}) {
    EXPECT_EQ(core::ErrorReason(status), "CUT_OFF");
    EXPECT_EQ(ExitCode(status), kExitUnreachable);
    EXPECT_TRUE(IsPassing(status));
  }
  EXPECT_EQ(core::ErrorReason(defect), "INTERNAL");
  EXPECT_EQ(ExitCode(defect), kExitRefused);
}

TEST_F(GrpcServerTest, ReadsTheDetailsOfARefusal) {
  v1::GetLeadRequest request;
  request.set_name("workspaces/demo/leads/missing");
  const absl::Status status = Ask<v1::GetLeadResponse>(*server_, request).status();
  EXPECT_TRUE(absl::IsNotFound(status));
  EXPECT_EQ(status.message(), "lead missing\nname: names no lead");
  EXPECT_EQ(core::ErrorReason(status), "LEAD_NOT_FOUND");
  EXPECT_EQ(core::ErrorVariables(status).at("lead"), "missing");
  EXPECT_EQ(core::RetryAfter(status), absl::Seconds(3));
}

TEST_F(GrpcServerTest, EndsACallAtItsTimeout) {
  const auto impatient =
      ConnectGrpc("127.0.0.1:" + std::to_string(port_), absl::Milliseconds(200), {});
  const absl::Status status =
      Ask<v1::ExplainLeadResponse>(*impatient, v1::ExplainLeadRequest()).status();
  EXPECT_TRUE(absl::IsDeadlineExceeded(status));
  EXPECT_EQ(core::ErrorReason(status), "NO_ANSWER_IN_TIME");
}

TEST_F(GrpcServerTest, ReadsAStreamToItsEnd) {
  v1::WatchAssignmentsRequest request;
  request.set_resume_token("t");
  v1::WatchAssignmentsResponse response;
  std::vector<std::string> tokens;
  const absl::Status status = server_->Stream(request, response, [&] {
    tokens.push_back(response.resume_token());
    return true;
  });
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
  EXPECT_THAT(tokens, ElementsAre("t0", "t1", "t2"));
}

TEST_F(GrpcServerTest, LeavesAStreamWhenAsked) {
  v1::WatchAssignmentsRequest request;
  request.set_parent("workspaces/endless");
  v1::WatchAssignmentsResponse response;
  int seen = 0;
  EXPECT_TRUE(server_->Stream(request, response, [&] { return ++seen < 5; }).ok());
  EXPECT_EQ(seen, 5);
}

TEST_F(GrpcServerTest, NamesAFileThatIsNoPem) {
  const TemporaryFile file("root:x:0:0\n");
  const auto server = ConnectGrpc("127.0.0.1:1", absl::Seconds(5), {.tls_ca = file.path()});
  const absl::Status status = Ask<v1::GetLeadResponse>(*server, v1::GetLeadRequest()).status();
  EXPECT_EQ(ExitCode(status), kExitUsage);
  EXPECT_EQ(status.message(), "--tls-ca " + file.path() + " holds no certificate in PEM");
}

TEST_F(GrpcServerTest, SaysThatNobodyAnswers) {
  const auto nobody = ConnectGrpc("127.0.0.1:1", absl::Seconds(5), {});
  const absl::Status status = Ask<v1::GetLeadResponse>(*nobody, v1::GetLeadRequest()).status();
  EXPECT_TRUE(absl::IsUnavailable(status));
  EXPECT_EQ(core::ErrorReason(status), "UNREACHABLE");
  EXPECT_THAT(std::string(status.message()), HasSubstr("no answer from 127.0.0.1:1"));
}

}  // namespace
}  // namespace baton::batonctl
