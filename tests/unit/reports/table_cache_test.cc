// Tables follow the store, and have a cap.
#include "reports/table_cache.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "core/errors.h"
#include "reports/cycle_codec.h"
#include "store/memory/memory_store.h"
#include "story.h"

namespace baton::reports {
namespace {

class TableCacheTest : public testing::Test {
 protected:
  // `count` cycles more of a workspace.
  void Put(const std::string& workspace, int count) {
    Cycle cycle;
    cycle.last_at_ms = cycle.began_at_ms = kMonday;
    cycle.stage = core::Stage::kMql;
    for (int i = 0; i < count; ++i) {
      ++sequence_;
      const store::CycleKey key = {{core::WorkspaceId::Trusted(workspace),
                                    core::LeadId::Trusted(absl::StrCat("l", sequence_))},
                                   1};
      const store::CycleRow row = {key, sequence_, EncodeCycle(cycle)};
      ASSERT_EQ(store_.PutCycles(0, sequence_ - 1, sequence_, {row}), absl::OkStatus());
    }
  }
  // -1: none.
  int64_t Held(TableCache& cache, const std::string& workspace) {
    const auto table = cache.Get(core::WorkspaceId::Trusted(workspace), absl::Seconds(5));
    status_ = table.status();
    return table.ok() ? static_cast<int64_t>((*table)->rows().size()) : -1;
  }

  store::MemoryStore store_{1, {}, [] { return kMonday; }};
  int64_t sequence_ = 0;
  absl::Status status_;
};

TEST_F(TableCacheTest, FollowsWhatIsCounted) {
  TableCache cache(store_, 10'000);
  EXPECT_EQ(Held(cache, "acme"), 0);
  Put("acme", 2500);
  EXPECT_EQ(Held(cache, "acme"), 2500);
  Put("acme", 1);
  EXPECT_EQ(Held(cache, "acme"), 2501);
}

TEST_F(TableCacheTest, OneWhoseTimeIsUpGoesOnNextTime) {
  Put("acme", 2500);
  TableCache cache(store_, 10'000);
  const core::WorkspaceId acme = core::WorkspaceId::Trusted("acme");
  const auto first = cache.Get(acme, absl::ZeroDuration());
  EXPECT_EQ(core::ErrorReason(first.status()), "REPORTS_LOADING");
  EXPECT_EQ(core::ErrorVariables(first.status())["loaded"], "1000");
  EXPECT_EQ(Held(cache, "acme"), 2500);
}

TEST_F(TableCacheTest, ForgetsWhatTheStoreForgot) {
  Put("acme", 10);
  TableCache cache(store_, 10'000);
  EXPECT_EQ(Held(cache, "acme"), 10);
  ASSERT_TRUE(store_.ForgetCycles(core::WorkspaceId::Trusted("acme"), 4).ok());
  EXPECT_EQ(Held(cache, "acme"), 6);
}

TEST_F(TableCacheTest, CountsNobodyTwiceWhenALeadIsErased) {
  Put("acme", 10);
  TableCache cache(store_, 10'000);
  EXPECT_EQ(Held(cache, "acme"), 10);
  const core::WorkspaceId acme = core::WorkspaceId::Trusted("acme");
  const store::CycleKey key = {{acme, core::LeadId::Trusted("l3")}, 1};
  const std::string row = store_.LoadCycles({key})->front();
  const store::CycleRow gone = {key, 11, ""};
  const store::CycleRow nobodys = {{{acme, store::NobodysLead(11)}, 1}, 11, row};
  ASSERT_EQ(store_.PutCycles(0, 10, 11, {gone, nobodys}), absl::OkStatus());
  EXPECT_EQ(Held(cache, "acme"), 10);
}

TEST_F(TableCacheTest, LetsGoOfWhoWasNotAskedForLongest) {
  Put("one", 400);
  Put("two", 400);
  Put("three", 400);
  TableCache cache(store_, 1000);
  EXPECT_EQ(Held(cache, "one"), 400);
  EXPECT_EQ(Held(cache, "two"), 400);
  EXPECT_EQ(Held(cache, "one"), 400);
  EXPECT_EQ(Held(cache, "three"), 400);
  Put("great", 1001);
  EXPECT_EQ(Held(cache, "great"), -1);
  EXPECT_EQ(core::ErrorReason(status_), "TOO_MANY_CYCLES");
  EXPECT_EQ(status_.message(),
            "workspaces/great has 1001 handoff cycles: reports.cycles_max allows 1000");
  EXPECT_EQ(Held(cache, "one"), 400);
}

}  // namespace
}  // namespace baton::reports
