#include <gtest/gtest.h>

#include "core/decide.h"
#include "support/builders.h"

namespace baton::core {
namespace {

using support::kNow;
using support::QueueNamed;
using support::RecordIn;
using support::RepNamed;

LeadRecord WaitingForRetry() {
  LeadRecord record = RecordIn(Stage::kQueued);
  record.generation = 2;
  record.passed = {RepNamed("ada"), RepNamed("bob")};
  record.timer = TimerKind::kRetry;
  record.due_at_ms = kNow;
  return record;
}

TEST(DecideTimerTest, SilentRepIsPassedOverAndStaysCharged) {
  const LeadRecord record = RecordIn(Stage::kOffered);
  const auto plan = DecideTimer(record, nullptr, record.due_at_ms, record.due_at_ms + 40);
  ASSERT_TRUE(plan.has_value());
  EXPECT_EQ(plan->key, record.key);
  EXPECT_EQ(plan->expected_revision, record.revision);
  EXPECT_EQ(plan->policy_revision, 0);
  EXPECT_EQ(plan->not_before_ms, record.due_at_ms);
  EXPECT_TRUE(plan->may_use_reserve);
  EXPECT_FALSE(plan->refund);
  EXPECT_EQ(plan->placement, Placement::kOffer);
  EXPECT_EQ(plan->after.stage, Stage::kQueued);
  EXPECT_TRUE(plan->after.rep.empty());
  EXPECT_EQ(plan->after.passed, (std::vector<RepId>{RepNamed("ada")}));
  EXPECT_EQ(plan->after.queued_at_ms, record.queued_at_ms);
  EXPECT_EQ(plan->after.due_at_ms, 0);
  EXPECT_EQ(plan->after.timer, TimerKind::kNone);

  Change expired;
  expired.type = ChangeType::kOfferExpired;
  expired.stage = Stage::kQueued;
  expired.queue = QueueNamed("dach");
  expired.rep = RepNamed("ada");
  expired.generation = 1;
  expired.actor = "clock";
  EXPECT_EQ(plan->changes, (std::vector<Change>{expired}));
}

TEST(DecideTimerTest, AQueueThatSetsSilentRepsAwayDoesNotChargeThem) {
  const LeadRecord record = RecordIn(Stage::kOffered);
  Policy policy = support::SamplePolicy();
  policy.queues[QueueNamed("dach")].away_after = 3;
  const auto plan = DecideTimer(record, &policy, record.due_at_ms, record.due_at_ms);
  ASSERT_TRUE(plan.has_value());
  EXPECT_EQ(plan->silent_max, 3);
  EXPECT_TRUE(plan->refund);
  EXPECT_EQ(plan->changes.back().details.at("charged"), "false");
}

TEST(DecideTimerTest, RetryAsksEveryoneAgainAndPublishesNothingItself) {
  const LeadRecord record = WaitingForRetry();
  const auto plan = DecideTimer(record, nullptr, kNow, kNow);
  ASSERT_TRUE(plan.has_value());
  EXPECT_TRUE(plan->after.passed.empty());
  EXPECT_EQ(plan->after.stage, Stage::kQueued);
  EXPECT_EQ(plan->after.queued_at_ms, record.queued_at_ms);
  EXPECT_TRUE(plan->changes.empty());
  EXPECT_EQ(plan->placement, Placement::kOffer);
  EXPECT_FALSE(plan->refund);
  EXPECT_EQ(plan->not_before_ms, kNow);
  EXPECT_TRUE(plan->may_use_reserve);
}

TEST(DecideTimerTest, NothingToDoBeforeItIsDue) {
  EXPECT_FALSE(DecideTimer(WaitingForRetry(), nullptr, kNow, kNow - 1).has_value());
}

TEST(DecideTimerTest, SupersededTimerDoesNothing) {
  const LeadRecord record = RecordIn(Stage::kOffered);
  EXPECT_FALSE(DecideTimer(record, nullptr, record.due_at_ms - 1, record.due_at_ms).has_value());
  EXPECT_FALSE(DecideTimer(RecordIn(Stage::kAccepted), nullptr, kNow, kNow).has_value());
  EXPECT_FALSE(DecideTimer(LeadRecord(), nullptr, kNow, kNow).has_value());
  EXPECT_FALSE(DecideTimer(LeadRecord(), nullptr, 0, kNow).has_value());
}

TEST(DecideTimerTest, TimerOfAnotherKindThanTheStageDoesNothing) {
  LeadRecord record = WaitingForRetry();
  record.timer = TimerKind::kOfferExpiry;
  EXPECT_FALSE(DecideTimer(record, nullptr, kNow, kNow).has_value());
  LeadRecord offered = RecordIn(Stage::kOffered);
  offered.timer = TimerKind::kRetry;
  EXPECT_FALSE(DecideTimer(offered, nullptr, offered.due_at_ms, offered.due_at_ms).has_value());
}

TEST(DecideTimerTest, WhoHasWithdrawnConsentIsOfferedToNobodyWhoeverHasIt) {
  for (LeadRecord record : {RecordIn(Stage::kOffered), WaitingForRetry()}) {
    record.facts.consent = Consent::kWithdrawn;
    const auto plan = DecideTimer(record, nullptr, record.due_at_ms, record.due_at_ms);
    ASSERT_TRUE(plan.has_value());
    EXPECT_EQ(plan->placement, Placement::kRelease);
    EXPECT_EQ(plan->after.stage, Stage::kRejected);
    EXPECT_EQ(plan->after.reason, "DO_NOT_CONTACT");
    EXPECT_EQ(plan->after.due_at_ms, 0);
    ASSERT_FALSE(plan->changes.empty());
    EXPECT_EQ(plan->changes.back().type, ChangeType::kRejected);
  }
}

TEST(DecideTimerTest, AWaitThatIsOverLeadsToWhatThePolicySays) {
  Policy policy = support::SamplePolicy();
  policy.revision = 7;
  policy.queues[QueueNamed("dach")].widen = {{kHourMs, QueueNamed("inside")}};
  LeadRecord record = RecordIn(Stage::kQueued);
  record.home = record.queue;
  record.home_since_ms = kNow;
  record.passed = {RepNamed("ada")};
  record.timer = TimerKind::kWait;
  record.due_at_ms = kNow + kHourMs;
  const auto plan = DecideTimer(record, &policy, record.due_at_ms, record.due_at_ms);
  ASSERT_TRUE(plan.has_value());
  EXPECT_EQ(plan->placement, Placement::kOffer);
  EXPECT_EQ(plan->policy_revision, 7);
  EXPECT_EQ(plan->after.queue, QueueNamed("inside"));
  EXPECT_EQ(plan->after.passed, record.passed) << "who passed has still passed";
  EXPECT_EQ(plan->changes.size(), 1u);
}

}  // namespace
}  // namespace baton::core
