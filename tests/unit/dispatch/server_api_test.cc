// What holds for every service: health, drain, deadlines, outages, metrics, reflection.
#include <thread>

#include "absl/synchronization/notification.h"
#include "api_fixture.h"
#include "grpcpp/generic/generic_stub.h"
#include "support/flaky_store.h"

namespace baton::dispatch {
namespace {

class ServerApiTest : public ApiTest {};

TEST_F(ServerApiTest, HealthTellsLivenessAndReadiness) {
  const auto channel = api_.NewChannel();
  EXPECT_EQ(Health(channel, "").second, kServing);
  EXPECT_TRUE(HealthBecomes(channel, kServing));
  EXPECT_TRUE(api_.service().Ready().ok());
  EXPECT_EQ(Health(channel, "baton.v1.Unknown").first, ::grpc::StatusCode::NOT_FOUND);
}

TEST_F(ServerApiTest, SecondServerOnThePortSaysSo) {
  DispatchOptions options = RunningApi::DefaultOptions();
  options.server.address = "127.0.0.1:" + std::to_string(api_.service().bound_port());
  const auto metrics = platform::NewMetrics();
  FakeBroker& broker = api_.broker();
  const PolicySource none = [](absl::Span<const core::WorkspaceId> workspaces) {
    return std::vector<absl::StatusOr<SharedPolicy>>(workspaces.size(), SharedPolicy());
  };
  DispatchService second(options, store_, none, broker.factory(), *metrics);
  const absl::Status status = second.Start();
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
  EXPECT_NE(std::string(status.message()).find(options.server.address), std::string::npos);

  options.token_secrets = {"short"};
  DispatchService unsafe(options, store_, none, broker.factory(), *metrics);
  EXPECT_TRUE(absl::IsInvalidArgument(unsafe.Start()));
}

TEST_F(ServerApiTest, StopFinishesRunningCallsAndEndsWithinTheGrace) {
  AddRep("ada");
  std::atomic<int> odd = 0, answered = 0;
  std::atomic<bool> go_on = true;
  std::vector<std::thread> callers;
  for (int i = 0; i < 4; ++i) {
    callers.emplace_back([&] {
      while (go_on) {
        v1::GetRepRequest request;
        request.set_name("workspaces/acme/reps/ada");
        const auto found = Call(*api_.roster, &v1::RosterService::Stub::GetRep, request);
        answered += found.ok() ? 1 : 0;
        // Either answered, or never begun: connection gone, or gRPC's own CANCELLED (see
        // Server::Stop).
        if (!found.ok() && found.code() != ::grpc::StatusCode::UNAVAILABLE &&
            found.code() != ::grpc::StatusCode::CANCELLED) {
          ++odd;
        }
      }
    });
  }
  absl::SleepFor(absl::Milliseconds(100));
  const absl::Time before = absl::Now();
  api_.service().Stop(absl::Seconds(5));
  EXPECT_LT(absl::Now() - before, absl::Seconds(3));
  go_on = false;
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(odd, 0);
  EXPECT_GT(answered, 0);
}

TEST_F(ServerApiTest, ACallThatIsUnderWayIsAnsweredAfterTheStopBegan) {
  AddRep("ada");
  AddLead("l1");
  std::atomic<bool> waits = false;
  absl::Notification reached, go_on;
  support::FlakyStore slow(store_, [&] {
    if (waits.exchange(false)) {
      reached.Notify();
      go_on.WaitForNotification();
    }
    return support::Fault::kNone;
  });
  RunningApi api(slow);
  EXPECT_TRUE(HealthBecomes(api.NewChannel(), kServing));
  v1::AcceptAssignmentRequest accept;
  accept.set_name("workspaces/acme/assignments/l1.1");
  Outcome<v1::AcceptAssignmentResponse> answer;
  std::thread caller([&] {
    waits = true;
    answer = Call(*api.assignments, &v1::AssignmentService::Stub::AcceptAssignment, accept);
  });
  reached.WaitForNotification();
  std::thread stop([&] { api.service().Stop(absl::Seconds(5)); });
  absl::SleepFor(absl::Milliseconds(300));
  go_on.Notify();
  caller.join();
  stop.join();
  EXPECT_TRUE(answer.ok()) << answer.status.error_message();
}

TEST_F(ServerApiTest, CallsAreCountedByMethodAndCode) {
  AddRep("ada");
  Accept("workspaces/acme/assignments/ghost.1");
  const std::string text = api_.metrics().Expose();
  EXPECT_NE(
      text.find("baton_rpc_duration_seconds_count{code=\"OK\",method=\"baton.v1.RosterService/"
                "CreateRep\"} 1"),
      std::string::npos)
      << text;
  EXPECT_NE(text.find("code=\"NOT_FOUND\",method=\"baton.v1.AssignmentService/AcceptAssignment\""),
            std::string::npos);
}

TEST_F(ServerApiTest, ReflectionIsOffUnlessAskedFor) {
  const auto reflects = [](const std::shared_ptr<::grpc::Channel>& channel) {
    ::grpc::GenericStub stub(channel);
    ::grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(5)));
    ::grpc::CompletionQueue queue;
    const auto call = stub.PrepareCall(
        &context, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", &queue);
    void* tag = nullptr;
    bool ok = false;
    ::grpc::Status status;
    call->StartCall(&tag);
    queue.Next(&tag, &ok);
    call->WritesDone(&tag);
    queue.Next(&tag, &ok);
    call->Finish(&status, &tag);
    queue.Next(&tag, &ok);
    return status.error_code() != ::grpc::StatusCode::UNIMPLEMENTED;
  };
  EXPECT_FALSE(reflects(api_.NewChannel()));
  DispatchOptions options = RunningApi::DefaultOptions();
  options.server.reflection = true;
  RunningApi open(store_, options);
  EXPECT_TRUE(reflects(open.NewChannel()));
}

// A store that can be taken away.
class OutageTest : public ::testing::Test {
 protected:
  OutageTest()
      : inner_(4, {}, [] { return absl::ToUnixMillis(absl::Now()); }),
        store_(inner_,
               [this] { return away_ ? support::Fault::kNeverArrives : support::Fault::kNone; }),
        api_(store_) {}

