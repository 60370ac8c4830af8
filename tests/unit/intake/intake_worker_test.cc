#include "intake/intake_worker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rewindable_input.h"
#include "worker_fixture.h"

namespace baton::intake {
namespace {

using support::Fault;
using ::testing::HasSubstr;

using IntakeWorkerTest = WorkerFixture;

std::string HeaderOf(const platform::kafka::OutRecord& record, std::string_view name) {
  for (const auto& [key, value] : record.headers) {
    if (key == name) return value;
  }
  return "(absent)";
}

TEST_F(IntakeWorkerTest, AppliesABatchAndMovesTheCheckpoint) {
  Append(0, View("a", "1"));
  Append(0, View("b", "2"));
  Append(0, View("a", "1"));  // the same event again
  Append(1, View("a", "3"));
  EXPECT_FALSE(worker_->ready().ok());
  Steps(1);
  EXPECT_TRUE(worker_->ready().ok()) << worker_->ready();
  ExpectCounters(4, 3, 1, 0);
  EXPECT_EQ(Checkpoint(0), 3);
  EXPECT_EQ(Checkpoint(1), 1);
  EXPECT_EQ(kafka_.committed[0], 3);
  EXPECT_EQ(Lead("a").facts.activities.at("page_view").begin()->second, 2);
  EXPECT_EQ(Lead("a").stage, core::Stage::kNurture);
}

TEST_F(IntakeWorkerTest, QualifiesByTheActivePolicy) {
  Append(0, View("a", "1"));
  core::LeadEvent demo = support::QualifyingCapture("2");
  demo.key = support::Key("a");
  demo.attributes["employees"] = int64_t{50};
  demo.activity = "demo_request";
  Append(0, demo);
  Steps(1);
  EXPECT_EQ(Lead("a").stage, core::Stage::kQueued);
  EXPECT_EQ(Lead("a").judgment.policy_revision, 1);
}

TEST_F(IntakeWorkerTest, ALeadThatWithdrawsConsentGivesItsRepToTheNextWaitingOneAtOnce) {
  core::Rep ada = support::SampleRep("ada");
  ada.queues = {support::QueueNamed("inbound")};
  ada.capacity = 1;
  ASSERT_TRUE(store_.PutRep(core::WorkspaceId::Trusted("acme"), ada, 0).ok());
  for (const char* lead : {"a", "b"}) {
    core::LeadEvent capture = support::QualifyingCapture(lead);
    capture.key = support::Key(lead);
    Append(0, capture);
    Steps(1);
  }
  ASSERT_EQ(Lead("a").stage, core::Stage::kOffered);
  ASSERT_EQ(Lead("b").stage, core::Stage::kQueued);
  core::LeadEvent withdrawn = support::ConsentEvent("w", core::Consent::kWithdrawn);
  withdrawn.key = support::Key("a");
  Append(0, withdrawn);
  Steps(1);
  EXPECT_EQ(Lead("a").stage, core::Stage::kRejected);
  EXPECT_EQ(Lead("b").stage, core::Stage::kOffered);
}

TEST_F(IntakeWorkerTest, ALeadThatWaitsItsTurnIsGivenOutAtOnceBehindThoseInFrontOfIt) {
  const auto capture = [this](const char* lead) {
    core::LeadEvent event = support::QualifyingCapture(lead);
    event.key = support::Key(lead);
    Append(0, event);
    Steps(1);
  };
  capture("a");
  ASSERT_EQ(Lead("a").stage, core::Stage::kQueued);
  core::Rep ada = support::SampleRep("ada");
  ada.queues = {support::QueueNamed("inbound")};
  ada.capacity = 2;
  ASSERT_TRUE(store_.PutRep(core::WorkspaceId::Trusted("acme"), ada, 0).ok());  // undrained
  capture("b");
  EXPECT_EQ(Lead("a").stage, core::Stage::kOffered);
  EXPECT_EQ(Lead("b").stage, core::Stage::kOffered);
  EXPECT_EQ(Lead("a").pool.candidates.at(0).open, 0);
  EXPECT_EQ(Lead("b").pool.candidates.at(0).open, 1);
}

TEST_F(IntakeWorkerTest, KeepsWhatTellsOccurrencesApart) {
  core::LeadEvent pricing = View("a", "1");
  pricing.properties = {{"path", "/pricing"}};
  Append(0, pricing);
  pricing.id = "2";
  Append(1, pricing);
  Append(1, pricing);  // the same event again
  Append(0, View("a", "3"));
  Steps(1);
  const core::Facts facts = Lead("a").facts;
  EXPECT_EQ(facts.activities.at("page_view").begin()->second, 3);
  ASSERT_EQ(facts.occasions.at("page_view").size(), 1u);
  EXPECT_EQ(facts.occasions.at("page_view").begin()->first.properties, pricing.properties);
  EXPECT_EQ(facts.occasions.at("page_view").begin()->second, 2);
}

TEST_F(IntakeWorkerTest, GoesOnAtTheCheckpointAfterARestart) {
  Append(0, View("a", "1"));
  Steps(1);
  Append(0, View("a", "2"));
  NewWorker();
  Steps(2);
  ExpectCounters(2, 2, 0, 0);
}

TEST_F(IntakeWorkerTest, TrustsTheStoreMoreThanKafka) {
  Append(0, View("a", "1"));
  Append(0, View("a", "2"));
  kafka_.committed[0] = 2;  // but the store knows nothing
  Steps(1);
  ExpectCounters(2, 2, 0, 0);
}

TEST_F(IntakeWorkerTest, CountsNothingTwiceWhenItDiesBeforeTheCheckpoint) {
  Append(0, View("a", "1"));
  AppendBytes(0, "{");
  kafka_.broker_away = true;  // the letter is not acknowledged
  Steps(1);
  ASSERT_EQ(Lead("a").revision, 1);  // committed
  ASSERT_EQ(Checkpoint(0), -1);      // but not checkpointed
  kafka_.broker_away = false;
  NewWorker();
  Steps(1);
  ExpectCounters(2, 1, 0, 1);
  EXPECT_EQ(Lead("a").revision, 1);
  // The letter is written twice, under the same name for a reader that drops repetitions.
  ASSERT_EQ(kafka_.letters.size(), 2U);
  EXPECT_EQ(HeaderOf(kafka_.letters[0], "__dlq.errors.offset"), "1");
  EXPECT_EQ(HeaderOf(kafka_.letters[1], "__dlq.errors.offset"), "1");
}

TEST_F(IntakeWorkerTest, DeadLettersWhatCannotBeAppliedAndGoesOn) {
  AppendBytes(0, "{");
  core::LeadEvent stranger = View("a", "1");
  stranger.key = support::Key("a", "nobody");
  Append(0, stranger);
  Append(0, View("b", "2"));
  Steps(1);
  ExpectCounters(3, 1, 0, 2);
  ASSERT_EQ(kafka_.letters.size(), 2U);
  EXPECT_EQ(kafka_.letters[0].topic, absl::StrCat(kTopic, ".dlq"));
  EXPECT_EQ(HeaderOf(kafka_.letters[0], "baton-error-class"), "not_parseable");
  EXPECT_EQ(HeaderOf(kafka_.letters[0], "__dlq.errors.group"), "baton-intake");
  EXPECT_EQ(HeaderOf(kafka_.letters[1], "baton-error-class"), "unknown_workspace");
  EXPECT_EQ(HeaderOf(kafka_.letters[1], "__dlq.errors.offset"), "1");
  EXPECT_THAT(metrics_->Expose(),
              HasSubstr("baton_input_dead_letters_total{class=\"unknown_workspace\"} 1"));
}

TEST_F(IntakeWorkerTest, AProducerChangesNothingInAnothersWorkspace) {
  ASSERT_TRUE(store_.CreateWorkspace(core::WorkspaceId::Trusted("beta"), "Beta").ok());
  filter_ = *WorkspaceFilter::Parse("acme");
  NewWorker();
  core::LeadEvent foreign = View("a", "1");
  foreign.key = support::Key("a", "beta");
  Append(0, foreign);
  AppendBytes(0, R"({"specversion":"1.0","id":"2","source":"/crm","workspace":"beta",
    "type":"dev.baton.account.upserted.v1","subject":"globex","time":"2026-03-01T08:00:00Z",
    "data":{"domains":["globex.example"]}})");
  Append(0, View("a", "3"));
  Steps(1);
  ExpectCounters(3, 1, 0, 2);
  EXPECT_EQ(Lead("a").revision, 1);
  EXPECT_EQ(store_.Load({&foreign.key, 1})->records.front()->revision, 0);
  ASSERT_EQ(kafka_.letters.size(), 2U);
  for (const auto& letter : kafka_.letters) {
    EXPECT_EQ(HeaderOf(letter, "baton-error-class"), "foreign_workspace");
    EXPECT_EQ(HeaderOf(letter, "baton-error-field"), "workspace");
  }
}

TEST_F(IntakeWorkerTest, MovesNoCheckpointBeforeTheDeadLetterIsAcknowledged) {
  AppendBytes(0, "{");
  kafka_.broker_away = true;
  Steps(3);
  EXPECT_EQ(Checkpoint(0), -1);
  EXPECT_TRUE(worker_->ready().ok()) << "one that takes a little is no fault: " << worker_->ready();
  clock_.Advance(5 * core::kSecondMs);
  Steps(1);
  EXPECT_THAT(std::string(worker_->ready().message()), HasSubstr("dead letters"));
  kafka_.unacknowledged.at(0)(absl::OkStatus());
  Steps(1);
  EXPECT_EQ(Checkpoint(0), 1);
  EXPECT_EQ(kafka_.letters.size(), 1U);
  EXPECT_TRUE(worker_->ready().ok());
}

TEST_F(IntakeWorkerTest, KeepsItsBatchAndItsMembershipWhileTheStoreIsAway) {
  Steps(1);
  Append(0, View("a", "1"));
  fault_ = [] { return Fault::kNeverArrives; };
  Steps(3);
  EXPECT_EQ(worker_->ready().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(kafka_.paused, (std::set<int32_t>{0, 1}));
  AssignAtNextPoll({2});  // a rebalance is served meanwhile
  Append(2, View("c", "2"));
  Steps(1);
  EXPECT_TRUE(kafka_.paused.contains(2));
  fault_ = [] { return Fault::kNone; };
  const core::TimeMs back_ms = clock_.now_ms();
  Steps(3);
  EXPECT_TRUE(worker_->ready().ok()) << worker_->ready();
  EXPECT_LE(clock_.now_ms() - back_ms, 2 * core::kSecondMs);
  EXPECT_TRUE(kafka_.paused.empty());
  ExpectCounters(2, 2, 0, 0);
}

TEST_F(IntakeWorkerTest, StartsWhileTheStoreIsAway) {
  Append(0, View("a", "1"));
  kafka_.committed[0] = 1;
  fault_ = [] { return Fault::kNeverArrives; };
  Steps(3);
  EXPECT_FALSE(worker_->ready().ok());
  fault_ = [] { return Fault::kNone; };
  Steps(2);
  EXPECT_TRUE(worker_->ready().ok()) << worker_->ready();
  ExpectCounters(1, 1, 0, 0);
}

TEST_F(IntakeWorkerTest, ForgetsItsBatchWhenAPartitionIsRevoked) {
  Append(0, View("a", "1"));
  Append(1, View("b", "2"));
  int calls = 0;
  fault_ = [&calls] { return ++calls >= 3 ? Fault::kNeverArrives : Fault::kNone; };
  Steps(1);
  RevokeAtNextPoll({0});
  Steps(1);
  fault_ = [] { return Fault::kNone; };
  Steps(2);
  EXPECT_EQ(Checkpoint(0), -1);
  EXPECT_EQ(Checkpoint(1), 1);
  ExpectCounters(1, 1, 0, 0);
  AssignAtNextPoll({0});
  Steps(1);
  ExpectCounters(2, 2, 0, 0);
}

TEST_F(IntakeWorkerTest, RefusesACheckpointBeyondTheEndOfTheLog) {
  Append(1, View("b", "1"));
  ASSERT_TRUE(MoveCheckpoint(0, 1000));
  Steps(2);
  EXPECT_EQ(worker_->ready().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(worker_->ready().message()), HasSubstr("partition 0"));
  EXPECT_EQ(Checkpoint(1), 1);  // the other one goes on
  kafka_.first[0] = 1000;       // the log's end was lagging behind
  Steps(60);
  EXPECT_TRUE(worker_->ready().ok()) << worker_->ready();
  EXPECT_FALSE(kafka_.paused.contains(0));
}

TEST_F(IntakeWorkerTest, StartsAtTheFirstRecordThatIsLeft) {
  kafka_.first[0] = 50;
  Append(0, View("a", "1"));
  ASSERT_TRUE(MoveCheckpoint(0, 10));
  Steps(1);
  EXPECT_EQ(Checkpoint(0), 51);
  ExpectCounters(1, 1, 0, 0);
}

TEST_F(IntakeWorkerTest, MakesANewConsumerAfterAFatalError) {
  Steps(1);
  Append(0, View("a", "1"));
  kafka_.poll_errors = {absl::InternalError("fatal")};
  Steps(1);
  EXPECT_EQ(worker_->ready().code(), absl::StatusCode::kInternal);
  AssignAtNextPoll({0, 1});
  Steps(1);
  EXPECT_EQ(kafka_.consumers_made, 2);
  EXPECT_TRUE(worker_->ready().ok()) << worker_->ready();
  ExpectCounters(1, 1, 0, 0);
}

TEST_F(IntakeWorkerTest, DecidesAgainWhenThePolicyChangesUnderIt) {
  Append(0, View("a", "1"));
  Steps(1);
  Append(0, View("a", "2"));
  int calls = 0;
  fault_ = [&] {
    // Load, PolicyVersions, then Commit.
    if (++calls == 3) {
      std::string yaml = support::kPolicyText;
      Activate(yaml.replace(yaml.find("points: 10"), 10, "points: 20"));
    }
    return Fault::kNone;
  };
  Steps(1);
  EXPECT_GT(calls, 3);
  EXPECT_EQ(Lead("a").judgment.policy_revision, 2);
  EXPECT_EQ(Lead("a").judgment.intent, 40);
  ExpectCounters(2, 2, 0, 0);
}

// A failover between the commit of a batch and the move of its checkpoint: the checkpoint stands
// where it stood, so that only the epoch shows that the commits may be lost.
TEST_F(IntakeWorkerTest, ReadsAgainWhenTheEpochGrewBeforeTheCheckpointMoved) {
  RewindableInput input(store_);
  input_ = &input;
  leads_ = &input;
  NewWorker();
  Append(0, View("a", "1"));
  Steps(1);
  Append(0, View("b", "2"));
  input.before_advance = [&] { input.epoch = 2; };
  const int seeks = kafka_.seeks;
  Steps(4);
  EXPECT_GT(kafka_.seeks, seeks) << "the batch was read again";
  EXPECT_EQ(input.checkpoints[0], 2);
  EXPECT_EQ(input.records, 2);
  EXPECT_EQ(Lead("b").facts.activities.at("page_view").begin()->second, 1);
}

// A failover while a batch is in hand: what was read before it may be missing in the new primary,
// so that the batch must not be written before what comes before it.
TEST_F(IntakeWorkerTest, WritesNothingWhenTheEpochGrewBeforeTheLeadsWereLoaded) {
  RewindableInput input(store_);
  input_ = &input;
  leads_ = &input;
  NewWorker();
  Append(0, View("a", "1"));
  Steps(1);
  Append(0, View("b", "2"));
  ++input.epoch;
  const int commits = input.commit_calls;
  Steps(1);
  EXPECT_EQ(input.commit_calls, commits);
  Steps(3);
  EXPECT_EQ(input.checkpoints[0], 2);
  EXPECT_EQ(input.records, 2);
}

// The checkpoint is moved, but replicas did not have it in time: only the gate is passed again.
TEST_F(IntakeWorkerTest, PassesTheGateAgainWhenItFailed) {
  RewindableInput input(store_);
  input_ = &input;
  leads_ = &input;
  NewWorker();
  Append(0, View("a", "1"));
  input.gate = absl::UnavailableError("no replica");
  Steps(2);
  EXPECT_EQ(worker_->ready().code(), absl::StatusCode::kUnavailable);
  const int calls = input.advance_calls;
  EXPECT_GT(calls, 1);
  input.gate = absl::OkStatus();
  Steps(2);
  EXPECT_EQ(input.advance_calls, calls + 1);
  EXPECT_TRUE(worker_->ready().ok()) << worker_->ready();
  EXPECT_EQ(input.records, 1);
}

TEST_F(IntakeWorkerTest, ReadsAgainWhenTheStoreWentBack) {
  RewindableInput input(store_);
  input_ = &input;
  leads_ = &input;
  NewWorker();
  for (int i = 0; i < 10; ++i) Append(0, View("a", absl::StrCat(i)));
  Steps(1);
  EXPECT_EQ(input.checkpoints[0], 10);
  input.checkpoints[0] = 4;
  input.records = 4;
  Append(0, View("a", "10"));
  Steps(3);
  EXPECT_EQ(input.checkpoints[0], 11);
  EXPECT_EQ(input.records, 11);
  EXPECT_EQ(Lead("a").facts.activities.at("page_view").begin()->second, 11);
}

TEST_F(IntakeWorkerTest, ChangesNothingWhenAllIsReadAgain) {
  RewindableInput input(store_);
  input_ = &input;
  leads_ = &input;
  NewWorker();
  for (int i = 0; i < 30; ++i) Append(i % 2, View(absl::StrCat("l", i % 3), absl::StrCat("e", i)));
  Steps(2);
  const int64_t revision = Lead("l0").revision;
  input.checkpoints.clear();
  Steps(20);
  EXPECT_EQ(input.checkpoints[0], 15);
  EXPECT_EQ(Lead("l0").revision, revision);
  EXPECT_EQ(Counters().applied, 30);
  EXPECT_EQ(Counters().duplicates, 0);
}

TEST_F(IntakeWorkerTest, NoticesWhileIdleThatTheStoreWentBack) {
  RewindableInput input(store_);
  input_ = &input;
  leads_ = &input;
  NewWorker();
  for (int i = 0; i < 10; ++i) Append(0, View("a", absl::StrCat(i)));
  Steps(1);
  input.checkpoints[0] = 4;
  Steps(20);  // two seconds of idle polls
  EXPECT_EQ(input.checkpoints[0], 10);
}

TEST_F(IntakeWorkerTest, FinishesAKeptBatchBeforeItLeaves) {
  Steps(1);
  Append(0, View("a", "1"));
  int failures = 2;
  fault_ = [&failures] { return failures-- > 0 ? Fault::kNeverArrives : Fault::kNone; };
  Steps(1);
  worker_->Close(absl::FromUnixMillis(clock_.now_ms()) + absl::Seconds(5));
  ExpectCounters(1, 1, 0, 0);
  EXPECT_EQ(kafka_.committed[0], 1);
}

TEST_F(IntakeWorkerTest, LeavesInTimeWhenTheStoreStaysAway) {
  Steps(1);
  Append(0, View("a", "1"));
  fault_ = [] { return Fault::kNeverArrives; };
  Steps(1);
  const core::TimeMs before_ms = clock_.now_ms();
  worker_->Close(absl::FromUnixMillis(before_ms) + absl::Seconds(2));
  EXPECT_LE(clock_.now_ms() - before_ms, 3 * core::kSecondMs);
}

class SmallOutboxTest : public WorkerFixture {
 protected:
  SmallOutboxTest() : WorkerFixture({.outbox_max = 2, .outbox_reserve = 0}) {}
};

TEST_F(SmallOutboxTest, WaitsWhileTheOutboxIsFull) {
  Append(0, View("a", "1"));
  Append(0, View("b", "2"));
  Steps(1);
  Append(0, View("a", "3"));
  core::LeadEvent big = support::Updated("4", {{"employees", int64_t{99}}});
  big.key = support::Key("a");
  Append(0, big);
  for (int i = 5; i < 10; ++i) Append(0, View("a", absl::StrCat(i)));
  Steps(3);
  EXPECT_EQ(worker_->ready().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(Checkpoint(0), 2);
  const int shard = store_.ShardOf(core::WorkspaceId::Trusted("acme"));
  ASSERT_TRUE(store_.Trim(shard, store_.Bounds(shard)->last_sequence, 0).ok());
  Steps(1);
  EXPECT_TRUE(worker_->ready().ok()) << worker_->ready();
  EXPECT_EQ(Lead("a").stage, core::Stage::kQueued);
  ExpectCounters(9, 9, 0, 0);
}

TEST_F(IntakeWorkerTest, LeadThatCannotBeReadIsDeadLetteredAndItsNeighboursGoOn) {
  flaky_.SpoilRecord(support::Key("bad"));
  flaky_.SpoilPlans(support::Key("worse"));
  Append(0, View("bad", "1"));
  Append(0, View("good", "2"));
  Append(0, View("worse", "3"));
  Append(0, View("bad", "4"));
  Steps(2);
  ExpectCounters(4, 1, 0, 3);
  EXPECT_EQ(Checkpoint(0), 4);
  ASSERT_EQ(kafka_.letters.size(), 3U);
  for (const auto& letter : kafka_.letters) {
    EXPECT_EQ(HeaderOf(letter, "baton-error-class"), "state_unreadable");
    EXPECT_THAT(HeaderOf(letter, "baton-error-reason"), HasSubstr("cannot be read"));
  }
  EXPECT_EQ(Lead("good").revision, 1);
}

TEST_F(IntakeWorkerTest, PolicyThatCannotBeReadConcernsItsWorkspaceOnly) {
  const auto broken = core::WorkspaceId::Trusted("broken");
  ASSERT_TRUE(store_.CreateWorkspace(broken, "").ok());
  core::Policy policy = support::SamplePolicy();
  policy.workspace = broken;
  ASSERT_TRUE(support::MakeActive(store_, policy, "kind: SomethingElse\n").ok());
  core::LeadEvent stuck = View("a", "1");
  stuck.key.workspace = broken;
  Append(0, stuck);
  Append(0, View("a", "2"));
  Steps(2);
  ExpectCounters(2, 1, 0, 1);
  ASSERT_EQ(kafka_.letters.size(), 1U);
  EXPECT_EQ(HeaderOf(kafka_.letters[0], "baton-error-class"), "state_unreadable");
  EXPECT_TRUE(worker_->ready().ok()) << worker_->ready();
}

class FewLeadsTest : public WorkerFixture {
 protected:
  FewLeadsTest() : WorkerFixture({.leads_per_workspace_max = 2}) {}
};

TEST_F(FewLeadsTest, DeadLettersTheLeadsBeyondTheCap) {
  Append(0, View("a", "1"));
  Append(0, View("b", "2"));
  Append(0, View("c", "3"));
  Append(0, View("c", "4"));
  Steps(2);
  ExpectCounters(4, 2, 0, 2);
  ASSERT_EQ(kafka_.letters.size(), 2U);
  EXPECT_EQ(HeaderOf(kafka_.letters[0], "baton-error-class"), "workspace_full");
}

}  // namespace
}  // namespace baton::intake
