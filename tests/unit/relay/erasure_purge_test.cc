// What is left of erased leads in the outbox goes when everybody has had time to hear of it.
#include "relay/erasure_purge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <tuple>
#include <vector>

namespace baton::relay {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class PurgedOutbox : public store::OutboxStore {
 public:
  int shards() const override { return 2; }
  int ShardOf(const core::WorkspaceId&) const override { return 0; }
  absl::StatusOr<store::OutboxBounds> Bounds(int) override { return store::OutboxBounds(); }
  absl::StatusOr<std::map<int, std::vector<store::OutboxEntry>>> Read(const std::map<int, int64_t>&,
                                                                      int,
                                                                      absl::Duration) override {
    return std::map<int, std::vector<store::OutboxEntry>>();
  }
  absl::Status Trim(int, int64_t, int64_t) override { return absl::OkStatus(); }
  absl::StatusOr<int64_t> Purge(int shard, int64_t upto, core::TimeMs before_ms) override {
    if (!away.ok()) return away;
    calls.emplace_back(shard, upto, before_ms);
    return 3;
  }

  absl::Status away;
  std::vector<std::tuple<int, int64_t, core::TimeMs>> calls;
};

class ErasurePurgeTest : public testing::Test {
 protected:
  std::vector<std::tuple<int, int64_t, core::TimeMs>> Run(const std::map<int, int64_t>& done,
                                                          core::TimeMs at_ms) {
    outbox_.calls.clear();
    EXPECT_EQ(purge_.Run(done, absl::FromUnixMillis(at_ms)), outbox_.away);
    return outbox_.calls;
  }

  PurgedOutbox outbox_;
  std::unique_ptr<platform::Metrics> metrics_ = platform::NewMetrics();
  ErasurePurge purge_{outbox_, absl::Seconds(60), *metrics_};
};

TEST_F(ErasurePurgeTest, DropsWhatWasDoneWithWhenItRanLast) {
  EXPECT_THAT(Run({{0, 10}, {1, 5}}, 1'000'000), IsEmpty());
  EXPECT_THAT(Run({{0, 20}, {1, 5}}, 1'014'000), IsEmpty()) << "four times a minute";
  EXPECT_THAT(Run({{0, 30}, {1, 5}}, 1'015'000),
              ElementsAre(std::tuple(0, 10, 955'000), std::tuple(1, 5, 955'000)));
  EXPECT_THAT(Run({{0, 40}}, 1'030'000), ElementsAre(std::tuple(0, 30, 970'000)));
}

TEST_F(ErasurePurgeTest, AShardThatCameBackWaitsForOneRound) {
  Run({{0, 10}}, 1'000'000);
  Run({}, 1'015'000);
  EXPECT_THAT(Run({{0, 30}}, 1'030'000), IsEmpty());
}

TEST_F(ErasurePurgeTest, AStoreThatIsAwayIsAskedAgain) {
  Run({{0, 10}}, 1'000'000);
  outbox_.away = absl::UnavailableError("away");
  Run({{0, 20}}, 1'015'000);
  outbox_.away = absl::OkStatus();
  EXPECT_THAT(Run({{0, 20}}, 1'030'000), ElementsAre(std::tuple(0, 10, 970'000)));
}

}  // namespace
}  // namespace baton::relay
