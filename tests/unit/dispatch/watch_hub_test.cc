// What the hub reads of the outbox, and what watchers are told.
#include "dispatch/watch_hub.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "store/store_errors.h"

namespace baton::dispatch {
namespace {

using testing::ElementsAre;

const core::WorkspaceId kWorkspace = core::WorkspaceId::Trusted("acme");

core::RepId RepOf(int64_t sequence) {
  return core::RepId::Trusted(sequence % 2 == 0 ? "even" : "odd");
}

// One shard whose entries are all of kWorkspace, with RepOf.
class CountedOutbox : public store::OutboxStore {
 public:
  int shards() const override { return 1; }
  int ShardOf(const core::WorkspaceId&) const override { return 0; }

  absl::StatusOr<store::OutboxBounds> Bounds(int) override {
    absl::MutexLock lock(&mutex_);
    ++looks_;
    if (away_) return absl::UnavailableError("away");
    return store::OutboxBounds{1, 1, last_, last_, last_};
  }

  absl::StatusOr<std::map<int, std::vector<store::OutboxEntry>>> Read(
      const std::map<int, int64_t>& after, int, absl::Duration wait) override {
    absl::MutexLock lock(&mutex_);
    ++reads_;
    const auto has_more = [this, from = after.at(0)]()
                              ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return last_ > from; };
    std::map<int, std::vector<store::OutboxEntry>> read;
    if (!mutex_.AwaitWithTimeout(absl::Condition(&has_more), wait)) return read;
    if (after.at(0) < spoilt_) return store::StateUnreadable("an entry", "spoilt");
    for (int64_t sequence = after.at(0) + 1; sequence <= last_; ++sequence) {
      store::OutboxEntry& entry = read[0].emplace_back();
      entry.sequence = sequence;
      entry.epoch = 1;
      entry.key = {kWorkspace, core::LeadId::Trusted("l1")};
      entry.change.rep = RepOf(sequence);
    }
    return read;
  }

  absl::Status Trim(int, int64_t, int64_t) override { return absl::OkStatus(); }
  absl::StatusOr<int64_t> Purge(int, int64_t, core::TimeMs) override { return 0; }

  void Append(int64_t entries) {
    absl::MutexLock lock(&mutex_);
    last_ += entries;
  }
  void SetAway(bool away) {
    absl::MutexLock lock(&mutex_);
    away_ = away;
  }
  // One that cannot be read.
  void AppendSpoilt() {
    absl::MutexLock lock(&mutex_);
    spoilt_ = ++last_;
  }
  int reads() {
    absl::MutexLock lock(&mutex_);
    return reads_;
  }
  // Until the hub has asked so many times more where the outbox ends.
  void AwaitLooks(int more) {
    absl::MutexLock lock(&mutex_);
    const int wanted = looks_ + more;
    const auto has_looked = [&]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return looks_ >= wanted; };
    EXPECT_TRUE(mutex_.AwaitWithTimeout(absl::Condition(&has_looked), absl::Seconds(10)));
  }

 private:
  absl::Mutex mutex_;
  int64_t last_ ABSL_GUARDED_BY(mutex_) = 100;
  int64_t spoilt_ ABSL_GUARDED_BY(mutex_) = 0;
  int reads_ ABSL_GUARDED_BY(mutex_) = 0;
  int looks_ ABSL_GUARDED_BY(mutex_) = 0;
  bool away_ ABSL_GUARDED_BY(mutex_) = false;
};

class ListeningWatcher : public Watcher {
 public:
  explicit ListeningWatcher(core::RepId rep = {}) : rep_(std::move(rep)) {}

  const core::WorkspaceId& workspace() const override { return kWorkspace; }
  const core::RepId& rep() const override { return rep_; }
  void OnEntry(const SharedEntry& entry) override {
    absl::MutexLock lock(&mutex_);
    heard_.push_back(entry->sequence);
  }
  void OnBookmark(OutboxPosition position) override {
    absl::MutexLock lock(&mutex_);
    bookmark_ = position.sequence;
  }
  void OnGap() override {
    absl::MutexLock lock(&mutex_);
    lost_its_place_ = true;
  }
  void OnDraining() override {}

