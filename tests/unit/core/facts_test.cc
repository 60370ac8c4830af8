#include "core/facts.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "support/builders.h"

namespace baton::core {
namespace {

using support::Activity;
using support::ActivityWith;
using support::ConsentEvent;
using support::kNow;
using support::QualifyingCapture;
using support::Updated;

LeadEvent At(LeadEvent event, uint64_t log, int64_t offset) {
  event.position = {log, offset};
  return event;
}

std::string Name(std::string_view stem, size_t number) {
  return std::string(stem) + std::to_string(1000 + number);
}

TEST(FoldTest, CapturedLeadGivesAllItsFacts) {
  Facts facts;
  EXPECT_EQ(Fold(QualifyingCapture("e1"), facts), FoldOutcome::kApplied);
  EXPECT_EQ(std::get<int64_t>(facts.attributes.at("employees").value), 300);
  EXPECT_EQ(facts.attributes.at("employees").writer, (Writer{kNow, "e1"}));
  EXPECT_EQ(facts.consent, Consent::kGranted);
  EXPECT_EQ(facts.activities.at("demo_request"), (DayCounts{{20513, 1}}));
  EXPECT_EQ(facts.attribution.at("utm_campaign").value, "spring");
  EXPECT_EQ(facts.sources, (std::vector<SourceRef>{{kNow, "/forms", "e1"}}));
  EXPECT_EQ(facts.first_event_at_ms, kNow);
  EXPECT_EQ(facts.last_event_at_ms, kNow);
}

TEST(FoldTest, LaterWriterOfAnAttributeWinsInEitherOrder) {
  const LeadEvent early = Updated("e1", {{"country", std::string("DE")}}, kNow);
  const LeadEvent late = Updated("e2", {{"country", std::string("AT")}}, kNow + 1);
  for (const auto& order : {std::pair(early, late), std::pair(late, early)}) {
    Facts facts;
    Fold(order.first, facts);
    Fold(order.second, facts);
    EXPECT_EQ(std::get<std::string>(facts.attributes.at("country").value), "AT");
  }
}

TEST(FoldTest, GreaterEventIdWinsAtTheSameTime) {
  Facts facts;
  Fold(Updated("e2", {{"country", std::string("AT")}}), facts);
  Fold(Updated("e1", {{"country", std::string("DE")}}), facts);
  EXPECT_EQ(std::get<std::string>(facts.attributes.at("country").value), "AT");
}

TEST(FoldTest, SameWriterFromTwoSourcesGivesTheSameInEitherOrder) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  LeadEvent a = Updated("e1", {{"x", nan}, {"y", int64_t{1}}, {"z", 0.0}});
  LeadEvent b = Updated("e1", {{"x", 1.0}, {"y", true}, {"z", -0.0}});
  b.source = "/other";
  Facts ab;
  Fold(a, ab);
  Fold(b, ab);
  Facts ba;
  Fold(b, ba);
  Fold(a, ba);
  EXPECT_EQ(std::isnan(std::get<double>(ab.attributes.at("x").value)),
            std::isnan(std::get<double>(ba.attributes.at("x").value)));
  EXPECT_EQ(ab.attributes.at("y"), ba.attributes.at("y"));
  EXPECT_EQ(std::signbit(std::get<double>(ab.attributes.at("z").value)),
            std::signbit(std::get<double>(ba.attributes.at("z").value)));
}

TEST(FoldTest, LaterConsentWinsAndWithdrawalStandsAtATie) {
  Facts facts;
  Fold(ConsentEvent("e2", Consent::kWithdrawn, kNow + 1), facts);
  Fold(ConsentEvent("e1", Consent::kGranted, kNow), facts);
  EXPECT_EQ(facts.consent, Consent::kWithdrawn);

  LeadEvent tie = ConsentEvent("e2", Consent::kGranted, kNow + 1);
  tie.source = "/other";
  Fold(tie, facts);
  EXPECT_EQ(facts.consent, Consent::kWithdrawn);
}

TEST(FoldTest, ConsentBeforeTheEpochCounts) {
  Facts facts;
  Fold(ConsentEvent("e1", Consent::kGranted, -1), facts);
  EXPECT_EQ(facts.consent, Consent::kGranted);
}

TEST(FoldTest, EarliestWriterOfAnAttributionWins) {
  LeadEvent late = Updated("e2", {}, kNow + 1);
  late.attribution = {{"utm_campaign", "summer"}};
  LeadEvent early = Updated("e1", {}, kNow);
  early.attribution = {{"utm_campaign", "spring"}};
  Facts facts;
  Fold(late, facts);
  Fold(early, facts);
  EXPECT_EQ(facts.attribution.at("utm_campaign").value, "spring");
}

TEST(FoldTest, ActivitiesOfADayAddUp) {
  Facts facts;
  Fold(Activity("e1", "page_view", kNow, 3), facts);
  Fold(Activity("e2", "page_view", kNow + kHourMs, 1), facts);
  Fold(Activity("e3", "page_view", kNow + kDayMs), facts);
  EXPECT_EQ(facts.activities.at("page_view"), (DayCounts{{20513, 4}, {20514, 1}}));
}

TEST(FoldTest, ActivityCountIsHeldWithinItsRange) {
  Facts facts;
  Fold(Activity("e1", "a", kNow, 0), facts);
  Fold(Activity("e2", "b", kNow, -7), facts);
  Fold(Activity("e3", "c", kNow, std::numeric_limits<int32_t>::max()), facts);
  EXPECT_EQ(facts.activities.at("a").begin()->second, 1);
  EXPECT_EQ(facts.activities.at("b").begin()->second, 1);
  EXPECT_EQ(facts.activities.at("c").begin()->second, 1000);
}

TEST(FoldTest, DaysTooFarBeforeTheNewestAreDroppedInEitherOrder) {
  const LeadEvent old = Activity("e1", "page_view", kNow - 401 * kDayMs);
  const LeadEvent edge = Activity("e2", "page_view", kNow - 400 * kDayMs);
  const LeadEvent newest = Activity("e3", "page_view", kNow);
  Facts forward, backward;
  for (const LeadEvent* event : {&old, &edge, &newest}) Fold(*event, forward);
  for (const LeadEvent* event : {&newest, &edge, &old}) Fold(*event, backward);
  EXPECT_EQ(forward.activities.at("page_view").size(), 2u);
  EXPECT_TRUE(forward.SameFacts(backward));
}

TEST(FoldTest, AttributesBeyondTheCapKeepTheSmallestNames) {
  Facts facts;
  for (size_t i = kAttributesMax + 10; i-- > 0;) {
    Fold(Updated(Name("e", i), {{Name("a", i), int64_t{1}}}), facts);
  }
  EXPECT_EQ(facts.attributes.size(), kAttributesMax);
  EXPECT_TRUE(facts.attributes.contains(Name("a", 0)));
  EXPECT_FALSE(facts.attributes.contains(Name("a", kAttributesMax)));
}

TEST(FoldTest, ActivityTypesAndAttributionBeyondTheCapKeepTheSmallestNames) {
  Facts facts;
  for (size_t i = 100; i-- > 0;) {
    LeadEvent event = Activity(Name("e", i), Name("t", i));
    event.attribution = {{Name("k", i), "v"}};
    Fold(event, facts);
  }
  EXPECT_EQ(facts.activities.size(), kActivityTypesMax);
  EXPECT_EQ(facts.activities.rbegin()->first, Name("t", kActivityTypesMax - 1));
  EXPECT_EQ(facts.attribution.size(), kAttributionMax);
  EXPECT_EQ(facts.attribution.rbegin()->first, Name("k", kAttributionMax - 1));
}

TEST(FoldTest, OccurrencesOfADayWithTheSamePropertiesAreOneOccasion) {
  Facts facts;
  Fold(ActivityWith("e1", {{"path", "/pricing"}}, kNow, 2), facts);
  Fold(ActivityWith("e2", {{"path", "/pricing"}}, kNow + kHourMs), facts);
  Fold(ActivityWith("e3", {{"path", "/docs"}}), facts);
  Fold(ActivityWith("e4", {{"path", "/docs"}}, kNow + kDayMs), facts);
  Fold(Activity("e5", "page_view"), facts);
  EXPECT_EQ(facts.occasions.at("page_view"), (Occasions{{{20514, {{"path", "/docs"}}}, 1},
                                                        {{20513, {{"path", "/docs"}}}, 1},
                                                        {{20513, {{"path", "/pricing"}}}, 3}}));
  EXPECT_EQ(facts.activities.at("page_view"), (DayCounts{{20513, 5}, {20514, 1}}));
}

TEST(FoldTest, WithoutPropertiesThereAreNoOccasions) {
  Facts facts;
  Fold(Activity("e1", "page_view"), facts);
  EXPECT_TRUE(facts.occasions.empty());
}

TEST(FoldTest, OfTooManyOccasionsTheNewestStay) {
  Facts facts;
  const auto days = static_cast<int>(kOccasionsMax) + 10;
  for (int day = 0; day < days; ++day) {
    Fold(ActivityWith(Name("e", day), {{"path", "/"}}, kNow - (day * 7 % days) * kDayMs), facts);
  }
  const Occasions& kept = facts.occasions.at("page_view");
  EXPECT_EQ(kept.size(), kOccasionsMax);
  EXPECT_EQ(kept.begin()->first.day, 20513);
  EXPECT_EQ(kept.rbegin()->first.day, 20514 - static_cast<int>(kOccasionsMax));
  EXPECT_EQ(facts.activities.at("page_view").size(), static_cast<size_t>(days));
}

TEST(FoldTest, TypesWithPropertiesBeyondTheCapKeepTheSmallestNames) {
  Facts facts;
  for (size_t i = 100; i-- > 0;) {
    LeadEvent event = ActivityWith(Name("e", i), {{"path", "/"}});
    event.activity = Name("t", i);
    Fold(event, facts);
  }
  EXPECT_EQ(facts.occasions.size(), kTypesWithPropertiesMax);
  EXPECT_EQ(facts.occasions.rbegin()->first, Name("t", kTypesWithPropertiesMax - 1));
}

TEST(FoldTest, EarliestSourcesAreKeptInOrder) {
  Facts facts;
  for (size_t i = 30; i-- > 0;) {
    Fold(Updated(Name("e", i), {}, kNow + static_cast<TimeMs>(i)), facts);
  }
  ASSERT_EQ(facts.sources.size(), kSourcesMax);
  EXPECT_EQ(facts.sources.front().id, Name("e", 0));
  EXPECT_EQ(facts.sources.back().id, Name("e", kSourcesMax - 1));
  EXPECT_EQ(facts.first_event_at_ms, kNow);
  EXPECT_EQ(facts.last_event_at_ms, kNow + 29);
}

TEST(FoldTest, EventAtTheEpochIsAFirstEventLikeAnyOther) {
  Facts forward, backward;
  Fold(Updated("e1", {}, 0), forward);
  Fold(Updated("e2", {}, 5), forward);
  Fold(Updated("e2", {}, 5), backward);
  Fold(Updated("e1", {}, 0), backward);
  EXPECT_EQ(forward.first_event_at_ms, 0);
  EXPECT_TRUE(forward.SameFacts(backward));
}

TEST(FoldTest, RedeliveredOffsetHasNoEffectAtAll) {
  Facts facts;
  Fold(At(Updated("e1", {}), 3, 10), facts);
  const Facts before = facts;
  EXPECT_EQ(Fold(At(Updated("e9", {{"country", std::string("DE")}}), 3, 10), facts),
            FoldOutcome::kRedelivered);
  EXPECT_EQ(Fold(At(Updated("e9", {{"country", std::string("DE")}}), 3, 9), facts),
            FoldOutcome::kRedelivered);
  EXPECT_TRUE(facts.SameFacts(before));
  EXPECT_EQ(facts.applied_offsets, before.applied_offsets);
  EXPECT_EQ(facts.recent_events, before.recent_events);
}

TEST(FoldTest, LogsHaveOffsetsOfTheirOwn) {
  Facts facts;
  EXPECT_EQ(Fold(At(Updated("e1", {}), 3, 10), facts), FoldOutcome::kApplied);
  EXPECT_EQ(Fold(At(Updated("e2", {}), 4, 0), facts), FoldOutcome::kApplied);
  EXPECT_EQ(facts.applied_offsets, (std::map<uint64_t, int64_t>{{3, 10}, {4, 0}}));
}

TEST(FoldTest, ALogIsAPartitionOfOneGenerationOfATopic) {
  const std::set<uint64_t> logs = {LogFingerprint("leads", 0), LogFingerprint("leads", 1),
                                   LogFingerprint("leads#2", 0), LogFingerprint("other", 0)};
  EXPECT_EQ(logs.size(), 4U);
  EXPECT_FALSE(logs.contains(0)) << "0 means: not from a log";
  EXPECT_EQ(LogFingerprint("leads", 1), LogFingerprint("leads", 1));
}

TEST(FoldTest, DuplicateOnlyMovesTheOffset) {
  Facts facts;
  Fold(At(Activity("e1", "page_view"), 3, 10), facts);
  const Facts before = facts;
  EXPECT_EQ(Fold(At(Activity("e1", "page_view"), 3, 11), facts), FoldOutcome::kDuplicate);
  EXPECT_TRUE(facts.SameFacts(before));
  EXPECT_EQ(facts.recent_events, before.recent_events);
  EXPECT_EQ(facts.applied_offsets.at(3), 11);
}

TEST(FoldTest, SameIdFromAnotherSourceIsAnotherEvent) {
  Facts facts;
  Fold(Activity("e1", "page_view"), facts);
  LeadEvent other = Activity("e1", "page_view");
  other.source = "/other";
  EXPECT_EQ(Fold(other, facts), FoldOutcome::kApplied);
}

TEST(FoldTest, RepetitionIsRecognisedWithinTheWindowOnly) {
  Facts facts;
  for (size_t i = 0; i <= kRecentEventsMax; ++i) Fold(Updated(Name("e", i), {}), facts);
  EXPECT_EQ(facts.recent_events.size(), kRecentEventsMax);
  EXPECT_EQ(Fold(Updated(Name("e", 1), {}), facts), FoldOutcome::kDuplicate);
  EXPECT_EQ(Fold(Updated(Name("e", 0), {}), facts), FoldOutcome::kApplied);
}

TEST(EventFingerprintTest, IsStable) {
  // XXH3 of "/forms\ne1": stored records depend on it.
  EXPECT_EQ(EventFingerprint("/forms", "e1"), 7098109578911797503u);
  EXPECT_NE(EventFingerprint("/forms", "e1"), EventFingerprint("/form", "se1"));
}

TEST(DayNumberTest, FloorsOnBothSidesOfTheEpoch) {
  EXPECT_EQ(DayNumber(0), 0);
  EXPECT_EQ(DayNumber(kDayMs - 1), 0);
  EXPECT_EQ(DayNumber(kDayMs), 1);
  EXPECT_EQ(DayNumber(-1), -1);
  EXPECT_EQ(DayNumber(-kDayMs), -1);
  EXPECT_EQ(DayNumber(-kDayMs - 1), -2);
  EXPECT_EQ(DayNumber(kTimeMsMin), -719162);
  EXPECT_EQ(DayNumber(kTimeMsMax), 2932896);
}

}  // namespace
}  // namespace baton::core
