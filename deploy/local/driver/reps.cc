#include "demo/reps.h"

#include <chrono>
#include <deque>
#include <random>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "baton/v1/assignment_service.grpc.pb.h"
#include "baton/v1/roster_service.grpc.pb.h"
#include "demo/api.h"
#include "grpcpp/grpcpp.h"

namespace baton::demo {
namespace {

constexpr int kCapacity = 20;
constexpr int kHands = 3;  // leads that a rep works on at once
constexpr std::chrono::seconds kCallMax(5);

bool IsAway(const grpc::Status& status) {
  // CANCELLED: gRPC's own answer to a call that reaches a server as it stops.
  return status.error_code() == grpc::StatusCode::UNAVAILABLE ||
         status.error_code() == grpc::StatusCode::CANCELLED ||
         status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED ||
         status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED;
}

// Calls until the server answers, or until `give_up`; `what` says in an error what it was about.
template <typename Rpc>
absl::Status CallPatiently(absl::Time give_up, const std::string& what, Rpc rpc) {
  while (true) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + kCallMax);
    const grpc::Status status = rpc(&context);
    if (status.ok()) return absl::OkStatus();
    if (!IsAway(status) || absl::Now() > give_up) {
      return absl::UnavailableError(absl::StrCat(what, ": ", status.error_message()));
    }
    absl::SleepFor(absl::Milliseconds(100));
  }
}

}  // namespace

class Reps::One {
 public:
  One(const RepsOptions& options, int number, History& history)
      : options_(options),
        history_(history),
        id_(absl::StrFormat("rep-%02d", number)),
        parent_(absl::StrCat("workspaces/", options.workspace, "/reps/", id_)),
        stub_(v1::AssignmentService::NewStub(Connect(options.server))),
        random_(options.seed * 1000 + static_cast<uint64_t>(number)) {}

  ~One() { Stop(); }

  const std::string& id() const { return id_; }

  void Start() {
    watching_ = std::thread([this] { Watch(); });
    for (int hand = 0; hand < kHands; ++hand) working_.emplace_back([this] { Work(); });
  }

  void Stop() {
    stopping_ = true;
    {
      absl::MutexLock lock(&mutex_);
      if (stream_ != nullptr) stream_->TryCancel();
    }
    if (watching_.joinable()) watching_.join();
    for (std::thread& hand : working_) {
      if (hand.joinable()) hand.join();
    }
  }

  void CollectFirstSeen(std::map<std::string, int64_t>& seen) const {
    absl::MutexLock lock(&mutex_);
    for (const auto& [lead, at_us] : first_seen_) {
      const auto [entry, added] = seen.try_emplace(lead, at_us);
      if (!added && at_us < entry->second) entry->second = at_us;
    }
  }

  std::vector<std::string> failures() const {
    absl::MutexLock lock(&mutex_);
    return failures_;
  }

 private:
  void Watch() {
    std::string token;
    while (!stopping_) {
      grpc::ClientContext context;
      {
        absl::MutexLock lock(&mutex_);
        stream_ = &context;
      }
      v1::WatchAssignmentsRequest request;
      request.set_parent(parent_);
      request.set_resume_token(token);
      auto reader = stub_->WatchAssignments(&context, request);
      v1::WatchAssignmentsResponse response;
      while (!stopping_ && reader->Read(&response)) {
        if (!response.resume_token().empty()) token = response.resume_token();
        Notice(response);
      }
      const grpc::Status status = reader->Finish();
      {
        absl::MutexLock lock(&mutex_);
        stream_ = nullptr;
      }
      if (!stopping_ && !status.ok()) absl::SleepFor(absl::Milliseconds(100));
    }
  }

  void Notice(const v1::WatchAssignmentsResponse& response) {
    const v1::Assignment& assignment = response.assignment();
    if (assignment.lead().empty() ||
        response.kind() == v1::WatchAssignmentsResponse::KIND_REMOVED) {
      return;
    }
    // A snapshot also shows what was assigned while the stream was broken.
    const bool is_new = response.kind() == v1::WatchAssignmentsResponse::KIND_SNAPSHOT ||
                        response.change() == "assigned";
    if (!is_new) return;
    history_.Offer(id_, LastPart(assignment.name()), response.change());
    absl::MutexLock lock(&mutex_);
    if (assignment.generation() == 1) {
      first_seen_.try_emplace(LastPart(assignment.lead()), absl::ToUnixMicros(absl::Now()));
    }
    if (taken_.insert(assignment.name()).second) todo_.push_back(assignment);
  }

