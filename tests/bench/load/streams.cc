#include <atomic>
#include <iostream>
#include <limits>
#include <memory>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/synchronization/blocking_counter.h"
#include "baton/v1/assignment_service.grpc.pb.h"
#include "demo/api.h"
#include "load/commands.h"

namespace baton::bench {
namespace {

constexpr int kStreamsPerConnection = 100;

// Reads one stream for as long as it lasts.
class Stream final : public grpc::ClientReadReactor<v1::WatchAssignmentsResponse> {
 public:
  Stream(v1::AssignmentService::Stub& stub, const std::string& parent, absl::BlockingCounter& begun,
         absl::BlockingCounter& ended)
      : begun_(begun), ended_(ended) {
    request_.set_parent(parent);
    stub.async()->WatchAssignments(&context_, &request_, this);
    StartRead(&response_);
    StartCall();
  }

  void Cancel() { context_.TryCancel(); }
  bool live() const { return live_; }

  void OnReadDone(bool ok) override {
    if (!ok) return;
    if (response_.kind() == v1::WatchAssignmentsResponse::KIND_SNAPSHOT_END) Begin(true);
    StartRead(&response_);
  }

  void OnDone(const grpc::Status&) override {
    Begin(false);
    ended_.DecrementCount();
  }

 private:
  void Begin(bool live) {
    live_ = live;
    if (!counted_.exchange(true)) begun_.DecrementCount();
  }

  absl::BlockingCounter& begun_;
  absl::BlockingCounter& ended_;
  grpc::ClientContext context_;
  v1::WatchAssignmentsRequest request_;
  v1::WatchAssignmentsResponse response_;
  std::atomic<bool> counted_{false}, live_{false};
};

}  // namespace

int Streams(const StreamsOptions& options) {
  absl::BlockingCounter begun(options.streams), ended(options.streams);
  std::vector<std::unique_ptr<v1::AssignmentService::Stub>> stubs;
  std::vector<std::unique_ptr<Stream>> streams;
  for (int i = 0; i < options.streams; ++i) {
    if (i % kStreamsPerConnection == 0) {
      stubs.push_back(v1::AssignmentService::NewStub(demo::Connect(options.server)));
    }
    const std::string parent = absl::StrFormat("workspaces/%s/reps/rep-%03d", options.workspace,
                                               options.first_rep + i % options.reps);
    streams.push_back(std::make_unique<Stream>(*stubs.back(), parent, begun, ended));
  }
  begun.Wait();
  int live = 0;
  for (const auto& stream : streams) live += stream->live() ? 1 : 0;
  std::cout << absl::StrFormat(R"({"streams": %d, "live": %d})", options.streams, live)
            << std::endl;
  std::cin.ignore(std::numeric_limits<std::streamsize>::max());
  for (const auto& stream : streams) stream->Cancel();
  ended.Wait();
  return live == options.streams ? 0 : 1;
}

}  // namespace baton::bench
