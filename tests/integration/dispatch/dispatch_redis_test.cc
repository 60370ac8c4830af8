// The API over a real Redis: the whole way of a lead, many writers, and Redis gone, frozen and
// back.
#include <algorithm>
#include <iostream>
#include <mutex>
#include <set>
#include <thread>

#include "api_fixture.h"
#include "store/redis/redis_store.h"
#include "support/redis_server.h"
#include "watcher_client.h"

namespace baton::dispatch {
namespace {

using WatchKind = v1::WatchAssignmentsResponse;

class DispatchRedisTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto server = support::RedisServer::Start({});
    ASSERT_TRUE(server.ok()) << server.status();
    redis_ = *std::move(server);
    store::RedisStoreOptions options;
    options.url = redis_->url();
    auto opened = store::RedisStore::Open(options);
    ASSERT_TRUE(opened.ok()) << opened.status();
    store_ = *std::move(opened);
    api_ = std::make_unique<RunningApi>(*store_);
    v1::CreateWorkspaceRequest workspace;
    workspace.set_workspace_id("acme");
    ASSERT_TRUE(
        Call(*api_->workspaces, &v1::WorkspaceService::Stub::CreateWorkspace, workspace).ok());
    MakeActive(*api_, kPolicy);
    for (const char* rep : {"ada", "bob"}) AddRep(rep);
  }

  // The policy with queue "dach" of mode pull.
  void PullFromDach() {
    const std::string offer = "mode: offer, accept_within: 1h";
    std::string yaml = kPolicy;
    ASSERT_NE(yaml.find(offer), std::string::npos);
    yaml.replace(yaml.find(offer), offer.size(), "mode: pull");
    MakeActive(*api_, yaml);
  }

  v1::Stage StageOf(const std::string& lead) {
    v1::GetLeadRequest request;
    request.set_name("workspaces/acme/leads/" + lead);
    return Call(*api_->leads, &v1::LeadService::Stub::GetLead, request).response.lead().stage();
  }

  void AddRep(const std::string& id, int32_t capacity = 500) {
    v1::CreateRepRequest request;
    request.set_parent("workspaces/acme");
    request.set_rep_id(id);
    request.mutable_rep()->add_queues("workspaces/acme/queues/dach");
    request.mutable_rep()->set_capacity(capacity);
    request.mutable_rep()->add_skills("german");
    request.mutable_rep()->set_presence(v1::PRESENCE_ONLINE);
    ASSERT_TRUE(Call(*api_->roster, &v1::RosterService::Stub::CreateRep, request).ok());
  }

  Outcome<v1::SubmitLeadEventsResponse> Submit(const std::string& lead) {
    v1::SubmitLeadEventsRequest request;
    request.set_parent("workspaces/acme");
    request.set_wait_for_decision(true);
    *request.add_events() = Captured(lead, "capture-" + lead);
    return Call(*api_->leads, &v1::LeadService::Stub::SubmitLeadEvents, request);
  }

  Outcome<v1::AcceptAssignmentResponse> Accept(const std::string& lead, absl::Duration deadline) {
    v1::AcceptAssignmentRequest request;
    request.set_name("workspaces/acme/assignments/" + lead + ".1");
    return Call(*api_->assignments, &v1::AssignmentService::Stub::AcceptAssignment, request,
                deadline);
  }

  std::unique_ptr<support::RedisServer> redis_;
  std::unique_ptr<store::RedisStore> store_;
  std::unique_ptr<RunningApi> api_;
};

TEST_F(DispatchRedisTest, LeadIsOfferedWatchedAndAccepted) {
  WatcherClient watcher(*api_->assignments, "workspaces/acme");
  EXPECT_EQ(watcher.NextEvent()->kind(), WatchKind::KIND_SNAPSHOT_END);
  const auto submitted = Submit("l1");
  ASSERT_TRUE(submitted.ok()) << submitted.status.error_message();
  EXPECT_EQ(submitted.response.leads(0).stage(), v1::STAGE_OFFERED);
  EXPECT_EQ(watcher.NextEvent()->change(), "assigned");
  ASSERT_TRUE(Accept("l1", absl::Seconds(5)).ok());
  EXPECT_EQ(watcher.NextEvent()->change(), "accepted");
}

