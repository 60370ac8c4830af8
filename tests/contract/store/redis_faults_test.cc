// The Redis store where single keys hold what they should not, and where no replica answers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "absl/strings/str_cat.h"
#include "core/errors.h"
#include "platform/redis/client.h"
#include "store/redis/redis_keys.h"
#include "store/redis/redis_store.h"
#include "store/unreadable_shards.h"
#include "support/make_active.h"
#include "support/redis_server.h"

namespace baton::contract {
namespace {

using core::ErrorReason;
using store::CommitCode;

constexpr int kShards = 1;

class RedisFaultsTest : public testing::Test {
 protected:
  void SetUp() override {
    auto server = support::RedisServer::Start({support::AppendFsync::kEverySecond, {}});
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    store_ = Open(/*min_replica_acks=*/0);
    for (const auto& workspace : {acme_, other_}) {
      ASSERT_TRUE(store_->CreateWorkspace(workspace, "").ok());
    }
    auto client = platform::redis::Client::Create(
        {.url = server_->url()}, [](platform::redis::Connection&) { return absl::OkStatus(); });
    ASSERT_TRUE(client.ok()) << client.status();
    client_ = *std::move(client);
  }

  std::unique_ptr<store::RedisStore> Open(int min_replica_acks) {
    store::RedisStoreOptions options;
    options.url = server_->url();
    options.shards = kShards;
    options.min_replica_acks = min_replica_acks;
    options.allow_everysec = true;
    auto store = store::RedisStore::Open(options);
    EXPECT_TRUE(store.ok()) << store.status();
    return store.ok() ? *std::move(store) : nullptr;
  }

  void Run(const platform::redis::Command& command) {
    const auto replies = client_->Run({command});
    ASSERT_TRUE(replies.ok()) << replies.status();
    ASSERT_FALSE(replies->front().is_error()) << replies->front().text;
  }

  core::LeadKey Lead(const std::string& lead) const { return {acme_, core::LeadId::Trusted(lead)}; }
  std::string KeyOf(const std::string& lead) const {
    return store::redis::WorkspaceKeys(0, acme_).Lead(core::LeadId::Trusted(lead));
  }
  core::Plan Nurture(const std::string& lead, int64_t expected_revision = 0) const {
    core::Plan plan;
    plan.key = Lead(lead);
    plan.expected_revision = expected_revision;
    plan.after.stage = core::Stage::kNurture;
    return plan;
  }

