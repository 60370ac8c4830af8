// What a call that names no end, too late a one, or that its caller gave up does to a store that
// hangs.
#include <list>

#include "absl/synchronization/mutex.h"
#include "api_fixture.h"
#include "support/flaky_store.h"

namespace baton::dispatch {
namespace {

using WorkspaceStub = v1::WorkspaceService::Stub;

constexpr absl::Duration kLimit = absl::Milliseconds(400);
constexpr size_t kWaitingMax = 4;

// Counts the creations that have reached it: the API asks its store for other things of its own.
class CountingStore final : public support::FlakyStore {
 public:
  using FlakyStore::FlakyStore;

  absl::StatusOr<store::Workspace> CreateWorkspace(const core::WorkspaceId& id,
                                                   const std::string& display_name) override {
    {
      absl::MutexLock lock(&mutex_);
      ++creations_;
    }
    return FlakyStore::CreateWorkspace(id, display_name);
  }
  bool AwaitCreation() {
    const auto reached = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return creations_ > 0; };
    absl::MutexLock lock(&mutex_);
    return mutex_.AwaitWithTimeout(absl::Condition(&reached), absl::Seconds(10));
  }

 private:
  absl::Mutex mutex_;
  int creations_ ABSL_GUARDED_BY(mutex_) = 0;
};

// An API with one thread for reads and administration, whose store answers nothing until Release.
class DeadlineApiTest : public ::testing::Test {
 protected:
  void Start(absl::Duration limit) {
    DispatchOptions options = RunningApi::DefaultOptions();
    options.deadline_max = limit;
    options.reader_threads = 1;
    options.reads_waiting_max = kWaitingMax;
    api_ = std::make_unique<RunningApi>(store_, std::move(options));
  }
  void TearDown() override {
    Release();  // or the API would not end
    api_.reset();
  }

  void Release() {
    absl::MutexLock lock(&mutex_);
    held_ = false;
  }
  support::Fault Hold() {
    absl::MutexLock lock(&mutex_);
    const auto released = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return !held_; };
    mutex_.Await(absl::Condition(&released));
    return support::Fault::kNone;
  }

  absl::Mutex mutex_;
  bool held_ ABSL_GUARDED_BY(mutex_) = true;
  store::MemoryStore memory_{4, {}, [] { return absl::ToUnixMillis(absl::Now()); }};
  CountingStore store_{memory_, [this] { return Hold(); }};
  std::unique_ptr<RunningApi> api_;
};

// CreateWorkspace, begun and not waited for.
struct Creation {
  ::grpc::ClientContext context;
  v1::CreateWorkspaceRequest request;
  v1::CreateWorkspaceResponse response;
};

// Calls that run beside the test, and how they ended.
class Creations {
 public:
  explicit Creations(WorkspaceStub& stub) : stub_(stub) {}
  ~Creations() {
    CancelAll();
    const auto all = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
      size_t ended = 0;
      for (const auto& [code, count] : ended_) ended += count;
      return ended == calls_.size();
    };
    absl::MutexLock lock(&mutex_, absl::Condition(&all));
  }

  void Begin(const std::string& workspace) {
    Creation& made = calls_.emplace_back();
    made.request.set_workspace_id(workspace);
    stub_.async()->CreateWorkspace(&made.context, &made.request, &made.response,
                                   [this](const ::grpc::Status& status) {
                                     absl::MutexLock lock(&mutex_);
                                     ++ended_[status.error_code()];
                                   });
  }
  void CancelAll() {
    for (Creation& one : calls_) one.context.TryCancel();
  }
  // Until so many ended with the code.
  void Await(::grpc::StatusCode code, size_t count) {
    const auto reached = [&]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return ended_[code] >= count; };
    absl::MutexLock lock(&mutex_);
    ASSERT_TRUE(mutex_.AwaitWithTimeout(absl::Condition(&reached), absl::Seconds(10)))
        << ended_[code] << " with code " << code;
  }

 private:
  WorkspaceStub& stub_;
  std::list<Creation> calls_;
  absl::Mutex mutex_;
  std::map<::grpc::StatusCode, size_t> ended_ ABSL_GUARDED_BY(mutex_);
};

TEST_F(DeadlineApiTest, ACallEndsWithinTheLimitAlsoIfItNamesNoEndOrALaterOne) {
  Start(kLimit);
  v1::ListLeadsRequest list;
  list.set_parent("workspaces/acme");
  v1::AcceptAssignmentRequest accept;
  accept.set_name("workspaces/acme/assignments/l1.1");
  for (const absl::Duration deadline : {absl::InfiniteDuration(), absl::Hours(1)}) {
    const absl::Time begun = absl::Now();
    const auto read = Call(*api_->leads, &v1::LeadService::Stub::ListLeads, list, deadline);
    const absl::Time half = absl::Now();
    const auto acted =
        Call(*api_->assignments, &v1::AssignmentService::Stub::AcceptAssignment, accept, deadline);
    const absl::Time ended = absl::Now();
    for (const ::grpc::Status& status : {read.status, acted.status}) {
      EXPECT_EQ(status.error_code(), ::grpc::StatusCode::UNAVAILABLE) << status.error_message();
      EXPECT_EQ(DetailsOf(status).reason, "NO_ANSWER_IN_TIME");
    }
    for (const absl::Duration took : {half - begun, ended - half}) {
      EXPECT_GT(took, kLimit / 2);
      EXPECT_LT(took, kLimit + absl::Seconds(2));
    }
  }
}

TEST_F(DeadlineApiTest, ACancelledCallGivesItsPlaceBackWhileTheStoreHangsAndIsNotCarriedOut) {
  Start(absl::Minutes(1));
  Creations at_work(*api_->workspaces);
  at_work.Begin("first");
  ASSERT_TRUE(store_.AwaitCreation());
  Creations waiting(*api_->workspaces);
  for (size_t i = 0; i < kWaitingMax + 3; ++i) waiting.Begin("w" + std::to_string(i));
  waiting.Await(::grpc::StatusCode::RESOURCE_EXHAUSTED, 3);  // the others have all the places
  waiting.CancelAll();
  waiting.Await(::grpc::StatusCode::CANCELLED, kWaitingMax);

  v1::ListWorkspacesRequest list;
  ::grpc::StatusCode code = ::grpc::StatusCode::RESOURCE_EXHAUSTED;
  for (const absl::Time begun = absl::Now();
       code == ::grpc::StatusCode::RESOURCE_EXHAUSTED && absl::Now() < begun + absl::Seconds(10);) {
    code = Call(*api_->workspaces, &WorkspaceStub::ListWorkspaces, list, absl::Milliseconds(200))
               .code();
  }
  EXPECT_EQ(code, ::grpc::StatusCode::UNAVAILABLE) << "it waits for the store, as it has a place";

  Release();
  at_work.Await(::grpc::StatusCode::OK, 1);
  const auto listed = Call(*api_->workspaces, &WorkspaceStub::ListWorkspaces, list);
  ASSERT_EQ(listed.response.workspaces_size(), 1) << listed.response.DebugString();
  EXPECT_EQ(listed.response.workspaces(0).name(), "workspaces/first");
}

}  // namespace
}  // namespace baton::dispatch
