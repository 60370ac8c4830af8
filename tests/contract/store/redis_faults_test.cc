// The Redis store where single keys hold what they should not, and where no replica answers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "absl/strings/str_cat.h"
#include "core/errors.h"
#include "platform/redis/client.h"
#include "store/redis/redis_keys.h"
#include "store/redis/redis_store.h"
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

TEST_F(RedisFaultsTest, ServerThatIsGoneFailsTheWholeBatch) {
  server_->Kill();
  EXPECT_EQ(store_->Load({Lead("a")}).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(store_->Commit({Nurture("a")}).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(store_->PolicyVersions({acme_}).status().code(), absl::StatusCode::kUnavailable);
}

TEST_F(RedisFaultsTest, NothingIsDurableWhileTheReplicaIsMissing) {
  EXPECT_TRUE(store_->ConfirmDurable().ok()) << "no replica is asked for";
  const auto strict = Open(/*min_replica_acks=*/1);
  const absl::Status missing = strict->ConfirmDurable();
  EXPECT_EQ(missing.code(), absl::StatusCode::kUnavailable);
  EXPECT_GT(core::RetryAfter(missing), absl::ZeroDuration());
}

}  // namespace
}  // namespace baton::contract
