#include "webhooks/catch_up.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <vector>

#include "events/handoff_event_codec.h"
#include "store/memory/memory_store.h"

namespace baton::webhooks {
namespace {

using ::baton::platform::kafka::Offsets;
using ::baton::platform::kafka::PartitionReader;
using ::baton::platform::kafka::PartitionSpan;
using ::baton::platform::kafka::Record;
using ::testing::ElementsAre;

constexpr core::TimeMs kCreatedMs = 1'000;

// Partitions whose records are made when they are read: of the workspace that `of` says.
class EndlessReader : public PartitionReader {
 public:
  absl::StatusOr<std::vector<PartitionSpan>> Spans(const std::set<int32_t>& partitions,
                                                   absl::Duration) override {
    std::vector<PartitionSpan> spans;
    for (const int32_t partition : partitions) spans.push_back({partition, first, ends[partition]});
    return spans;
  }
  absl::StatusOr<Offsets> OffsetsAt(const std::set<int32_t>&, int64_t, absl::Duration) override {
    return absl::UnimplementedError("not asked for");
  }
  absl::Status Assign(const Offsets& from) override {
    assigned.push_back(from);
    places_ = from;
    return absl::OkStatus();
  }
  absl::StatusOr<Batch> Poll(int max, absl::Duration) override {
    if (!problem.ok()) return std::exchange(problem, absl::OkStatus());
    Batch batch;
    for (auto& [partition, place] : places_) {
      for (; place < ends[partition] && max > 0; ++place, --max) {
        batch.records.push_back(RecordAt(partition, place));
      }
      if (place >= ends[partition]) batch.reached[partition] = place;
    }
    return batch;
  }

  std::function<std::string(int32_t partition, int64_t offset)> of;
  int64_t first = 0;
  std::map<int32_t, int64_t> ends;
  std::vector<Offsets> assigned;
  absl::Status problem;

 private:
  Record RecordAt(int32_t partition, int64_t offset) {
    store::OutboxEntry entry;
    entry.key = {core::WorkspaceId::Trusted(of(partition, offset)), core::LeadId::Trusted("eve")};
    entry.version = offset + 1;
    entry.at_ms = kCreatedMs + 1;
    entry.change.type = core::ChangeType::kAssigned;
    const auto sent = events::EncodeHandoffEvent(entry, events::MakeTopicNames("baton")).front();
    Record record;
    record.partition = partition;
    record.offset = offset;
    record.key = sent.key;
    record.value = sent.value;
    record.has_key = record.has_value = true;
    record.headers = sent.headers;
    return record;
  }

  Offsets places_;
};

class CatchUpTest : public ::testing::Test {
 protected:
  CatchUpTest() {
    for (const char* workspace : {"acme", "beta"}) {
      EXPECT_TRUE(store_.CreateWorkspace(core::WorkspaceId::Trusted(workspace), "").ok());
      store::Webhook webhook;
      webhook.id = "crm";
      webhook.url = "https://a.example/";
      EXPECT_TRUE(store_.PutWebhook(core::WorkspaceId::Trusted(workspace), webhook).ok());
    }
    EXPECT_TRUE(directory_.Refresh().ok());
  }
  static QueueLimits Limits() {
    QueueLimits limits;
    limits.pending_max = 20;
    return limits;
  }
  Endpoint& Of(const std::string& workspace) {
    return *directory_.Find(store::WebhookKey{core::WorkspaceId::Trusted(workspace), "crm"});
  }
  // The consumer is at the end of the partition.
  void EndsAt(int32_t partition, int64_t end) { live_[partition] = reader_.ends[partition] = end; }
  void Step(int times = 1) {
    for (int i = 0; i < times; ++i) ASSERT_EQ(catch_up_.Step(reader_), absl::OkStatus());
  }