  void Work() {
    while (!stopping_) {
      v1::Assignment assignment;
      {
        absl::MutexLock lock(&mutex_);
        const auto ready = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return !todo_.empty(); };
        if (!mutex_.AwaitWithTimeout(absl::Condition(&ready), absl::Milliseconds(100))) continue;
        assignment = todo_.front();
        todo_.pop_front();
      }
      Answer(assignment);
    }
  }

  double Roll() {
    absl::MutexLock lock(&mutex_);
    return std::uniform_real_distribution<>(0, 1)(random_);
  }

  void Answer(const v1::Assignment& assignment) {
    const double roll = Roll();
    const std::string id = LastPart(assignment.name());
    if (assignment.stage() == v1::STAGE_OFFERED) {
      if (roll < options_.silent_share) return;
      if (roll < options_.silent_share + options_.decline_share) {
        v1::DeclineAssignmentRequest request;
        request.set_name(assignment.name());
        request.set_reason("AT_CAPACITY");
        request.set_request_id(absl::StrCat("decline-", id).substr(0, 64));
        v1::DeclineAssignmentResponse response;
        Call("decline", assignment, [&](grpc::ClientContext* context) {
          return stub_->DeclineAssignment(context, request, &response);
        });
        return;
      }
      v1::AcceptAssignmentRequest request;
      request.set_name(assignment.name());
      request.set_request_id(absl::StrCat("accept-", id).substr(0, 64));
      v1::AcceptAssignmentResponse response;
      if (!Call("accept", assignment, [&](grpc::ClientContext* context) {
            return stub_->AcceptAssignment(context, request, &response);
          })) {
        return;
      }
    }
    if (Roll() < options_.idle_share) return;
    if (options_.brief) return GiveBack<v1::RejectLeadRequest>(assignment, "WRONG_PERSONA");
    Sell(assignment);
  }

  // Touches the lead and brings it to an end.
  void Sell(const v1::Assignment& assignment) {
    v1::LogTouchRequest touch;
    touch.set_name(assignment.name());
    touch.set_channel("call");
    touch.set_outcome(Roll() < 0.6 ? "connected" : "no_answer");
    touch.set_request_id(absl::StrCat("touch-", LastPart(assignment.name())).substr(0, 64));
    v1::LogTouchResponse touched;
    if (!Call("touch", assignment, [&](grpc::ClientContext* context) {
          return stub_->LogTouch(context, touch, &touched);
        })) {
      return;
    }
    const double roll = Roll();
    if (roll < 0.3) return GiveBack<v1::RejectLeadRequest>(assignment, "WRONG_PERSONA");
    if (roll < 0.6) return GiveBack<v1::RecycleLeadRequest>(assignment, "BAD_TIMING");
    if (!Report(assignment, v1::STAGE_SQL) || !Report(assignment, v1::STAGE_SQO)) return;
    Report(assignment, Roll() < 0.5 ? v1::STAGE_WON : v1::STAGE_LOST);
  }

  template <typename Request>
  void GiveBack(const v1::Assignment& assignment, const std::string& reason) {
    Request request;
    request.set_name(assignment.name());
    request.set_reason(reason);
    request.set_request_id(absl::StrCat("back-", LastPart(assignment.name())).substr(0, 64));
    if constexpr (std::is_same_v<Request, v1::RejectLeadRequest>) {
      v1::RejectLeadResponse response;
      Call("reject", assignment, [&](grpc::ClientContext* context) {
        return stub_->RejectLead(context, request, &response);
      });
    } else {
      v1::RecycleLeadResponse response;
      Call("recycle", assignment, [&](grpc::ClientContext* context) {
        return stub_->RecycleLead(context, request, &response);
      });
    }
  }

  bool Report(const v1::Assignment& assignment, v1::Stage outcome) {
    v1::ReportOutcomeRequest request;
    request.set_name(assignment.name());
    request.set_outcome(outcome);
    if (outcome == v1::STAGE_LOST) request.set_reason("PRICE");
    if (outcome == v1::STAGE_SQO || outcome == v1::STAGE_WON) {
      request.set_amount_minor(1'200'000);
      request.set_currency("EUR");
    }
    if (outcome == v1::STAGE_SQO) {
      request.mutable_close_time()->set_seconds(absl::ToUnixSeconds(absl::Now()) + 86'400 * 60);
    }
    request.set_request_id(
        absl::StrCat(v1::Stage_Name(outcome), "-", LastPart(assignment.name())).substr(0, 64));
    v1::ReportOutcomeResponse response;
    return Call("outcome", assignment, [&](grpc::ClientContext* context) {
      return stub_->ReportOutcome(context, request, &response);
    });
  }

  // Repeats while the server is away; the request id makes that harmless. False: the assignment is
  // no longer ours (ABORTED) or something is wrong (noted).
  template <typename Rpc>
  bool Call(const char* what, const v1::Assignment& assignment, Rpc rpc) {
    const absl::Time give_up = absl::Now() + options_.patience;
    while (!stopping_) {
      grpc::ClientContext context;
      context.set_deadline(std::chrono::system_clock::now() + kCallMax);
      const int64_t begun_us = absl::ToUnixMicros(absl::Now());
      const grpc::Status status = rpc(&context);
      history_.Call(id_, what, LastPart(assignment.name()), begun_us, status.error_code());
      if (status.ok()) return true;
      if (status.error_code() == grpc::StatusCode::ABORTED) return false;
      if (!IsAway(status) || absl::Now() > give_up) {
        absl::MutexLock lock(&mutex_);
        failures_.push_back(absl::StrCat(id_, " ", what, ": ", status.error_message()));
        return false;
      }
      absl::SleepFor(absl::Milliseconds(100));
    }
    return false;
  }

  const RepsOptions& options_;
  History& history_;
  const std::string id_;
  const std::string parent_;
  std::unique_ptr<v1::AssignmentService::Stub> stub_;
  std::atomic<bool> stopping_{false};
  std::thread watching_;
  std::vector<std::thread> working_;
  mutable absl::Mutex mutex_;
  std::mt19937_64 random_ ABSL_GUARDED_BY(mutex_);
  grpc::ClientContext* stream_ ABSL_GUARDED_BY(mutex_) = nullptr;
  std::deque<v1::Assignment> todo_ ABSL_GUARDED_BY(mutex_);
  std::set<std::string> taken_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, int64_t> first_seen_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> failures_ ABSL_GUARDED_BY(mutex_);
};