TEST_F(DispatchRedisTest, AcceptIsNotAnsweredWhileTheReplicaIsMissing) {
  ASSERT_TRUE(Submit("l1").ok());
  store::RedisStoreOptions options;
  options.url = redis_->url();
  options.min_replica_acks = 1;
  auto strict = store::RedisStore::Open(options);
  ASSERT_TRUE(strict.ok()) << strict.status();
  RunningApi api(**strict);
  v1::AcceptAssignmentRequest request;
  request.set_name("workspaces/acme/assignments/l1.1");
  const auto accepted =
      Call(*api.assignments, &v1::AssignmentService::Stub::AcceptAssignment, request);
  EXPECT_EQ(accepted.status.error_code(), ::grpc::StatusCode::UNAVAILABLE);
}

TEST_F(DispatchRedisTest, EmptyWorkspaceListsNothing) {
  v1::ListLeadsRequest leads;
  leads.set_parent("workspaces/acme");
  const auto listed = Call(*api_->leads, &v1::LeadService::Stub::ListLeads, leads);
  EXPECT_TRUE(listed.ok()) << listed.status.error_message();
  EXPECT_EQ(listed.response.leads_size(), 0);
  v1::ListAssignmentsRequest assignments;
  assignments.set_parent("workspaces/acme");
  const auto open =
      Call(*api_->assignments, &v1::AssignmentService::Stub::ListAssignments, assignments);
  EXPECT_TRUE(open.ok()) << open.status.error_message();
}

