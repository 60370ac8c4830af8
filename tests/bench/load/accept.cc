#include <atomic>
#include <iostream>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/synchronization/blocking_counter.h"
#include "absl/time/clock.h"
#include "baton/v1/assignment_service.grpc.pb.h"
#include "demo/api.h"
#include "load/commands.h"

namespace baton::bench {
namespace {

constexpr int kConnections = 4;

// Names of offered assignments, at most `max`.
absl::StatusOr<std::vector<std::string>> Offered(v1::AssignmentService::Stub& stub,
                                                 const std::string& workspace, int max) {
  std::vector<std::string> names;
  v1::ListAssignmentsRequest request;
  request.set_parent(absl::StrCat("workspaces/", workspace));
  request.set_page_size(1000);
  do {
    v1::ListAssignmentsResponse page;
    grpc::ClientContext context;
    if (grpc::Status status = stub.ListAssignments(&context, request, &page); !status.ok()) {
      return absl::UnavailableError(status.error_message());
    }
    for (const v1::Assignment& assignment : page.assignments()) {
      if (assignment.stage() == v1::STAGE_OFFERED) names.push_back(assignment.name());
    }
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty() && static_cast<int>(names.size()) < max);
  if (static_cast<int>(names.size()) > max) names.resize(static_cast<size_t>(max));
  return names;
}

// Calls with a fixed number in flight: each answer starts the next call.
class Caller {
 public:
  Caller(const AcceptOptions& options, std::vector<std::string> names)
      : options_(options), names_(std::move(names)), running_(options.in_flight) {
    for (int i = 0; i < kConnections; ++i) {
      stubs_.push_back(v1::AssignmentService::NewStub(demo::Connect(options.server)));
    }
  }

  void Run() {
    const absl::Time begin = absl::Now();
    for (int i = 0; i < options_.in_flight; ++i) CallNext();
    running_.Wait();
    const double seconds = absl::ToDoubleSeconds(absl::Now() - begin);
    std::cout << absl::StrFormat(
                     R"({"calls": %d, "refused": %d, "in_flight": %d, "per_second": %.1f, )"
                     R"("mean_ms": %.3f})",
                     names_.size(), refused_.load(), options_.in_flight,
                     static_cast<double>(names_.size()) / seconds,
                     seconds * 1000 * options_.in_flight / static_cast<double>(names_.size()))
              << std::endl;
  }

  int refused() const { return refused_; }

 private:
  struct Call {
    grpc::ClientContext context;
    v1::AcceptAssignmentRequest request;
    v1::AcceptAssignmentResponse response;
  };

  void CallNext() {
    const size_t number = next_++;
    if (number >= names_.size()) {
      running_.DecrementCount();
      return;
    }
    auto call = std::make_shared<Call>();
    call->request.set_name(names_[number]);
    call->request.set_request_id(absl::StrCat("accept-", number));
    stubs_[number % kConnections]->async()->AcceptAssignment(
        &call->context, &call->request, &call->response, [this, call](const grpc::Status& status) {
          if (!status.ok() && refused_++ == 0) {
            std::cerr << "accept: " << status.error_message() << "\n";
          }
          CallNext();
        });
  }

  const AcceptOptions options_;
  const std::vector<std::string> names_;
  std::vector<std::unique_ptr<v1::AssignmentService::Stub>> stubs_;
  std::atomic<size_t> next_{0};
  std::atomic<int> refused_{0};
  absl::BlockingCounter running_;
};

class BareService final : public v1::AssignmentService::CallbackService {
 public:
  grpc::ServerUnaryReactor* AcceptAssignment(grpc::CallbackServerContext* context,
                                             const v1::AcceptAssignmentRequest* request,
                                             v1::AcceptAssignmentResponse* response) override {
    response->mutable_assignment()->set_name(request->name());
    response->mutable_assignment()->set_stage(v1::STAGE_ACCEPTED);
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
};

}  // namespace

int Accept(const AcceptOptions& options) {
  auto stub = v1::AssignmentService::NewStub(demo::Connect(options.server));
  auto names = Offered(*stub, options.workspace, options.calls_max);
  if (!names.ok() || names->empty()) {
    std::cerr << "accept: " << (names.ok() ? "nothing is offered" : names.status().ToString())
              << "\n";
    return 1;
  }
  Caller caller(options, *std::move(names));
  caller.Run();
  return caller.refused() == 0 ? 0 : 1;
}

int CallBare(const AcceptOptions& options) {
  std::vector<std::string> names;
  for (int i = 0; i < options.calls_max; ++i) {
    names.push_back(absl::StrFormat("workspaces/%s/assignments/lead-%09d.1", options.workspace, i));
  }
  Caller caller(options, std::move(names));
  caller.Run();
  return caller.refused() == 0 ? 0 : 1;
}

int Serve(const std::string& address) {
  BareService service;
  grpc::ServerBuilder builder;
  builder.AddListeningPort(address, grpc::InsecureServerCredentials());
  builder.RegisterService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) {
    std::cerr << "serve: cannot listen at " << address << "\n";
    return 1;
  }
  std::cout << "{}" << std::endl;
  std::cin.ignore(std::numeric_limits<std::streamsize>::max());
  server->Shutdown();
  return 0;
}

}  // namespace baton::bench
