// ReportStore: rows of cycles and how far changes are counted into them, both or neither.
#include "absl/strings/str_cat.h"
#include "contract/store/store_fixture.h"
#include "core/errors.h"

namespace baton::contract {
namespace {

using core::ErrorReason;
using store::CycleKey;
using store::CycleRow;
using testing::ElementsAre;
using testing::IsEmpty;

class ReportStoreTest : public StoreTest {
 protected:
  CycleKey Cycle(const std::string& lead, int32_t cycle = 1) const { return {Key(lead), cycle}; }
  int shard() { return store().ShardOf(acme_); }
  absl::Status Put(int64_t from, int64_t upto, const std::vector<CycleRow>& rows) {
    return store().PutCycles(shard(), from, upto, rows);
  }
  // "lead/cycle=row" of each.
  std::vector<std::string> Changed(int64_t from, int max = 100) {
    const auto rows = store().ChangedCycles(acme_, from, max);
    EXPECT_TRUE(rows.ok()) << rows.status();
    std::vector<std::string> told;
    for (const CycleRow& row : *rows) {
      told.push_back(absl::StrCat(row.key.lead.lead.str(), "/", row.key.cycle, "=", row.row));
    }
    return told;
  }
};

TEST_P(ReportStoreTest, NothingIsCountedAtFirst) {
  EXPECT_EQ(*store().Counted(shard()), 0);
  EXPECT_EQ(*store().CountCycles(acme_), 0);
  EXPECT_THAT(Changed(0), IsEmpty());
  const std::vector<CycleKey> keys = {Cycle("l1")};
  EXPECT_THAT(*store().LoadCycles(keys), ElementsAre(""));
  EXPECT_THAT(*store().LoadCycles({}), IsEmpty());
}

TEST_P(ReportStoreTest, RowsAreWrittenWithHowFarIsCounted) {
  const std::string bytes("\0|\n\xff", 4);
  ASSERT_EQ(
      Put(0, kBegin + 2, {{Cycle("l1"), kBegin + 1, "one"}, {Cycle("l2", 7), kBegin + 2, bytes}}),
      absl::OkStatus());
  EXPECT_EQ(*store().Counted(shard()), kBegin + 2);
  const std::vector<CycleKey> keys = {Cycle("l2", 7), Cycle("l1", 7), Cycle("l1")};
  EXPECT_THAT(*store().LoadCycles(keys), ElementsAre(bytes, "", "one"));
  EXPECT_EQ(*store().CountCycles(acme_), 2);
}

TEST_P(ReportStoreTest, WhoExpectsItElsewhereChangesNothing) {
  ASSERT_EQ(Put(0, 5, {{Cycle("l1"), 5, "one"}}), absl::OkStatus());
  EXPECT_EQ(ErrorReason(Put(0, 6, {{Cycle("l1"), 6, "two"}})), "COUNTED_MEANWHILE");
  EXPECT_EQ(ErrorReason(Put(4, 6, {{Cycle("l1"), 6, "two"}})), "COUNTED_MEANWHILE");
  EXPECT_EQ(*store().Counted(shard()), 5);
  EXPECT_THAT(Changed(0), ElementsAre("l1/1=one"));
  EXPECT_EQ(Put(5, 5, {}), absl::OkStatus()) << "nothing is counted again, and nothing moves";
}

TEST_P(ReportStoreTest, RowsThatWereNotCountedAreRefused) {
  for (const CycleRow& row :
       {CycleRow{Cycle("l1"), 5, "x"}, CycleRow{Cycle("l1"), 11, "x"},
        CycleRow{Cycle("l1", -1), 7, "x"}, CycleRow{Cycle("l1"), 7, std::string(200'000, 'x')}}) {
    EXPECT_EQ(Put(5, 10, {row}).code(), absl::StatusCode::kInvalidArgument);
  }
  EXPECT_EQ(Put(5, 4, {}).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(store().PutCycles(999, 0, 1, {}).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(store().Counted(-1).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_P(ReportStoreTest, ARowWithoutContentIsDroppedAndNobodysTakesItsPlace) {
  ASSERT_EQ(Put(0, 2, {{Cycle("l1"), 1, "one"}, {Cycle("l2"), 2, "two"}}), absl::OkStatus());
  const CycleKey nobodys = {{acme_, store::NobodysLead(3)}, 1};
  ASSERT_EQ(Put(2, 3, {{Cycle("l1"), 3, ""}, {nobodys, 3, "one"}, {Cycle("l9"), 3, ""}}),
            absl::OkStatus());
  EXPECT_THAT(Changed(0), ElementsAre("l2/1=two", "~3/1=one"));
  EXPECT_EQ(*store().CountCycles(acme_), 2);
  ASSERT_EQ(Put(3, 4, {{nobodys, 4, "more"}}), absl::OkStatus());
  EXPECT_THAT(Changed(4), ElementsAre("~3/1=more"));
}

TEST_P(ReportStoreTest, ChangedRowsComeByTheirLatestChange) {
  ASSERT_EQ(Put(0, 3, {{Cycle("l1"), 1, "a"}, {Cycle("l2"), 2, "b"}, {Cycle("l3"), 3, "c"}}),
            absl::OkStatus());
  ASSERT_EQ(Put(3, 4, {{Cycle("l1"), 4, "d"}}), absl::OkStatus());
  EXPECT_THAT(Changed(0), ElementsAre("l2/1=b", "l3/1=c", "l1/1=d"));
  EXPECT_THAT(Changed(0, 2), ElementsAre("l2/1=b", "l3/1=c"));
  EXPECT_THAT(Changed(3), ElementsAre("l3/1=c", "l1/1=d"));
  EXPECT_THAT(Changed(5), IsEmpty());
}

TEST_P(ReportStoreTest, TwoRowsMayShareAChange) {
  ASSERT_EQ(Put(0, 2, {{Cycle("l1", 1), 2, "a"}, {Cycle("l1", 2), 2, "b"}}), absl::OkStatus());
  EXPECT_THAT(Changed(2), ElementsAre("l1/1=a", "l1/2=b"));
}

TEST_P(ReportStoreTest, TheOldestAreForgottenFirst) {
  ASSERT_EQ(Put(0, 3, {{Cycle("l1"), 1, "a"}, {Cycle("l2"), 2, "b"}, {Cycle("l3"), 3, "c"}}),
            absl::OkStatus());
  EXPECT_EQ(*store().ForgetCycles(acme_, 2), 2);
  EXPECT_EQ(*store().ForgetCycles(acme_, 2), 0);
  EXPECT_THAT(Changed(0), ElementsAre("l3/1=c"));
  EXPECT_EQ(*store().CountCycles(acme_), 1);
  EXPECT_EQ(*store().Counted(shard()), 3);
}

TEST_P(ReportStoreTest, AnotherWorkspaceSeesNothingOfIt) {
  ASSERT_EQ(Put(0, 1, {{Cycle("l1"), 1, "a"}}), absl::OkStatus());
  const auto other = core::WorkspaceId::Trusted("other");
  EXPECT_THAT(*store().ChangedCycles(other, 0, 10), IsEmpty());
  EXPECT_EQ(*store().CountCycles(other), 0);
}

INSTANTIATE_CONTRACT(ReportStoreTest);

}  // namespace
}  // namespace baton::contract