  std::atomic<bool> away_ = false;
  store::MemoryStore inner_;
  support::FlakyStore store_;
  RunningApi api_;
};

TEST_F(OutageTest, StoreAwayIsUnavailableWithRetryAndComesBack) {
  const auto channel = api_.NewChannel();
  ASSERT_TRUE(HealthBecomes(channel, kServing));
  away_ = true;
  v1::ListWorkspacesRequest list;
  const auto read = Call(*api_.workspaces, &v1::WorkspaceService::Stub::ListWorkspaces, list);
  EXPECT_EQ(read.code(), ::grpc::StatusCode::UNAVAILABLE);
  EXPECT_GT(DetailsOf(read.status).retry_delay, absl::ZeroDuration());
  v1::AcceptAssignmentRequest accept;
  accept.set_name("workspaces/acme/assignments/l1.1");
  const auto acted =
      Call(*api_.assignments, &v1::AssignmentService::Stub::AcceptAssignment, accept);
  EXPECT_EQ(acted.code(), ::grpc::StatusCode::UNAVAILABLE);
  EXPECT_GT(DetailsOf(acted.status).retry_delay, absl::ZeroDuration());
  EXPECT_TRUE(HealthBecomes(channel, kNotServing));
  EXPECT_EQ(Health(channel, "").second, kServing);
  EXPECT_FALSE(api_.service().Ready().ok());
  away_ = false;
  EXPECT_TRUE(HealthBecomes(channel, kServing));
  EXPECT_TRUE(Call(*api_.workspaces, &v1::WorkspaceService::Stub::ListWorkspaces, list).ok());
}

}  // namespace
}  // namespace baton::dispatch
