// TimerStore, OutboxStore, InputStore, StoreHealth.
#include <atomic>
#include <map>
#include <thread>

#include "absl/time/clock.h"
#include "contract/store/store_fixture.h"
#include "core/errors.h"
#include "store/sharding.h"

namespace baton::contract {
namespace {

using core::ErrorReason;
using core::WorkspaceId;
using support::Describe;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

class PipeStoreTest : public StoreTest {
 protected:
  void SetTimer(const std::string& lead, core::TimeMs due_at_ms) {
    core::Plan plan = Keep(lead);
    plan.after.due_at_ms = due_at_ms;
    plan.after.timer = core::TimerKind::kRetry;
    Commit(plan);
  }

  void AppendChanges(int count) {
    for (int i = 0; i < count; i++) Commit(Keep("l1"));
  }

  store::OutboxBounds Bounds() { return store().Bounds(0).value_or(store::OutboxBounds()); }

  // after, and what is given: counted from kBegin.
  std::vector<int64_t> Sequences(int64_t after, int max = 100) {
    std::vector<int64_t> sequences;
    const auto read = store().Read({{0, kBegin + after}}, max, absl::ZeroDuration());
    if (!read.ok() || read->empty()) return sequences;
    for (const store::OutboxEntry& entry : read->at(0)) {
      sequences.push_back(entry.sequence - kBegin);
    }
    return sequences;
  }
};

TEST_P(PipeStoreTest, DueTimersComeEarliestFirstAndStay) {
  SetTimer("l1", kStart + 20);
  SetTimer("l2", kStart + 10);
  SetTimer("l3", kStart + 30);
  EXPECT_THAT(Due().timers, IsEmpty());
  EXPECT_EQ(Due().next_due_at_ms, kStart + 10);
  clock_.Advance(20);
  for (int i = 0; i < 2; i++) {
    const store::DueTimers due = Due();
    ASSERT_THAT(due.timers, SizeIs(2)) << "a timer is due at its very instant";
    EXPECT_EQ(due.timers[0].key, Key("l2"));
    EXPECT_EQ(due.timers[0].due_at_ms, kStart + 10);
    EXPECT_EQ(due.timers[1].key, Key("l1"));
    EXPECT_EQ(due.next_due_at_ms, kStart + 30);
    EXPECT_EQ(due.now_ms, kStart + 20);
  }
}

TEST_P(PipeStoreTest, AtMostMaxTimersAreTold) {
  SetTimer("l1", kStart + 1);
  SetTimer("l2", kStart + 2);
  SetTimer("l3", kStart + 9);
  clock_.Advance(5);
  const auto due = store().Due(0, 1, {});
  ASSERT_TRUE(due.ok());
  ASSERT_THAT(due->timers, SizeIs(1));
  EXPECT_EQ(due->timers[0].key, Key("l1"));
  EXPECT_EQ(due->next_due_at_ms, kStart + 9);
}

TEST_P(PipeStoreTest, TimersOfAnEmptyShard) {
  EXPECT_THAT(Due().timers, IsEmpty());
  EXPECT_EQ(Due().next_due_at_ms, 0);
  EXPECT_EQ(Due().now_ms, kStart);
}

TEST_P(PipeStoreTest, AnOutboxBeginsWhereItsIncarnationBegan) {
  const store::OutboxBounds bounds = Bounds();
  EXPECT_EQ(bounds.epoch, kStart);
  EXPECT_EQ(bounds.first_sequence, kBegin + 1);
  EXPECT_EQ(bounds.last_sequence, kBegin);
  EXPECT_EQ(bounds.newest_sequence, 0);
  EXPECT_EQ(bounds.entries, 0);
  EXPECT_EQ(store::EntriesBehind(0, bounds), 0);
  EXPECT_THAT(*store().Read({{0, 0}}, 10, absl::ZeroDuration()), IsEmpty());
}

TEST_P(PipeStoreTest, EntriesAreReadAfterASequenceInBatches) {
  AppendChanges(5);
  EXPECT_THAT(Sequences(0), ElementsAre(1, 2, 3, 4, 5));
  EXPECT_THAT(Sequences(3), ElementsAre(4, 5));
  EXPECT_THAT(Sequences(0, 2), ElementsAre(1, 2));
  EXPECT_THAT(Sequences(0, 0), ElementsAre(1)) << "clamped to one";
  EXPECT_THAT(Sequences(5), IsEmpty());
  EXPECT_THAT(Sequences(-3, 1), ElementsAre(1));
  EXPECT_EQ(Bounds().first_sequence, kBegin + 1);
  EXPECT_EQ(Bounds().last_sequence, kBegin + 5);
  EXPECT_EQ(store::EntriesBehind(kBegin + 2, Bounds()), 3);
}

TEST_P(PipeStoreTest, TrimDropsWhatIsPublishedButKeepsTheNewest) {
  AppendChanges(6);
  ASSERT_TRUE(store().Trim(0, kBegin + 3, 0).ok());
  EXPECT_THAT(Sequences(0), ElementsAre(4, 5, 6));
  ASSERT_TRUE(store().Trim(0, kBegin + 6, 2).ok());
  EXPECT_THAT(Sequences(0), ElementsAre(5, 6));
  ASSERT_TRUE(store().Trim(0, kBegin + 2, 0).ok());
  EXPECT_THAT(Sequences(0), ElementsAre(5, 6)) << "trimming does not bring anything back";
  EXPECT_EQ(Bounds().first_sequence, kBegin + 5);
  ASSERT_TRUE(store().Trim(0, kBegin + 4, 100).ok());
  EXPECT_EQ(Bounds().first_sequence, kBegin + 5);
}

TEST_P(PipeStoreTest, ATrimmedOutboxGoesOnCounting) {
  AppendChanges(3);
  ASSERT_TRUE(store().Trim(0, kBegin + 3, 0).ok());
  EXPECT_EQ(Bounds().first_sequence, kBegin + 4);
  EXPECT_EQ(Bounds().last_sequence, kBegin + 3);
  EXPECT_EQ(store::EntriesBehind(kBegin, Bounds()), 0);
  EXPECT_THAT(Sequences(0), IsEmpty());
  AppendChanges(1);
  EXPECT_THAT(Sequences(0), ElementsAre(4));
  EXPECT_EQ(Outbox()[0].version, 4);
}

TEST_P(PipeStoreTest, TrimmingBeyondTheEndDropsNothingYetToCome) {
  AppendChanges(2);
  ASSERT_TRUE(store().Trim(0, kBegin + 1000, 0).ok());
  AppendChanges(1);
  EXPECT_THAT(Sequences(0), ElementsAre(3));
}

TEST_P(PipeStoreTest, ShardsAreReadTogetherAndSilentOnesLeftOut) {
  constexpr int kShards = 8;
  MakeStore(kShards, store::StoreLimits());
  std::map<int, int> expected;
  for (int i = 0; i < 4; i++) {
    const WorkspaceId id = WorkspaceId::Trusted("w" + std::to_string(i));
    ASSERT_TRUE(store().CreateWorkspace(id, "").ok());
    core::Plan plan = Keep("l1");
    plan.key.workspace = id;
    Commit(plan);
    expected[store().ShardOf(id)]++;
  }
  std::map<int, int64_t> after;
  for (int shard = 0; shard < kShards; shard++) after[shard] = 0;
  const auto read = store().Read(after, 100, absl::ZeroDuration());
  ASSERT_TRUE(read.ok());
  std::map<int, int> found;
  for (const auto& [shard, entries] : *read) {
    found[shard] = static_cast<int>(entries.size());
    EXPECT_EQ(entries.back().sequence, kBegin + found[shard]) << "each shard counts by itself";
  }
  EXPECT_EQ(found, expected);
  EXPECT_THAT(*store().Read({}, 100, absl::ZeroDuration()), IsEmpty());
}

TEST_P(PipeStoreTest, ShardsFollowTheCommonRule) {
  MakeStore(16, store::StoreLimits());
  EXPECT_EQ(store().shards(), 16);
  for (const char* id : {"acme", "b", "zoo_1-Z"}) {
    const WorkspaceId workspace = WorkspaceId::Trusted(id);
    EXPECT_EQ(store().ShardOf(workspace), store::ShardOfWorkspace(workspace, 16));
  }
  EXPECT_EQ(store::ShardOfWorkspace(WorkspaceId::Trusted("acme"), 16), 15)
      << "the rule is fixed: keys depend on it";
}

TEST_P(PipeStoreTest, ReadWaitsForTheFirstEntry) {
  std::thread writer([this] {
    absl::SleepFor(absl::Milliseconds(100));
    AppendChanges(1);
  });
  const absl::Time begin = absl::Now();
  const auto read = store().Read({{0, 0}}, 10, absl::Seconds(20));
  const absl::Duration waited = absl::Now() - begin;
  writer.join();
  ASSERT_TRUE(read.ok());
  ASSERT_THAT(*read, SizeIs(1));
  EXPECT_THAT(read->at(0), SizeIs(1));
  EXPECT_GE(waited, absl::Milliseconds(90));
  EXPECT_LT(waited, absl::Seconds(10));
}

TEST_P(PipeStoreTest, ReadGivesUpWaiting) {
  const absl::Time begin = absl::Now();
  const auto read = store().Read({{0, 0}}, 10, absl::Milliseconds(120));
  ASSERT_TRUE(read.ok());
  EXPECT_THAT(*read, IsEmpty());
  EXPECT_GE(absl::Now() - begin, absl::Milliseconds(100));
  EXPECT_LT(absl::Now() - begin, absl::Seconds(10));
}

TEST_P(PipeStoreTest, ReadDoesNotWaitWhenThereAreEntries) {
  AppendChanges(1);
  const absl::Time begin = absl::Now();
  EXPECT_THAT(*store().Read({{0, 0}}, 10, absl::Seconds(20)), SizeIs(1));
  EXPECT_LT(absl::Now() - begin, absl::Seconds(10));
}

TEST_P(PipeStoreTest, AShardOutOfRangeIsAnInvalidArgument) {
  for (const int shard : {-1, 1, 1024}) {
    for (const absl::Status& status :
         {store().Due(shard, 1, {}).status(), store().Bounds(shard).status(),
          store().Read({{shard, 0}}, 1, absl::ZeroDuration()).status(),
          store().Trim(shard, 1, 0)}) {
      EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << shard;
      EXPECT_EQ(ErrorReason(status), "INVALID_FIELD") << shard;
    }
  }
}

TEST_P(PipeStoreTest, CheckpointsMoveForwardOnly) {
  EXPECT_THAT(store().Checkpoints("leads")->offsets, IsEmpty());
  EXPECT_EQ(store().Checkpoints("leads")->epoch, kStart);
  ASSERT_TRUE(store().Advance("leads", kStart, {{0, 0, 10, 10, 1}, {3, 0, 5, 5, 0}}).ok());
  EXPECT_THAT(store().Checkpoints("leads")->offsets, ElementsAre(Pair(0, 10), Pair(3, 5)));
  ASSERT_TRUE(store().Advance("leads", kStart, {{0, 0, 10, 10, 1}, {3, 5, 6, 1, 0}}).ok());
  EXPECT_THAT(store().Checkpoints("leads")->offsets, ElementsAre(Pair(0, 10), Pair(3, 6)));
  const store::InputCounters expected{16, 0, 0, 1};
  EXPECT_EQ(Describe(*store().Counters(store::InputFlow::kMarketing)), Describe(expected))
      << "repeats are not counted";
}

// Two members may hold one partition for a moment: what the other one counted is not counted again.
TEST_P(PipeStoreTest, WhoCountedFromAnotherCheckpointOrEpochMovesNothing) {
  ASSERT_TRUE(store().Advance("leads", kStart, {{0, 0, 10, 10, 0}}).ok());
  for (const absl::Status& status :
       {store().Advance("leads", kStart, {{1, 0, 5, 5, 0}, {0, 5, 15, 10, 0}}),
        store().Advance("leads", kStart, {{0, 0, 9, 9, 0}}),
        store().Advance("leads", kStart + 1, {{0, 10, 11, 1, 0}})}) {
    EXPECT_EQ(status.code(), absl::StatusCode::kAborted);
    EXPECT_EQ(ErrorReason(status), "CHECKPOINT_MOVED");
  }
  EXPECT_THAT(store().Checkpoints("leads")->offsets, ElementsAre(Pair(0, 10)));
  EXPECT_EQ(store().Counters(store::InputFlow::kMarketing)->input, 10);
}

TEST_P(PipeStoreTest, AnAdvanceThatIsNoneIsAnInvalidArgument) {
  for (const store::InputAdvance& advance :
       {store::InputAdvance{0, 5, 5, 0, 0}, store::InputAdvance{-1, 0, 5, 5, 0},
        store::InputAdvance{0, 0, 5, -1, 0}, store::InputAdvance{0, 0, 5, 5, -1},
        store::InputAdvance{0, 0, 5, 5, 0, -1}, store::InputAdvance{0, 0, 5, 5, 0, 0, -1},
        store::InputAdvance{0, 0, 5, 5, 0, 0, 0, -1}}) {
    EXPECT_EQ(ErrorReason(store().Advance("leads", kStart, {advance})), "INVALID_FIELD");
  }
  EXPECT_TRUE(store().Advance("leads", kStart, {}).ok());
}

TEST_P(PipeStoreTest, InputsHaveTheirOwnCheckpointsAndCommonCounters) {
  ASSERT_TRUE(store().Advance("leads", kStart, {{0, 0, 10, 10, 0}}).ok());
  ASSERT_TRUE(store().Advance("other.topic-1", kStart, {{0, 0, 4, 4, 4}}).ok());
  ASSERT_TRUE(store().Advance(store::InputName("leads", 2), kStart, {{0, 0, 2, 2, 0}}).ok());
  EXPECT_THAT(store().Checkpoints("leads")->offsets, ElementsAre(Pair(0, 10)));
  EXPECT_THAT(store().Checkpoints("other.topic-1")->offsets, ElementsAre(Pair(0, 4)));
  EXPECT_THAT(store().Checkpoints("leads#2")->offsets, ElementsAre(Pair(0, 2)));
  EXPECT_EQ(store().Counters(store::InputFlow::kMarketing)->input, 16);
}

TEST_P(PipeStoreTest, InputsOfSalesHaveTotalsOfTheirOwn) {
  const store::InputId sales("sales", store::InputFlow::kSales);
  ASSERT_TRUE(store().Advance("leads", kStart, {{0, 0, 10, 10, 1}}).ok());
  const store::InputAdvance advance = {0, 0, 20, 10, 1, 2, 3, 4};
  ASSERT_TRUE(store().Advance(sales, kStart, {advance, {1, 0, 1, 1, 0, 1, 0, 0}}).ok());
  ASSERT_TRUE(store().Advance(sales, kStart, {advance}).ok()) << "its answer was lost";
  EXPECT_EQ(store().Counters(store::InputFlow::kMarketing)->input, 10);
  const store::InputCounters expected{11, 3, 3, 1, 4};
  EXPECT_EQ(Describe(*store().Counters(store::InputFlow::kSales)), Describe(expected));
  EXPECT_EQ(store().Checkpoints("sales")->offsets.at(0), 20);
}

TEST_P(PipeStoreTest, CountersAddUpOverShards) {
  MakeStore(8, store::StoreLimits());
  for (int i = 0; i < 5; i++) {
    const WorkspaceId id = WorkspaceId::Trusted("w" + std::to_string(i));
    ASSERT_TRUE(store().CreateWorkspace(id, "").ok());
    core::Plan plan = Keep("l1");
    plan.key.workspace = id;
    plan.applied = 2;
    plan.duplicates = 1;
    Commit(plan);
  }
  ASSERT_TRUE(store().Advance("leads", kStart, {{0, 0, 17, 17, 2}}).ok());
  const store::InputCounters expected{17, 10, 5, 2};
  EXPECT_EQ(Describe(*store().Counters(store::InputFlow::kMarketing)), Describe(expected));
}

TEST_P(PipeStoreTest, AStoreThatLosesNothingIsReady) {
  EXPECT_TRUE(store().CheckReady().ok()) << store().CheckReady();
}

TEST_P(PipeStoreTest, TheInstallationsSecretIsMadeOnce) {
  const auto secret = store().InstallationSecret();
  ASSERT_TRUE(secret.ok());
  EXPECT_THAT(*secret, SizeIs(32));
  EXPECT_EQ(*store().InstallationSecret(), *secret);
  MakeStore(1, store::StoreLimits());
  EXPECT_NE(*store().InstallationSecret(), *secret) << "another installation";
}

TEST_P(PipeStoreTest, OfConcurrentPlansOnOneRevisionOneWins) {
  Commit(Keep("l1"));
  const core::Plan plan = Keep("l1");
  std::atomic<int> committed = 0;
  std::vector<std::thread> rivals;
  for (int i = 0; i < 8; i++) {
    rivals.emplace_back([&] {
      if (TryCommit(plan) == store::CommitCode::kCommitted) committed++;
    });
  }
  for (std::thread& rival : rivals) rival.join();
  EXPECT_EQ(committed, 1);
  EXPECT_EQ(Load("l1").revision, 2);
  EXPECT_THAT(OutboxTypes(), SizeIs(2));
}

TEST_P(PipeStoreTest, ConcurrentOffersNeverExceedCapacity) {
  AddRep("ada", 7);
  std::vector<std::thread> rivals;
  for (int i = 0; i < 4; i++) {
    rivals.emplace_back([this, i] {
      for (int j = 0; j < 10; j++) {
        CommitQualified("l" + std::to_string(i) + "-" + std::to_string(j));
      }
    });
  }
  for (std::thread& rival : rivals) rival.join();
  EXPECT_THAT(OpenOf("ada"), SizeIs(7));
  EXPECT_EQ(Queue("inside").waiting, 33);
  EXPECT_THAT(Outbox(), SizeIs(80));
}

}  // namespace
INSTANTIATE_CONTRACT(PipeStoreTest);
}  // namespace baton::contract
