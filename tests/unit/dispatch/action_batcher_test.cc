#include "dispatch/action_batcher.h"

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "core/errors.h"
#include "store/memory/memory_store.h"
#include "support/builders.h"
#include "support/flaky_store.h"
#include "support/make_active.h"

namespace baton::dispatch {
namespace {

using support::Fault;

// The sample's, but for "beta", whose policy has a queue more.
core::Policy PolicyOf(const core::WorkspaceId& workspace) {
  core::Policy policy = support::SamplePolicy();
  policy.workspace = workspace;
  if (workspace.str() == "beta") {
    core::QueuePolicy more = policy.queues.begin()->second;
    more.id = support::QueueNamed("theirs");
    policy.queues[more.id] = more;
  }
  return policy;
}

PolicySource SamplePolicies() {
  return [](absl::Span<const core::WorkspaceId> workspaces) {
    std::vector<absl::StatusOr<SharedPolicy>> policies;
    for (const core::WorkspaceId& workspace : workspaces) {
      policies.push_back(std::make_shared<const core::Policy>(PolicyOf(workspace)));
    }
    return policies;
  };
}

// A lead "l<i>" OFFERED to "ada" for each i; the batcher is started by the test.
class ActionBatcherTest : public ::testing::Test {
 protected:
  static constexpr size_t kWaitingMax = 100;

  ActionBatcherTest()
      : inner_(4, {}, [] { return support::kNow; }),
        store_(inner_, [this] { return fault_ ? fault_() : Fault::kNone; }),
        metrics_(platform::NewMetrics()),
        drainer_(inner_),
        batcher_(store_, store_, SamplePolicies(), drainer_, /*threads=*/2, kWaitingMax,
                 *metrics_) {
    AddWorkspace("acme");
  }

  // With the rep "ada".
  void AddWorkspace(const std::string& id) {
    const auto workspace = core::WorkspaceId::Trusted(id);
    EXPECT_TRUE(inner_.CreateWorkspace(workspace, "").ok());
    EXPECT_TRUE(support::MakeActive(inner_, PolicyOf(workspace), "yaml").ok());
    core::Rep ada = support::SampleRep("ada");
    ada.capacity = 1000;
    EXPECT_TRUE(inner_.PutRep(workspace, ada, 0).ok());
  }

  void AddLead(const std::string& lead, const std::string& workspace = "acme") {
    core::LeadEvent event = support::QualifyingCapture("e-" + lead);
    event.key = support::Key(lead, workspace);
    const core::Policy policy = support::SamplePolicy();
    core::LeadRecord record;
    record.key = event.key;
    const core::Plan plan = core::DecideEvents(record, {&event, 1}, &policy, support::kNow);
    ASSERT_EQ(inner_.Commit({&plan, 1})->front().code, store::CommitCode::kCommitted);
  }

  static core::Action Accept() {
    core::Action action;
    action.type = core::ActionType::kAccept;
    action.generation = 1;
    return action;
  }
  static core::Action Touch() {
    core::Action action = Accept();
    action.type = core::ActionType::kLogTouch;
    action.channel = "call";
    return action;
  }

  absl::Status Submit(const std::string& lead, core::Action action, bool abandoned = false,
                      const std::string& workspace = "acme") {
    PendingAction pending;
    pending.key = support::Key(lead, workspace);
    pending.action = std::move(action);
    pending.abandoned = [abandoned] { return abandoned; };
    pending.done = [this, lead](const absl::StatusOr<ActionAnswer>& answer) {
      absl::MutexLock lock(&mutex_);
      answers_[lead].push_back(answer);
    };
    return batcher_.Submit(std::move(pending));
  }

