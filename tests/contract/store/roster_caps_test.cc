// RosterStore at its caps: slow, because it fills those that are fixed.
#include "contract/store/store_fixture.h"
#include "core/errors.h"

namespace baton::contract {
namespace {

using core::ErrorReason;

using RosterCapsTest = StoreTest;

TEST_P(RosterCapsTest, QueuesWithSettingsHaveACap) {
  for (size_t i = 0; i < store::kQueuesMax; i++) Pause("q" + std::to_string(i), false);
  const auto refused = store().PutQueue(acme_, {.id = QueueNamed("inside")}, 0);
  EXPECT_EQ(QuotaOf(refused.status()),
            "TOO_MANY_QUEUES workspaces/acme 1000/1000 limits.queues_per_workspace_max");
  EXPECT_TRUE(store().PutQueue(acme_, {.id = QueueNamed("q7")}, 1).ok());
}

TEST_P(RosterCapsTest, RepsOfAWorkspaceHaveACapThatIsSetAndOthersGoOn) {
  MakeStore(1, {.reps_per_workspace_max = 2});
  const auto zoo = core::WorkspaceId::Trusted("zoo");
  ASSERT_TRUE(store().CreateWorkspace(acme_, "").ok());
  ASSERT_TRUE(store().CreateWorkspace(zoo, "").ok());
  AddRep("ada");
  AddRep("bo");
  core::Rep rep;
  rep.id = RepNamed("cy");
  const absl::Status refused = store().PutRep(acme_, rep, -1).status();
  EXPECT_EQ(QuotaOf(refused), "TOO_MANY_REPS workspaces/acme 2/2 limits.reps_per_workspace_max");
  EXPECT_EQ(refused.message(),
            "workspaces/acme has 2 reps: limits.reps_per_workspace_max allows 2");
  EXPECT_EQ(ErrorReason(store().GetRep(acme_, rep.id).status()), "REP_NOT_FOUND");
  EXPECT_EQ(AddRep("ada", 9).revision, 2) << "who is there may be edited";
  EXPECT_TRUE(store().PutRep(zoo, rep, 0).ok());
  ASSERT_TRUE(store().DeleteRep(acme_, RepNamed("bo")).ok());
  EXPECT_TRUE(store().PutRep(acme_, rep, 0).ok());
}

TEST_P(RosterCapsTest, QueuesWithSettingsHaveACapThatIsSet) {
  MakeStore(1, {.queues_per_workspace_max = 2});
  ASSERT_TRUE(store().CreateWorkspace(acme_, "").ok());
  Pause("inside", true);
  Pause("field", true);
  const absl::Status refused = store().PutQueue(acme_, {.id = QueueNamed("late")}, -1).status();
  EXPECT_EQ(QuotaOf(refused),
            "TOO_MANY_QUEUES workspaces/acme 2/2 limits.queues_per_workspace_max");
  EXPECT_TRUE(store().PutQueue(acme_, {.id = QueueNamed("field")}, 1).ok());
}

TEST_P(RosterCapsTest, RepsOfAQueueHaveACap) {
  for (size_t i = 0; i < core::kRepsPerQueueMax; i++) {
    AddRep("r" + std::to_string(i), 1, {"inside"});
  }
  core::Rep rep;
  rep.id = RepNamed("ada");
  rep.queues = {QueueNamed("field"), QueueNamed("inside")};
  const auto refused = store().PutRep(acme_, rep, 0);
  EXPECT_EQ(QuotaOf(refused.status()), "TOO_MANY_REPS workspaces/acme 10000/10000 fixed");
  rep.queues = {QueueNamed("field")};
  EXPECT_TRUE(store().PutRep(acme_, rep, 0).ok());
  EXPECT_EQ(AddRep("r7", 2, {"inside"}).revision, 2) << "members may be edited";
}

}  // namespace
INSTANTIATE_CONTRACT(RosterCapsTest);
}  // namespace baton::contract