TEST_F(DispatchRedisTest, OneOf64ConcurrentAcceptsWins) {
  ASSERT_TRUE(Submit("l1").ok());
  std::atomic<int> won = 0;
  std::vector<std::thread> callers;
  for (int i = 0; i < 64; ++i) {
    callers.emplace_back([&] { won += Accept("l1", absl::Seconds(10)).ok() ? 1 : 0; });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(won, 1);
}

TEST_F(DispatchRedisTest, FreedCapacityIsFilled200TimesByTheLeadThatWaitsLongest) {
  constexpr int kTimes = 200;
  constexpr absl::Duration kBound = absl::Seconds(1);  // of the 95th percentile, on a busy machine
  for (const char* rep : {"ada", "bob"}) {
    v1::SetRepPresenceRequest away;
    away.set_name(std::string("workspaces/acme/reps/") + rep);
    away.set_presence(v1::PRESENCE_AWAY);
    ASSERT_TRUE(Call(*api_->roster, &v1::RosterService::Stub::SetRepPresence, away).ok());
  }
  AddRep("eve", 1);
  const auto name = [](int i) { return "l" + std::to_string(1000 + i); };
  for (int i = 0; i <= kTimes + 1; ++i) ASSERT_TRUE(Submit(name(i)).ok());
  std::vector<absl::Duration> waited;
  for (int i = 0; i < kTimes; ++i) {
    v1::RejectLeadRequest reject;
    reject.set_name("workspaces/acme/assignments/" + name(i) + ".1");
    reject.set_reason("NO_NEED");
    ASSERT_TRUE(Call(*api_->assignments, &v1::AssignmentService::Stub::RejectLead, reject).ok());
    const absl::Time freed = absl::Now();
    while (StageOf(name(i + 1)) == v1::STAGE_QUEUED && absl::Now() - freed < absl::Seconds(5)) {
      absl::SleepFor(absl::Milliseconds(1));
    }
    ASSERT_EQ(StageOf(name(i + 1)), v1::STAGE_OFFERED);
    ASSERT_EQ(StageOf(name(i + 2)), v1::STAGE_QUEUED);
    waited.push_back(absl::Now() - freed);
  }
  std::sort(waited.begin(), waited.end());
  const absl::Duration p95 = waited[kTimes * 95 / 100];
  std::cout << "filled " << kTimes << " times: median " << waited[kTimes / 2] << ", p95 " << p95
            << ", longest " << waited.back() << std::endl;
  EXPECT_LT(p95, kBound);
}

TEST_F(DispatchRedisTest, OfManyWhoClaimEachGetsAnotherLead) {
  PullFromDach();
  constexpr int kLeads = 20, kCallers = 32;
  for (int i = 0; i < kLeads; ++i) ASSERT_TRUE(Submit("l" + std::to_string(i)).ok());
  std::mutex mutex;
  std::set<std::string> claimed;
  int empty_handed = 0;
  std::vector<std::thread> callers;
  for (int i = 0; i < kCallers; ++i) {
    callers.emplace_back([&, i] {
      v1::ClaimNextLeadRequest request;
      request.set_rep(i % 2 == 0 ? "workspaces/acme/reps/ada" : "workspaces/acme/reps/bob");
      request.set_request_id("claim-" + std::to_string(i));
      const auto answer =
          Call(*api_->assignments, &v1::AssignmentService::Stub::ClaimNextLead, request);
      const std::lock_guard lock(mutex);
      if (answer.ok()) {
        claimed.insert(answer.response.assignment().lead());
      } else if (answer.reason() == "NOTHING_WAITS") {
        ++empty_handed;
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(claimed.size(), static_cast<size_t>(kLeads));
  EXPECT_EQ(empty_handed, kCallers - kLeads);
}

TEST_F(DispatchRedisTest, RedisDownIsUnavailableWithRetryAndWorksAgainWithinTwoSeconds) {
  ASSERT_TRUE(Submit("l1").ok());
  View view;
  auto watcher = std::make_unique<WatcherClient>(*api_->assignments, "workspaces/acme");
  while (view.token().empty()) view.Apply(*watcher->Next());
  redis_->Kill();
  for (int i = 0; i < 3; ++i) {
    const absl::Time before = absl::Now();
    const auto refused = Accept("l1", absl::Seconds(3));
    EXPECT_EQ(refused.code(), ::grpc::StatusCode::UNAVAILABLE) << refused.status.error_message();
    EXPECT_GT(DetailsOf(refused.status).retry_delay, absl::ZeroDuration());
    EXPECT_LT(absl::Now() - before, absl::Seconds(3));
  }
  ASSERT_TRUE(redis_->Restart().ok());
  const absl::Time back = absl::Now();
  while (!Accept("l1", absl::Seconds(3)).ok()) {
    ASSERT_LT(absl::Now() - back, absl::Seconds(2));
    absl::SleepFor(absl::Milliseconds(20));
  }
  // The stream goes on, or ends because it needed the store just then; resumed, it tells the rest.
  while (view.state()["workspaces/acme/leads/l1"] !=
         "workspaces/acme/assignments/l1.1 STAGE_ACCEPTED") {
    if (const auto response = watcher->Next(); response.has_value()) {
      view.Apply(*response);
    } else {
      ASSERT_EQ(watcher->Finish().error_code(), ::grpc::StatusCode::UNAVAILABLE);
      watcher =
          std::make_unique<WatcherClient>(*api_->assignments, "workspaces/acme", view.token());
    }
  }
}

TEST_F(DispatchRedisTest, FrozenRedisDoesNotOutlastTheDeadline) {
  ASSERT_TRUE(Submit("l1").ok());
  redis_->Freeze();
  const absl::Time before = absl::Now();
  const auto acted = Accept("l1", absl::Milliseconds(500));
  v1::ListLeadsRequest list;
  list.set_parent("workspaces/acme");
  const auto read =
      Call(*api_->leads, &v1::LeadService::Stub::ListLeads, list, absl::Milliseconds(500));
  EXPECT_LT(absl::Now() - before, absl::Milliseconds(1200));
  redis_->Thaw();
  for (const ::grpc::Status& status : {acted.status, read.status}) {
    EXPECT_EQ(status.error_code(), ::grpc::StatusCode::UNAVAILABLE) << status.error_message();
    EXPECT_GT(DetailsOf(status).retry_delay, absl::ZeroDuration());
  }
}

TEST_F(DispatchRedisTest, FrozenRedisDoesNotOutlastTheLimitOfTheServer) {
  ASSERT_TRUE(Submit("l1").ok());
  DispatchOptions options = RunningApi::DefaultOptions();
  options.deadline_max = absl::Milliseconds(700);  // less than one round trip to Redis may take
  RunningApi api(*store_, options);
  v1::ListLeadsRequest list;
  list.set_parent("workspaces/acme");
  v1::AcceptAssignmentRequest accept;
  accept.set_name("workspaces/acme/assignments/l1.1");
  redis_->Freeze();
  std::vector<::grpc::Status> ends;
  const absl::Time begun = absl::Now();
  for (const absl::Duration deadline : {absl::InfiniteDuration(), absl::Hours(1)}) {
    ends.push_back(Call(*api.leads, &v1::LeadService::Stub::ListLeads, list, deadline).status);
    ends.push_back(
        Call(*api.assignments, &v1::AssignmentService::Stub::AcceptAssignment, accept, deadline)
            .status);
  }
  EXPECT_LT(absl::Now() - begun, 4 * (options.deadline_max + absl::Milliseconds(500)));
  redis_->Thaw();
  for (const ::grpc::Status& status : ends) {
    EXPECT_EQ(status.error_code(), ::grpc::StatusCode::UNAVAILABLE) << status.error_message();
    EXPECT_GT(DetailsOf(status).retry_delay, absl::ZeroDuration());
  }
}

TEST_F(DispatchRedisTest, WatcherKilledUnderLoadResumesWithoutGap) {
  View view;
  {
    WatcherClient empty(*api_->assignments, "workspaces/acme");
    view.Apply(*empty.NextEvent());
  }
  std::atomic<bool> done = false;
  std::vector<std::thread> writers;
  for (int writer = 0; writer < 3; ++writer) {
    writers.emplace_back([&, writer] {
      for (int i = 0; i < 60; ++i) {
        const std::string lead = "w" + std::to_string(writer) + "-" + std::to_string(i);
        EXPECT_TRUE(Submit(lead).ok());
        if (i % 2 != 0) continue;
        EXPECT_TRUE(Accept(lead, absl::Seconds(5)).ok());
      }
    });
  }
  std::thread end([&] {
    for (std::thread& writer : writers) writer.join();
    done = true;
  });
  int resumed = 0;
  for (bool last = false; !last; ++resumed) {
    last = done;
    WatcherClient watcher(*api_->assignments, "workspaces/acme", view.token());
    for (int i = 0; last || i < resumed % 9 + 1; ++i) {
      const auto response = watcher.Next();
      ASSERT_TRUE(response.has_value()) << watcher.Finish().error_message();
      EXPECT_NE(response->kind(), WatchKind::KIND_SNAPSHOT);
      view.Apply(*response);
      if (last && response->kind() == WatchKind::KIND_BOOKMARK) break;
    }
  }
  end.join();
  EXPECT_GT(resumed, 5);
  View truth;
  WatcherClient fresh(*api_->assignments, "workspaces/acme");
  while (const auto response = fresh.Next()) {
    truth.Apply(*response);
    if (response->kind() == WatchKind::KIND_SNAPSHOT_END) break;
  }
  EXPECT_EQ(truth.state().size(), 180u);
  EXPECT_EQ(view.state(), truth.state());
}

}  // namespace
}  // namespace baton::dispatch