  store::MemoryStore store_{4, store::StoreLimits(), [] { return kCreatedMs; }};
  Directory directory_{store_, Limits()};
  EndlessReader reader_;
  CatchUp::Places live_;
  CatchUp catch_up_{directory_, live_};
};

TEST_F(CatchUpTest, OneWithoutRoomHoldsUpNobodyWhoIsFarAhead) {
  EndsAt(0, 90'010);
  reader_.of = [](int32_t, int64_t offset) { return offset < 90'000 ? "acme" : "beta"; };
  Of("acme").lanes[0] = {10, false, false};
  Of("beta").lanes[0] = {90'000, false, false};
  Step(2);
  EXPECT_THAT(reader_.assigned, ElementsAre(Offsets{{0, 10}}, Offsets{{0, 90'000}}, Offsets()));
  EXPECT_TRUE(Of("beta").lanes[0].live);
  EXPECT_EQ(Of("beta").queue.pending(), 10u);
  EXPECT_FALSE(Of("acme").lanes[0].live);
  EXPECT_EQ(catch_up_.PlaceIn(Of("acme").lanes[0], 0), 30);
  EXPECT_EQ(Of("acme").queue.pending(), 20u);
}

TEST_F(CatchUpTest, AShortWayIsReadOn) {
  EndsAt(0, 2'010);
  reader_.of = [](int32_t, int64_t offset) { return offset < 2'000 ? "acme" : "beta"; };
  Of("acme").lanes[0] = {0, false, false};
  Of("beta").lanes[0] = {2'000, false, false};
  Step(3);
  EXPECT_THAT(reader_.assigned, ElementsAre(Offsets{{0, 0}}, Offsets()));
  EXPECT_TRUE(Of("beta").lanes[0].live);
  EXPECT_EQ(Of("beta").queue.pending(), 10u);
}

TEST_F(CatchUpTest, APartitionThatNobodyWantsAnyMoreIsNotReadToItsEnd) {
  EndsAt(0, 90'000);
  EndsAt(1, 10);
  reader_.of = [](int32_t partition, int64_t) { return partition == 0 ? "acme" : "beta"; };
  Of("acme").lanes[0] = {0, false, false};
  Of("beta").lanes[1] = {0, false, false};
  Step(2);
  EXPECT_THAT(reader_.assigned, ElementsAre(Offsets{{0, 0}, {1, 0}}, Offsets{{1, 0}}, Offsets()));
  EXPECT_TRUE(Of("beta").lanes[1].live);
}

TEST_F(CatchUpTest, WhoLeftGoesOnInALaterRoundWhenThereIsRoom) {
  EndsAt(0, 25);
  reader_.of = [](int32_t, int64_t) { return "acme"; };
  Endpoint& acme = Of("acme");
  acme.lanes[0] = {0, false, false};
  Step(3);
  EXPECT_EQ(catch_up_.behind(), 1);
  EXPECT_FALSE(catch_up_.under_way());
  absl::Time now = absl::FromUnixMillis(kCreatedMs);
  for (int64_t offset = 0; offset < 10; ++offset) {
    ASSERT_TRUE(acme.queue.Take(now).has_value());
    acme.queue.Settle({0, offset}, true, {}, now, 0.5);
  }
  Step();
  EXPECT_EQ(reader_.assigned.at(2), (Offsets{{0, 20}}));
  EXPECT_TRUE(acme.lanes[0].live);
  EXPECT_EQ(acme.queue.FirstPending(0), 10);
  EXPECT_EQ(acme.queue.pending(), 15u);
}

TEST_F(CatchUpTest, AnErrorEndsTheRoundAndTheNextOneBeginsWhereEverybodyIs) {
  EndsAt(0, 3'000);
  reader_.of = [](int32_t, int64_t offset) { return offset < 10 ? "acme" : "beta"; };
  Endpoint& acme = Of("acme");
  acme.lanes[0] = {0, false, false};
  Step();
  EXPECT_TRUE(catch_up_.under_way());
  reader_.problem = absl::OutOfRangeError("removed");
  EXPECT_EQ(catch_up_.Step(reader_), absl::OutOfRangeError("removed"));
  EXPECT_FALSE(catch_up_.under_way());
  EXPECT_EQ(catch_up_.PlaceIn(acme.lanes[0], 0), 1'000);
  reader_.first = 1'500;
  Step(2);
  EXPECT_EQ(reader_.assigned.at(1), (Offsets{{0, 1'500}}));
  EXPECT_TRUE(acme.report.truncated);
  EXPECT_TRUE(acme.lanes[0].live);
  EXPECT_EQ(acme.queue.pending(), 10u);
}

}  // namespace
}  // namespace baton::webhooks