  const core::WorkspaceId acme_ = core::WorkspaceId::Trusted("acme");
  const core::WorkspaceId other_ = core::WorkspaceId::Trusted("other");
  std::unique_ptr<support::RedisServer> server_;
  std::unique_ptr<store::RedisStore> store_;
  std::unique_ptr<platform::redis::Client> client_;
};

TEST_F(RedisFaultsTest, LeadsThatCannotBeReadLeaveTheirNeighboursAlone) {
  Run({"SET", KeyOf("garbage"), "what is this"});
  Run({"SADD", KeyOf("typed"), "x"});
  const auto loaded = store_->Load({Lead("garbage"), Lead("good"), Lead("typed")});
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(ErrorReason(loaded->records[0].status()), "STATE_UNREADABLE");
  ASSERT_TRUE(loaded->records[1].ok()) << loaded->records[1].status();
  EXPECT_EQ(ErrorReason(loaded->records[2].status()), "STATE_UNREADABLE");

  const auto results = store_->Commit({Nurture("garbage"), Nurture("good"), Nurture("typed")});
  ASSERT_TRUE(results.ok()) << results.status();
  EXPECT_EQ(results->at(0).code, CommitCode::kUnreadable);
  EXPECT_EQ(ErrorReason(results->at(0).problem), "STATE_UNREADABLE");
  EXPECT_EQ(results->at(1).code, CommitCode::kCommitted);
  EXPECT_EQ(results->at(2).code, CommitCode::kUnreadable);
}

TEST_F(RedisFaultsTest, AnOutboxIsReadUpToWhatCannotBeRead) {
  core::Plan plan = Nurture("one");
  plan.changes.emplace_back().stage = core::Stage::kNurture;
  const auto committed = store_->Commit({plan});
  ASSERT_TRUE(committed.ok()) << committed.status();
  const auto before = store_->Read({{0, 0}}, 10, absl::ZeroDuration());
  ASSERT_TRUE(before.ok()) << before.status();
  const int64_t last = before->at(0).back().sequence;
  Run({"XADD", store::redis::ShardKeys(0).Outbox(), absl::StrCat(last + 1, "-0"), "of", "later"});
  const auto read = store_->Read({{0, 0}}, 10, absl::ZeroDuration());
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->at(0).back().sequence, last);
  const absl::Status refused = store_->Read({{0, last}}, 10, absl::ZeroDuration()).status();
  EXPECT_TRUE(store::IsUnreadable(refused)) << refused;
  EXPECT_TRUE(store::UnreadableShards(*store_, {{0, 0}})->empty());
  EXPECT_EQ(store::UnreadableShards(*store_, {{0, last}})->count(0), 1u);
}

TEST_F(RedisFaultsTest, WorkspaceThatCannotBeReadLeavesTheOthersAlone) {
  Run({"HSET", store::redis::WorkspaceKeys(0, acme_).Workspace(), "policy", "many"});
  const auto versions = store_->PolicyVersions({acme_, other_});
  ASSERT_TRUE(versions.ok()) << versions.status();
  EXPECT_EQ(ErrorReason(versions->at(0).status()), "STATE_UNREADABLE");
  ASSERT_TRUE(versions->at(1).ok());
  EXPECT_EQ(versions->at(1)->revision, 0);
}

TEST_F(RedisFaultsTest, PoliciesThatCannotBeReadSaySo) {
  Run({"SET", store::redis::WorkspaceKeys(0, acme_).Policies(), "x"});
  EXPECT_EQ(ErrorReason(store_->GetPolicy(acme_, 1).status()), "STATE_UNREADABLE");
}

TEST_F(RedisFaultsTest, ReportsOfWebhooksThatCannotBeReadSaySo) {
  store::Webhook webhook;
  webhook.id = "crm";
  webhook.url = "https://hooks.example/";
  ASSERT_TRUE(store_->PutWebhook(acme_, webhook).ok());
  store::WebhookReport report;
  report.generation = report.round = 1;
  ASSERT_TRUE(store_->ReportWebhook({acme_, "crm"}, report).ok());
  const std::string progress = store::redis::WorkspaceKeys(0, acme_).WebhookProgress("crm");
  Run({"HSET", progress, "delivered", "many"});
  const auto reported = store_->ReportWebhook({acme_, "crm"}, report);
  EXPECT_EQ(ErrorReason(reported.status()), "STATE_UNREADABLE") << reported.status();
}

TEST_F(RedisFaultsTest, ServerThatIsGoneFailsTheWholeBatch) {
  server_->Kill();
  EXPECT_EQ(store_->Load({Lead("a")}).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(store_->Commit({Nurture("a")}).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(store_->PolicyVersions({acme_}).status().code(), absl::StatusCode::kUnavailable);
}

TEST_F(RedisFaultsTest, NothingIsDurableWhileTheReplicaIsMissing) {
  EXPECT_TRUE(store_->ConfirmDurable(store_->Incarnation()).ok()) << "no replica is asked for";
  const auto strict = Open(/*min_replica_acks=*/1);
  const absl::Status missing = strict->ConfirmDurable(strict->Incarnation());
  EXPECT_EQ(missing.code(), absl::StatusCode::kUnavailable);
  EXPECT_GT(core::RetryAfter(missing), absl::ZeroDuration());
}

// Leads that wait in a queue where nobody is at first, and some of which cannot be read then.
class RedisUnreadableLeadsTest : public RedisFaultsTest {
 protected:
  void MakeQueue(core::QueueMode mode) {
    core::Policy policy;
    policy.workspace = acme_;
    core::QueuePolicy& queue = policy.queues[inside_];
    queue.id = inside_;
    queue.mode = mode;
    ASSERT_TRUE(support::MakeActive(*store_, policy, "yaml").ok());
  }

  void Waits(const std::string& lead, const std::vector<std::string>& skills = {}) {
    EXPECT_EQ(Place(lead, skills).record.stage, core::Stage::kQueued) << lead;
  }

  store::CommitResult Place(const std::string& lead, const std::vector<std::string>& skills = {}) {
    core::Plan plan = Nurture(lead);
    plan.after.stage = core::Stage::kMql;
    plan.after.cycle = 1;
    plan.after.queue = inside_;
    plan.after.judgment.route.skills = skills;
    plan.placement = core::Placement::kOffer;
    const auto results = store_->Commit({plan});
    EXPECT_TRUE(results.ok()) << results.status();
    return results.ok() ? results->front() : store::CommitResult();
  }

  void AddAda(const std::vector<std::string>& skills = {}) {
    core::Rep rep;
    rep.id = ada_;
    rep.capacity = 2;
    rep.presence = core::Presence::kOnline;
    rep.queues = {inside_};
    rep.skills = skills;
    ASSERT_TRUE(store_->PutRep(acme_, rep, 0).ok());
  }

  core::Stage StageOf(const std::string& lead) {
    const auto loaded = store_->Load({Lead(lead)});
    EXPECT_TRUE(loaded.ok() && loaded->records[0].ok());
    return loaded->records[0]->stage;
  }

  std::string JourneyOf(const std::string& lead) const {
    return store::redis::WorkspaceKeys(0, acme_).Journey(core::LeadId::Trusted(lead));
  }

  // Each in its own way.
  void DamageThree() {
    Run({"SET", KeyOf("garbage"), "what is this"});
    Run({"DEL", KeyOf("gone")});
    Run({"DEL", JourneyOf("typed")});
    Run({"SET", JourneyOf("typed"), "x"});
  }

  const core::RepId ada_ = core::RepId::Trusted("ada");
  const core::QueueId inside_ = core::QueueId::Trusted("inside");
  const std::vector<core::LeadId> damaged_ = {core::LeadId::Trusted("garbage"),
                                              core::LeadId::Trusted("gone"),
                                              core::LeadId::Trusted("typed")};
};

TEST_F(RedisUnreadableLeadsTest, ADrainPassesOverThem) {
  MakeQueue(core::QueueMode::kOffer);
  for (const char* lead : {"garbage", "gone", "typed", "whole"}) Waits(lead);
  DamageThree();
  AddAda();
  const auto drained = store_->Drain(acme_, inside_, 10);
  ASSERT_TRUE(drained.ok()) << drained.status();
  EXPECT_EQ(drained->assigned, 1);
  EXPECT_EQ(drained->unreadable, damaged_);
  EXPECT_EQ(StageOf("whole"), core::Stage::kOffered);
  // Who is placed behind them waits for a drain, and no longer.
  EXPECT_TRUE(Place("young").waits_turn);
  EXPECT_EQ(store_->Drain(acme_, inside_, 10)->assigned, 1);
  EXPECT_EQ(StageOf("young"), core::Stage::kOffered);
}

TEST_F(RedisUnreadableLeadsTest, AClaimPassesOverThem) {
  MakeQueue(core::QueueMode::kPull);
  for (const char* lead : {"garbage", "gone", "typed", "whole"}) Waits(lead);
  DamageThree();
  AddAda();
  const store::Claim claim{acme_, ada_, {}, "r1", 7, ""};
  const auto claimed = store_->ClaimNext(claim);
  ASSERT_TRUE(claimed.ok()) << claimed.status();
  EXPECT_EQ(claimed->lead.str(), "whole");
  EXPECT_EQ(claimed->unreadable, damaged_);
  const auto again = store_->ClaimNext(claim);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->lead.str(), "whole");
  EXPECT_TRUE(again->repeated);
  const auto nothing = store_->ClaimNext({acme_, ada_, {}, "r2", 7, ""});
  ASSERT_TRUE(nothing.ok()) << nothing.status();
  EXPECT_EQ(nothing->lead.str(), "");
  EXPECT_EQ(nothing->unreadable, damaged_);
}

TEST_F(RedisUnreadableLeadsTest, ADrainLooksAtABoundedNumberOfThemAndGoesOnWithOtherLanes) {
  MakeQueue(core::QueueMode::kOffer);
  for (int i = 0; i < store::kDrainMax + 1; ++i) {
    Waits(absl::StrCat("l", i));
    Run({"SET", KeyOf(absl::StrCat("l", i)), "x"});
  }
  Waits("last");  // of the same millisecond ids decide
  Waits("unnamed", {"fr"});
  Run({"SET", KeyOf("unnamed"), "x"});
  Waits("skilled", {"de"});
  AddAda({"de", "fr"});
  const auto drained = store_->Drain(acme_, inside_, store::kDrainMax);
  ASSERT_TRUE(drained.ok()) << drained.status();
  EXPECT_EQ(drained->unreadable.size(), static_cast<size_t>(store::kDrainMax));
  EXPECT_EQ(drained->assigned, 1);
  EXPECT_EQ(StageOf("skilled"), core::Stage::kOffered);
  EXPECT_EQ(StageOf("last"), core::Stage::kQueued);
}

TEST_F(RedisUnreadableLeadsTest, WhatIsWrongWithTheWorkspaceIsNoFaultOfItsLeads) {
  MakeQueue(core::QueueMode::kOffer);
  Waits("good");
  AddAda();
  const std::string timers = store::redis::WorkspaceKeys(0, acme_).Workspace() + ":timers";
  Run({"DEL", timers});
  Run({"SET", timers, "x"});
  EXPECT_FALSE(store_->Drain(acme_, inside_, 10).ok());
  EXPECT_EQ(StageOf("good"), core::Stage::kQueued);
}

}  // namespace
}  // namespace baton::contract
