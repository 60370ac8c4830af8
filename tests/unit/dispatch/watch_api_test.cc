// WatchAssignments: snapshot, deltas, resumption, and who is turned away.
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "api_fixture.h"
#include "core/decide.h"
#include "store/store_errors.h"
#include "support/builders.h"
#include "support/flaky_store.h"
#include "support/make_active.h"
#include "watcher_client.h"

namespace baton::dispatch {
namespace {

using Response = v1::WatchAssignmentsResponse;

constexpr char kRepAda[] = "workspaces/acme/reps/ada";
constexpr char kAll[] = "workspaces/acme";

class WatchApiTest : public ApiTest {
 protected:
  using ApiTest::ApiTest;
  v1::AssignmentService::Stub& stub() { return *api_.assignments; }

  // The token at the end of a fresh snapshot.
  std::string TokenOf(const std::string& parent) {
    WatcherClient watcher(stub(), parent);
    while (auto response = watcher.Next()) {
      if (response->kind() == Response::KIND_SNAPSHOT_END) return response->resume_token();
    }
    return "";
  }

  // A workspace of the same shard, with a rep "ada".
  core::WorkspaceId AddNeighbour() {
    const int shard = store_.ShardOf(core::WorkspaceId::Trusted("acme"));
    int number = 0;
    core::WorkspaceId id = core::WorkspaceId::Trusted("beta");
    while (store_.ShardOf(id) != shard) {
      id = core::WorkspaceId::Trusted(absl::StrCat("beta-", ++number));
    }
    EXPECT_TRUE(store_.CreateWorkspace(id, "").ok());
    core::Policy policy = support::SamplePolicy();
    policy.workspace = id;
    EXPECT_TRUE(support::MakeActive(store_, policy, "yaml").ok());
    EXPECT_TRUE(store_.PutRep(id, support::SampleRep("ada"), 0).ok());
    return id;
  }

  void AddLeadOf(const core::WorkspaceId& workspace, const std::string& lead) {
    core::LeadEvent event = support::QualifyingCapture("e-" + lead);
    event.key = support::Key(lead, workspace.str());
    const core::Policy policy = support::SamplePolicy();
    core::LeadRecord record;
    record.key = event.key;
    const core::Plan plan = core::DecideEvents(record, {&event, 1}, &policy, support::kNow);
    ASSERT_EQ(store_.Commit({&plan, 1})->front().code, store::CommitCode::kCommitted);
    ASSERT_EQ(store_.Load({event.key})->records[0]->rep, support::RepNamed("ada"));
  }
};

// A store of whose changes nothing up to `until` can be read.
class SpoiltOutbox final : public support::FlakyStore {
 public:
  SpoiltOutbox(store::Store& inner, int64_t until)
      : FlakyStore(inner, [] { return support::Fault::kNone; }), until_(until) {}
  absl::StatusOr<std::map<int, std::vector<store::OutboxEntry>>> Read(
      const std::map<int, int64_t>& after, int max, absl::Duration wait) override {
    for (const auto& [shard, sequence] : after) {
      if (sequence < until_) return store::StateUnreadable("an entry", "spoilt");
    }
    return FlakyStore::Read(after, max, wait);
  }

