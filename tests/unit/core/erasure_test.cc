#include "core/erasure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "support/builders.h"

namespace baton::core {
namespace {

using support::Activity;
using support::Key;
using support::kNow;
using support::QualifyingCapture;
using support::QueueNamed;
using support::RecordIn;
using support::RepNamed;
using support::SamplePolicy;
using support::Updated;
using testing::ElementsAre;

constexpr TimeMs kErased = kNow + kHourMs;

LeadRecord OwnedLead() {
  LeadRecord record = RecordIn(Stage::kOffered);
  record.revision = 7;
  record.version = 4;
  record.facts.applied_offsets = {{5, 20}};
  return record;
}

LeadRecord ErasedLead() {
  LeadRecord record = DecideErasure(OwnedLead(), {}, kErased).after;
  record.revision = 8;
  record.version = 5;
  return record;
}

LeadEvent Read(LeadEvent event, int64_t offset, TimeMs logged_at_ms = 0) {
  event.position = {5, offset, logged_at_ms};
  return event;
}

Plan Decide(const LeadRecord& record, const LeadEvent& event,
            const Policy& policy = SamplePolicy()) {
  return DecideEvents(record, {&event, 1}, &policy, kErased + kDayMs);
}

TEST(DecideErasureTest, LeavesNothingButNumbers) {
  LeadRecord record = OwnedLead();
  record.answered = {{"request", 1}};
  record.sales_events = {{1, 2, 3}};
  record.traceparent = "00-1-1-01";
  const Plan plan =
      DecideErasure(record, {ErasureCause::kRequest, "dpo@acme.example", "t1"}, kErased);
  EXPECT_EQ(plan.expected_revision, 7);
  EXPECT_EQ(plan.placement, Placement::kRelease);
  EXPECT_TRUE(plan.facts_changed);
  EXPECT_TRUE(plan.judgment_changed);
  LeadRecord left;
  left.key = record.key;
  left.revision = 7;
  left.version = 4;
  left.stage = Stage::kErased;
  left.cycle = record.cycle;
  left.generation = 1;
  left.erased_at_ms = kErased;
  left.facts.applied_offsets = {{5, 20}};
  EXPECT_TRUE(plan.after.facts.SameFacts(Facts()));
  EXPECT_EQ(plan.after.facts.applied_offsets, left.facts.applied_offsets);
  EXPECT_TRUE(plan.after.facts.recent_events.empty());
  EXPECT_EQ(plan.after.judgment, Judgment());
  EXPECT_TRUE(plan.after.answered.empty());
  EXPECT_TRUE(plan.after.sales_events.empty());
  EXPECT_EQ(plan.after.traceparent, "");
  EXPECT_EQ(plan.after.stage, Stage::kErased);
  EXPECT_EQ(plan.after.erased_at_ms, kErased);
  EXPECT_FALSE(Exists(plan.after));
}

TEST(DecideErasureTest, SaysWhoseAssignmentIsOverAndWhoErased) {
  const Plan plan =
      DecideErasure(OwnedLead(), {ErasureCause::kRequest, "dpo@acme.example", "t1"}, kErased);
  Change erased;
  erased.type = ChangeType::kErased;
  erased.stage = Stage::kErased;
  erased.queue = QueueNamed("dach");
  erased.rep = RepNamed("ada");
  erased.generation = 1;
  erased.actor = "dpo@acme.example";
  erased.cause = "t1";
  erased.details = {{"why", "request"}};
  EXPECT_THAT(plan.changes, ElementsAre(erased));
}

TEST(ErasedLeadTest, WhatWasSaidBeforeChangesNothingAndCountsAsADuplicate) {
  const Plan plan = Decide(ErasedLead(), Read(QualifyingCapture("e1", kNow), 21, kErased + 1));
  EXPECT_EQ(plan.duplicates, 1);
  EXPECT_EQ(plan.applied, 0);
  EXPECT_EQ(plan.after.stage, Stage::kErased);
  EXPECT_TRUE(plan.after.facts.SameFacts(Facts()));
  EXPECT_EQ(plan.after.facts.applied_offsets.at(5), 21);
  EXPECT_TRUE(plan.inputs.empty()) << "nothing of it goes to the journey";
}

TEST(ErasedLeadTest, WhatTheLogTookBeforeIsNoNewsWhateverTimeItClaims) {
  const LeadEvent event = Read(QualifyingCapture("e1", kErased + kHourMs), 21, kErased);
  EXPECT_EQ(Decide(ErasedLead(), event).duplicates, 1);
}

TEST(ErasedLeadTest, ARedeliveredEventWasCountedEarlier) {
  const Plan plan = Decide(ErasedLead(), Read(QualifyingCapture("e1", kErased + 1), 20));
  EXPECT_EQ(plan.duplicates + plan.applied, 0);
  EXPECT_EQ(plan.after.stage, Stage::kErased);
  EXPECT_EQ(plan.after.cycle, 1);
  EXPECT_FALSE(plan.facts_changed);
}

TEST(ErasedLeadTest, ANewActBringsANewLeadWhoseNumbersGoOn) {
  const LeadEvent event = Read(QualifyingCapture("e9", kErased + 1), 21, kErased + 2);
  const Plan plan = Decide(ErasedLead(), event);
  EXPECT_EQ(plan.applied, 1);
  EXPECT_EQ(plan.expected_revision, 8);
  EXPECT_EQ(plan.after.version, 5);
  EXPECT_EQ(plan.after.generation, 1);
  EXPECT_EQ(plan.after.stage, Stage::kMql);
  EXPECT_EQ(plan.after.cycle, 1) << "its first one";
  EXPECT_EQ(plan.placement, Placement::kOffer);
  EXPECT_EQ(plan.after.erased_at_ms, kErased) << "what was before stays forgotten";
}

TEST(ErasedLeadTest, WhoCameBackIsNotToldWhatWasForgotten) {
  LeadRecord back = Decide(ErasedLead(), Read(Updated("e9", {}, kErased + 1), 21)).after;
  back.revision = 9;
  const Plan plan = Decide(back, Read(Updated("e1", {{"city", std::string("Ulm")}}, kNow), 22));
  EXPECT_EQ(plan.duplicates, 1);
  EXPECT_TRUE(plan.after.facts.attributes.empty());
}

TEST(ErasedLeadTest, APolicyMayLetNobodyReturn) {
  Policy policy = SamplePolicy();
  policy.retention.may_return = false;
  const Plan plan = Decide(ErasedLead(), Read(QualifyingCapture("e9", kErased + 1), 21), policy);
  EXPECT_EQ(plan.duplicates, 1);
  EXPECT_EQ(plan.after.stage, Stage::kErased);
}

TEST(ErasedLeadTest, ActionsDoNotFindIt) {
  Action action;
  action.generation = 1;
  const Policy policy = SamplePolicy();
  const auto decision = DecideAction(ErasedLead(), action, &policy, kErased + 1);
  EXPECT_EQ(ErrorReason(decision.status()), "LEAD_NOT_FOUND");
}

TEST(ErasedLeadTest, WhatSalesSaysOfItIsPassedOver) {
  SalesEvent event;
  event.occurred_at_ms = kErased + kHourMs;
  EXPECT_TRUE(IsOfErased(event, ErasedLead()));
  LeadRecord back = Returned(ErasedLead());
  EXPECT_FALSE(IsOfErased(event, back));
  event.occurred_at_ms = kErased;
  EXPECT_TRUE(IsOfErased(event, back));
  EXPECT_FALSE(IsOfErased(event, OwnedLead()));
}

TEST(EraseAtTest, CountsFromTheEndOfACycle) {
  Retention retention;
  retention.closed_ms = 30 * kDayMs;
  LeadRecord record = RecordIn(Stage::kRejected);
  record.closed_at_ms = kNow;
  EXPECT_EQ(EraseAt(record, retention), kNow + 30 * kDayMs);
  record.stage = Stage::kWon;
  EXPECT_EQ(EraseAt(record, retention), std::nullopt) << "customers have a time of their own";
  retention.won_ms = 365 * kDayMs;
  EXPECT_EQ(EraseAt(record, retention), kNow + 365 * kDayMs);
}

TEST(EraseAtTest, CountsFromTheLatestThingWhereTheEndWasNotNoted) {
  Retention retention;
  retention.closed_ms = kDayMs;
  LeadRecord record = RecordIn(Stage::kLost);
  record.facts.last_event_at_ms = kNow;
  record.offered_at_ms = kNow - kDayMs;
  record.last_touch_at_ms = kNow + kHourMs;
  EXPECT_EQ(EraseAt(record, retention), kNow + kHourMs + kDayMs);
}

TEST(EraseAtTest, TheInactiveAreThoseWhomSalesDoesNotHave) {
  Retention retention;
  retention.inactive_ms = 10 * kDayMs;
  LeadRecord record = RecordIn(Stage::kNurture);
  record.facts.last_event_at_ms = kNow;
  EXPECT_EQ(EraseAt(record, retention), kNow + 10 * kDayMs);
  record.stage = Stage::kRecycled;
  record.revisit_at_ms = kNow + 90 * kDayMs;
  EXPECT_EQ(EraseAt(record, retention), kNow + 100 * kDayMs) << "it comes back first";
  for (const Stage stage : {Stage::kQueued, Stage::kOffered, Stage::kAccepted, Stage::kWorking,
                            Stage::kSql, Stage::kSqo, Stage::kErased}) {
    record.stage = stage;
    EXPECT_EQ(EraseAt(record, retention), std::nullopt) << StageName(stage);
  }
}

TEST(EraseAtTest, WithoutRetentionEverybodyStays) {
  for (const Stage stage : {Stage::kNurture, Stage::kLost, Stage::kWon}) {
    EXPECT_EQ(EraseAt(RecordIn(stage), Retention()), std::nullopt);
  }
}

}  // namespace
}  // namespace baton::core
