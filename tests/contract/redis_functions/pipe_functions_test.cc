#include "absl/strings/str_cat.h"
#include "contract/redis_functions/function_fixture.h"

namespace baton::contract {
namespace {

class PipeFunctionsTest : public FunctionTest {
 protected:
  const std::string checkpoints_ = store::redis::CheckpointsKey("leads");
  const std::string totals_ = store::redis::InputTotalsKey();

  int64_t Advance(const std::vector<std::string>& args) { return Run(AdvanceCall(args)).integer; }
  // args: the epoch, then five for each partition; the three further counts are 0.
  Call AdvanceCall(const std::vector<std::string>& args) {
    Call call{"advance", {checkpoints_, totals_, shard_.Meta()}, {}};
    for (size_t i = 0; i < args.size(); ++i) {
      call.args.push_back(args[i]);
      if (i > 0 && i % 5 == 0) call.args.insert(call.args.end(), {"0", "0", "0"});
    }
    return call;
  }
  Call Open(const std::string& replication_id, int64_t clock_ms = 0) {
    return {
        "open_shard", {shard_.Meta(), shard_.Outbox()}, {replication_id, absl::StrCat(clock_ms)}};
  }
  int64_t Trim(int64_t upto, int64_t keep) {
    return Run(Call{"trim_outbox",
                    {shard_.Meta(), shard_.Outbox()},
                    {absl::StrCat(upto), absl::StrCat(keep)}})
        .integer;
  }
  Reply Due(int64_t max, int64_t now, const std::vector<std::string>& passed_over = {}) {
    Call call{
        "due_timers", {shard_.Meta(), shard_.Timers()}, {absl::StrCat(max), absl::StrCat(now)}};
    call.args.insert(call.args.end(), passed_over.begin(), passed_over.end());
    return Run(call);
  }
};

TEST_F(PipeFunctionsTest, CheckpointsMoveForwardOnlyAndAreCountedOnce) {
  EXPECT_EQ(Advance({"1", "0", "0", "10", "10", "1", "7", "0", "5", "5", "0"}), 2);
  EXPECT_EQ(Advance({"1", "0", "0", "10", "10", "1"}), 0);  // repeated
  EXPECT_EQ(Advance({"1", "0", "10", "12", "2", "0", "7", "0", "5", "5", "0"}), 1);
  const Dump found = DumpAll();
  EXPECT_EQ(found.at(checkpoints_), "hash: 0=12 7=5");
  EXPECT_EQ(found.at(totals_), "hash: applied=0 dead_lettered=1 duplicates=0 ignored=0 input=17");
}

TEST_F(PipeFunctionsTest, EveryCountIsAddedToItsTotal) {
  const Call call{
      "advance",
      {checkpoints_, store::redis::SalesTotalsKey(), shard_.Meta()},
      {"1", "0", "0", "10", "10", "1", "2", "3", "4", "7", "0", "5", "5", "1", "1", "1", "2"}};
  EXPECT_EQ(Run(call).integer, 2);
  EXPECT_EQ(Run(call).integer, 0);
  EXPECT_EQ(DumpAll().at(call.keys[1]),
            "hash: applied=3 dead_lettered=2 duplicates=4 ignored=6 input=15");
  EXPECT_FALSE(DumpAll().contains(totals_));
}

TEST_F(PipeFunctionsTest, WhoCountedFromElsewhereMovesNothing) {
  ASSERT_EQ(Advance({"1", "0", "0", "10", "10", "1"}), 1);
  const Dump before = DumpAll();
  EXPECT_EQ(Advance({"1", "7", "0", "5", "5", "0", "0", "4", "15", "11", "0"}), -1);
  EXPECT_EQ(Advance({"1", "0", "0", "9", "9", "9"}), -1);
  EXPECT_EQ(Advance({"2", "0", "10", "12", "2", "0"}), -1) << "another epoch";
  EXPECT_EQ(DumpAll(), before);
}

TEST_F(PipeFunctionsTest, OneBadPartitionLeavesAllWhereTheyWere) {
  ASSERT_EQ(Advance({"1", "0", "0", "10", "10", "1"}), 1);
  const Dump before = DumpAll();
  for (const std::vector<std::string>& args : std::vector<std::vector<std::string>>{
           {"1", "0", "10", "20", "1", "1", "1", "0", "x", "1", "1"},
           {"1", "0", "10", "20", "1", "1", "-1", "0", "5", "1", "1"},
           {"1", "0", "10", "10", "1", "1"},
           {"1", "0", "10", "20", "1"},
           {"1"},
           {}}) {
    EXPECT_TRUE(Run(AdvanceCall(args)).IsError("BATONREFUSED"));
  }
  EXPECT_EQ(DumpAll(), before);
}

TEST_F(PipeFunctionsTest, NumbersThatLuaWouldRoundOrReadOtherwiseAreRefused) {
  ASSERT_EQ(Advance({"1", "0", "0", "10", "10", "1"}), 1);
  const Dump before = DumpAll();
  for (const char* number : {"9007199254740993", "9223372036854775808", "99999999999999999999999",
                             "10.5", "1e2", "0x14", "inf", "nan", "-20", " 20", "20 ", "+20", ""}) {
    EXPECT_TRUE(Run(AdvanceCall({"1", "0", "10", number, "10", "1"})).IsError("BATONREFUSED"))
        << number;
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

// Both sides of a failover begin from the same state, at different times.
TEST_F(PipeFunctionsTest, TwoIncarnationsOfOneStateShareNoSequence) {
  ASSERT_EQ(AnswerOf(Qualify("l1")), 0);
  const std::string state = Run(Command{"GET", shard_.Meta()}).text;
  EXPECT_EQ(Run(Open("fedcba", kNow)).integer, kNow);
  EXPECT_EQ(DumpAll().at(shard_.Meta()),
            absl::StrCat("string: 1|", kNow, "|", kNow * 1024, "|", kNow, "|1|0|fedcba"));
  Run(Command{"SET", shard_.Meta(), state});
  EXPECT_EQ(Run(Open("012345", kNow + 5)).integer, kNow + 5);
  EXPECT_EQ(DumpAll().at(shard_.Meta()),
            absl::StrCat("string: 1|", kNow + 5, "|", (kNow + 5) * 1024, "|", kNow, "|1|0|012345"));
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
  EXPECT_EQ(Flatten(Due(10, kNow)), absl::StrCat("[", kNow, " ", kNow + 60'000, "]"));
  const int64_t due = kNow + 60'000;
  EXPECT_EQ(Flatten(Due(2, due)),
            absl::StrCat("[", due, " 0 [acme 0 1 l1 ", due, " l2 ", due, "]]"));
  EXPECT_EQ(Flatten(Due(2, due, {"acme", "2"})),
            absl::StrCat("[", due, " 0 [acme 2 0 l3 ", due, "]]"));
  EXPECT_EQ(Flatten(Due(9, due, {"acme", "3"})), Flatten(Due(9, due)));
}

// At its first timer, or in line once not all that are due have their turn at a time.
TEST_F(PipeFunctionsTest, AWorkspaceHasOnePlaceAmongTheShardsTimers) {
  PutRep("ada", "1|9|online|inside||");
  ASSERT_EQ(AnswerOf(Qualify("l1")), 0);
  const int64_t due = kNow + 60'000;
  EXPECT_EQ(DumpAll().at(shard_.Timers()), absl::StrCat("zset: acme=", due));
  EXPECT_EQ(DumpAll().at(acme_.Timers()), absl::StrCat("zset: l1=", due));
  const Dump before = DumpAll();
  Due(10, kNow);
  Due(1, due);
  EXPECT_EQ(DumpAll(), before) << "looking writes nothing";

  const store::redis::WorkspaceKeys beta(3, core::WorkspaceId::Trusted("beta"));
  Run(Command{"SET", beta.Lead(LeadNamed("bad")), "garbage"});
  Run(Command{"ZADD", beta.Timers(), absl::StrCat(kNow), "bad"});
  Run(Command{"ZADD", shard_.Timers(), absl::StrCat(kNow), "beta"});
  EXPECT_EQ(Flatten(Due(1, due)), absl::StrCat("[", due, " 0 [beta 0 0 bad ", kNow, "]]"));
  EXPECT_EQ(DumpAll().at(shard_.Timers()), "zset: acme=-1125899906842623 beta=-1125899906842622");
  EXPECT_EQ(Flatten(Due(1, due)), absl::StrCat("[", due, " 0 [acme 0 0 l1 ", due, "]]"));
  EXPECT_EQ(DumpAll().at(shard_.Timers()), "zset: acme=-1125899906842621 beta=-1125899906842622");
  ASSERT_EQ(AnswerOf(Commit("l1", "1|0|release|0|0|0|0|0|0|0|RECYCLED|1|inside|0|none|0|0||")), 0);
  EXPECT_EQ(DumpAll().at(shard_.Timers()), "zset: beta=-1125899906842622");
  EXPECT_FALSE(DumpAll().contains(acme_.Timers()));
}

TEST_F(PipeFunctionsTest, TimersOfLeadsThatHaveNoneAreDropped) {
  PutRep("ada", "1|9|online|inside||");
  ASSERT_EQ(AnswerOf(Qualify("l1")), 0);
  Run(Command{"ZADD", acme_.Timers(), "5", "gone", "6", "l1", "7", "no member"});
  Run(Command{"ZADD", shard_.Timers(), "5", "acme", "6", "nobody", "7", "no workspace"});
  const Reply due = Due(10, kNow);
  ASSERT_EQ(due.elements.size(), 5u);
  for (size_t i = 2; i < 5; ++i) EXPECT_EQ(due.elements[i].elements.size(), 3u) << "no timer";
  EXPECT_EQ(Run(Command{"ZCARD", acme_.Timers()}).integer, 0);
  EXPECT_EQ(Run(Command{"ZCARD", shard_.Timers()}).integer, 0);
}

TEST_F(PipeFunctionsTest, TheTimerOfALeadThatCannotBeReadStaysDueAndHoldsUpNoOther) {
  PutRep("ada", "1|9|online|inside||");
  ASSERT_EQ(AnswerOf(Qualify("l1")), 0);
  Run(Command{"SET", acme_.Lead(core::LeadId::Trusted("bad")), "garbage"});
  Run(Command{"ZADD", acme_.Timers(), absl::StrCat(kNow), "bad"});
  const int64_t due = kNow + 60'000;
  EXPECT_EQ(Flatten(Due(10, due)),
            absl::StrCat("[", due, " 0 [acme 0 0 bad ", kNow, " l1 ", due, "]]"));
}

TEST_F(PipeFunctionsTest, WhatIsPassedOverIsReadBeforeAnythingIsWritten) {
  PutRep("ada", "1|9|online|inside||");
  ASSERT_EQ(AnswerOf(Qualify("l1")), 0);
  const Dump before = DumpAll();
  for (const std::vector<std::string>& passed_over : std::vector<std::vector<std::string>>{
           {"acme"}, {"acme", "-1"}, {"acme", "x"}, {"ac:me", "1"}, {"acme", "1", "beta"}}) {
    EXPECT_TRUE(Due(10, kNow + 60'000, passed_over).IsError("BATONREFUSED"));
  }
  EXPECT_EQ(DumpAll(), before);
}

TEST_F(PipeFunctionsTest, ADeniedCommandIsNamedBeforeAnyFunctionRuns) {
  EXPECT_TRUE(Run(Call{"check_access", {shard_.Meta(), shard_.Outbox()}, {}}).elements.empty());
}

}  // namespace
}  // namespace baton::contract
