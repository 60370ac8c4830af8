#include "clock/hours_renewal.h"

#include <gtest/gtest.h>

#include "agreement/policy_cache.h"
#include "support/make_active.h"
#include "world.h"

namespace baton::clock {
namespace {

std::string PolicyWith(const std::string& calendars) {
  return "apiVersion: baton.dev/v1\nkind: HandoffPolicy\n"
         "metadata: {workspace: acme, name: inbound}\nspec:\n"
         "  definition: {mql: {match: {fit: \">= 0\"}}}\n"
         "  routing: [{default: true, to: {queue: dach}}]\n"
         "  queues: {dach: {mode: offer}}\n" +
         calendars;
}

class HoursRenewalTest : public testing::Test {
 protected:
  void Activate(const std::string& calendars) {
    ASSERT_TRUE(support::MakeActive(world_.store, world_.policy, PolicyWith(calendars)).ok());
  }

  void AddRep(const std::string& calendar) {
    core::Rep rep = support::SampleRep("ada");
    rep.queues = {support::QueueNamed("dach")};
    rep.presence = core::Presence::kOnline;
    rep.capacity = core::kCapacityMax;
    rep.work.calendar = calendar;
    ASSERT_TRUE(world_.store.PutRep(support::Key().workspace, rep, -1).ok());
  }

  bool IsAtWork() {
    core::Plan plan;
    plan.key = support::Key("lead-" + std::to_string(++leads_));
    plan.after.key = plan.key;
    plan.after.stage = core::Stage::kMql;
    plan.after.cycle = 1;
    plan.after.queue = support::QueueNamed("dach");
    plan.placement = core::Placement::kOffer;
    EXPECT_TRUE(world_.store.Commit({plan}).ok());
    // Those of before wait in front of it.
    EXPECT_TRUE(world_.store.Drain(plan.key.workspace, plan.after.queue, store::kDrainMax).ok());
    return world_.Lead(plan.key.lead.str()).stage == core::Stage::kOffered;
  }

  World world_;
  agreement::PolicyCache policies_{world_.store, world_.store, 10};
  HoursRenewal renewal_{world_.store, world_.store, policies_, world_.own_clock.function()};
  int leads_ = 0;
};

const char kAlways[] = "  calendars: {all: {zone: UTC, hours: {mon-sun: [\"00:00-24:00\"]}}}\n";

TEST_F(HoursRenewalTest, ARepWorksByTheCalendarOfThePolicyOnceItIsRenewed) {
  Activate(kAlways);
  AddRep("all");
  EXPECT_FALSE(IsAtWork());
  EXPECT_TRUE(renewal_.Run().ok());
  EXPECT_TRUE(IsAtWork());
}

TEST_F(HoursRenewalTest, ACalendarThatANewPolicyLacksIsClosed) {
  Activate(kAlways);
  AddRep("all");
  EXPECT_TRUE(renewal_.Run().ok());
  Activate("");
  EXPECT_TRUE(renewal_.Run().ok());
  EXPECT_FALSE(IsAtWork());
  Activate(std::string(kAlways) + "  # again\n");
  EXPECT_TRUE(renewal_.Run().ok());
  EXPECT_TRUE(IsAtWork());
}

TEST_F(HoursRenewalTest, HoursDoNotRunOut) {
  Activate(kAlways);
  AddRep("all");
  for (int day = 0; day < 40; ++day) {
    EXPECT_TRUE(renewal_.Run().ok());
    EXPECT_TRUE(IsAtWork()) << "day " << day;
    world_.Pass(core::kDayMs);
  }
}

// Its hours were stored between the renewal's list of reps and its write, the rep itself after
// that.
TEST_F(HoursRenewalTest, ARepThatCameInTheMidstOfARenewalHasItsHoursSecondsLater) {
  Activate(kAlways);
  EXPECT_TRUE(renewal_.Run().ok());
  AddRep("all");
  world_.Pass(HoursRenewal::kAgainAfterMs - 1);
  EXPECT_TRUE(renewal_.Run().ok());
  EXPECT_FALSE(IsAtWork());
  world_.Pass(1);
  EXPECT_TRUE(renewal_.Run().ok());
  EXPECT_TRUE(IsAtWork());
}

TEST_F(HoursRenewalTest, WhatTheApiStoresIsNotRemovedByTheSecondLook) {
  Activate(kAlways);
  EXPECT_TRUE(renewal_.Run().ok());
  world_.Pass(HoursRenewal::kAgainAfterMs);
  core::Hours hours;
  hours.open = {{0, support::kNow + core::kDayMs}};
  const auto stored = world_.store.PutHours(support::Key().workspace, -1, {{"all", hours}}, false);
  ASSERT_TRUE(stored.ok()) << stored;
  EXPECT_TRUE(renewal_.Run().ok());
  AddRep("all");
  EXPECT_TRUE(IsAtWork());
}

TEST_F(HoursRenewalTest, APolicyThatCannotBeReadIsAFailureOfItsWorkspaceAlone) {
  world_.AddWorkspace("beta");
  Activate(kAlways);
  AddRep("all");
  core::Policy policy = world_.policy;
  policy.workspace = core::WorkspaceId::Trusted("beta");
  ASSERT_TRUE(support::MakeActive(world_.store, policy, "unreadable: [").ok());
  EXPECT_FALSE(renewal_.Run().ok());
  EXPECT_TRUE(IsAtWork());
}

}  // namespace
}  // namespace baton::clock
