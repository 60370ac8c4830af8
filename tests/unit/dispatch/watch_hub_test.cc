// What the hub reads of the outbox, and what watchers are told.
#include "dispatch/watch_hub.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <vector>

#include "absl/synchronization/mutex.h"

namespace baton::dispatch {
namespace {

using testing::ElementsAre;

const core::WorkspaceId kWorkspace = core::WorkspaceId::Trusted("acme");

// One shard whose entries are all of kWorkspace.
class CountedOutbox : public store::OutboxStore {
 public:
  int shards() const override { return 1; }
  int ShardOf(const core::WorkspaceId&) const override { return 0; }

  absl::StatusOr<store::OutboxBounds> Bounds(int) override {
    absl::MutexLock lock(&mutex_);
    ++looks_;
    if (away_) return absl::UnavailableError("away");
    return store::OutboxBounds{1, 1, last_};
  }

  absl::StatusOr<std::map<int, std::vector<store::OutboxEntry>>> Read(
      const std::map<int, int64_t>& after, int, absl::Duration wait) override {
    absl::MutexLock lock(&mutex_);
    ++reads_;
    const auto has_more = [this, from = after.at(0)]()
                              ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return last_ > from; };
    std::map<int, std::vector<store::OutboxEntry>> read;
    if (!mutex_.AwaitWithTimeout(absl::Condition(&has_more), wait)) return read;
    for (int64_t sequence = after.at(0) + 1; sequence <= last_; ++sequence) {
      store::OutboxEntry& entry = read[0].emplace_back();
      entry.sequence = sequence;
      entry.epoch = 1;
      entry.key = {kWorkspace, core::LeadId::Trusted("l1")};
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
  int reads_ ABSL_GUARDED_BY(mutex_) = 0;
  int looks_ ABSL_GUARDED_BY(mutex_) = 0;
  bool away_ ABSL_GUARDED_BY(mutex_) = false;
};

class ListeningWatcher : public Watcher {
 public:
  const core::WorkspaceId& workspace() const override { return kWorkspace; }
  void OnEntry(const SharedEntry& entry) override {
    absl::MutexLock lock(&mutex_);
    heard_.push_back(entry->sequence);
  }
  void OnBookmark(OutboxPosition) override {}
  void OnGap() override {}
  void OnDraining() override {}

  std::vector<int64_t> AwaitHeard(size_t count) {
    absl::MutexLock lock(&mutex_);
    const auto has_heard = [&]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
      return heard_.size() >= count;
    };
    mutex_.AwaitWithTimeout(absl::Condition(&has_heard), absl::Seconds(10));
    return heard_;
  }

 private:
  absl::Mutex mutex_;
  std::vector<int64_t> heard_ ABSL_GUARDED_BY(mutex_);
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

class WatchHubTest : public testing::Test {
 protected:
  WatchHubTest() { hub_.Start(); }

  CountedOutbox outbox_;
  Health health_;
  WatchHub hub_{outbox_, DispatchOptions(), [this](bool ok) { health_.Set(ok); }};
};

TEST_F(WatchHubTest, ReadsNoEntriesWhileNobodyWatches) {
  ASSERT_TRUE(health_.Becomes(true));
  outbox_.Append(1000);
  outbox_.AwaitLooks(1);
  EXPECT_EQ(outbox_.reads(), 0);
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