  size_t heard() {
    absl::MutexLock lock(&mutex_);
    return heard_.size();
  }
  std::vector<int64_t> AwaitHeard(size_t count) {
    absl::MutexLock lock(&mutex_);
    const auto has_heard = [&]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
      return heard_.size() >= count;
    };
    mutex_.AwaitWithTimeout(absl::Condition(&has_heard), absl::Seconds(10));
    return heard_;
  }
  bool AwaitGap() {
    absl::MutexLock lock(&mutex_);
    return mutex_.AwaitWithTimeout(absl::Condition(&lost_its_place_), absl::Seconds(10));
  }
  bool AwaitBookmark(int64_t sequence) {
    absl::MutexLock lock(&mutex_);
    const auto is_there = [&]()
                              ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return bookmark_ >= sequence; };
    return mutex_.AwaitWithTimeout(absl::Condition(&is_there), absl::Seconds(10));
  }

 private:
  const core::RepId rep_;
  absl::Mutex mutex_;
  int64_t bookmark_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<int64_t> heard_ ABSL_GUARDED_BY(mutex_);
  bool lost_its_place_ ABSL_GUARDED_BY(mutex_) = false;
};

// Told by the hub whether the outbox can be read.
class Health {
 public:
  void Set(bool ok) {
    absl::MutexLock lock(&mutex_);
    ok_ = ok;
  }
  bool Becomes(bool wanted) {
    absl::MutexLock lock(&mutex_);
    const auto is_so = [&]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return ok_ == wanted; };
    return mutex_.AwaitWithTimeout(absl::Condition(&is_so), absl::Seconds(10));
  }

 private:
  absl::Mutex mutex_;
  bool ok_ ABSL_GUARDED_BY(mutex_) = false;
};

// While it is not open, another server takes over behind each read.
class Gate : public store::DurabilityGate {
 public:
  explicit Gate(CountedOutbox& outbox) : outbox_(outbox) {}
  int64_t Incarnation() const override { return open ? 0 : outbox_.reads(); }
  absl::Status ConfirmDurable(int64_t incarnation) override {
    ++asked;
    return incarnation == Incarnation() ? absl::OkStatus()
                                        : absl::UnavailableError("another server has taken over");
  }
  std::atomic<bool> open = true;
  std::atomic<int> asked = 0;

 private:
  CountedOutbox& outbox_;
};

class WatchHubTest : public testing::Test {
 protected:
  WatchHubTest() { hub_.Start(); }

  CountedOutbox outbox_;
  Health health_;
  static DispatchOptions Options() {
    DispatchOptions options;
    options.bookmark_interval = absl::Milliseconds(50);
    return options;
  }

  Gate gate_{outbox_};
  WatchHub hub_{outbox_, gate_, Options(), [this](bool ok) { health_.Set(ok); }};
};

TEST_F(WatchHubTest, ReadsNoEntriesWhileNobodyWatches) {
  ASSERT_TRUE(health_.Becomes(true));
  outbox_.Append(1000);
  outbox_.AwaitLooks(1);
  EXPECT_EQ(outbox_.reads(), 0);
}

TEST_F(WatchHubTest, TellsNothingThatAFailoverMayTakeBack) {
  ASSERT_TRUE(health_.Becomes(true));
  const auto watcher = std::make_shared<ListeningWatcher>();
  ASSERT_TRUE(hub_.Join(watcher).ok());
  const auto position = hub_.GoLive(watcher);
  ASSERT_TRUE(position.ok());
  gate_.open = false;
  outbox_.Append(3);
  for (int i = 0; i < 2000 && gate_.asked < 2; ++i) absl::SleepFor(absl::Milliseconds(5));
  EXPECT_GE(gate_.asked, 2);
  EXPECT_EQ(watcher->heard(), 0u);
  EXPECT_TRUE(hub_.health().ok()) << "what needs no durability goes on";
  gate_.open = true;
  const int64_t first = position->sequence + 1;
  EXPECT_THAT(watcher->AwaitHeard(3), ElementsAre(first, first + 1, first + 2));
}

