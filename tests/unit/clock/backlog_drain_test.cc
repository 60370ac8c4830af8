#include "clock/backlog_drain.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "support/flaky_store.h"
#include "world.h"

namespace baton::clock {
namespace {

using core::Stage;
using support::RepNamed;
using testing::HasSubstr;

FreedRep Freed(const std::string& rep) {
  return {core::WorkspaceId::Trusted("acme"), RepNamed(rep)};
}

class BacklogDrainTest : public testing::Test {
 protected:
  BacklogDrain NewDrain(int workspaces_max = 10) {
    return BacklogDrain(world_.store, world_.store, workspaces_max, world_.own_clock.function(),
                        *world_.metrics);
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
  EXPECT_TRUE(drain.DrainFreed().ok());
  EXPECT_EQ(world_.Lead("old").stage, Stage::kOffered);
  EXPECT_EQ(world_.Lead("young").stage, Stage::kQueued);
  EXPECT_THAT(world_.metrics->Expose(), HasSubstr("baton_leads_drained_total 1\n"));
}

TEST_F(BacklogDrainTest, RepThatIsGoneIsPassedOver) {
  BacklogDrain drain = NewDrain();
  drain.Add({Freed("nobody")});
  EXPECT_TRUE(drain.DrainFreed().ok());
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
  BacklogDrain drain(flaky, flaky, 10, world_.own_clock.function(), *world_.metrics);
  drain.Add({Freed("ada")});
  EXPECT_EQ(drain.Run(/*with_round=*/true).code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(world_.Lead("l1").stage, Stage::kOffered);
}

TEST_F(BacklogDrainTest, RoundsGoRoundAllWorkspaces) {
  for (int i = 0; i < 4; ++i) {
    const std::string workspace = absl::StrCat("w", i);
    world_.AddWorkspace(workspace);
    world_.Capture("l1", workspace);
    world_.AddRep("ada", 5, workspace);
  }
  BacklogDrain drain = NewDrain(/*workspaces_max=*/2);  // "acme" is the first of five
  const auto waiting = [&] {
    int count = 0;
    for (int i = 0; i < 4; ++i) {
      count += world_.Lead("l1", absl::StrCat("w", i)).stage == Stage::kQueued ? 1 : 0;
    }
    return count;
  };
  for (int expected : {3, 1, 0}) {
    EXPECT_TRUE(drain.DrainRound().ok());
    EXPECT_EQ(waiting(), expected);
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