 private:
  const int64_t until_;
};

TEST_F(WatchApiTest, WhoResumesInFrontOfWhatCannotBeReadGetsASnapshot) {
  AddRep("ada");
  const std::string token = TokenOf(kRepAda);
  AddLead("l1");
  const int shard = store_.ShardOf(core::WorkspaceId::Trusted("acme"));
  SpoiltOutbox spoilt(store_, store_.Bounds(shard)->last_sequence);
  RunningApi api(spoilt);
  WatcherClient watcher(*api.assignments, kRepAda, token);
  const Response response = watcher.Event();
  EXPECT_EQ(response.kind(), Response::KIND_SNAPSHOT);
  EXPECT_EQ(response.assignment().name(), "workspaces/acme/assignments/l1.1");
}

TEST_F(WatchApiTest, SnapshotThenChangesOfOneRep) {
  AddRep("ada");
  AddLead("l1");
  WatcherClient watcher(stub(), kRepAda);
  auto response = watcher.NextEvent();
  ASSERT_TRUE(response.has_value()) << watcher.Finish().error_message();
  EXPECT_EQ(response->kind(), Response::KIND_SNAPSHOT);
  EXPECT_EQ(response->assignment().name(), "workspaces/acme/assignments/l1.1");
  EXPECT_EQ(response->assignment().stage(), v1::STAGE_OFFERED);
  EXPECT_TRUE(response->assignment().has_accept_deadline());
  response = watcher.NextEvent();
  ASSERT_TRUE(response.has_value());
  EXPECT_EQ(response->kind(), Response::KIND_SNAPSHOT_END);
  EXPECT_NE(response->resume_token(), "");

  AddLead("l2");
  response = watcher.NextEvent();
  ASSERT_TRUE(response.has_value());
  EXPECT_EQ(response->kind(), Response::KIND_UPDATED);
  EXPECT_EQ(response->change(), "assigned");
  EXPECT_EQ(response->assignment().name(), "workspaces/acme/assignments/l2.1");
  EXPECT_TRUE(response->assignment().has_assign_time());
  EXPECT_TRUE(response->assignment().has_accept_deadline());

  ASSERT_TRUE(Decline("workspaces/acme/assignments/l2.1").ok());
  response = watcher.NextEvent();
  ASSERT_TRUE(response.has_value());
  EXPECT_EQ(response->kind(), Response::KIND_REMOVED);
  EXPECT_EQ(response->change(), "declined");
  EXPECT_EQ(response->reason(), "AT_CAPACITY");
  EXPECT_EQ(response->assignment().name(), "workspaces/acme/assignments/l2.1");
}

TEST_F(WatchApiTest, BookmarksCarryNewerTokens) {
  AddRep("ada");
  AddRep("bob");
  WatcherClient watcher(stub(), kRepAda);
  auto response = watcher.Next();
  ASSERT_TRUE(response.has_value());
  ASSERT_EQ(response->kind(), Response::KIND_SNAPSHOT_END);
  response = watcher.Next();
  ASSERT_TRUE(response.has_value());
  EXPECT_EQ(response->kind(), Response::KIND_BOOKMARK);
  EXPECT_NE(response->resume_token(), "");
}

TEST_F(WatchApiTest, ResumingReplaysWhatWasMissed) {
  AddRep("ada");
  const std::string token = TokenOf(kRepAda);
  AddLead("l1");
  ASSERT_TRUE(Accept("workspaces/acme/assignments/l1.1").ok());
  WatcherClient watcher(stub(), kRepAda, token);
  std::vector<std::string> changes;
  while (changes.size() < 2) {
    const auto response = watcher.NextEvent();
    ASSERT_TRUE(response.has_value()) << watcher.Finish().error_message();
    ASSERT_EQ(response->kind(), Response::KIND_UPDATED);
    changes.push_back(response->change());
  }
  EXPECT_EQ(changes, (std::vector<std::string>{"assigned", "accepted"}));
}

TEST_F(WatchApiTest, QueueWatchersSeeTheirQueueOnly) {
  AddRep("ada");
  WatcherClient dach(stub(), "workspaces/acme/queues/dach");
  WatcherClient triage(stub(), "workspaces/acme/queues/triage");
  EXPECT_EQ(dach.Event().kind(), Response::KIND_SNAPSHOT_END);
  EXPECT_EQ(triage.Event().kind(), Response::KIND_SNAPSHOT_END);
  AddLead("l1");
  EXPECT_EQ(dach.Event().change(), "assigned");
  AddRep("bob");
  v1::RerouteLeadRequest reroute;
  reroute.set_name("workspaces/acme/assignments/l1.1");
  reroute.set_reason("WRONG_TERRITORY");
  reroute.set_queue("workspaces/acme/queues/triage");
  ASSERT_TRUE(Call(stub(), &v1::AssignmentService::Stub::RerouteLead, reroute).ok());
  const auto left = dach.Event();
  EXPECT_EQ(left.kind(), Response::KIND_REMOVED);
  EXPECT_EQ(left.change(), "rerouted");
  View view;
  while (view.state().empty() && !HasFailure()) view.Apply(triage.Event());
  ASSERT_FALSE(HasFailure());
  EXPECT_EQ(view.state().at("workspaces/acme/leads/l1"),
            "workspaces/acme/assignments/l1.2 STAGE_ACCEPTED");
}

TEST_F(WatchApiTest, TrimmedTokenGivesASnapshot) {
  AddRep("ada");
  const std::string token = TokenOf(kRepAda);
  AddLead("l1");
  AddLead("l2");
  const int shard = store_.ShardOf(core::WorkspaceId::Trusted("acme"));
  ASSERT_TRUE(store_.Trim(shard, store_.Bounds(shard)->last_sequence, 0).ok());
  WatcherClient watcher(stub(), kRepAda, token);
  View view;
  auto response = watcher.NextEvent();
  while (response.has_value() && response->kind() != Response::KIND_SNAPSHOT_END) {
    EXPECT_EQ(response->kind(), Response::KIND_SNAPSHOT);
    view.Apply(*response);
    response = watcher.NextEvent();
  }
  ASSERT_TRUE(response.has_value());
  view.Apply(*response);
  EXPECT_EQ(view.state(),
            (std::map<std::string, std::string>{
                {"workspaces/acme/leads/l1", "workspaces/acme/assignments/l1.1 STAGE_OFFERED"},
                {"workspaces/acme/leads/l2", "workspaces/acme/assignments/l2.1 STAGE_OFFERED"}}));
}

// Its changes stand in the same outbox, and its rep has the same id.
TEST_F(WatchApiTest, NothingIsToldOfAnotherWorkspaceInTheShard) {
  AddRep("ada");
  const core::WorkspaceId neighbour = AddNeighbour();
  const std::string of_ada = TokenOf(kRepAda), of_all = TokenOf(kAll);
  WatcherClient live(stub(), kRepAda);
  ASSERT_EQ(live.Event().kind(), Response::KIND_SNAPSHOT_END);
  AddLeadOf(neighbour, "theirs");
  AddLead("ours");
  WatcherClient resumed(stub(), kRepAda, of_ada), all(stub(), kAll, of_all);
  for (WatcherClient* watcher : {&live, &resumed, &all}) {
    EXPECT_EQ(watcher->Event().assignment().name(), "workspaces/acme/assignments/ours.1");
  }
}

TEST_F(WatchApiTest, ForeignTokensAreRefused) {
  AddRep("ada");
  AddRep("bob");
  const std::string token = TokenOf(kRepAda);
  WatcherClient other_rep(stub(), "workspaces/acme/reps/bob", token);
  EXPECT_EQ(other_rep.Finish().error_code(), ::grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(DetailsOf(other_rep.Finish()).reason, "FORGED_TOKEN");

  std::string forged = token;
  forged[0] = forged[0] == 'M' ? 'N' : 'M';
  WatcherClient forger(stub(), kRepAda, forged);
  EXPECT_EQ(forger.Finish().error_code(), ::grpc::StatusCode::PERMISSION_DENIED);

  WatcherClient garbled(stub(), kRepAda, "!!");
  EXPECT_EQ(garbled.Finish().error_code(), ::grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(DetailsOf(garbled.Finish()).reason, "MALFORMED_TOKEN");
}

TEST_F(WatchApiTest, UnknownParentsAreRefused) {
  WatcherClient bad(stub(), "reps/ada");
  EXPECT_EQ(DetailsOf(bad.Finish()).reason, "INVALID_FIELD");
  WatcherClient workspace(stub(), "workspaces/nowhere");
  EXPECT_EQ(DetailsOf(workspace.Finish()).reason, "WORKSPACE_NOT_FOUND");
  WatcherClient rep(stub(), "workspaces/acme/reps/nobody");
  EXPECT_EQ(DetailsOf(rep.Finish()).reason, "REP_NOT_FOUND");
}

TEST_F(WatchApiTest, StreamsEndUnavailableWhenTheServerDrains) {
  AddRep("ada");
  WatcherClient watcher(stub(), kRepAda);
  ASSERT_EQ(watcher.Event().kind(), Response::KIND_SNAPSHOT_END);
  api_.service().Stop(absl::Seconds(2));
  const ::grpc::Status status = watcher.Finish();
  EXPECT_EQ(status.error_code(), ::grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(DetailsOf(status).reason, "DRAINING");
  EXPECT_GT(DetailsOf(status).retry_delay, absl::ZeroDuration());
}

// Reps, leads and actions change all the time; a watcher is killed and resumes again and again.
// What it holds in the end is what the open sets hold, and no change that it should have seen is
// missing.
TEST_F(WatchApiTest, KilledWatcherResumesWithoutGap) {
  AddRep("ada", 1000);
  AddRep("bob", 1000);
  View view;
  {
    WatcherClient empty(stub(), kAll);
    view.Apply(*empty.NextEvent());
  }
  std::atomic<bool> done = false;
  std::thread changes([&] {
    for (int i = 0; i < 120; ++i) {
      const std::string lead = "l" + std::to_string(i);
      AddLead(lead);
      if (i % 3 == 0) Decline(AssignmentOf(lead));
      if (i % 3 == 1) Accept(AssignmentOf(lead));
      if (i % 5 == 0) Accept(AssignmentOf(lead));
    }
    done = true;
  });
  std::map<std::string, std::set<int>> seen_versions;  // by lead
  int resumed = 0;
  bool caught_up = false;
  while (!caught_up) {
    const bool last = done;
    WatcherClient watcher(stub(), kAll, view.token());
    ++resumed;
    for (int i = 0; last || i < resumed % 7 + 1; ++i) {
      const auto response = watcher.Next();
      ASSERT_TRUE(response.has_value()) << watcher.Finish().error_message();
      view.Apply(*response);
      if (response->kind() == Response::KIND_UPDATED ||
          response->kind() == Response::KIND_REMOVED) {
        seen_versions[response->assignment().lead()].insert(response->assignment().lead_version());
      }
      // A bookmark comes only when nothing is left to tell.
      if (last && response->kind() == Response::KIND_BOOKMARK) break;
    }
    caught_up = last;
  }
  changes.join();
  EXPECT_GT(resumed, 20);

  View truth;
  WatcherClient fresh(stub(), kAll);
  while (auto response = fresh.Next()) {
    truth.Apply(*response);
    if (response->kind() == Response::KIND_SNAPSHOT_END) break;
  }
  EXPECT_EQ(view.state(), truth.state());
  for (const auto& [lead, versions] : seen_versions) {
    // From the first assignment on, every version of these leads is a change of an assignment.
    EXPECT_EQ(*versions.rbegin() - *versions.begin() + 1, static_cast<int>(versions.size()))
        << lead;
  }
  EXPECT_EQ(seen_versions.size(), 120u);
}

class SlowReaderTest : public WatchApiTest {
 protected:
  SlowReaderTest() : WatchApiTest(Options()) {}
  static DispatchOptions Options() {
    DispatchOptions options = RunningApi::DefaultOptions();
    options.watch_backlog_max = 20;
    return options;
  }
};

TEST_F(SlowReaderTest, ReaderThatDoesNotReadIsClosedAndResumes) {
  AddRep("ada", 1000);
  AddLead("l0");
  const auto narrow = v1::AssignmentService::NewStub(api_.NewChannel(/*window_bytes=*/16 * 1024));
  WatcherClient watcher(*narrow, kRepAda);
  View view;
  while (view.token().empty()) view.Apply(*watcher.Next());
  ASSERT_TRUE(Accept("workspaces/acme/assignments/l0.1").ok());
  v1::LogTouchRequest touch;
  touch.set_name("workspaces/acme/assignments/l0.1");
  touch.set_channel("call");
  // What is under way to the reader has to fill up before the backlog begins to grow.
  constexpr int kTouches = 1000;
  for (int i = 0; i < kTouches; ++i) {
    ASSERT_TRUE(Call(stub(), &v1::AssignmentService::Stub::LogTouch, touch).ok());
  }
  int read = 0;
  while (const auto response = watcher.Next()) {
    view.Apply(*response);
    ++read;
  }
  EXPECT_LT(read, kTouches);
  const ::grpc::Status status = watcher.Finish();
  EXPECT_EQ(status.error_code(), ::grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(DetailsOf(status).reason, "SLOW_READER");

  WatcherClient resumed(stub(), kRepAda, view.token());
  int version = 0;
  while (version < GetLead("l0").version()) {
    const auto response = resumed.NextEvent();
    ASSERT_TRUE(response.has_value()) << resumed.Finish().error_message();
    ASSERT_EQ(response->kind(), Response::KIND_UPDATED);
    version = response->assignment().lead_version();
  }
}

class FewWatchersTest : public WatchApiTest {
 protected:
  FewWatchersTest() : WatchApiTest(Options()) {}
  static DispatchOptions Options() {
    DispatchOptions options = RunningApi::DefaultOptions();
    options.watchers_max = 2;
    return options;
  }
};

TEST_F(FewWatchersTest, StreamsBeyondTheCapAreRefused) {
  AddRep("ada");
  WatcherClient first(stub(), kRepAda);
  WatcherClient second(stub(), kRepAda);
  ASSERT_TRUE(first.NextEvent().has_value());
  ASSERT_TRUE(second.NextEvent().has_value());
  WatcherClient third(stub(), kRepAda);
  EXPECT_EQ(third.Finish().error_code(), ::grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(DetailsOf(third.Finish()).reason, "OVERLOADED");
}

}  // namespace
}  // namespace baton::dispatch
