// A reader of WatchAssignments that remembers what a rep's screen would show.
#ifndef BATON_TESTS_UNIT_DISPATCH_WATCHER_CLIENT_H_
#define BATON_TESTS_UNIT_DISPATCH_WATCHER_CLIENT_H_

#include <gtest/gtest.h>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "api_fixture.h"

namespace baton::dispatch {

// One stream. Not thread-safe, but Cancel may be called from another thread.
class WatcherClient {
 public:
  WatcherClient(v1::AssignmentService::Stub& stub, const std::string& parent,
                const std::string& token = "", absl::Duration deadline = absl::Seconds(20)) {
    v1::WatchAssignmentsRequest request;
    request.set_parent(parent);
    request.set_resume_token(token);
    context_.set_deadline(absl::ToChronoTime(absl::Now() + deadline));
    reader_ = stub.WatchAssignments(&context_, request);
  }
  ~WatcherClient() {
    context_.TryCancel();
    Finish();
  }

  // nullopt: the stream has ended.
  std::optional<v1::WatchAssignmentsResponse> Next() {
    v1::WatchAssignmentsResponse response;
    if (!reader_->Read(&response)) return std::nullopt;
    return response;
  }
  // The next one that is no bookmark.
  std::optional<v1::WatchAssignmentsResponse> NextEvent() {
    auto response = Next();
    while (response.has_value() &&
           response->kind() == v1::WatchAssignmentsResponse::KIND_BOOKMARK) {
      response = Next();
    }
    return response;
  }
  void Cancel() { context_.TryCancel(); }
  // As NextEvent; a stream that has ended is a failure of the test, and the event is empty.
  v1::WatchAssignmentsResponse Event() {
    const auto response = NextEvent();
    if (response.has_value()) return *response;
    ADD_FAILURE() << "the stream ended: " << Finish().error_message();
    return {};
  }
  ::grpc::Status Finish() {
    if (!status_.has_value()) {
      v1::WatchAssignmentsResponse rest;
      while (reader_->Read(&rest)) {
      }
      status_ = reader_->Finish();
    }
    return *status_;
  }

 private:
  ::grpc::ClientContext context_;
  std::unique_ptr<::grpc::ClientReader<v1::WatchAssignmentsResponse>> reader_;
  std::optional<::grpc::Status> status_;
};

// What somebody who follows the protocol holds after each response: assignment -> stage, by lead.
class View {
 public:
  void Apply(const v1::WatchAssignmentsResponse& response) {
    using Response = v1::WatchAssignmentsResponse;
    const v1::Assignment& assignment = response.assignment();
    switch (response.kind()) {
      case Response::KIND_SNAPSHOT:
        fresh_[assignment.lead()] = assignment;
        break;
      case Response::KIND_SNAPSHOT_END:
        held_ = std::exchange(fresh_, {});
        break;
      case Response::KIND_UPDATED:
        held_[assignment.lead()] = assignment;
        break;
      case Response::KIND_REMOVED: {
        const auto held = held_.find(assignment.lead());
        if (held != held_.end() && held->second.name() == assignment.name()) held_.erase(held);
        break;
      }
      default:
        break;
    }
    if (!response.resume_token().empty()) token_ = response.resume_token();
  }

  const std::string& token() const { return token_; }
  // "assignment STAGE" by lead.
  std::map<std::string, std::string> state() const {
    std::map<std::string, std::string> state;
    for (const auto& [lead, assignment] : held_) {
      state[lead] = assignment.name() + " " + v1::Stage_Name(assignment.stage());
    }
    return state;
  }

 private:
  std::map<std::string, v1::Assignment> held_;
  std::map<std::string, v1::Assignment> fresh_;  // of a snapshot that has not ended
  std::string token_;
};

}  // namespace baton::dispatch

#endif  // BATON_TESTS_UNIT_DISPATCH_WATCHER_CLIENT_H_
