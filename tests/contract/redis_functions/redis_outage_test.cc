// What the Redis store makes of a server that is away, comes back, hangs, or
// refuses for a while.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "absl/time/clock.h"
#include "contract/redis_functions/store_fixture.h"
#include "core/errors.h"

namespace baton::contract {
namespace {

// Calls until it is OK; how long that took.
absl::Duration TimeUntilOk(store::RedisStore& store) {
  const absl::Time begin = absl::Now();
  while (absl::Now() - begin < absl::Seconds(10)) {
    if (store.Load({}).ok()) return absl::Now() - begin;
    absl::SleepFor(absl::Milliseconds(10));
  }
  return absl::InfiniteDuration();
}

void ExpectUnavailable(const absl::Status& status) {
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
  EXPECT_GT(core::RetryAfter(status), absl::ZeroDuration()) << status;
}

TEST(RedisOutageTest, OpensWhileTheServerIsDownAndWorksWithinTwoSecondsOfItsReturn) {
  const auto server = StartServer({});
  server->Kill();
  const auto store = OpenStore(*server);
  ASSERT_NE(store, nullptr);
  for (int i = 0; i < 50; ++i) ExpectUnavailable(store->Load({}).status());
  ExpectUnavailable(store->CheckReady());
  ASSERT_TRUE(server->Restart().ok());
  EXPECT_LT(TimeUntilOk(*store), absl::Seconds(2));
  EXPECT_TRUE(store->CheckReady().ok());
}

TEST(RedisOutageTest, FailsFastWhileTheServerIsDown) {
  const auto server = StartServer({});
  const auto store = OpenStore(*server);
  server->Kill();
  const absl::Time begin = absl::Now();
  for (int i = 0; i < 1'000; ++i) ExpectUnavailable(store->Load({}).status());
  EXPECT_LT(absl::Now() - begin, absl::Seconds(2));
}

TEST(RedisOutageTest, KeepsWhatWasCommittedWhenTheServerIsKilled) {
  const auto server = StartServer({});
  const auto store = OpenStore(*server);
  CreateWorkspace(*store);
  ASSERT_EQ(CommitLead(*store, "l1").value(), store::CommitCode::kCommitted);
  server->Kill();
  ExpectUnavailable(CommitLead(*store, "l2").status());
  ASSERT_TRUE(server->Restart().ok());
  EXPECT_LT(TimeUntilOk(*store), absl::Seconds(2));
  EXPECT_EQ(store->Load({AcmeLead("l1")})->records[0]->revision, 1);
  EXPECT_EQ(CommitLead(*store, "l2").value(), store::CommitCode::kCommitted);
}

TEST(RedisOutageTest, AServerThatHangsIsGivenUpInTime) {
  const auto server = StartServer({});
  store::RedisStoreOptions options = OptionsFor(*server);
  options.command_timeout = absl::Milliseconds(200);
  const auto store = store::RedisStore::Open(options);
  ASSERT_TRUE(store.ok()) << store.status();
  server->Freeze();
  const absl::Time begin = absl::Now();
  ExpectUnavailable((*store)->Load({}).status());
  EXPECT_LT(absl::Now() - begin, absl::Milliseconds(600));
  server->Thaw();
  EXPECT_LT(TimeUntilOk(**store), absl::Seconds(2));
}

TEST(RedisOutageTest, ManyThreadsShareFewConnections) {
  const auto server = StartServer({});
  store::RedisStoreOptions options = OptionsFor(*server);
  options.connections_max = 2;
  const auto store = store::RedisStore::Open(options);
  ASSERT_TRUE(store.ok()) << store.status();
  CreateWorkspace(**store);
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 8; ++thread) {
    threads.emplace_back([&store, thread] {
      for (int i = 0; i < 50; ++i) {
        const auto code = CommitLead(**store, absl::StrCat("l", thread, "-", i));
        EXPECT_TRUE(code.ok() && *code == store::CommitCode::kCommitted) << code.status();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ((*store)->ListLeads(Acme(), "", 1'000)->leads.size(), 400u);
}

// Connections that were idle when the server hung are closed; others take their places.
TEST(RedisOutageTest, AnOutageCostsNoPlaceInThePool) {
  const auto server = StartServer({});
  platform::redis::ClientOptions options;
  options.url = server->url();
  options.connections_max = 2;
  options.command_timeout = absl::Milliseconds(200);
  const auto client = platform::redis::Client::Create(
      options, [](platform::redis::Connection&) { return absl::OkStatus(); });
  ASSERT_TRUE(client.ok()) << client.status();
  // Holds one connection for a second; true if another call was served meanwhile.
  const auto both_serve = [&client] {
    std::thread waiting([&client] {
      EXPECT_TRUE((*client)->Run({{"BLPOP", "nothing", "1"}}, absl::Seconds(5)).ok());
    });
    absl::SleepFor(absl::Milliseconds(100));
    const bool served = (*client)->Run({{"PING"}}).ok();
    waiting.join();
    return served;
  };
  ASSERT_TRUE(both_serve());
  server->Freeze();
  EXPECT_FALSE((*client)->Run({{"PING"}}).ok());
  server->Thaw();
  const absl::Time give_up_at = absl::Now() + absl::Seconds(5);
  while (!(*client)->Run({{"PING"}}).ok() && absl::Now() < give_up_at) {
    absl::SleepFor(absl::Milliseconds(10));
  }
  EXPECT_TRUE(both_serve());
}

TEST(RedisOutageTest, WaitingReadersDoNotHoldUpCommits) {
  const auto server = StartServer({});
  store::RedisStoreOptions options = OptionsFor(*server);
  options.connections_max = 1;
  const auto store = store::RedisStore::Open(options);
  ASSERT_TRUE(store.ok()) << store.status();
  CreateWorkspace(**store);
  const int shard = (*store)->ShardOf(Acme());
  std::thread reader([&store, shard] {
    const auto read = (*store)->Read({{shard, 0}}, 10, absl::Seconds(10));
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(read->at(shard).front().change.type, core::ChangeType::kNurtured);
  });
  absl::SleepFor(absl::Milliseconds(100));
  const absl::Time begin = absl::Now();
  EXPECT_EQ(CommitLead(**store, "l1").value(), store::CommitCode::kCommitted);
  EXPECT_LT(absl::Now() - begin, absl::Seconds(1));
  reader.join();
}

TEST(RedisOutageTest, AFullMemoryIsUnavailableAndChangesNothing) {
  const auto server = StartServer({});
  const auto store = OpenStore(*server);
  CreateWorkspace(*store);
  ASSERT_EQ(CommitLead(*store, "l1").value(), store::CommitCode::kCommitted);
  RunOn(*server, {"CONFIG", "SET", "maxmemory", "1mb"});
  ExpectUnavailable(CommitLead(*store, "l2").status());
  EXPECT_TRUE(store->Load({AcmeLead("l1")}).ok());  // reading goes on
  RunOn(*server, {"CONFIG", "SET", "maxmemory", "0"});
  EXPECT_EQ(CommitLead(*store, "l2").value(), store::CommitCode::kCommitted);
}

TEST(RedisOutageTest, ACommitThatLostItsFunctionsLoadsThemAndIsCarriedOut) {
  const auto server = StartServer({});
  const auto store = OpenStore(*server);
  CreateWorkspace(*store);
  RunOn(*server, {"FUNCTION", "FLUSH"});
  EXPECT_EQ(CommitLead(*store, "l1").value(), store::CommitCode::kCommitted);
}

TEST(RedisOutageTest, AnEmptiedServerIsPreparedAgain) {
  const auto server = StartServer({});
  const auto store = OpenStore(*server);
  CreateWorkspace(*store);
  RunOn(*server, {"FLUSHALL"});
  EXPECT_EQ(CommitLead(*store, "l1").value(), store::CommitCode::kUnknownWorkspace);
  CreateWorkspace(*store);
  EXPECT_EQ(CommitLead(*store, "l1").value(), store::CommitCode::kCommitted);
}

}  // namespace
}  // namespace baton::contract
