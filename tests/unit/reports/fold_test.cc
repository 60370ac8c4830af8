// What each change says of its cycle.
#include "reports/fold.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reports/cycle_codec.h"
#include "story.h"

namespace baton::reports {
namespace {

using core::ChangeType;
using core::Stage;
using testing::ElementsAre;
using testing::IsEmpty;

core::TimeMs At(int minutes) {
  return kMonday + minutes * core::kMinuteMs;
}

// The only cycle of the story, which begins with "qualified".
Cycle Folded(const Story& story) {
  Cycle cycle;
  for (const store::OutboxEntry& entry : story.entries()) Fold(entry, true, cycle);
  return cycle;
}

TEST(FoldTest, ACycleBeginsWithItsSignalOriginAndFactors) {
  Story story;
  story.Qualified("l1", 10);
  const Cycle cycle = Folded(story);
  EXPECT_EQ(cycle.began_at_ms, At(10));
  EXPECT_EQ(cycle.captured_at_ms, At(10));
  EXPECT_EQ(cycle.signal_at_ms, At(9));
  EXPECT_EQ(cycle.source, "//forms");
  EXPECT_EQ(cycle.campaign, "spring");
  EXPECT_EQ(cycle.policy_revision, 1);
  EXPECT_THAT(cycle.factors, ElementsAre("fit/size", "intent/demo"));
}

TEST(FoldTest, TheCampaignMayBeCalledAsUtmDoes) {
  Story story;
  story.Qualified("l1", 10).attribution = {{"utm_campaign", "summer"}};
  EXPECT_EQ(Folded(story).campaign, "summer");
}

TEST(FoldTest, WithoutASignalTheQualificationIsIt) {
  Story story;
  story.Qualified("l1", 10).change.details.clear();
  EXPECT_EQ(Folded(story).signal_at_ms, At(10));
}

TEST(FoldTest, OffersEndAsTheyDidAndTheFirstAcceptanceStays) {
  Story story;
  story.Qualified("l1", 0);
  story.Assigned("l1", 1, "ada");
  story.Add("l1", 2, ChangeType::kDeclined, Stage::kQueued, "AWAY", {{"charged", "false"}});
  story.Assigned("l1", 3, "bob");
  story.Accepted("l1", 4);
  story.Add("l1", 9, ChangeType::kPulledBack, Stage::kQueued);
  story.Assigned("l1", 9, "cy");
  story.Accepted("l1", 10);
  const Cycle cycle = Folded(story);
  ASSERT_EQ(cycle.offers.size(), 3U);
  EXPECT_EQ(cycle.offers[0].end, OfferEnd::kDeclined);
  EXPECT_EQ(cycle.offers[0].reason, "AWAY");
  EXPECT_FALSE(cycle.offers[0].charged);
  EXPECT_EQ(cycle.offers[1].end, OfferEnd::kPulledBack);
  EXPECT_TRUE(cycle.offers[1].charged);
  EXPECT_EQ(cycle.offers[1].ended_at_ms, At(9));
  EXPECT_EQ(cycle.offers[2].end, OfferEnd::kOpen);
  EXPECT_EQ(cycle.offers[2].deadline_ms, At(69));
  EXPECT_EQ(cycle.delivered_at_ms, At(1));
  EXPECT_EQ(cycle.accepted_at_ms, At(4));
}

TEST(FoldTest, WhatIsOwnedAtOnceIsAcceptedAtOnce) {
  Story story;
  story.Qualified("l1", 0);
  story.Assigned("l1", 1, "ada", "inside", /*direct=*/true);
  const Cycle cycle = Folded(story);
  EXPECT_EQ(cycle.accepted_at_ms, At(1));
  EXPECT_EQ(cycle.offers[0].deadline_ms, 0);
}

TEST(FoldTest, TheEarliestTouchCountsWheneverItIsTold) {
  Story story;
  story.Qualified("l1", 0);
  story.Assigned("l1", 1, "ada");
  story.Accepted("l1", 2);
  story.Touched("l1", 9);
  story.Touched("l1", 10).change.details["touchTime"] = TimeText(At(5));
  const Cycle cycle = Folded(story);
  EXPECT_EQ(cycle.first_touch_at_ms, At(5));
  EXPECT_EQ(cycle.touch_offer_at_ms, At(1));
  EXPECT_EQ(cycle.touches, 2);
  EXPECT_EQ(cycle.offers[0].touches, 2);
}

TEST(FoldTest, WhatHappensAfterTheSaleIsNoFollowUp) {
  Story story;
  story.Qualified("l1", 0);
  story.Assigned("l1", 1);
  story.Accepted("l1", 2);
  story.Touched("l1", 3);
  story.Add("l1", 4, ChangeType::kWon, Stage::kWon, "",
            {{"amountMinor", "120000"}, {"currency", "EUR"}});
  story.Touched("l1", 5).change.stage = Stage::kWon;
  const Cycle cycle = Folded(story);
  EXPECT_EQ(cycle.touches, 1);
  EXPECT_EQ(cycle.amount_minor, 120000);
  EXPECT_EQ(cycle.currency, "EUR");
  EXPECT_EQ(cycle.offers[0].end, OfferEnd::kClosed);
}

TEST(FoldTest, ARejectionSaysWhoseFaultItIsAndWhetherItCounts) {
  Story story;
  story.Qualified("l1", 0);
  story.Assigned("l1", 1);
  story.Rejected("l1", 2, "DUPLICATE", "data").change.details["counts"] = "false";
  const Cycle cycle = Folded(story);
  EXPECT_EQ(cycle.rejected_at_ms, At(2));
  EXPECT_EQ(cycle.reason, "DUPLICATE");
  EXPECT_EQ(cycle.fault, core::ReasonFault::kData);
  EXPECT_FALSE(cycle.counts);
}

TEST(FoldTest, GivingUpBeforeTheCadenceIsPremature) {
  Story story;
  story.Qualified("l1", 0);
  story.Assigned("l1", 1);
  story.Accepted("l1", 2);
  story.Touched("l1", 3);
  story.Add("l1", 4, ChangeType::kRecycled, Stage::kRecycled, "NO_RESPONSE", {{"cadence", "2"}});
  EXPECT_TRUE(Folded(story).premature);
}

TEST(FoldTest, AClockIsKnownByItsLevelAndBeginning) {
  Story story;
  story.Qualified("l1", 0);
  story.Sla("l1", 5, ChangeType::kSlaWarned, 1);
  story.Sla("l1", 6, ChangeType::kSlaBreached, 1);
  story.Sla("l1", 7, ChangeType::kSlaMet, 1, /*late=*/true);
  story.Sla("l1", 9, ChangeType::kSlaMet, 8);
  const Cycle cycle = Folded(story);
  ASSERT_EQ(cycle.clocks.size(), 2U);
  EXPECT_TRUE(cycle.clocks[0].warned);
  EXPECT_TRUE(cycle.clocks[0].late);
  EXPECT_EQ(cycle.clocks[0].broken_at_ms, At(6));
  EXPECT_FALSE(cycle.clocks[1].late);
}

TEST(FoldTest, OffersAndClocksHaveACap) {
  Story story;
  story.Qualified("l1", 0);
  for (int i = 0; i < 100; ++i) {
    story.Assigned("l1", i + 1);
    story.Add("l1", i + 1, ChangeType::kOfferExpired, Stage::kQueued);
    story.Sla("l1", i + 1, ChangeType::kSlaMet, i);
  }
  const Cycle cycle = Folded(story);
  ASSERT_EQ(cycle.offers.size(), kOffersMax);
  EXPECT_EQ(cycle.offers.front().generation, 1);
  EXPECT_EQ(cycle.offers.back().generation, 100);
  EXPECT_EQ(cycle.clocks.size(), kClocksMax);
}

TEST(FoldTest, ALeadThatDoesNotQualifyIsCapturedOnceAndLeavesWhenItDoes) {
  Story story;
  story.Nurtured("l1", 1, "COMPETITOR");
  Cycle cycle;
  Fold(story.entries()[0], false, cycle);
  EXPECT_EQ(cycle.captured_at_ms, At(1));
  EXPECT_EQ(cycle.reason, "COMPETITOR");
  story.Qualified("l1", 5);
  ASSERT_TRUE(Begins(story.entries()[1]));
  FoldNext(story.entries()[1], cycle);
  EXPECT_EQ(cycle.requalified_at_ms, At(5));
}

TEST(FoldTest, AnOfferThatWasNotChargedStaysSoHoweverItEnds) {
  Story story;
  story.Qualified("l1", 0);
  story.Assigned("l1", 1, "ada").change.details["charged"] = "false";
  story.Accepted("l1", 2);
  EXPECT_FALSE(Folded(story).offers[0].charged);
  story.Add("l1", 9, ChangeType::kPulledBack, Stage::kQueued);
  const Cycle cycle = Folded(story);
  EXPECT_EQ(cycle.offers[0].end, OfferEnd::kPulledBack);
  EXPECT_FALSE(cycle.offers[0].charged);
}

TEST(FoldTest, ACycleThatWasNeverSeenHasNoNext) {
  Story story;
  story.Qualified("l1", 5);
  Cycle before;
  FoldNext(story.entries()[0], before);
  EXPECT_EQ(before, Cycle());
}

TEST(CycleCodecTest, ACycleComesBackAsItWas) {
  Story story;
  story.Qualified("l1", 0);
  story.Assigned("l1", 1, "ada");
  story.Add("l1", 2, ChangeType::kDeclined, Stage::kQueued, "AWAY", {{"charged", "false"}});
  story.Assigned("l1", 3, "bob");
  story.Accepted("l1", 4);
  story.Sla("l1", 5, ChangeType::kSlaMet, 3, true);
  story.Touched("l1", 6);
  story.Rejected("l1", 7, "VENDOR").change.details["counts"] = "false";
  const Cycle cycle = Folded(story);
  const auto decoded = DecodeCycle(EncodeCycle(cycle));
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  EXPECT_EQ(*decoded, cycle);
}

TEST(CycleCodecTest, RefusesWhatIsNoCycle) {
  for (const std::string row : {"", "x", "\xff\xff\xff"}) {
    EXPECT_EQ(DecodeCycle(row).status().code(), absl::StatusCode::kInternal) << row;
  }
}

}  // namespace
}  // namespace baton::reports
