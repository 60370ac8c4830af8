// Calls that are cancelled while the server writes as fast as it can.
#include "connect/rpc_call.h"

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <random>
#include <string>

#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "baton/v1/assignment_service.pb.h"

namespace baton::connect {
namespace {

constexpr char kWatch[] = "/baton.v1.AssignmentService/WatchAssignments";
constexpr int kCalls = 500;
constexpr absl::Duration kPatience = absl::Seconds(30);

// Writes until the call is cancelled.
class EndlessAnswer final : public ::grpc::ServerGenericBidiReactor {
 public:
  EndlessAnswer() { StartWrite(&message_); }
  void OnWriteDone(bool ok) override {
    if (ok) return StartWrite(&message_);
    Finish(::grpc::Status::CANCELLED);
  }
  void OnDone() override { delete this; }

 private:
  const ::grpc::Slice text_{"more"};
  const ::grpc::ByteBuffer message_{&text_, 1};
};

class EndlessService final : public ::grpc::CallbackGenericService {
  ::grpc::ServerGenericBidiReactor* CreateReactor(::grpc::GenericCallbackServerContext*) override {
    return new EndlessAnswer();
  }
};

// Takes one message after the other, until it goes.
class Listener final : public CallObserver {
 public:
  void Follow(std::shared_ptr<RpcCall> call) { call_ = std::move(call); }
  void OnHead(Headers) override { heard_.Notify(); }
  void OnMessage(std::string) override {
    following_.WaitForNotification();
    if (!gone_) call_->Next();
  }
  void Go() {
    gone_ = true;
    call_->Cancel();
  }
  void OnEnd(const ::grpc::Status& status, Headers) override {
    status_ = status;
    ended_.Notify();
  }

  absl::Notification heard_, following_, ended_;
  std::atomic<bool> gone_ = false;
  std::shared_ptr<RpcCall> call_;
  ::grpc::Status status_;
};

class RpcCallTest : public testing::Test {
 protected:
  RpcCallTest()
      : methods_(
            {baton::v1::WatchAssignmentsRequest::descriptor()->file()->service(0)->full_name()}) {
    ::grpc::ServerBuilder builder;
    builder.RegisterCallbackGenericService(&service_);
    server_ = builder.BuildAndStart();
    backend_.channel = server_->InProcessChannel({});
    call_.method = methods_.Find(kWatch);
  }
  ~RpcCallTest() override { server_->Shutdown(std::chrono::system_clock::now()); }

  const Methods methods_;
  EndlessService service_;
  std::unique_ptr<::grpc::Server> server_;
  Backend backend_;
  Call call_;
};

TEST_F(RpcCallTest, ACallEndsHoweverMuchComesWhileItIsCancelled) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::minstd_rand random(seed);
  for (int i = 0; i < kCalls; ++i) {
    auto listener = std::make_shared<Listener>();
    listener->Follow(RpcCall::Start(backend_, call_, {}, listener));
    listener->following_.Notify();
    ASSERT_TRUE(listener->heard_.WaitForNotificationWithTimeout(kPatience));
    absl::SleepFor(absl::Microseconds(random() % 300));
    listener->Go();
    ASSERT_TRUE(listener->ended_.WaitForNotificationWithTimeout(kPatience)) << "call " << i;
    EXPECT_EQ(listener->status_.error_code(), ::grpc::StatusCode::CANCELLED);
    listener->Follow(nullptr);
  }
}

}  // namespace
}  // namespace baton::connect
