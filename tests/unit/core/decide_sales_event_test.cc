#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "core/errors.h"
#include "core/sales_event.h"
#include "support/builders.h"

namespace baton::core {
namespace {

using support::kNow;
using support::RecordIn;
using support::RepNamed;
using support::SamplePolicy;

SalesEvent EventOf(ActionType type, const std::string& id = "s-1", TimeMs at_ms = kNow) {
  SalesEvent event;
  event.key = support::Key();
  event.id = id;
  event.source = "//crm";
  event.occurred_at_ms = at_ms;
  event.rep = RepNamed("ada");
  event.action.type = type;
  event.action.channel = type == ActionType::kLogTouch ? "call" : "";
  event.position = {7, 41};
  return event;
}

absl::StatusOr<SalesDecision> Decide(const LeadRecord& record, const SalesEvent& event) {
  const Policy policy = SamplePolicy();
  return DecideSalesEvent(record, event, &policy, kNow);
}

Plan PlanOf(const LeadRecord& record, const SalesEvent& event) {
  const absl::StatusOr<SalesDecision> decision = Decide(record, event);
  EXPECT_TRUE(decision.ok()) << decision.status();
  if (!decision.ok() || !std::holds_alternative<Plan>(*decision)) {
    ADD_FAILURE() << "no plan";
    return {};
  }
  return std::get<Plan>(*decision);
}

std::string ReasonOf(const LeadRecord& record, const SalesEvent& event) {
  return ErrorReason(Decide(record, event).status());
}

// A lead at work that has been touched `count` times by events a second apart, the last one now.
LeadRecord TouchedBy(int count) {
  LeadRecord record = RecordIn(Stage::kAccepted);
  record.offered_at_ms = kNow - kHourMs;
  for (int i = 0; i < count; ++i) {
    record = PlanOf(record, EventOf(ActionType::kLogTouch, absl::StrCat("t-", i),
                                    kNow - (count - 1 - i) * kSecondMs))
                 .after;
  }
  return record;
}

TEST(DecideSalesEventTest, ARepsEventIsTheRepsActionOnTheCurrentAssignment) {
  SalesEvent event = EventOf(ActionType::kAccept);
  event.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  const Plan plan = PlanOf(RecordIn(Stage::kOffered), event);
  EXPECT_EQ(plan.after.stage, Stage::kAccepted);
  ASSERT_EQ(plan.changes.size(), 1u);
  const Change& change = plan.changes.front();
  EXPECT_EQ(change.actor, "rep/ada");
  EXPECT_EQ(change.generation, 1);
  EXPECT_EQ(change.cause, "s-1");
  EXPECT_EQ(change.details.at("source"), "//crm");
  EXPECT_EQ(plan.after.traceparent, event.traceparent);
  EXPECT_EQ(plan.applied, 0) << "the input counts it";
}

TEST(DecideSalesEventTest, OnlyTheEventsOwnChangeNamesItsSource) {
  LeadRecord record = RecordIn(Stage::kSql);
  record.facts.consent = Consent::kWithdrawn;
  const Plan plan = PlanOf(record, EventOf(ActionType::kRelease));
  ASSERT_EQ(plan.changes.size(), 2u);
  EXPECT_EQ(plan.changes[0].type, ChangeType::kReleased);
  EXPECT_EQ(plan.changes[0].details.at("source"), "//crm");
  EXPECT_EQ(plan.changes[1].type, ChangeType::kRejected);
  EXPECT_EQ(plan.changes[1].cause, "s-1");
  EXPECT_FALSE(plan.changes[1].details.contains("source")) << "an event changes a lead once";
}

TEST(DecideSalesEventTest, ARepetitionHasNoEffectAndTheRecordItselfIsKnown) {
  const SalesEvent event = EventOf(ActionType::kLogTouch);
  const LeadRecord after = PlanOf(RecordIn(Stage::kAccepted), event).after;
  const auto again = Decide(after, event);
  ASSERT_TRUE(again.ok() && std::holds_alternative<SeenSalesEvent>(*again));
  EXPECT_TRUE(std::get<SeenSalesEvent>(*again).same_record);
  SalesEvent elsewhere = event;
  elsewhere.position.offset = 42;
  EXPECT_FALSE(std::get<SeenSalesEvent>(*Decide(after, elsewhere)).same_record);
  elsewhere.source = "//another";
  EXPECT_EQ(PlanOf(after, elsewhere).after.touches, 2) << "ids are a source's own";
}

TEST(DecideSalesEventTest, AnIdStandsForOneBody) {
  SalesEvent event = EventOf(ActionType::kLogTouch);
  const LeadRecord after = PlanOf(RecordIn(Stage::kAccepted), event).after;
  event.action.channel = "email";
  ++event.position.offset;
  EXPECT_EQ(ReasonOf(after, event), "REQUEST_ID_REUSED");
}

TEST(DecideSalesEventTest, WhenALeadGoesOnIsPartOfTheBody) {
  SalesEvent event = EventOf(ActionType::kPause);
  event.action.until_ms = kNow + kDayMs;
  const LeadRecord after = PlanOf(RecordIn(Stage::kAccepted), event).after;
  EXPECT_TRUE(std::holds_alternative<SeenSalesEvent>(*Decide(after, event)));
  event.action.until_ms += kDayMs;
  ++event.position.offset;
  EXPECT_EQ(ReasonOf(after, event), "REQUEST_ID_REUSED");
}

TEST(DecideSalesEventTest, TheVeryRecordIsKnownWhateverWasRememberedOfItsBody) {
  SalesEvent event = EventOf(ActionType::kLogTouch);
  event.position = {9, 42, kNow};
  LeadRecord after = PlanOf(RecordIn(Stage::kAccepted), event).after;
  after.sales_events.back().body += 1;  // by a release that looked at less
  const auto again = Decide(after, event);
  ASSERT_TRUE(again.ok() && std::holds_alternative<SeenSalesEvent>(*again)) << again.status();
  EXPECT_TRUE(std::get<SeenSalesEvent>(*again).same_record);
  event.position.offset = 43;
  EXPECT_EQ(ReasonOf(after, event), "REQUEST_ID_REUSED");
}

TEST(DecideSalesEventTest, NoRepetitionEverActsTwiceHoweverOld) {
  const int count = 3 * static_cast<int>(kSalesEventsMax);
  const LeadRecord record = TouchedBy(count);
  EXPECT_EQ(record.sales_events.size(), kSalesEventsMax);
  EXPECT_EQ(record.touches, count);
  for (int i = 0; i < count; ++i) {
    const SalesEvent again =
        EventOf(ActionType::kLogTouch, absl::StrCat("t-", i), kNow - (count - 1 - i) * kSecondMs);
    const auto decision = Decide(record, again);
    if (i >= count - static_cast<int>(kSalesEventsMax)) {
      ASSERT_TRUE(decision.ok()) << i << ": " << decision.status();
      EXPECT_TRUE(std::holds_alternative<SeenSalesEvent>(*decision)) << i;
    } else {
      EXPECT_EQ(ErrorReason(decision.status()), "EVENT_TOO_OLD") << i;
    }
  }
}

TEST(DecideSalesEventTest, WhatIsForgottenIsTheEarliestSoThatLateEventsHaveTime) {
  const int count = static_cast<int>(kSalesEventsMax);
  const LeadRecord record = TouchedBy(count);
  EXPECT_EQ(record.sales_forgotten_ms, 0);
  const SalesEvent late =
      EventOf(ActionType::kLogTouch, "late", kNow - (count - 1) * kSecondMs - 500);
  const LeadRecord after = PlanOf(record, late).after;
  EXPECT_EQ(after.sales_forgotten_ms, late.occurred_at_ms) << "its own time is the earliest";
  EXPECT_EQ(ReasonOf(after, late), "EVENT_TOO_OLD");
}

TEST(DecideSalesEventTest, WithoutGenerationTheStatedRepMustOwnTheLead) {
  SalesEvent event = EventOf(ActionType::kAccept);
  event.rep = RepNamed("bob");
  const auto refused = Decide(RecordIn(Stage::kOffered), event);
  EXPECT_TRUE(absl::IsAborted(refused.status()));
  EXPECT_EQ(ErrorReason(refused.status()), "NOT_THE_OWNER");
  EXPECT_EQ(ErrorVariables(refused.status())["owner"], "ada");
  EXPECT_EQ(ReasonOf(RecordIn(Stage::kQueued), EventOf(ActionType::kAccept)), "NOT_THE_OWNER");
}

TEST(DecideSalesEventTest, AGenerationThatIsOverIsStaleWhoeverOwnsTheLead) {
  SalesEvent event = EventOf(ActionType::kAccept);
  event.action.generation = 1;
  LeadRecord record = RecordIn(Stage::kOffered);
  record.generation = 3;
  EXPECT_EQ(ReasonOf(record, event), "STALE_GENERATION");
  event.rep = RepId();
  event.action.generation = 3;
  EXPECT_EQ(PlanOf(record, event).after.stage, Stage::kAccepted) << "the rep need not be named";
}

TEST(DecideSalesEventTest, AnEventFromBeforeTheAssignmentDoesNotMeanIt) {
  const LeadRecord record = RecordIn(Stage::kOffered);
  const TimeMs earliest = record.offered_at_ms - kSalesClockSkewMax;
  EXPECT_EQ(ReasonOf(record, EventOf(ActionType::kAccept, "s-1", earliest - 1)),
            "STALE_GENERATION");
  EXPECT_EQ(PlanOf(record, EventOf(ActionType::kAccept, "s-1", earliest)).after.stage,
            Stage::kAccepted);
}

TEST(DecideSalesEventTest, RefusalsAreThoseOfTheCall) {
  EXPECT_EQ(ReasonOf(RecordIn(Stage::kOffered), EventOf(ActionType::kLogTouch)), "WRONG_STAGE");
  SalesEvent event = EventOf(ActionType::kReject);
  event.action.reason = "BORING";
  const auto refused = Decide(RecordIn(Stage::kOffered), event);
  EXPECT_EQ(ErrorReason(refused.status()), "UNKNOWN_REASON");
  EXPECT_NE(refused.status().message().find("NO_NEED"), std::string::npos);
  LeadRecord none;
  none.key = support::Key("nobody");
  EXPECT_EQ(ReasonOf(none, EventOf(ActionType::kAccept)), "LEAD_NOT_FOUND");
}

TEST(DecideSalesEventTest, DirectionOfATouchIsOneOfTwoWords) {
  SalesEvent event = EventOf(ActionType::kLogTouch);
  event.action.direction = "inbound";
  EXPECT_EQ(PlanOf(RecordIn(Stage::kAccepted), event).changes.front().details.at("direction"),
            "inbound");
  event.action.direction = "sideways";
  EXPECT_EQ(ReasonOf(RecordIn(Stage::kAccepted), event), "INVALID_FIELD");
}

}  // namespace
}  // namespace baton::core
