// RosterStore at its caps: slow, because it fills them.
#include "contract/store/store_fixture.h"
#include "core/errors.h"

namespace baton::contract {
namespace {

using core::ErrorReason;

using RosterCapsTest = StoreTest;

TEST_P(RosterCapsTest, QueuesWithSettingsHaveACap) {
  for (size_t i = 0; i < store::kQueuesMax; i++) Pause("q" + std::to_string(i), false);
  const auto refused = store().PutQueue(acme_, {.id = QueueNamed("inside")}, 0);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ErrorReason(refused.status()), "TOO_MANY_QUEUES");
  EXPECT_GT(core::RetryAfter(refused.status()), absl::ZeroDuration());
  EXPECT_TRUE(store().PutQueue(acme_, {.id = QueueNamed("q7")}, 1).ok());
}

TEST_P(RosterCapsTest, RepsOfAQueueHaveACap) {
  for (size_t i = 0; i < core::kRepsPerQueueMax; i++) {
    AddRep("r" + std::to_string(i), 1, {"inside"});
  }
  core::Rep rep;
  rep.id = RepNamed("ada");
  rep.queues = {QueueNamed("field"), QueueNamed("inside")};
  const auto refused = store().PutRep(acme_, rep, 0);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ErrorReason(refused.status()), "TOO_MANY_REPS");
  rep.queues = {QueueNamed("field")};
  EXPECT_TRUE(store().PutRep(acme_, rep, 0).ok());
  EXPECT_EQ(AddRep("r7", 2, {"inside"}).revision, 2) << "members may be edited";
}

}  // namespace
INSTANTIATE_CONTRACT(RosterCapsTest);
}  // namespace baton::contract
