// The cap of different requirements of waiting leads (redis_fits.cc) is told to whoever operates
// the process; the leads beyond it wait.
#include "contract/redis_functions/store_fixture.h"
#include "store/redis/redis_keys.h"
#include "store/roster_store.h"

namespace baton::contract {
namespace {

// As if leads with `count` different requirements waited.
void LetWait(const support::RedisServer& server, const store::redis::WorkspaceKeys& keys,
             size_t count) {
  const auto inside = core::QueueId::Trusted("inside");
  platform::redis::Command lanes = {"HSET", keys.Lanes(inside)};
  platform::redis::Command fits = {"HSET", keys.Fits()};
  for (size_t i = 0; i < count; ++i) {
    const std::string word = absl::StrCat("?rep.a", i);
    lanes.insert(lanes.end(), {absl::StrCat("lane", i), absl::StrCat(word, "|||0")});
    fits.insert(fits.end(), {word, ""});
  }
  RunOn(server, {"SADD", keys.Waiting(), "inside"});
  RunOn(server, lanes);
  RunOn(server, fits);
}

core::Plan Requiring(const std::string& lead, const std::string& requirement) {
  core::Plan plan;
  plan.key = AcmeLead(lead);
  plan.after.stage = core::Stage::kMql;
  plan.after.cycle = 1;
  plan.after.queue = core::QueueId::Trusted("inside");
  plan.after.requirement = requirement;
  plan.placement = core::Placement::kOffer;
  plan.applied = 1;
  return plan;
}

TEST(RedisRequirementsTest, TheCapIsToldAndLeadsBeyondItWait) {
  const auto server = StartServer({});
  ASSERT_NE(server, nullptr);
  int told = 0;
  store::RedisStoreOptions options = OptionsFor(*server);
  options.on_requirements_full = [&told] { ++told; };
  const auto store = store::RedisStore::Open(options);
  ASSERT_TRUE(store.ok()) << store.status();
  CreateWorkspace(**store);
  const store::redis::WorkspaceKeys keys((*store)->ShardOf(Acme()), Acme());
  LetWait(*server, keys, store::kRequirementsMax - 1);
  ASSERT_TRUE((*store)->Commit({Requiring("l1", "rep.level == 1")}).ok());
  EXPECT_EQ(told, 0);
  const auto beyond = (*store)->Commit({Requiring("l2", "rep.level == 2")});
  ASSERT_TRUE(beyond.ok()) << beyond.status();
  EXPECT_EQ(told, 1);
  EXPECT_EQ(beyond->front().code, store::CommitCode::kCommitted);
  EXPECT_EQ(beyond->front().record.stage, core::Stage::kQueued);
}

}  // namespace
}  // namespace baton::contract
