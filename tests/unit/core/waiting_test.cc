#include "core/waiting.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/builders.h"

namespace baton::core {
namespace {

using support::kNow;
using support::QueueNamed;
using support::RecordIn;
using support::RepNamed;
using support::SamplePolicy;
using testing::ElementsAre;
using testing::Pair;

class WaitingTest : public testing::Test {
 protected:
  WaitingTest() {
    plan_.after = RecordIn(Stage::kQueued);
    plan_.after.queue = QueueNamed("dach");
    home_ = &policy_.queues[QueueNamed("dach")];
  }

  void Enter(TimeMs now_ms = kNow) { EnterQueue(&policy_, now_ms, plan_.after); }
  void OutwaitUntil(TimeMs now_ms) { Outwait(&policy_, now_ms, plan_); }

  Policy policy_ = SamplePolicy();
  QueuePolicy* home_;
  Plan plan_;
  LeadRecord& lead_ = plan_.after;
};

TEST_F(WaitingTest, AQueueWithoutTimesLetsALeadWait) {
  Enter();
  EXPECT_EQ(lead_.wait_until_ms, 0);
  EXPECT_EQ(lead_.home, QueueNamed("dach"));
  EXPECT_EQ(lead_.home_since_ms, kNow);
  OutwaitUntil(kNow + kDayMs);
  EXPECT_TRUE(plan_.changes.empty());
}

TEST_F(WaitingTest, TheEarliestTimeIsTheNextOne) {
  home_->widen = {{30 * kMinuteMs, QueueNamed("inside")}};
  home_->max_wait_ms = 20 * kMinuteMs;
  Enter();
  EXPECT_EQ(lead_.wait_until_ms, kNow + 20 * kMinuteMs);
  lead_.owners = {RepNamed("ada")};
  lead_.judgment.route.owner_wait_ms = 10 * kMinuteMs;
  Enter();
  EXPECT_EQ(lead_.wait_until_ms, kNow + 10 * kMinuteMs);
  EXPECT_TRUE(lead_.owners_only);
}

TEST_F(WaitingTest, AfterTheOwnersTimeOthersMayHaveTheLead) {
  lead_.owners = {RepNamed("ada")};
  lead_.judgment.route.owner_wait_ms = 10 * kMinuteMs;
  Enter();
  OutwaitUntil(kNow + 10 * kMinuteMs - 1);
  EXPECT_TRUE(lead_.owners_only);
  OutwaitUntil(kNow + 10 * kMinuteMs);
  EXPECT_FALSE(lead_.owners_only);
  EXPECT_THAT(lead_.owners, ElementsAre(RepNamed("ada"))) << "still asked first";
  EXPECT_EQ(lead_.wait_until_ms, 0);
  EXPECT_TRUE(plan_.changes.empty()) << "it waits in the same queue";
}

TEST_F(WaitingTest, OwnersWithoutAWaitAreOnlyAskedFirst) {
  lead_.owners = {RepNamed("ada")};
  Enter();
  EXPECT_FALSE(lead_.owners_only);
  EXPECT_EQ(lead_.wait_until_ms, 0);
}

TEST_F(WaitingTest, WideningsMoveTheLeadOneAfterTheOther) {
  home_->widen = {{30 * kMinuteMs, QueueNamed("inside")}, {kHourMs, QueueNamed("triage")}};
  Enter();
  OutwaitUntil(kNow + 30 * kMinuteMs);
  EXPECT_EQ(lead_.queue, QueueNamed("inside"));
  EXPECT_EQ(lead_.home, QueueNamed("dach")) << "whose times go on";
  EXPECT_EQ(lead_.wait_until_ms, kNow + kHourMs);
  ASSERT_EQ(plan_.changes.size(), 1u);
  EXPECT_EQ(plan_.changes[0].type, ChangeType::kQueued);
  EXPECT_EQ(plan_.changes[0].stage, Stage::kQueued);
  EXPECT_EQ(plan_.changes[0].queue, QueueNamed("inside"));
  EXPECT_EQ(plan_.changes[0].actor, "clock");
  EXPECT_THAT(plan_.changes[0].details, ElementsAre(Pair("from", "dach"), Pair("why", "widened")));
  OutwaitUntil(kNow + kHourMs);
  EXPECT_EQ(lead_.queue, QueueNamed("triage"));
  EXPECT_EQ(lead_.wait_until_ms, 0);
}

TEST_F(WaitingTest, WideningsThatWereMissedAreMadeUpFor) {
  home_->widen = {{30 * kMinuteMs, QueueNamed("inside")}, {kHourMs, QueueNamed("triage")}};
  Enter();
  OutwaitUntil(kNow + kDayMs);
  EXPECT_EQ(lead_.queue, QueueNamed("triage"));
  EXPECT_EQ(plan_.changes.size(), 2u);
}

TEST_F(WaitingTest, AnEscalatedLeadBeginsAnewInItsNextQueue) {
  home_->max_wait_ms = kHourMs;
  home_->escalate_to = QueueNamed("triage");
  policy_.queues[QueueNamed("triage")].max_wait_ms = kDayMs;
  Enter();
  OutwaitUntil(kNow + kHourMs + 5);
  EXPECT_EQ(lead_.queue, QueueNamed("triage"));
  EXPECT_EQ(lead_.home, QueueNamed("triage"));
  EXPECT_EQ(lead_.wait_until_ms, kNow + kHourMs + 5 + kDayMs);
  EXPECT_THAT(plan_.changes.at(0).details,
              ElementsAre(Pair("from", "dach"), Pair("why", "escalated")));
}

TEST_F(WaitingTest, WithoutAQueueToEscalateToTheLongWaitIsAnnouncedOnce) {
  home_->max_wait_ms = kHourMs;
  Enter();
  OutwaitUntil(kNow + kHourMs);
  EXPECT_EQ(lead_.queue, QueueNamed("dach"));
  EXPECT_EQ(lead_.wait_until_ms, 0);
  EXPECT_THAT(plan_.changes.at(0).details,
              ElementsAre(Pair("from", "dach"), Pair("why", "max_wait")));
  OutwaitUntil(kNow + kDayMs);
  EXPECT_EQ(plan_.changes.size(), 1u);
}

TEST_F(WaitingTest, WithoutAPolicyOnlyTheOwnersTimeIsKnown) {
  lead_.owners = {RepNamed("ada")};
  lead_.judgment.route.owner_wait_ms = kHourMs;
  home_->max_wait_ms = kHourMs - 30 * kSecondMs;
  Enter();
  Outwait(nullptr, lead_.wait_until_ms, plan_);
  EXPECT_TRUE(lead_.owners_only);
  EXPECT_EQ(lead_.wait_until_ms, kNow + kHourMs);
  Outwait(nullptr, lead_.wait_until_ms, plan_);
  EXPECT_FALSE(lead_.owners_only);
  EXPECT_TRUE(plan_.changes.empty());
  EXPECT_EQ(lead_.wait_until_ms, kNow + kHourMs + kMinuteMs) << "to be looked at again";
}

TEST_F(WaitingTest, WhatWasDueWhileTheHomeWasNotKnownIsMadeUpFor) {
  home_->widen = {{30 * kMinuteMs, QueueNamed("inside")}};
  home_->max_wait_ms = kHourMs;
  home_->escalate_to = QueueNamed("triage");
  Enter();
  Policy without = policy_;
  without.queues.erase(QueueNamed("dach"));
  const Policy* const unknown[] = {nullptr, &without};
  for (const Policy* policy : unknown) {
    const TimeMs now_ms = lead_.wait_until_ms;
    Outwait(policy, now_ms, plan_);
    EXPECT_TRUE(plan_.changes.empty());
    EXPECT_EQ(lead_.queue, QueueNamed("dach"));
    EXPECT_EQ(lead_.home_since_ms, kNow);
    EXPECT_EQ(lead_.wait_until_ms, now_ms + kMinuteMs);
  }
  OutwaitUntil(kNow + kHourMs);
  EXPECT_EQ(lead_.queue, QueueNamed("triage"));
  ASSERT_EQ(plan_.changes.size(), 2u);
  EXPECT_EQ(plan_.changes[0].details.at("why"), "widened");
  EXPECT_EQ(plan_.changes[1].details.at("why"), "escalated");
}

TEST_F(WaitingTest, AnUnknownHomeDelaysNoWaitThatIsNotOver) {
  home_->max_wait_ms = kHourMs;
  Enter();
  Outwait(nullptr, kNow + kHourMs - 5 * kSecondMs, plan_);
  EXPECT_EQ(lead_.wait_until_ms, kNow + kHourMs);
}

TEST_F(WaitingTest, ALeadWithoutATimeToWaitForIsNotLookedAtAgainForAnUnknownHome) {
  Enter();
  Outwait(nullptr, kNow + kHourMs, plan_);
  EXPECT_EQ(lead_.wait_until_ms, 0);
}

TEST(TurnOfTest, WithoutAgeingThePriorityIsTheBand) {
  EXPECT_EQ(TurnOf(7, 1'000, {}), (Turn{7, 1'000}));
}

TEST(TurnOfTest, LeadsThatAgeStandByTheirGrownPriorities) {
  const Ageing age{kHourMs, 2, 50};
  EXPECT_EQ(TurnOf(0, 10 * kHourMs, age), (Turn{49, 10 * kHourMs}));
  EXPECT_EQ(TurnOf(4, 10 * kHourMs, age), (Turn{49, 8 * kHourMs})) << "two hours ahead";
  EXPECT_EQ(TurnOf(49, kHourMs, age), (Turn{49, 0})) << "never before the beginning of time";
}

TEST(TurnOfTest, LeadsAboveTheLimitAreNeverOvertaken) {
  EXPECT_EQ(TurnOf(50, kHourMs, {kHourMs, 2, 50}), (Turn{50, kHourMs}));
}

}  // namespace
}  // namespace baton::core
