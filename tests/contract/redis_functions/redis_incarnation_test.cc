// One installation through restarts, failovers and replicas: the number of
// shards is recorded, the epoch grows with each incarnation of the server,
// checkpoints wait for replicas.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/time/clock.h"
#include "contract/redis_functions/store_fixture.h"
#include "core/errors.h"
#include "store/redis/function_library.h"

namespace baton::contract {
namespace {

store::OutboxBounds BoundsOfAcme(store::RedisStore& store) {
  const auto bounds = store.Bounds(store.ShardOf(Acme()));
  EXPECT_TRUE(bounds.ok()) << bounds.status();
  return bounds.value_or(store::OutboxBounds());
}

TEST(RedisIncarnationTest, AnotherNumberOfShardsIsRefused) {
  const auto server = StartServer({});
  ASSERT_NE(OpenStore(*server), nullptr);
  store::RedisStoreOptions options = OptionsFor(*server);
  options.shards = 8;
  const absl::Status status = store::RedisStore::Open(options).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_EQ(core::ErrorReason(status), "INSTALLATION_DIFFERS");
}

TEST(RedisIncarnationTest, AnotherNumberOfShardsIsFoundWhenTheServerComesLater) {
  const auto server = StartServer({});
  ASSERT_NE(OpenStore(*server), nullptr);
  server->Kill();
  store::RedisStoreOptions options = OptionsFor(*server);
  options.shards = 8;
  const auto store = store::RedisStore::Open(options);
  ASSERT_TRUE(store.ok()) << store.status();
  ASSERT_TRUE(server->Restart().ok());
  absl::Status status = (*store)->CheckReady();
  while (absl::IsUnavailable(status)) {
    absl::SleepFor(absl::Milliseconds(20));
    status = (*store)->CheckReady();
  }
  EXPECT_EQ(core::ErrorReason(status), "INSTALLATION_DIFFERS") << status;
}

TEST(RedisIncarnationTest, OptionsThatCannotWorkAreRefused) {
  store::RedisStoreOptions options;
  options.url = "redis://localhost";
  options.shards = 0;
  EXPECT_TRUE(absl::IsInvalidArgument(store::RedisStore::Open(options).status()));
  options.shards = 1025;
  EXPECT_TRUE(absl::IsInvalidArgument(store::RedisStore::Open(options).status()));
  options.shards = 16;
  options.min_replica_acks = -1;
  EXPECT_TRUE(absl::IsInvalidArgument(store::RedisStore::Open(options).status()));
  options.min_replica_acks = 0;
  options.url = "localhost:6379";
  EXPECT_TRUE(absl::IsInvalidArgument(store::RedisStore::Open(options).status()));
}

TEST(RedisIncarnationTest, ARestartBeginsANewEpochBehindAllSequences) {
  const auto server = StartServer({});
  const auto store = OpenStore(*server);
  CreateWorkspace(*store);
  ASSERT_TRUE(CommitLead(*store, "l1").ok());
  const store::OutboxBounds first = BoundsOfAcme(*store);
  EXPECT_EQ(first.last_sequence, first.epoch * store::kSequencesPerMs + 1);
  server->Kill();
  ASSERT_TRUE(server->Restart().ok());
  const auto later = OpenStore(*server);
  const auto another = OpenStore(*server);  // does not count a second time
  const store::OutboxBounds second = BoundsOfAcme(*another);
  EXPECT_GT(second.epoch, first.epoch);
  EXPECT_EQ(another->Load({})->epoch, another->Checkpoints("leads")->epoch);
  EXPECT_GT(another->Load({})->epoch, first.epoch);
  EXPECT_GE(second.last_sequence, second.epoch * store::kSequencesPerMs);
  // The jump of the sequence is no backlog.
  EXPECT_EQ(store::EntriesBehind(0, second), 1);
  EXPECT_EQ(store::EntriesBehind(first.last_sequence, second), 0);
  ASSERT_TRUE(CommitLead(*later, "l2").ok());
  EXPECT_EQ(store::EntriesBehind(second.last_sequence, BoundsOfAcme(*later)), 1);
  EXPECT_EQ(store::EntriesBehind(first.last_sequence, BoundsOfAcme(*later)), 2) << "at most";
  const auto read = later->Read({{later->ShardOf(Acme()), 0}}, 10, absl::ZeroDuration());
  ASSERT_TRUE(read.ok());
  const std::vector<store::OutboxEntry>& entries = read->begin()->second;
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[0].epoch, first.epoch);
  EXPECT_EQ(entries[1].epoch, second.epoch);
  EXPECT_EQ(entries[1].sequence, second.last_sequence + 1);
}

TEST(RedisIncarnationTest, AReplicaIsNotUsedUntilItIsPromoted) {
  const auto primary = StartPrimary();
  const auto replica = StartPrimary();
  const auto store = OpenStore(*primary);
  CreateWorkspace(*store);
  ASSERT_TRUE(CommitLead(*store, "l1").ok());
  const int64_t epoch = BoundsOfAcme(*store).epoch;
  Follow(*replica, *primary);
  const auto on_replica = OpenStore(*replica);
  EXPECT_TRUE(absl::IsUnavailable(on_replica->Load({}).status()));
  primary->Kill();
  RunOn(*replica, {"REPLICAOF", "NO", "ONE"});
  const absl::Time begin = absl::Now();
  while (!on_replica->Load({}).ok()) absl::SleepFor(absl::Milliseconds(10));
  EXPECT_LT(absl::Now() - begin, absl::Seconds(2));
  EXPECT_EQ(on_replica->Load({AcmeLead("l1")})->records[0]->revision, 1);
  EXPECT_GT(BoundsOfAcme(*on_replica).epoch, epoch);
}

// The connections survive the change of roles; the store must notice all the
// same.
TEST(RedisIncarnationTest, APrimaryThatWasDemotedAndPromotedIsANewIncarnation) {
  const auto server = StartPrimary();
  const auto other = StartPrimary();
  const auto store = OpenStore(*server);
  CreateWorkspace(*store);
  ASSERT_TRUE(CommitLead(*store, "l1").ok());
  const int64_t epoch = BoundsOfAcme(*store).epoch;
  Follow(*other, *server);
  Follow(*server, *other);
  EXPECT_TRUE(absl::IsUnavailable(CommitLead(*store, "l2").status()));  // READONLY
  const int64_t before = store->Incarnation();
  RunOn(*server, {"REPLICAOF", "NO", "ONE"});
  absl::Status status = store->CheckReady();
  while (absl::IsUnavailable(status)) {
    absl::SleepFor(absl::Milliseconds(20));
    status = store->CheckReady();
  }
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_GT(BoundsOfAcme(*store).epoch, epoch);
  EXPECT_NE(store->Incarnation(), before);
}

TEST(RedisIncarnationTest, ACheckpointWaitsForItsReplica) {
  const auto primary = StartPrimary();
  const auto replica = StartPrimary();
  store::RedisStoreOptions options = OptionsFor(*primary);
  options.min_replica_acks = 1;
  options.command_timeout = absl::Milliseconds(400);
  const auto store = store::RedisStore::Open(options);
  ASSERT_TRUE(store.ok()) << store.status();
  const std::vector<store::InputAdvance> advance = {{0, 0, 5, 5, 0}};
  const int64_t epoch = (*store)->Checkpoints("leads")->epoch;
  EXPECT_TRUE(
      absl::IsUnavailable((*store)->Advance("leads", epoch, advance)));  // no replica at all
  Follow(*replica, *primary);
  // Repeated: nothing new, but safe as soon as the replica has caught up.
  absl::Status repeated = absl::UnavailableError("not tried");
  for (int i = 0; i < 25 && absl::IsUnavailable(repeated); ++i) {
    repeated = (*store)->Advance("leads", epoch, advance);
  }
  EXPECT_TRUE(repeated.ok()) << repeated;
  EXPECT_EQ((*store)->Counters(store::InputFlow::kMarketing)->input, 5);
  replica->Freeze();
  EXPECT_TRUE(absl::IsUnavailable((*store)->Advance("leads", epoch, {{0, 5, 6, 1, 0}})));
  replica->Thaw();
}

TEST(RedisIncarnationTest, TwoReleasesWorkSideBySide) {
  const auto server = StartServer({});
  const auto store = OpenStore(*server);
  CreateWorkspace(*store);
  std::string text = store::redis::FunctionLibrary().text();
  const std::string name = store::redis::FunctionLibrary().name();
  // Another release: another hash in the name of the library and of its
  // functions.
  const std::string hash = name.substr(name.size() - 8);
  for (size_t at = text.find(hash); at != std::string::npos; at = text.find(hash)) {
    text.replace(at, hash.size(), "00000000");
  }
  RunOn(*server, {"FUNCTION", "LOAD", text});
  EXPECT_TRUE(CommitLead(*store, "l1").ok());
  EXPECT_EQ(RunOn(*server, {"FUNCTION", "LIST", "LIBRARYNAME", "baton_*"}).elements.size(), 2u);
}

}  // namespace
}  // namespace baton::contract
