// What was published is counted, also what was published without an answer that said so.
#include "relay/report_counting.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "store/memory/memory_store.h"

namespace baton::relay {
namespace {

const core::WorkspaceId kAcme = core::WorkspaceId::Trusted("acme");
constexpr core::TimeMs kQualifiedAt = 1'772'409'600'000;

// The one shard holds a lead that qualified with each sequence.
std::vector<store::OutboxEntry> EntriesAfter(int64_t after, int64_t upto) {
  std::vector<store::OutboxEntry> entries;
  for (int64_t sequence = after + 1; sequence <= upto; ++sequence) {
    store::OutboxEntry entry;
    entry.sequence = sequence;
    entry.key = {kAcme, core::LeadId::Trusted("l" + std::to_string(sequence))};
    entry.version = entry.cycle = 1;
    entry.at_ms = kQualifiedAt;
    entry.change.type = core::ChangeType::kQualified;
    entry.change.stage = core::Stage::kMql;
    entries.push_back(entry);
  }
  return entries;
}

class QualifiedOutbox : public store::OutboxStore {
 public:
  int shards() const override { return 1; }
  int ShardOf(const core::WorkspaceId&) const override { return 0; }
  absl::StatusOr<store::OutboxBounds> Bounds(int) override {
    return store::OutboxBounds{1, 1, last, last, last};
  }
  absl::StatusOr<std::map<int, std::vector<store::OutboxEntry>>> Read(
      const std::map<int, int64_t>& after, int, absl::Duration) override {
    ++reads;
    std::map<int, std::vector<store::OutboxEntry>> read;
    if (after.at(0) < last) read[0] = EntriesAfter(after.at(0), last);
    return read;
  }
  absl::Status Trim(int, int64_t, int64_t) override { return absl::OkStatus(); }
  absl::StatusOr<int64_t> Purge(int, int64_t, core::TimeMs) override { return 0; }

  int64_t last = 0;
  int reads = 0;
};

class ReportCountingTest : public testing::Test {
 protected:
  int64_t Cycles() { return store_.CountCycles(kAcme).value_or(-1); }

  QualifiedOutbox outbox_;
  store::MemoryStore store_{1, {}, [] { return kQualifiedAt; }};
  std::unique_ptr<platform::Metrics> metrics_ = platform::NewMetrics();
  absl::Time now_ = absl::FromUnixMillis(kQualifiedAt);
  ReportCounting counting_{outbox_,         store_,    store_,
                           absl::Hours(24), *metrics_, [this] { return now_; }};
};

TEST_F(ReportCountingTest, AShardThatIsUpToDateCostsNothing) {
  outbox_.last = 3;
  ASSERT_EQ(counting_.CatchUp({{0, 3}}), absl::OkStatus());
  ASSERT_EQ(counting_.Count(0, EntriesAfter(3, 5)), absl::OkStatus());
  const int reads = outbox_.reads;
  ASSERT_EQ(counting_.CatchUp({{0, 5}}), absl::OkStatus());
  EXPECT_EQ(outbox_.reads, reads);
  EXPECT_EQ(Cycles(), 5);
}

TEST_F(ReportCountingTest, CountsWhatWasPublishedWithoutAnAnswer) {
  outbox_.last = 9;
  ASSERT_EQ(counting_.CatchUp({{0, 3}}), absl::OkStatus());
  // 4 to 6 were committed, but the answer was lost; their cursor is read from Kafka.
  ASSERT_EQ(counting_.CatchUp({{0, 6}}), absl::OkStatus());
  ASSERT_EQ(counting_.Count(0, EntriesAfter(6, 9)), absl::OkStatus());
  EXPECT_EQ(Cycles(), 9);
  EXPECT_EQ(counting_.Counted(0), 9);
}

TEST_F(ReportCountingTest, OnceAnHourCyclesAreDroppedThatAreOlderThanTheyAreKept) {
  ASSERT_TRUE(store_.CreateWorkspace(kAcme, "").ok());
  outbox_.last = 3;
  ASSERT_EQ(counting_.CatchUp({{0, 3}}), absl::OkStatus());
  now_ += absl::Hours(23);
  ASSERT_EQ(counting_.CatchUp({{0, 3}}), absl::OkStatus());
  EXPECT_EQ(Cycles(), 3);
  now_ += absl::Minutes(59);
  ASSERT_EQ(counting_.CatchUp({{0, 3}}), absl::OkStatus());
  EXPECT_EQ(Cycles(), 3);
  now_ += absl::Minutes(61);
  ASSERT_EQ(counting_.CatchUp({}), absl::OkStatus());
  EXPECT_EQ(Cycles(), 3) << "another relay's shard";
  now_ += absl::Hours(1);
  ASSERT_EQ(counting_.CatchUp({{0, 3}}), absl::OkStatus());
  EXPECT_EQ(Cycles(), 0);
}

}  // namespace
}  // namespace baton::relay