Reps::Reps(RepsOptions options, History& history)
    : options_(std::move(options)), history_(history) {
  for (int number = 1; number <= options_.reps; ++number) {
    reps_.push_back(std::make_unique<One>(options_, number, history_));
  }
}

Reps::~Reps() {
  Stop();
}

absl::Status Reps::Enlist() {
  const absl::Time give_up = absl::Now() + options_.patience;
  auto stub = v1::RosterService::NewStub(Connect(options_.server));
  const std::string parent = absl::StrCat("workspaces/", options_.workspace);
  v1::ListQueuesRequest list;
  list.set_parent(parent);
  v1::ListQueuesResponse queues;
  absl::Status listed = CallPatiently(give_up, parent, [&](grpc::ClientContext* context) {
    return stub->ListQueues(context, list, &queues);
  });
  if (!listed.ok()) return listed;
  const int count = queues.queues_size();
  if (count == 0) return absl::FailedPreconditionError("the policy has no queues");
  for (size_t number = 0; number < reps_.size(); ++number) {
    v1::UpdateRepRequest request;
    request.set_allow_missing(true);
    v1::Rep& rep = *request.mutable_rep();
    rep.set_name(absl::StrCat(parent, "/reps/", reps_[number]->id()));
    rep.set_display_name(absl::StrCat("Rep ", number + 1));
    // Every rep serves every queue but one, so that explanations have something to say.
    for (int queue = 0; queue < count; ++queue) {
      if (count < 3 || queue != static_cast<int>(number) % count) {
        rep.add_queues(queues.queues(queue).name());
      }
    }
    rep.set_weight(static_cast<int>(number % 3) + 1);
    rep.set_capacity(kCapacity);
    rep.add_skills("english");
    if (number % 2 == 0) rep.add_skills("german");
    if (number % 3 == 0) rep.add_skills("french");
    rep.set_presence(v1::PRESENCE_ONLINE);
    v1::UpdateRepResponse response;
    absl::Status updated = CallPatiently(give_up, rep.name(), [&](grpc::ClientContext* context) {
      return stub->UpdateRep(context, request, &response);
    });
    if (!updated.ok()) return updated;
  }
  return absl::OkStatus();
}

void Reps::Start() {
  for (auto& rep : reps_) rep->Start();
}

void Reps::Stop() {
  for (auto& rep : reps_) rep->Stop();
}

std::map<std::string, int64_t> Reps::FirstSeen() const {
  std::map<std::string, int64_t> seen;
  for (const auto& rep : reps_) rep->CollectFirstSeen(seen);
  return seen;
}

std::vector<std::string> Reps::Failures() const {
  std::vector<std::string> all;
  for (const auto& rep : reps_) {
    for (std::string& failure : rep->failures()) all.push_back(std::move(failure));
  }
  return all;
}

}  // namespace baton::demo
