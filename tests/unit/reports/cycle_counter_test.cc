// Changes are counted into stored cycles, each once, whoever counts and wherever it is cut off.
#include "reports/cycle_counter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "reports/cycle_codec.h"
#include "store/memory/memory_store.h"
#include "story.h"

namespace baton::reports {
namespace {

using core::ChangeType;
using core::Stage;
using store::CycleKey;
using store::OutboxEntry;

const core::WorkspaceId kAcme = core::WorkspaceId::Trusted("acme");

// What a story tells, as the outbox of shard 0.
class ToldOutbox : public store::OutboxStore {
 public:
  explicit ToldOutbox(const Story& story) : story_(story) {}
  int shards() const override { return 1; }
  int ShardOf(const core::WorkspaceId&) const override { return 0; }
  absl::StatusOr<store::OutboxBounds> Bounds(int) override {
    return store::OutboxBounds{1, 1, static_cast<int64_t>(story_.entries().size())};
  }
  absl::StatusOr<std::map<int, std::vector<OutboxEntry>>> Read(const std::map<int, int64_t>& after,
                                                               int max, absl::Duration) override {
    std::map<int, std::vector<OutboxEntry>> read;
    for (const OutboxEntry& entry : story_.entries()) {
      if (entry.sequence <= after.at(0) || static_cast<int>(read[0].size()) == max) continue;
      read[0].push_back(entry);
    }
    if (read[0].empty()) read.erase(0);
    return read;
  }
  absl::Status Trim(int, int64_t, int64_t) override { return absl::OkStatus(); }
  absl::StatusOr<int64_t> Purge(int, int64_t, core::TimeMs) override { return 0; }

 private:
  const Story& story_;
};

class CycleCounterTest : public testing::Test {
 protected:
  Cycle Stored(const std::string& lead, int32_t cycle) {
    const auto rows = store_.LoadCycles({CycleKey{{kAcme, core::LeadId::Trusted(lead)}, cycle}});
    return rows.ok() && !rows->front().empty() ? DecodeCycle(rows->front()).value_or(Cycle())
                                               : Cycle();
  }
  int64_t Rows() { return store_.CountCycles(kAcme).value_or(-1); }