  std::function<Fault()> fault_;
  store::MemoryStore inner_;
  support::FlakyStore store_;
  std::unique_ptr<platform::Metrics> metrics_;
  BacklogDrainer drainer_;
  ActionBatcher batcher_;
  absl::Mutex mutex_;
  std::map<std::string, std::vector<absl::StatusOr<ActionAnswer>>> answers_;
};

TEST_F(ActionBatcherTest, ActionsOnOneLeadKeepTheirOrder) {
  for (int i = 0; i < 20; ++i) AddLead("l" + std::to_string(i));
  for (int i = 0; i < 20; ++i) {
    const std::string lead = "l" + std::to_string(i);
    for (const core::Action& action : {Accept(), Touch(), Touch()}) {
      ASSERT_TRUE(Submit(lead, action).ok());
    }
  }
  batcher_.Start();
  batcher_.Stop();
  ASSERT_EQ(answers_.size(), 20u);
  for (const auto& [lead, answers] : answers_) {
    ASSERT_EQ(answers.size(), 3u) << lead;
    for (const auto& answer : answers) EXPECT_TRUE(answer.ok()) << lead << ": " << answer.status();
    EXPECT_EQ(answers[2]->record.touches, 2);
    EXPECT_FALSE(answers[2]->record.facts.attributes.empty());
    EXPECT_EQ(answers[2]->record.judgment.fit, 50);
  }
}

TEST_F(ActionBatcherTest, QueueHasACap) {
  AddLead("l");
  for (size_t i = 0; i < kWaitingMax; ++i) ASSERT_TRUE(Submit("l", Touch()).ok());
  const absl::Status refused = Submit("l", Touch());
  EXPECT_TRUE(absl::IsResourceExhausted(refused));
  EXPECT_EQ(core::ErrorReason(refused), "OVERLOADED");
  batcher_.Start();
  batcher_.Stop();
  EXPECT_EQ(answers_["l"].size(), kWaitingMax);
  EXPECT_TRUE(absl::IsUnavailable(Submit("l", Touch())));
}

TEST_F(ActionBatcherTest, AbandonedActionsMakeRoomInAFullQueue) {
  AddLead("l");
  for (size_t i = 0; i < kWaitingMax; ++i) {
    ASSERT_TRUE(Submit("l", Touch(), /*abandoned=*/i % 2 == 0).ok());
  }
  for (size_t i = 0; i < kWaitingMax / 2; ++i) ASSERT_TRUE(Submit("l", Touch()).ok());
  EXPECT_TRUE(absl::IsResourceExhausted(Submit("l", Touch())));
  batcher_.Start();
  batcher_.Stop();
  EXPECT_EQ(answers_["l"].size(), kWaitingMax);
}

TEST_F(ActionBatcherTest, AbandonedActionsAreNotCarriedOut) {
  AddLead("l");
  ASSERT_TRUE(Submit("l", Accept(), /*abandoned=*/true).ok());
  batcher_.Start();
  batcher_.Stop();
  EXPECT_TRUE(answers_.empty());
  const core::LeadKey key = support::Key("l");
  EXPECT_EQ(inner_.Load({&key, 1})->records[0]->stage, core::Stage::kOffered);
}

TEST_F(ActionBatcherTest, StoreAwayFailsAllThatWaitsAtOnce) {
  for (int i = 0; i < 50; ++i) AddLead("l" + std::to_string(i));
  std::atomic<int> calls = 0;
  fault_ = [&calls] {
    ++calls;
    return Fault::kNeverArrives;
  };
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(Submit("l" + std::to_string(i), Accept()).ok());
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(Submit("l" + std::to_string(i), Touch()).ok());
  batcher_.Start();
  batcher_.Stop();
  EXPECT_LE(calls, 4);
  for (const auto& [lead, answers] : answers_) {
    ASSERT_EQ(answers.size(), 2u);
    for (const auto& answer : answers) EXPECT_TRUE(absl::IsUnavailable(answer.status()));
  }
}

TEST_F(ActionBatcherTest, LeadThatCannotBeReadFailsItsOwnCallOnly) {
  for (const char* lead : {"bad", "good", "worse"}) AddLead(lead);
  store_.SpoilRecord(support::Key("bad"));
  store_.SpoilPlans(support::Key("worse"));
  for (const char* lead : {"bad", "good", "worse"}) ASSERT_TRUE(Submit(lead, Accept()).ok());
  batcher_.Start();
  batcher_.Stop();
  EXPECT_TRUE(answers_["good"][0].ok()) << answers_["good"][0].status();
  EXPECT_EQ(core::ErrorReason(answers_["bad"][0].status()), "STATE_UNREADABLE");
  EXPECT_EQ(core::ErrorReason(answers_["worse"][0].status()), "STATE_UNREADABLE");
}

TEST_F(ActionBatcherTest, AQueueInWhichALeadIsLeftToWaitItsTurnIsDrained) {
  for (const char* lead : {"l1", "l2"}) AddLead(lead);
  core::Action reroute = Accept();
  reroute.type = core::ActionType::kReroute;
  reroute.reason = "WRONG_SEGMENT";
  reroute.queue = support::QueueNamed("triage");
  const auto answered = [this](const std::string& lead) {
    const auto is = [&]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return !answers_[lead].empty(); };
    absl::MutexLock lock(&mutex_, absl::Condition(&is));
    EXPECT_TRUE(answers_[lead][0].ok()) << answers_[lead][0].status();
  };
  batcher_.Start();
  ASSERT_TRUE(Submit("l1", reroute).ok());
  answered("l1");
  core::Rep bob = support::SampleRep("bob");
  bob.queues = {support::QueueNamed("triage")};
  ASSERT_TRUE(inner_.PutRep(core::WorkspaceId::Trusted("acme"), bob, 0).ok());  // undrained
  ASSERT_TRUE(Submit("l2", reroute).ok());
  answered("l2");
  EXPECT_EQ(answers_["l2"][0]->record.stage, core::Stage::kQueued);
  drainer_.Start();
  const core::LeadKey last = support::Key("l2");
  const absl::Time deadline = absl::Now() + absl::Seconds(10);
  while (inner_.Load({last})->records[0]->stage == core::Stage::kQueued && absl::Now() < deadline) {
    absl::SleepFor(absl::Milliseconds(1));
  }
  EXPECT_EQ(inner_.Load({last})->records[0]->rep, bob.id);
  batcher_.Stop();
  drainer_.Stop();
}

TEST_F(ActionBatcherTest, EachWorkspaceIsDecidedByItsOwnPolicy) {
  AddWorkspace("beta");
  core::Action reroute = Accept();
  reroute.type = core::ActionType::kReroute;
  reroute.reason = "WRONG_TERRITORY";
  reroute.queue = support::QueueNamed("theirs");
  for (int i = 0; i < 10; ++i) {
    AddLead(absl::StrCat("ours", i));
    AddLead(absl::StrCat("theirs", i), "beta");
    ASSERT_TRUE(Submit(absl::StrCat("ours", i), reroute).ok());
    ASSERT_TRUE(Submit(absl::StrCat("theirs", i), reroute, false, "beta").ok());
  }
  batcher_.Start();
  batcher_.Stop();
  for (int i = 0; i < 10; ++i) {
    const auto& refused = answers_[absl::StrCat("ours", i)].at(0).status();
    EXPECT_EQ(core::ErrorReason(refused), "UNKNOWN_QUEUE") << refused;
    const auto& done = answers_[absl::StrCat("theirs", i)].at(0);
    EXPECT_TRUE(done.ok()) << done.status();
  }
}

TEST_F(ActionBatcherTest, NothingIsToldThatAFailoverMayTakeBack) {
  AddLead("l");
  int call = 0;
  fault_ = [&call] { return ++call == 3 ? Fault::kNeverArrives : Fault::kNone; };  // the gate
  core::Action action = Accept();
  action.request_id = "r1";
  action.fingerprint = 7;
  ASSERT_TRUE(Submit("l", action).ok());
  ASSERT_TRUE(Submit("l", action).ok());  // after the first: finds its answer, passes the gate
  batcher_.Start();
  batcher_.Stop();
  ASSERT_EQ(answers_["l"].size(), 2u);
  EXPECT_TRUE(absl::IsUnavailable(answers_["l"][0].status()));
  ASSERT_TRUE(answers_["l"][1].ok()) << answers_["l"][1].status();
  EXPECT_TRUE(answers_["l"][1]->repeated.has_value());
}

TEST_F(ActionBatcherTest, LostReplyIsAnsweredByTheRepeatedRequest) {
  AddLead("l");
  int call = 0;
  fault_ = [&call] { return ++call == 2 ? Fault::kLosesReply : Fault::kNone; };  // the commit
  core::Action action = Accept();
  action.request_id = "r1";
  action.fingerprint = 7;
  batcher_.Start();
  ASSERT_TRUE(Submit("l", action).ok());
  const auto answered = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
    return answers_["l"].size() == 1;
  };
  {
    absl::MutexLock lock(&mutex_, absl::Condition(&answered));
    EXPECT_TRUE(absl::IsUnavailable(answers_["l"][0].status()));
  }
  ASSERT_TRUE(Submit("l", action).ok());
  batcher_.Stop();
  ASSERT_EQ(answers_["l"].size(), 2u);
  ASSERT_TRUE(answers_["l"][1].ok()) << answers_["l"][1].status();
  ASSERT_TRUE(answers_["l"][1]->repeated.has_value());
  EXPECT_EQ(answers_["l"][1]->repeated->stage, core::Stage::kAccepted);
}

}  // namespace
}  // namespace baton::dispatch
