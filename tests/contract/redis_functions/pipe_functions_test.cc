#include "absl/strings/str_cat.h"
#include "contract/redis_functions/function_fixture.h"

namespace baton::contract {
namespace {

class PipeFunctionsTest : public FunctionTest {
 protected:
  const std::string checkpoints_ = store::redis::CheckpointsKey("leads");
  const std::string totals_ = store::redis::InputTotalsKey();

  int64_t Advance(const std::vector<std::string>& args) {
    return Run(Call{"advance", {checkpoints_, totals_}, args}).integer;
  }
  Call Open(const std::string& replication_id) {
    return {"open_shard", {shard_.Meta(), shard_.Outbox()}, {replication_id}};
  }
  int64_t Trim(int64_t upto, int64_t keep) {
    return Run(Call{"trim_outbox",
                    {shard_.Meta(), shard_.Outbox()},
                    {absl::StrCat(upto), absl::StrCat(keep)}})
        .integer;
  }
  Reply Due(int64_t max, int64_t now) {
    return Run(Call{
        "due_timers", {shard_.Meta(), shard_.Timers()}, {absl::StrCat(max), absl::StrCat(now)}});
  }
};

TEST_F(PipeFunctionsTest, CheckpointsMoveForwardOnlyAndAreCountedOnce) {
  EXPECT_EQ(Advance({"0", "10", "10", "1", "7", "5", "5", "0"}), 2);
  EXPECT_EQ(Advance({"0", "10", "10", "1"}), 0);  // repeated
  EXPECT_EQ(Advance({"0", "9", "9", "9"}), 0);    // behind
  EXPECT_EQ(Advance({"0", "12", "2", "0", "0", "11", "9", "9"}), 1);
  const Dump found = DumpAll();
  EXPECT_EQ(found.at(checkpoints_), "hash: 0=12 7=5");
  EXPECT_EQ(found.at(totals_), "hash: dead_lettered=1 input=17");
}

TEST_F(PipeFunctionsTest, OneBadPartitionLeavesAllWhereTheyWere) {
  ASSERT_EQ(Advance({"0", "10", "10", "1"}), 1);
  const Dump before = DumpAll();
  for (const std::vector<std::string>& args :
       std::vector<std::vector<std::string>>{{"0", "20", "1", "1", "1", "x", "1", "1"},
                                             {"0", "20", "1", "1", "-1", "5", "1", "1"},
                                             {"0", "20", "1"},
                                             {}}) {
    EXPECT_TRUE(Run(Call{"advance", {checkpoints_, totals_}, args}).IsError("BATONREFUSED"));
  }
  EXPECT_EQ(DumpAll(), before);
}

TEST_F(PipeFunctionsTest, ANewIncarnationNeverGivesASequenceAgain) {
  ASSERT_EQ(AnswerOf(Qualify("l1")), 0);  // sequences 1 and 2
  EXPECT_EQ(Run(Open("abcdef")).integer, 1);
  const Dump before = DumpAll();
  EXPECT_EQ(Run(Open("abcdef")).integer, 1);
  EXPECT_EQ(DumpAll(), before);
  EXPECT_EQ(Run(Open("fedcba")).integer, 2);
  EXPECT_EQ(DumpAll().at(shard_.Meta()),
            absl::StrCat("string: 1|2|", 2 + (1 << 20), "|1700000000000|1|0|fedcba"));
  ASSERT_EQ(AnswerOf(Qualify("l2")), 0);
  EXPECT_EQ(Run(Command{"XREVRANGE", shard_.Outbox(), "+", "-", "COUNT", "1"})
                .elements[0]
                .elements[0]
                .text,
            absl::StrCat(4 + (1 << 20), "-0"));
}

// A stream that is ahead of the record (a lost record, a restored one) is never written into again.
TEST_F(PipeFunctionsTest, OpeningLooksAtTheStreamToo) {
  Run(Command{"XADD", shard_.Outbox(), "5000000-0", "e", "x"});
  EXPECT_EQ(Run(Open("fedcba")).integer, 2);
  EXPECT_EQ(AnswerOf(Qualify("l1")), 0);
}

TEST_F(PipeFunctionsTest, TrimKeepsTheNewestWhateverItIsAsked) {
  for (int i = 0; i < 5; ++i) ASSERT_EQ(AnswerOf(Qualify(absl::StrCat("l", i))), 0);  // 10 entries
  EXPECT_EQ(Trim(0, 0), 0);
  EXPECT_EQ(Trim(3, 2), 3);
  EXPECT_EQ(Trim(3, 2), 0);
  EXPECT_EQ(Trim(1'000, 4), 3);
  EXPECT_EQ(Run(Command{"XLEN", shard_.Outbox()}).integer, 4);
  EXPECT_EQ(Trim(1'000, 1'000), 0);
}

TEST_F(PipeFunctionsTest, DueTimersComeEarliestFirst) {
  PutRep("ada", "1|9|online|inside||");
  for (const char* lead : {"l1", "l2", "l3"}) ASSERT_EQ(AnswerOf(Qualify(lead)), 0);
  EXPECT_EQ(Due(10, kNow).elements.size(), 2u);
  EXPECT_EQ(Due(10, kNow).elements[1].integer, kNow + 60'000);
  const Reply due = Due(2, kNow + 60'000);
  ASSERT_EQ(due.elements.size(), 6u);
  EXPECT_EQ(due.elements[0].integer, kNow + 60'000);
  EXPECT_EQ(due.elements[1].integer, 0);
  EXPECT_EQ(due.elements[2].text, "acme/l1");
  EXPECT_EQ(due.elements[3].integer, kNow + 60'000);
}

TEST_F(PipeFunctionsTest, TimersOfLeadsThatHaveNoneAreDropped) {
  PutRep("ada", "1|9|online|inside||");
  ASSERT_EQ(AnswerOf(Qualify("l1")), 0);
  Run(Command{"ZADD", shard_.Timers(), "5", "acme/gone", "6", "acme/l1", "7", "no member"});
  EXPECT_EQ(Due(10, kNow).elements.size(), 2u);
  EXPECT_EQ(Run(Command{"ZCARD", shard_.Timers()}).integer, 0);
}

TEST_F(PipeFunctionsTest, ADeniedCommandIsNamedBeforeAnyFunctionRuns) {
  EXPECT_TRUE(Run(Call{"check_access", {shard_.Meta(), shard_.Outbox()}, {}}).elements.empty());
}

}  // namespace
}  // namespace baton::contract