  store::MemoryStore store_{1, {}, [] { return kMonday; }};
  Story story_;
  ToldOutbox outbox_{story_};
};

TEST_F(CycleCounterTest, CountsWhatWasPublishedAndNoMore) {
  story_.Qualified("l1", 0);
  story_.Assigned("l1", 1);
  story_.Accepted("l1", 2);
  CycleCounter counter(outbox_, store_);
  ASSERT_EQ(counter.CatchUp(0, 2), absl::OkStatus());
  EXPECT_EQ(Stored("l1", 1).stage, Stage::kOffered);
  EXPECT_EQ(*store_.Counted(0), 2);
  ASSERT_EQ(counter.Count(0, absl::MakeConstSpan(story_.entries()).subspan(2)), absl::OkStatus());
  EXPECT_NE(Stored("l1", 1).accepted_at_ms, 0);
  EXPECT_EQ(Rows(), 1);
}

TEST_F(CycleCounterTest, TwoWhoCountTheSameCountItOnce) {
  story_.Qualified("l1", 0);
  story_.Assigned("l1", 1);
  story_.Accepted("l1", 2);
  story_.Touched("l1", 3);
  CycleCounter one(outbox_, store_);
  CycleCounter other(outbox_, store_);
  ASSERT_EQ(one.CatchUp(0, 3), absl::OkStatus());
  ASSERT_EQ(other.CatchUp(0, 3), absl::OkStatus());
  const auto last = absl::MakeConstSpan(story_.entries()).subspan(3);
  ASSERT_EQ(one.Count(0, last), absl::OkStatus());
  EXPECT_EQ(core::ErrorReason(other.Count(0, last)), "COUNTED_MEANWHILE");
  EXPECT_FALSE(other.Knows(0));
  ASSERT_EQ(other.CatchUp(0, 4), absl::OkStatus());
  EXPECT_EQ(Stored("l1", 1).touches, 1);
}

TEST_F(CycleCounterTest, CutOffAnywhereItComesToTheSame) {
  for (int i = 0; i < 40; ++i) {
    const std::string lead = "l" + std::to_string(i % 7);
    story_.Qualified(lead, i);
    story_.Assigned(lead, i);
    story_.Touched(lead, i);
    story_.Add(lead, i, ChangeType::kRecycled, Stage::kRecycled, "BAD_TIMING");
  }
  store::MemoryStore whole(1, {}, [] { return kMonday; });
  const auto last = static_cast<int64_t>(story_.entries().size());
  ASSERT_EQ(CycleCounter(outbox_, whole).CatchUp(0, last), absl::OkStatus());
  for (int64_t upto = 1; upto <= last; upto += 3) {
    ASSERT_EQ(CycleCounter(outbox_, store_).CatchUp(0, upto), absl::OkStatus());
  }
  ASSERT_EQ(CycleCounter(outbox_, store_).CatchUp(0, last), absl::OkStatus());
  const auto one = whole.ChangedCycles(kAcme, 0, 2000);
  const auto other = store_.ChangedCycles(kAcme, 0, 2000);
  ASSERT_EQ(one->size(), 40U);
  ASSERT_EQ(other->size(), one->size());
  for (size_t i = 0; i < one->size(); ++i) EXPECT_EQ((*one)[i].row, (*other)[i].row) << i;
}

TEST_F(CycleCounterTest, ManyChangesAtOnceAreSeveralCalls) {
  for (int i = 0; i < 2500; ++i) story_.Qualified("l" + std::to_string(i), i);
  CycleCounter counter(outbox_, store_);
  ASSERT_EQ(counter.CatchUp(0, 0), absl::OkStatus());
  ASSERT_EQ(counter.Count(0, story_.entries()), absl::OkStatus());
  EXPECT_EQ(Rows(), 2500);
  EXPECT_EQ(counter.counted(0), 2500);
}

TEST_F(CycleCounterTest, SaysHowLongEachCycleWaitedForItsFirstOfferOnce) {
  story_.Qualified("l1", 0);
  story_.Qualified("l2", 1);
  story_.Assigned("l2", 4);
  story_.Assigned("l1", 5);
  story_.Assigned("l1", 9);  // the next rep
  CycleCounter counter(outbox_, store_);
  ASSERT_EQ(counter.CatchUp(0, 3), absl::OkStatus());
  EXPECT_THAT(counter.TakeTimesToFirstOffer(), testing::ElementsAre(3 * core::kMinuteMs));
  ASSERT_EQ(counter.CatchUp(0, 5), absl::OkStatus());
  EXPECT_THAT(counter.TakeTimesToFirstOffer(), testing::ElementsAre(5 * core::kMinuteMs));
  EXPECT_THAT(counter.TakeTimesToFirstOffer(), testing::IsEmpty());
}

TEST_F(CycleCounterTest, WhatBeganUnseenIsNotCounted) {
  story_.Qualified("l1", 0);
  story_.Assigned("l1", 1);
  CycleCounter counter(outbox_, store_);
  ASSERT_EQ(store_.PutCycles(0, 0, 1, {}), absl::OkStatus());
  ASSERT_EQ(counter.CatchUp(0, 2), absl::OkStatus());
  EXPECT_EQ(Rows(), 0);
  EXPECT_EQ(counter.counted(0), 2);
}

TEST_F(CycleCounterTest, ARowThatCannotBeReadIsLeftOutAndTold) {
  story_.Qualified("l1", 0);
  story_.Qualified("l2", 0);
  story_.Assigned("l1", 1);
  story_.Assigned("l2", 1);
  story_.Accepted("l1", 2);
  CycleCounter counter(outbox_, store_);
  ASSERT_EQ(counter.CatchUp(0, 2), absl::OkStatus());
  const CycleKey spoilt{{kAcme, core::LeadId::Trusted("l1")}, 1};
  ASSERT_EQ(store_.PutCycles(0, 2, 3, {{{spoilt, 3, "not a cycle"}}}), absl::OkStatus());
  ASSERT_EQ(counter.CatchUp(0, 5), absl::OkStatus());
  EXPECT_EQ(counter.counted(0), 5);
  EXPECT_EQ(counter.unreadable(), 1);
  EXPECT_EQ(Stored("l2", 1).stage, Stage::kOffered);
}

TEST_F(CycleCounterTest, ForgetsWhatHasNotChangedForLong) {
  for (int i = 0; i < 10; ++i) story_.Qualified("l" + std::to_string(i), i);
  story_.Assigned("l3", 20);
  CycleCounter counter(outbox_, store_);
  ASSERT_EQ(counter.CatchUp(0, 11), absl::OkStatus());
  const auto dropped = counter.ForgetOld(kAcme, kMonday + 8 * core::kMinuteMs);
  ASSERT_TRUE(dropped.ok()) << dropped.status();
  EXPECT_EQ(*dropped, 7);
  EXPECT_EQ(Rows(), 3);
  EXPECT_NE(Stored("l3", 1).delivered_at_ms, 0);
}

TEST_F(CycleCounterTest, TheCyclesOfAnErasedLeadCountOnAsNobodys) {
  story_.Nurtured("l1", 0);
  story_.Qualified("l1", 1);
  story_.Assigned("l1", 2);
  story_.Rejected("l1", 3, "NO_NEED");
  story_.Qualified("l1", 4);
  story_.Assigned("l1", 5);
  const int64_t erased = story_.Add("l1", 6, ChangeType::kErased, Stage::kErased).sequence;
  story_.Qualified("l2", 7);
  ASSERT_EQ(CycleCounter(outbox_, store_).CatchUp(0, 8), absl::OkStatus());
  for (int32_t cycle = 0; cycle <= 2; ++cycle) EXPECT_EQ(Stored("l1", cycle), Cycle());
  const std::string nobody = store::NobodysLead(erased).str();
  EXPECT_EQ(Stored(nobody, 1).stage, Stage::kRejected) << "it had ended";
  EXPECT_EQ(Stored(nobody, 2).stage, Stage::kErased);
  EXPECT_EQ(Stored(nobody, 2).offers.back().end, OfferEnd::kClosed);
  EXPECT_EQ(Stored(nobody, 2).campaign, "spring");
  EXPECT_EQ(Rows(), 4);
}

TEST_F(CycleCounterTest, WhoComesBackAfterAnErasureHasCyclesOfItsOwn) {
  story_.Qualified("l1", 1);
  story_.Add("l1", 2, ChangeType::kErased, Stage::kErased);
  story_.Qualified("l1", 3).cycle = 1;
  for (const int64_t upto : {1, 2, 3}) {
    ASSERT_EQ(CycleCounter(outbox_, store_).CatchUp(0, upto), absl::OkStatus());
  }
  EXPECT_EQ(Rows(), 2);
  EXPECT_EQ(Stored("l1", 1).stage, Stage::kMql);
  store::MemoryStore whole(1, {}, [] { return kMonday; });
  ASSERT_EQ(CycleCounter(outbox_, whole).CatchUp(0, 3), absl::OkStatus());
  EXPECT_EQ(*whole.CountCycles(kAcme), 2);
}

TEST_F(CycleCounterTest, ManyErasuresAtOnceAreSeveralCalls) {
  for (int i = 0; i < 1500; ++i) story_.Qualified("l" + std::to_string(i), i);
  for (int i = 0; i < 1500; ++i) {
    story_.Add("l" + std::to_string(i), 1500 + i, ChangeType::kErased, Stage::kErased);
  }
  ASSERT_EQ(CycleCounter(outbox_, store_).CatchUp(0, 3000), absl::OkStatus());
  EXPECT_EQ(Rows(), 1500);
  EXPECT_EQ(Stored("l7", 1), Cycle());
}

}  // namespace
}  // namespace baton::reports
