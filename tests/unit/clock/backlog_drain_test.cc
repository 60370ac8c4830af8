#include "clock/backlog_drain.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "support/flaky_store.h"
#include "world.h"

namespace baton::clock {
namespace {

using core::Stage;
using support::RepNamed;
using testing::HasSubstr;

ToDrain Freed(const std::string& rep) {
  return {core::WorkspaceId::Trusted("acme"), RepNamed(rep), {}};
}

class BacklogDrainTest : public testing::Test {
 protected:
  BacklogDrain NewDrain(int workspaces_max = 10) {
    return BacklogDrain(world_.store, workspaces_max, world_.own_clock.function(), *world_.metrics);
  }

  World world_;
};

TEST_F(BacklogDrainTest, QueuesOfAFreedRepAreDrainedOldestFirst) {
  world_.AddRep("ada", 1);
  world_.SetPresence("ada", core::Presence::kOffline);
  world_.Capture("old");
  world_.Pass(core::kSecondMs);
  world_.Capture("young");
  world_.SetPresence("ada", core::Presence::kOnline);
  BacklogDrain drain = NewDrain();
  drain.Add({Freed("ada"), Freed("ada")});
  EXPECT_TRUE(drain.DrainAdded().ok());
  EXPECT_EQ(world_.Lead("old").stage, Stage::kOffered);
  EXPECT_EQ(world_.Lead("young").stage, Stage::kQueued);
  EXPECT_THAT(world_.metrics->Expose(), HasSubstr("baton_leads_drained_total 1\n"));
}

TEST_F(BacklogDrainTest, AQueueInWhichALeadWaitsItsTurnIsDrained) {
  world_.Capture("l1");
  world_.AddRep("ada");
  BacklogDrain drain = NewDrain();
  drain.Add({{core::WorkspaceId::Trusted("acme"), {}, support::QueueNamed("dach")}});
  EXPECT_TRUE(drain.DrainAdded().ok());
  EXPECT_EQ(world_.Lead("l1").stage, Stage::kOffered);
}

TEST_F(BacklogDrainTest, RepThatIsGoneIsPassedOver) {
  BacklogDrain drain = NewDrain();
  drain.Add({Freed("nobody")});
  EXPECT_TRUE(drain.DrainAdded().ok());
}

TEST_F(BacklogDrainTest, RoundFindsWhatNobodyTold) {
  world_.Capture("l1");
  ASSERT_EQ(world_.Lead("l1").stage, Stage::kQueued);
  world_.AddRep("ada");
  BacklogDrain drain = NewDrain();
  EXPECT_TRUE(drain.DrainRound().ok());
  EXPECT_EQ(world_.Lead("l1").stage, Stage::kOffered);
}

TEST_F(BacklogDrainTest, RoundIsNotSkippedWhenAFreedRepCannotBeServed) {
  world_.Capture("l1");
  world_.AddRep("ada");
  bool first = true;
  support::FlakyStore flaky(world_.store, [&first] {
    return std::exchange(first, false) ? support::Fault::kNeverArrives : support::Fault::kNone;
  });
  BacklogDrain drain(flaky, 10, world_.own_clock.function(), *world_.metrics);
  drain.Add({Freed("ada")});
  EXPECT_EQ(drain.Run(/*round_due=*/true).code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(world_.Lead("l1").stage, Stage::kOffered);
}

TEST_F(BacklogDrainTest, ARoundLooksAtThoseOf300WorkspacesInWhichLeadsWait) {
  constexpr int kWorkspaces = 300;
  const auto name = [](int i) { return absl::StrCat("w", i); };
  constexpr int kEvery = 3;  // of these has a lead that waits
  for (int i = 0; i < kWorkspaces; ++i) {
    world_.AddWorkspace(name(i));
    if (i % kEvery == 0) world_.Capture("l1", name(i));
    world_.AddRep("ada", 5, name(i));
  }
  BacklogDrain drain = NewDrain(/*workspaces_max=*/50);
  EXPECT_TRUE(drain.Run(/*round_due=*/true).ok());
  EXPECT_TRUE(drain.InRound()) << "half of the hundred";
  EXPECT_THAT(world_.metrics->Expose(), HasSubstr("baton_leads_drained_total 50\n"));
  world_.Capture("l2");
  world_.AddRep("ada");
  drain.Add({Freed("ada")});
  EXPECT_TRUE(drain.Run(/*round_due=*/false).ok());
  EXPECT_FALSE(drain.InRound());
  EXPECT_EQ(world_.Lead("l2").stage, Stage::kOffered) << "freed while the round was under way";
  for (int i = 0; i < kWorkspaces; i += kEvery) {
    EXPECT_EQ(world_.Lead("l1", name(i)).stage, Stage::kOffered) << i;
  }
}

TEST_F(BacklogDrainTest, PausedQueueWaits) {
  world_.Capture("l1");
  world_.AddRep("ada");
  core::QueueSettings settings;
  settings.id = support::QueueNamed("dach");
  settings.paused = true;
  ASSERT_TRUE(world_.store.PutQueue(core::WorkspaceId::Trusted("acme"), settings, -1).ok());
  BacklogDrain drain = NewDrain();
  EXPECT_TRUE(drain.DrainRound().ok());
  EXPECT_EQ(world_.Lead("l1").stage, Stage::kQueued);
}

TEST_F(BacklogDrainTest, ShowsSinceWhenTheOldestLeadWaitsInAnyWorkspaceOrPausedQueue) {
  world_.AddWorkspace("other");
  world_.Capture("l1", "other");
  core::QueueSettings settings;
  settings.id = support::QueueNamed("dach");
  settings.paused = true;
  ASSERT_TRUE(world_.store.PutQueue(core::WorkspaceId::Trusted("other"), settings, -1).ok());
  world_.Pass(90 * core::kSecondMs);
  world_.Capture("l2");
  BacklogDrain drain = NewDrain(/*workspaces_max=*/1);
  EXPECT_TRUE(drain.DrainRound().ok());
  EXPECT_THAT(world_.metrics->Expose(), HasSubstr("baton_oldest_unassigned_seconds 0\n"));
  EXPECT_TRUE(drain.DrainRound().ok());  // now all are seen
  EXPECT_THAT(world_.metrics->Expose(), HasSubstr("baton_oldest_unassigned_seconds 90\n"));
  EXPECT_THAT(world_.metrics->Expose(), HasSubstr("baton_waiting_leads 2\n"));
  world_.Pass(core::kSecondMs);
  EXPECT_TRUE(drain.DrainRound().ok());
  EXPECT_THAT(world_.metrics->Expose(), HasSubstr("baton_oldest_unassigned_seconds 91\n"));
}

// Ada's hours begin so long after support::kNow.
void WorksFrom(World& world, core::DurationMs after_ms) {
  core::Rep ada = world.store.GetRep(core::WorkspaceId::Trusted("acme"), RepNamed("ada"))->rep;
  ada.work.absences = {{support::kNow - 1, support::kNow + after_ms, {}}};
  ASSERT_TRUE(world.store.PutRep(core::WorkspaceId::Trusted("acme"), ada, -1).ok());
}

TEST_F(BacklogDrainTest, AQueueIsDrainedAtTheInstantAtWhichARepsTimeBegins) {
  world_.AddRep("ada");
  WorksFrom(world_, core::kSecondMs);
  world_.Capture("l1");
  BacklogDrain drain = NewDrain();
  EXPECT_TRUE(drain.Run(/*round_due=*/true).ok());
  world_.Pass(core::kSecondMs - 1);
  EXPECT_TRUE(drain.Run(/*round_due=*/false).ok());
  EXPECT_EQ(world_.Lead("l1").stage, Stage::kQueued);
  world_.Pass(1);
  EXPECT_TRUE(drain.Run(/*round_due=*/false).ok());
  EXPECT_EQ(world_.Lead("l1").stage, Stage::kOffered);
  EXPECT_THAT(world_.metrics->Expose(), HasSubstr("baton_leads_drained_total 1\n"));
}

TEST_F(BacklogDrainTest, AStoresClockThatIsALittleBehindIsAwaited) {
  world_.AddRep("ada");
  WorksFrom(world_, core::kSecondMs);
  world_.Capture("l1");
  BacklogDrain drain = NewDrain();
  EXPECT_TRUE(drain.Run(/*round_due=*/true).ok());
  world_.own_clock.Advance(core::kSecondMs);
  EXPECT_TRUE(drain.Run(/*round_due=*/false).ok());
  EXPECT_EQ(world_.Lead("l1").stage, Stage::kQueued);
  world_.store_clock.Advance(core::kSecondMs);
  EXPECT_TRUE(drain.Run(/*round_due=*/false).ok());
  EXPECT_EQ(world_.Lead("l1").stage, Stage::kOffered);
}

TEST_F(BacklogDrainTest, WhatAStoreFarBehindSaysIsLeftToTheRounds) {
  world_.AddRep("ada");
  WorksFrom(world_, core::kSecondMs);
  world_.Capture("l1");
  int drains = 0;
  support::FlakyStore counted(world_.store, [&drains] {
    ++drains;
    return support::Fault::kNone;
  });
  BacklogDrain drain(counted, 10, world_.own_clock.function(), *world_.metrics);
  EXPECT_TRUE(drain.Run(/*round_due=*/true).ok());
  world_.own_clock.Advance(2 * core::kSecondMs);
  drains = 0;
  EXPECT_TRUE(drain.Run(/*round_due=*/false).ok());
  EXPECT_EQ(drains, 1);
  EXPECT_TRUE(drain.Run(/*round_due=*/false).ok());
  EXPECT_EQ(drains, 1) << "not again and again";
}

// A store in which the first lead of a queue cannot be read.
class DamagedStore : public support::FlakyStore {
 public:
  explicit DamagedStore(store::Store& inner)
      : FlakyStore(inner, [] { return support::Fault::kNone; }) {}
  absl::StatusOr<store::Drained> Drain(const core::WorkspaceId& workspace,
                                       const core::QueueId& queue, int max) override {
    auto drained = FlakyStore::Drain(workspace, queue, max);
    if (drained.ok()) drained->unreadable = unreadable;
    return drained;
  }
  std::vector<core::LeadId> unreadable = {core::LeadId::Trusted("l1")};
};

TEST_F(BacklogDrainTest, LeadsThatCannotBeReadAreShownAndLoggedOnce) {
  world_.Capture("l1");
  world_.Capture("l2");
  DamagedStore store(world_.store);
  BacklogDrain drain(store, 10, world_.own_clock.function(), *world_.metrics);
  testing::internal::CaptureStderr();
  EXPECT_TRUE(drain.DrainRound().ok());
  EXPECT_TRUE(drain.DrainRound().ok());
  const std::string log = testing::internal::GetCapturedStderr();
  EXPECT_THAT(world_.metrics->Expose(), HasSubstr("baton_waiting_leads_unreadable 1\n"));
  EXPECT_EQ(std::vector<std::string>(absl::StrSplit(log, "clock.state_unreadable")).size(), 2u);
  EXPECT_THAT(log, HasSubstr("\"lead\":\"l1\",\"reason\":\"it waits in queue dach and"));
  store.unreadable.clear();
  EXPECT_TRUE(drain.DrainRound().ok());
  EXPECT_THAT(world_.metrics->Expose(), HasSubstr("baton_waiting_leads_unreadable 0\n"));
}

// A store that cannot read one of its queues.
class HalfStore : public support::FlakyStore {
 public:
  HalfStore(store::Store& inner, core::QueueId damaged)
      : FlakyStore(inner, [] { return support::Fault::kNone; }), damaged_(std::move(damaged)) {}
  absl::StatusOr<store::Drained> Drain(const core::WorkspaceId& workspace,
                                       const core::QueueId& queue, int max) override {
    if (queue == damaged_) return absl::InternalError("stored queue policy is not readable");
    return FlakyStore::Drain(workspace, queue, max);
  }

 private:
  const core::QueueId damaged_;
};

TEST_F(BacklogDrainTest, AQueueThatCannotBeReadHoldsUpNoOther) {
  world_.policy.routing.front().to.queue = support::QueueNamed("a-first");
  world_.Capture("blocked");
  world_.policy.routing.front().to.queue = support::QueueNamed("dach");
  world_.Capture("behind");
  world_.AddRep("ada");
  HalfStore store(world_.store, support::QueueNamed("a-first"));
  BacklogDrain drain(store, 10, world_.own_clock.function(), *world_.metrics);
  EXPECT_EQ(drain.DrainRound().code(), absl::StatusCode::kInternal);
  EXPECT_EQ(world_.Lead("blocked").stage, Stage::kQueued);
  EXPECT_EQ(world_.Lead("behind").stage, Stage::kOffered);
}

TEST_F(BacklogDrainTest, NobodyWaitsOnceAllAreGivenAway) {
  world_.Capture("l1");
  world_.AddRep("ada");
  BacklogDrain drain = NewDrain();
  EXPECT_TRUE(drain.DrainRound().ok());
  EXPECT_TRUE(drain.DrainRound().ok());
  EXPECT_THAT(world_.metrics->Expose(), HasSubstr("baton_oldest_unassigned_seconds 0\n"));
  EXPECT_THAT(world_.metrics->Expose(), HasSubstr("baton_waiting_leads 0\n"));
}

TEST_F(BacklogDrainTest, LeadsBehindALongBacklogOfOthersAreReached) {
  constexpr int kBlocked = 2500;
  world_.AddRep("ada", 1);
  world_.SetPresence("ada", core::Presence::kOffline);
  core::Rep junior = support::SampleRep("jo");  // lacks the skill of the route
  junior.skills.clear();
  ASSERT_TRUE(world_.store.PutRep(core::WorkspaceId::Trusted("acme"), junior, -1).ok());
  for (int i = 0; i < kBlocked; ++i) world_.Capture(absl::StrCat("l", i));
  BacklogDrain drain = NewDrain();
  EXPECT_TRUE(drain.DrainRound().ok());
  world_.SetPresence("ada", core::Presence::kOnline);
  EXPECT_TRUE(drain.DrainRound().ok());
  EXPECT_EQ(world_.store.GetRep(core::WorkspaceId::Trusted("acme"), RepNamed("ada"))->open.size(),
            1u);
}

}  // namespace
}  // namespace baton::clock
