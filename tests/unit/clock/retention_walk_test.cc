// Who is kept no longer by the policy is erased, whenever that policy came.
#include "clock/retention_walk.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "agreement/policy_cache.h"
#include "support/make_active.h"
#include "world.h"

namespace baton::clock {
namespace {

using core::Stage;

constexpr char kPolicy[] = R"(apiVersion: baton.dev/v1
kind: HandoffPolicy
metadata: {workspace: acme, name: kept}
spec:
  definition: {mql: {match: {fit: ">= 0"}}}
  routing: [{default: true, to: {queue: dach}}]
  queues: {dach: {mode: offer}}
)";

class RetentionWalkTest : public testing::Test {
 protected:
  void Adopt(const std::string& retention) {
    const std::string yaml = kPolicy + retention;
    ASSERT_TRUE(support::MakeActive(world_.store, world_.policy, yaml).ok());
  }
  // A lead in nurture whose latest event was at that time.
  void Put(const std::string& lead, core::TimeMs at_ms, Stage stage = Stage::kNurture) {
    core::Plan plan;
    plan.key = support::Key(lead);
    plan.after.key = plan.key;
    plan.after.stage = stage;
    plan.after.facts.last_event_at_ms = at_ms;
    plan.facts_changed = true;
    ASSERT_EQ((*world_.store.Commit({plan}))[0].code, store::CommitCode::kCommitted);
  }
  // Steps until the walk is finished; gives how many were erased.
  int64_t Walk() {
    int64_t erased = 0;
    for (int i = 0; i < 100; ++i) {
      const auto step = walk_.Step();
      EXPECT_TRUE(step.ok()) << step.status();
      if (!step.ok()) return -1;
      erased += step->erased;
      if (step->finished) return erased;
    }
    return -1;
  }

  World world_;
  agreement::PolicyCache policies_{world_.store, world_.store, 10};
  RetentionWalk walk_{world_.store, world_.store, policies_};
};

TEST_F(RetentionWalkTest, WithoutRetentionNobodyIsErased) {
  Put("l1", support::kNow - 1000 * core::kDayMs);
  EXPECT_EQ(Walk(), 0);
  EXPECT_EQ(world_.Lead("l1").stage, Stage::kNurture);
}

TEST_F(RetentionWalkTest, ErasesWhoseTimeIsOverAndNobodyElse) {
  Put("old", support::kNow - 31 * core::kDayMs);
  Put("young", support::kNow - 29 * core::kDayMs);
  Put("lost", support::kNow - 400 * core::kDayMs, Stage::kLost);
  Adopt("  retention: {inactive: 30d}\n");
  EXPECT_EQ(Walk(), 1);
  EXPECT_EQ(world_.Lead("old").stage, Stage::kErased);
  EXPECT_EQ(world_.Lead("young").stage, Stage::kNurture);
  EXPECT_EQ(world_.Lead("lost").stage, Stage::kLost);
  world_.Pass(2 * core::kDayMs);
  EXPECT_EQ(Walk(), 1) << "the next walk";
  EXPECT_EQ(world_.Lead("young").stage, Stage::kErased);
}

TEST_F(RetentionWalkTest, GoesThroughAllPagesOfAllWorkspaces) {
  world_.AddWorkspace("other");
  for (int i = 0; i < 2 * RetentionWalk::kLeadsPerStep + 7; ++i) {
    Put(absl::StrCat("l", i), support::kNow - 31 * core::kDayMs);
  }
  Adopt("  retention: {inactive: 30d}\n");
  EXPECT_EQ(Walk(), 2 * RetentionWalk::kLeadsPerStep + 7);
  const auto entries = world_.store.Read({{world_.store.ShardOf(support::Key().workspace), 0}}, 1,
                                         absl::ZeroDuration());
  const store::OutboxEntry& entry = entries->begin()->second.front();
  EXPECT_EQ(entry.change.actor, "clock");
  EXPECT_EQ(entry.change.details.at("why"), "retention");
}

}  // namespace
}  // namespace baton::clock
