#include "clock/timer_sweep.h"

#include <deque>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "support/flaky_store.h"
#include "world.h"

namespace baton::clock {
namespace {

using core::Stage;
using support::Fault;
using testing::HasSubstr;
using testing::IsEmpty;

// Its clock goes ahead between reading what is due and reading the leads.
class StoreThatGoesAhead : public support::FlakyStore {
 public:
  explicit StoreThatGoesAhead(store::Store& inner)
      : FlakyStore(inner, [] { return Fault::kNone; }) {}
  absl::StatusOr<store::LoadedLeads> Load(absl::Span<const core::LeadKey> keys) override {
    auto loaded = FlakyStore::Load(keys);
    loaded->now_ms += core::kDayMs;
    for (core::TimeMs& time_ms : loaded->times) time_ms += core::kDayMs;
    return loaded;
  }
};

class TimerSweepTest : public testing::Test {
 protected:
  TimerSweep NewSweep(int batch_max = 100) {
    return TimerSweep(world_.store, world_.store, world_.policies(), world_.own_clock.function(),
                      batch_max, *world_.metrics);
  }

  World world_;
};

TEST_F(TimerSweepTest, OfferThatNobodyAcceptsGoesToTheNextRepWhenItIsDue) {
  world_.AddRep("ada");
  world_.AddRep("bob");
  world_.Capture("l1");
  ASSERT_EQ(world_.Lead("l1").rep, support::RepNamed("ada"));
  TimerSweep sweep = NewSweep();

  world_.Pass(kAcceptWithinMs - 1);
  auto early = sweep.Run(0);
  ASSERT_TRUE(early.ok()) << early.status();
  EXPECT_EQ(early->fired, 0);
  EXPECT_EQ(early->next_due, absl::Milliseconds(1));
  EXPECT_EQ(world_.Lead("l1").rep, support::RepNamed("ada"));

  world_.Pass(1);
  auto due = sweep.Run(0);
  ASSERT_TRUE(due.ok()) << due.status();
  EXPECT_EQ(due->fired, 1);
  ASSERT_EQ(due->to_drain.size(), 1u);
  EXPECT_EQ(due->to_drain[0].rep, support::RepNamed("ada"));
  EXPECT_EQ(world_.Lead("l1").rep, support::RepNamed("bob"));
  EXPECT_EQ(world_.Lead("l1").stage, Stage::kOffered);
  EXPECT_EQ(world_.Lead("l1").generation, 2);

  EXPECT_EQ(sweep.Run(0)->fired, 0);  // once
  EXPECT_THAT(world_.metrics->Expose(), HasSubstr("baton_timers_fired_total 1\n"));
  EXPECT_THAT(world_.metrics->Expose(), HasSubstr("baton_timer_lateness_seconds_count 1\n"));
}

TEST_F(TimerSweepTest, APausedLeadGoesOnWithoutServiceLevels) {
  world_.AddRep("ada");
  world_.Capture("l1");
  world_.Act("l1", core::ActionType::kAccept);
  world_.Act("l1", core::ActionType::kPause);
  const core::TimeMs until_ms = world_.Lead("l1").paused_until_ms;
  ASSERT_GT(until_ms, 0);
  TimerSweep sweep = NewSweep();
  world_.Pass(until_ms - world_.store_clock.now_ms());
  EXPECT_EQ(sweep.Run(0)->fired, 1);
  EXPECT_EQ(world_.Lead("l1").paused_at_ms, 0);
  world_.Pass(core::kDayMs);
  EXPECT_EQ(sweep.Run(0)->fired, 0) << "and then nothing is due any more";
}

TEST_F(TimerSweepTest, LeadThatCannotBeReadHoldsUpNoOther) {
  for (const char* rep : {"ada", "bob"}) world_.AddRep(rep);
  for (const char* lead : {"bad", "good", "worse"}) world_.Capture(lead);
  support::FlakyStore flaky(world_.store, [] { return Fault::kNone; });
  flaky.SpoilRecord(support::Key("bad"));
  flaky.SpoilPlans(support::Key("worse"));
  TimerSweep sweep(flaky, flaky, world_.policies(), world_.own_clock.function(), 100,
                   *world_.metrics);
  world_.Pass(kAcceptWithinMs);
  const auto due = sweep.Run(0);
  ASSERT_TRUE(due.ok()) << due.status();
  EXPECT_EQ(due->fired, 1);
  EXPECT_EQ(world_.Lead("good").generation, 2);
  EXPECT_THAT(world_.metrics->Expose(), HasSubstr("baton_timers_unreadable_total 2\n"));
}

TEST_F(TimerSweepTest, MoreLeadsThatCannotBeReadThanASweepTakesHoldUpNoOther) {
  for (const char* rep : {"ada", "bob"}) world_.AddRep(rep, 10);
  support::FlakyStore flaky(world_.store, [] { return Fault::kNone; });
  for (const char* lead : {"bad1", "bad2", "bad3", "bad4"}) {
    world_.Capture(lead);
    flaky.SpoilRecord(support::Key(lead));
  }
  world_.Pass(1);
  world_.Capture("good");  // due behind them
  TimerSweep sweep(flaky, flaky, world_.policies(), world_.own_clock.function(), 3,
                   *world_.metrics);
  world_.Pass(kAcceptWithinMs);
  EXPECT_EQ(sweep.Run(0)->fired, 0);
  const auto second = sweep.Run(0);
  EXPECT_EQ(second->fired, 1);
  EXPECT_EQ(second->unreadable.at(core::WorkspaceId::Trusted("acme")), 1);
  EXPECT_EQ(world_.Lead("good").generation, 2);
  EXPECT_EQ(sweep.Run(0)->fired, 0);
  flaky.MendRecords();
  EXPECT_EQ(sweep.Run(0)->fired + sweep.Run(0)->fired, 4) << "they were not given up";
}

TEST_F(TimerSweepTest, EachWorkspaceIsDecidedByItsOwnPolicy) {
  core::Policy strict = world_.policy;
  strict.queues.at(support::QueueNamed("dach")).away_after = 1;
  world_.own_policies["beta"] = strict;
  world_.AddWorkspace("beta");
  for (const char* workspace : {"acme", "beta"}) {
    world_.AddRep("ada", 5, workspace);
    world_.Capture("l1", workspace);
  }
  world_.Pass(kAcceptWithinMs);
  EXPECT_EQ(NewSweep().Run(0)->fired, 2);
  const auto presence = [this](const char* workspace) {
    const auto id = core::WorkspaceId::Trusted(workspace);
    return world_.store.GetRep(id, support::RepNamed("ada"))->rep.presence;
  };
  EXPECT_EQ(presence("acme"), core::Presence::kOnline);
  EXPECT_EQ(presence("beta"), core::Presence::kAway);
}

TEST_F(TimerSweepTest, AWorkspaceWithManyDueTimersLeavesOthersTheirShare) {
  world_.AddWorkspace("beta");
  for (const char* workspace : {"acme", "beta"}) {
    for (const char* rep : {"ada", "bob"}) world_.AddRep(rep, 100, workspace);
  }
  for (int i = 0; i < 30; ++i) world_.Capture(absl::StrCat("l", i));
  world_.Pass(1);
  for (int i = 0; i < 3; ++i) world_.Capture(absl::StrCat("l", i), "beta");
  world_.Pass(kAcceptWithinMs);
  TimerSweep sweep = NewSweep(/*batch_max=*/4);
  EXPECT_EQ(sweep.Run(0)->fired, 4);
  EXPECT_EQ(sweep.Run(0)->fired, 4);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(world_.Lead(absl::StrCat("l", i), "beta").generation, 2);
  }
  int sweeps = 2;
  while (sweeps < 100 && sweep.Run(0)->next_due == absl::ZeroDuration()) ++sweeps;
  EXPECT_EQ(sweeps, 33 / 4);
  EXPECT_THAT(world_.metrics->Expose(), HasSubstr("baton_timers_fired_total 33\n"));
}

TEST_F(TimerSweepTest, UnreadableLeadsTakeNoShareOfOthersAndTheirOwnNotForEver) {
  world_.AddWorkspace("beta");
  for (const char* workspace : {"acme", "beta"}) {
    for (const char* rep : {"ada", "bob"}) world_.AddRep(rep, 100, workspace);
  }
  support::FlakyStore flaky(world_.store, [] { return Fault::kNone; });
  for (int i = 0; i < 20; ++i) {
    world_.Capture(absl::StrCat("bad", i));
    flaky.SpoilRecord(support::Key(absl::StrCat("bad", i)));
  }
  world_.Pass(1);
  for (int i = 0; i < 8; ++i) world_.Capture(absl::StrCat("l", i), "beta");
  for (int i = 0; i < 2; ++i) world_.Capture(absl::StrCat("good", i));
  world_.Pass(kAcceptWithinMs);
  TimerSweep sweep(flaky, flaky, world_.policies(), world_.own_clock.function(), 4,
                   *world_.metrics);
  for (int i = 0; i < 4; ++i) EXPECT_EQ(sweep.Run(0)->fired, 2) << "the share of beta";
  for (int i = 0; i < 3; ++i) EXPECT_EQ(sweep.Run(0)->fired, 0) << "the other 12 of 20";
  EXPECT_EQ(sweep.Run(0)->fired, 2);
  EXPECT_EQ(world_.Lead("good0").generation + world_.Lead("good1").generation, 4);
}

TEST_F(TimerSweepTest, ABrokenServiceLevelTakesTheLeadAndIsCounted) {
  core::Sla sla;
  sla.name = "touch";
  sla.target_ms = core::kMinuteMs;
  sla.warn_percent = 50;
  sla.breach = core::SlaBreach::kReassign;
  world_.policy.slas = {sla};
  world_.AddRep("ada");
  world_.AddRep("bob");
  world_.Capture("l1");
  TimerSweep sweep = NewSweep();
  auto started = sweep.Run(0);  // its clock begins the moment it was given to ada
  ASSERT_TRUE(started.ok()) << started.status();
  EXPECT_EQ(started->fired, 1);
  EXPECT_EQ(sweep.Run(0)->next_due, absl::Seconds(30));
  world_.Act("l1", core::ActionType::kAccept);
  world_.Pass(30 * core::kSecondMs);
  EXPECT_EQ(sweep.Run(0)->fired, 1);
  EXPECT_EQ(world_.Lead("l1").clocks[0].state, core::SlaState::kWarned);
  world_.Pass(30 * core::kSecondMs);
  const auto broken = sweep.Run(0);
  ASSERT_EQ(broken->to_drain.size(), 1u);
  EXPECT_EQ(broken->to_drain[0].rep, support::RepNamed("ada"));
  EXPECT_EQ(world_.Lead("l1").rep, support::RepNamed("bob"));
  const std::string metrics = world_.metrics->Expose();
  EXPECT_THAT(metrics, HasSubstr("baton_sla_warnings_total{metric=\"first_touch\",queue=\"dach\","
                                 "sla=\"touch\"} 1\n"));
  EXPECT_THAT(metrics, HasSubstr("baton_sla_breaches_total{metric=\"first_touch\",queue=\"dach\","
                                 "sla=\"touch\"} 1\n"));
}

TEST_F(TimerSweepTest, NoTimersNoSweep) {
  const auto sweep = NewSweep().Run(0);
  EXPECT_EQ(sweep->fired, 0);
  EXPECT_EQ(sweep->next_due, absl::InfiniteDuration());
}

TEST_F(TimerSweepTest, AcceptedOfferDoesNotExpire) {
  world_.AddRep("ada");
  world_.Capture("l1");
  world_.Act("l1", core::ActionType::kAccept);
  world_.Pass(kAcceptWithinMs);
  EXPECT_EQ(NewSweep().Run(0)->fired, 0);
  EXPECT_EQ(world_.Lead("l1").stage, Stage::kAccepted);
}

TEST_F(TimerSweepTest, LeadThatAllPassedOnIsOfferedAgainAfterTheCoolDown) {
  world_.AddRep("ada");
  world_.Capture("l1");
  TimerSweep sweep = NewSweep();
  world_.Pass(kAcceptWithinMs);
  EXPECT_EQ(sweep.Run(0)->fired, 1);
  ASSERT_EQ(world_.Lead("l1").stage, Stage::kQueued);
  world_.Pass(kRetryAfterMs - 1);
  EXPECT_EQ(sweep.Run(0)->fired, 0);
  world_.Pass(1);
  const auto retried = sweep.Run(0);
  EXPECT_EQ(retried->fired, 1);
  EXPECT_THAT(retried->to_drain, IsEmpty());
  EXPECT_EQ(world_.Lead("l1").stage, Stage::kOffered);
}

TEST_F(TimerSweepTest, ALeadEscalatesOnceAPolicyThatCouldNotBeReadCanBe) {
  core::QueuePolicy& home = world_.policy.queues.at(support::QueueNamed("dach"));
  home.max_wait_ms = core::kHourMs;
  home.escalate_to = support::QueueNamed("triage");
  world_.Capture("l1");
  bool readable = false;
  const PolicySource read = world_.policies();
  const PolicySource policies = [&](absl::Span<const core::WorkspaceId> workspaces) {
    return readable ? read(workspaces) : absl::StatusOr<Policies>(Policies(workspaces.size()));
  };
  TimerSweep sweep(world_.store, world_.store, policies, world_.own_clock.function(), 100,
                   *world_.metrics);
  world_.Pass(core::kHourMs);
  EXPECT_EQ(sweep.Run(0)->fired, 1);
  EXPECT_EQ(world_.Lead("l1").queue, support::QueueNamed("dach"));
  EXPECT_EQ(sweep.Run(0)->next_due, absl::Minutes(1));
  readable = true;
  world_.Pass(core::kMinuteMs);
  EXPECT_EQ(sweep.Run(0)->fired, 1);
  EXPECT_EQ(world_.Lead("l1").queue, support::QueueNamed("triage"));
}

TEST_F(TimerSweepTest, ALeadThatAsksAgainWaitsItsTurnAndItsQueueIsToBeDrained) {
  world_.AddRep("ada", 1);
  world_.Capture("l2");
  world_.Capture("l1");  // stands in front, and nobody has room for it
  TimerSweep sweep = NewSweep();
  world_.Pass(kAcceptWithinMs);
  EXPECT_EQ(sweep.Run(0)->fired, 1);
  world_.Pass(kRetryAfterMs);
  const auto retried = sweep.Run(0);
  EXPECT_EQ(retried->fired, 1);
  EXPECT_EQ(world_.Lead("l2").stage, Stage::kQueued);
  ASSERT_EQ(retried->to_drain.size(), 1u);
  EXPECT_EQ(retried->to_drain[0].queue, support::QueueNamed("dach"));
  const auto drained =
      world_.store.Drain(world_.Lead("l1").key.workspace, support::QueueNamed("dach"), 9);
  ASSERT_TRUE(drained.ok()) << drained.status();
  EXPECT_EQ(drained->assigned, 1);
  EXPECT_EQ(world_.Lead("l1").rep, support::RepNamed("ada"));
}

TEST_F(TimerSweepTest, NothingFiresWhileTheClocksDisagree) {
  world_.AddRep("ada");
  world_.AddRep("bob");
  world_.Capture("l1");
  TimerSweep sweep = NewSweep();
  world_.store_clock.Advance(kAcceptWithinMs);  // stepped
  const auto held = sweep.Run(0);
  EXPECT_EQ(held.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(held.status().message(), HasSubstr("ahead of ours"));
  EXPECT_EQ(world_.Lead("l1").rep, support::RepNamed("ada"));
  EXPECT_THAT(world_.metrics->Expose(), HasSubstr("baton_clock_skew_seconds 7200\n"));

  world_.own_clock.Advance(kAcceptWithinMs - 251);
  EXPECT_FALSE(sweep.Run(0).ok());
  world_.own_clock.Advance(1);
  EXPECT_EQ(sweep.Run(0)->fired, 1);
  world_.own_clock.Advance(core::kSecondMs);
  EXPECT_THAT(sweep.Run(0).status().message(), HasSubstr("behind ours"));
}

TEST_F(TimerSweepTest, WhatIsDueIsDecidedByTheClockThatAgreedWithOurs) {
  core::Sla sla;
  sla.name = "touch";
  sla.target_ms = core::kHourMs;
  sla.breach = core::SlaBreach::kReassign;
  world_.policy.slas = {sla};
  world_.AddRep("ada");
  world_.AddRep("bob");
  world_.Capture("l1");
  StoreThatGoesAhead store(world_.store);
  TimerSweep sweep(store, store, world_.policies(), world_.own_clock.function(), 100,
                   *world_.metrics);
  EXPECT_EQ(sweep.Run(0)->fired, 1) << "its clock begins";
  EXPECT_EQ(world_.Lead("l1").rep, support::RepNamed("ada"));
  EXPECT_EQ(world_.Lead("l1").clocks[0].state, core::SlaState::kPending);
  EXPECT_THAT(world_.metrics->Expose(), HasSubstr("baton_timer_lateness_seconds_sum 0\n"));
}

TEST_F(TimerSweepTest, MoreThanABatchIsDueAtOnce) {
  world_.AddRep("ada", 100);
  world_.AddRep("bob", 100);
  for (int i = 0; i < 5; ++i) world_.Capture(absl::StrCat("l", i));
  world_.Pass(kAcceptWithinMs);
  TimerSweep sweep = NewSweep(/*batch_max=*/2);
  int fired = 0;
  for (int expected : {2, 2, 1}) {
    const auto batch = sweep.Run(0);
    EXPECT_EQ(batch->fired, expected);
    EXPECT_EQ(batch->next_due == absl::ZeroDuration(), expected == 2);
    fired += batch->fired;
  }
  EXPECT_EQ(fired, 5);
}

TEST_F(TimerSweepTest, ABurstIsLeftToTheClockThatIsFasterForThisTime) {
  world_.AddRep("ada", 100);
  world_.AddRep("bob", 100);
  for (int i = 0; i < 4; ++i) world_.Capture(absl::StrCat("l", i));
  world_.Pass(kAcceptWithinMs);
  TimerSweep faster = NewSweep(/*batch_max=*/2);
  int calls = 0;
  support::FlakyStore slow(world_.store, [&] {
    if (++calls == 3) {  // between reading and writing
      EXPECT_EQ(faster.Run(0)->fired, 2);
    }
    return Fault::kNone;
  });
  TimerSweep slower(slow, slow, world_.policies(), world_.own_clock.function(), 2, *world_.metrics);
  const auto late = slower.Run(0);
  ASSERT_TRUE(late.ok()) << late.status();
  EXPECT_EQ(late->fired, 0);
  EXPECT_EQ(late->overtaken, 2);
  EXPECT_GT(late->next_due, absl::ZeroDuration());
  EXPECT_EQ(slower.Run(0)->fired, 2);  // nothing is left behind
}

TEST_F(TimerSweepTest, LostAnswerFiresNothingTwice) {
  world_.AddRep("ada");
  world_.AddRep("bob");
  world_.AddRep("cyd");
  world_.Capture("l1");
  std::deque<Fault> faults = {Fault::kNone, Fault::kNone, Fault::kLosesReply};
  support::FlakyStore flaky(world_.store, [&faults] {
    if (faults.empty()) return Fault::kNone;
    const Fault fault = faults.front();
    faults.pop_front();
    return fault;
  });
  TimerSweep sweep(flaky, flaky, world_.policies(), world_.own_clock.function(), 100,
                   *world_.metrics);
  world_.Pass(kAcceptWithinMs);
  EXPECT_EQ(sweep.Run(0).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(sweep.Run(0)->fired, 0);
  EXPECT_EQ(world_.Lead("l1").generation, 2);
}

TEST(TimerSweepLimitsTest, FullOutboxKeepsTimersDueWithoutSpinning) {
  store::StoreLimits limits;
  limits.outbox_max = 4;
  limits.outbox_reserve = 0;
  World world(limits);
  world.AddRep("ada");
  world.Capture("l1");
  world.Capture("l2");
  world.Pass(kAcceptWithinMs);
  TimerSweep sweep(world.store, world.store, world.policies(), world.own_clock.function(), 1,
                   *world.metrics);
  EXPECT_EQ(sweep.Run(0).status().code(), absl::StatusCode::kResourceExhausted);
  const int64_t last = world.store.Bounds(0)->last_sequence;
  ASSERT_TRUE(world.store.Trim(0, last, 0).ok());
  EXPECT_EQ(sweep.Run(0)->fired, 1);
}

}  // namespace
}  // namespace baton::clock
