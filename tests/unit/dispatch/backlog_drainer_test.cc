// BacklogDrainer on a memory store.
#include "dispatch/backlog_drainer.h"

#include <gtest/gtest.h>

#include <atomic>

#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "core/decide.h"
#include "store/memory/memory_store.h"
#include "support/builders.h"
#include "support/flaky_store.h"
#include "support/make_active.h"
#include "support/manual_clock.h"

namespace baton::dispatch {
namespace {

using core::Stage;
using core::WorkspaceId;

constexpr absl::Duration kBound = absl::Seconds(10);

class BacklogDrainerTest : public ::testing::Test {
 protected:
  BacklogDrainerTest() {
    for (const char* id : {"acme", "other"}) {
      core::Policy policy = support::SamplePolicy();
      policy.workspace = WorkspaceId::Trusted(id);
      EXPECT_TRUE(store_.CreateWorkspace(policy.workspace, id).ok());
      EXPECT_TRUE(support::MakeActive(store_, policy, "policy").ok());
      core::LeadEvent event = support::QualifyingCapture();
      event.key = support::Key("l1", id);
      const core::Plan plan = core::DecideEvents(*store_.Load({event.key})->records[0], {event},
                                                 &policy, clock_.now_ms());
      EXPECT_EQ(store_.Commit({plan})->at(0).code, store::CommitCode::kCommitted);
      EXPECT_TRUE(store_.PutRep(policy.workspace, support::SampleRep("ada"), 0).ok());
    }
    drainer_.Start();
  }

  bool IsOffered(const std::string& workspace) {
    const absl::Time deadline = absl::Now() + kBound;
    while (absl::Now() < deadline) {
      const auto loaded = store_.Load({support::Key("l1", workspace)});
      if (loaded->records[0]->stage == Stage::kOffered) return true;
      absl::SleepFor(absl::Milliseconds(1));
    }
    return false;
  }

  support::ManualClock clock_{support::kNow};
  store::MemoryStore store_{4, {}, clock_.function()};
  // The drainer's first call waits until it is released.
  absl::Notification blocked_, released_;
  std::atomic<bool> first_ = true;
  support::FlakyStore slow_{store_, [this] {
                              if (first_.exchange(false)) {
                                blocked_.Notify();
                                released_.WaitForNotification();
                              }
                              return support::Fault::kNone;
                            }};
  BacklogDrainer drainer_{slow_};
};

TEST_F(BacklogDrainerTest, AWorkspaceThatTakesLongHoldsUpNoOther) {
  drainer_.QueueFreed(WorkspaceId::Trusted("acme"), support::QueueNamed("dach"));
  blocked_.WaitForNotification();
  drainer_.RepFreed(WorkspaceId::Trusted("other"), support::RepNamed("ada"));
  EXPECT_TRUE(IsOffered("other"));
  EXPECT_EQ(store_.Load({support::Key("l1")})->records[0]->stage, Stage::kQueued);
  released_.Notify();
  EXPECT_TRUE(IsOffered("acme"));
}

TEST_F(BacklogDrainerTest, AHintThatComesWhileItsWorkspaceIsDrainedIsNotLost) {
  drainer_.QueueFreed(WorkspaceId::Trusted("acme"), support::QueueNamed("triage"));
  blocked_.WaitForNotification();
  drainer_.RepFreed(WorkspaceId::Trusted("acme"), support::RepNamed("ada"));
  released_.Notify();
  EXPECT_TRUE(IsOffered("acme"));
}

}  // namespace
}  // namespace baton::dispatch
