// A store that finds its primary by Sentinels, on real servers: a primary, two replicas and three
// Sentinels that promote one of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/match.h"
#include "absl/time/clock.h"
#include "contract/redis_functions/store_fixture.h"
#include "core/errors.h"

namespace baton::contract {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(30);

// Until it holds; fails the test if it does not in time.
void AwaitThat(const std::string& what, const std::function<bool()>& holds) {
  const absl::Time give_up_at = absl::Now() + kPatience;
  while (!holds()) {
    ASSERT_LT(absl::Now(), give_up_at) << what;
    absl::SleepFor(absl::Milliseconds(20));
  }
}

class RedisSentinelTest : public testing::Test {
 protected:
  // Ready when every Sentinel knows of all servers and of the others.
  void SetUp() override {
    for (int i = 0; i < 3; ++i) servers_.push_back(StartPrimary());
    for (int i = 1; i < 3; ++i) Follow(*servers_[static_cast<size_t>(i)], *servers_[0]);
    const std::string lines = absl::StrCat(
        "sentinel monitor leads 127.0.0.1 ", servers_[0]->port(),
        " 2\nsentinel down-after-milliseconds leads 500\nsentinel failover-timeout leads 5000\n"
        "user baton on >s3cret -@all +auth +ping +sentinel|get-master-addr-by-name\n");
    for (int i = 0; i < 3; ++i) {
      auto sentinel = support::RedisServer::Start({.sentinel = lines});
      ASSERT_TRUE(sentinel.ok()) << sentinel.status();
      sentinels_.push_back(*std::move(sentinel));
    }
    for (const auto& sentinel : sentinels_) {
      AwaitThat("a Sentinel knows the group", [&sentinel] {
        return absl::StrContains(RunOn(*sentinel, {"INFO", "sentinel"}).text,
                                 "slaves=2,sentinels=3");
      });
    }
  }

  // As baton asks by deploy/docs/operate.md: with a user of its own at the Sentinels.
  store::RedisStoreOptions Options() const {
    store::RedisStoreOptions options = OptionsFor(*servers_[0]);
    options.url = absl::StrCat("redis+sentinel://127.0.0.1:", sentinels_[0]->port(),
                               ",127.0.0.1:", sentinels_[1]->port(),
                               ",127.0.0.1:", sentinels_[2]->port(), "/leads");
    options.sentinel.user = "baton";
    options.sentinel.password_file = absl::StrCat(sentinels_[0]->folder(), "/password");
    std::ofstream(options.sentinel.password_file) << "s3cret\n";
    options.min_replica_acks = 1;
    options.command_timeout = absl::Milliseconds(500);
    return options;
  }

  // Commits a lead until that is confirmed by a replica.
  static void CommitSafely(store::RedisStore& store, const std::string& lead) {
    AwaitThat("committed", [&] { return CommitLead(store, lead).ok(); });
    AwaitThat("durable", [&] { return store.ConfirmDurable(store.Incarnation()).ok(); });
  }

  // Whether the server says so; false while it answers nothing: Sentinels that give a server
  // another role cut the connections of all who ask it.
  static bool HasRole(const support::RedisServer& server, absl::string_view role) {
    const auto reply = AskOf(server, {"INFO", "replication"});
    return reply.ok() && absl::StrContains(reply->text, absl::StrCat("role:", role));
  }

  std::vector<std::unique_ptr<support::RedisServer>> servers_, sentinels_;
};

TEST_F(RedisSentinelTest, WhatAReplicaConfirmedIsThereWhenThePrimaryIsKilled) {
  const auto store = store::RedisStore::Open(Options());
  ASSERT_TRUE(store.ok()) << store.status();
  CreateWorkspace(**store);
  int leads = 0;
  const auto commit_some = [&] {
    for (int i = 0; i < 50; ++i) CommitSafely(**store, absl::StrCat("l", leads++));
  };
  commit_some();
  const int64_t epoch = (*store)->Checkpoints("leads")->epoch;
  const int64_t before = (*store)->Incarnation();
  EXPECT_TRUE((*store)->ConfirmDurable(before).ok());
  servers_[0]->Kill();
  sentinels_[0]->Kill();  // the one that was asked
  commit_some();
  EXPECT_GT((*store)->Checkpoints("leads")->epoch, epoch);
  EXPECT_TRUE(absl::IsUnavailable((*store)->ConfirmDurable(before))) << "what it had may be lost";
  EXPECT_EQ((*store)->ListLeads(Acme(), "", 1000)->leads.size(), 100u);
  EXPECT_TRUE((*store)->CheckReady().ok());
  // It comes back as what it was, and is made a replica before anybody is sent to it.
  ASSERT_TRUE(servers_[0]->Restart().ok());
  commit_some();
  EXPECT_EQ((*store)->ListLeads(Acme(), "", 1000)->leads.size(), 150u);
}

TEST_F(RedisSentinelTest, APrimaryThatIsDemotedWhileItLivesIsGivenUp) {
  const auto store = store::RedisStore::Open(Options());
  ASSERT_TRUE(store.ok()) << store.status();
  CreateWorkspace(**store);
  CommitSafely(**store, "l1");
  RunOn(*sentinels_[0], {"SENTINEL", "failover", "leads"});
  AwaitThat("demoted", [this] { return HasRole(*servers_[0], "slave"); });
  CommitSafely(**store, "l2");
  AwaitThat("one of the others is the primary",
            [this] { return HasRole(*servers_[1], "master") || HasRole(*servers_[2], "master"); });
  EXPECT_FALSE(HasRole(*servers_[0], "master"));
  EXPECT_EQ((*store)->ListLeads(Acme(), "", 1000)->leads.size(), 2u);
}

TEST_F(RedisSentinelTest, WithoutSentinelsThereIsNoWayInAndTheReasonNamesThem) {
  for (const auto& sentinel : sentinels_) sentinel->Kill();
  const auto store = store::RedisStore::Open(Options());
  ASSERT_TRUE(store.ok()) << store.status();
  const absl::Status status = (*store)->CheckReady();
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
  for (const auto& sentinel : sentinels_) {
    EXPECT_THAT(std::string(status.message()),
                testing::HasSubstr(absl::StrCat("127.0.0.1:", sentinel->port(), ": ")));
  }
}

// The reason with which a store refuses that server as its Redis.
std::string ReasonToRefuse(const support::RedisServer& server) {
  return core::ErrorReason(store::RedisStore::Open(OptionsFor(server)).status());
}

TEST_F(RedisSentinelTest, ASentinelInPlaceOfRedisIsRefused) {
  EXPECT_EQ(ReasonToRefuse(*sentinels_[0]), "REDIS_MODE_UNSUPPORTED");
}

TEST(RedisClusterTest, ANodeOfAClusterIsRefused) {
  EXPECT_EQ(ReasonToRefuse(*StartServer({"--cluster-enabled", "yes"})), "REDIS_MODE_UNSUPPORTED");
}

}  // namespace
}  // namespace baton::contract