TEST_F(WatchHubTest, GoesOnBehindWhatCannotBeRead) {
  ASSERT_TRUE(health_.Becomes(true));
  const auto watcher = std::make_shared<ListeningWatcher>();
  ASSERT_TRUE(hub_.Join(watcher).ok());
  ASSERT_TRUE(hub_.GoLive(watcher).ok());
  outbox_.AppendSpoilt();
  EXPECT_TRUE(watcher->AwaitGap()) << "it begins anew";
  const auto position = hub_.GoLive(watcher);
  ASSERT_TRUE(position.ok());
  outbox_.Append(1);
  EXPECT_THAT(watcher->AwaitHeard(1), ElementsAre(position->sequence + 1));
}

TEST_F(WatchHubTest, TellsTheFirstWatcherAllThatComesAfterItsPosition) {
  ASSERT_TRUE(health_.Becomes(true));
  outbox_.Append(2);
  const auto watcher = std::make_shared<ListeningWatcher>();
  ASSERT_TRUE(hub_.Join(watcher).ok());
  const auto position = hub_.GoLive(watcher);
  ASSERT_TRUE(position.ok());
  const int64_t first = position->sequence + 1;
  outbox_.Append(102 - position->sequence + 1);
  const std::vector<int64_t> heard = watcher->AwaitHeard(static_cast<size_t>(104 - first));
  ASSERT_FALSE(heard.empty());
  for (size_t i = 0; i < heard.size(); ++i) EXPECT_EQ(heard[i], first + static_cast<int64_t>(i));
  hub_.Leave(watcher.get());
}

TEST_F(WatchHubTest, TellsWhoWatchesOneRepOnlyOfThatRep) {
  ASSERT_TRUE(health_.Becomes(true));
  const auto all = std::make_shared<ListeningWatcher>();
  const auto odd = std::make_shared<ListeningWatcher>(RepOf(1));
  const auto also_odd = std::make_shared<ListeningWatcher>(RepOf(1));
  const auto even = std::make_shared<ListeningWatcher>(RepOf(2));
  const auto idle = std::make_shared<ListeningWatcher>(core::RepId::Trusted("idle"));
  const std::vector<std::shared_ptr<ListeningWatcher>> watchers = {all, odd, also_odd, even, idle};
  for (const auto& watcher : watchers) {
    ASSERT_TRUE(hub_.Join(watcher).ok());
    ASSERT_TRUE(hub_.GoLive(watcher).ok());
  }
  outbox_.Append(3);
  EXPECT_THAT(all->AwaitHeard(3), ElementsAre(101, 102, 103));
  EXPECT_THAT(odd->AwaitHeard(2), ElementsAre(101, 103));
  EXPECT_THAT(even->AwaitHeard(1), ElementsAre(102));
  hub_.Leave(odd.get());  // the others of the same rep stay
  outbox_.Append(2);
  EXPECT_THAT(also_odd->AwaitHeard(3), ElementsAre(101, 103, 105));
  EXPECT_THAT(all->AwaitHeard(5), ElementsAre(101, 102, 103, 104, 105));
  EXPECT_TRUE(idle->AwaitBookmark(105)) << "nothing concerned it, yet it is told how far all is";
  EXPECT_THAT(idle->AwaitHeard(0), ElementsAre());
  EXPECT_THAT(odd->AwaitHeard(2), ElementsAre(101, 103));
  for (const auto& watcher : watchers) hub_.Leave(watcher.get());
}

TEST_F(WatchHubTest, RestsAgainWhenTheLastWatcherHasLeft) {
  ASSERT_TRUE(health_.Becomes(true));
  const auto watcher = std::make_shared<ListeningWatcher>();
  ASSERT_TRUE(hub_.Join(watcher).ok());
  ASSERT_TRUE(hub_.GoLive(watcher).ok());
  outbox_.Append(1);
  ASSERT_THAT(watcher->AwaitHeard(1), ElementsAre(101));
  hub_.Leave(watcher.get());
  outbox_.AwaitLooks(2);  // the first may be of the time before
  const int reads = outbox_.reads();
  outbox_.Append(1000);
  outbox_.AwaitLooks(1);
  EXPECT_EQ(outbox_.reads(), reads);
}

TEST_F(WatchHubTest, NoticesWithoutWatchersThatTheStoreIsAway) {
  ASSERT_TRUE(health_.Becomes(true));
  outbox_.SetAway(true);
  EXPECT_TRUE(health_.Becomes(false));
  outbox_.SetAway(false);
  EXPECT_TRUE(health_.Becomes(true));
}

}  // namespace
}  // namespace baton::dispatch
