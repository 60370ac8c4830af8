#include <vector>

#include "absl/strings/str_cat.h"
#include "contract/redis_functions/function_fixture.h"
#include "store/redis/names.h"

namespace baton::contract {
namespace {

using platform::redis::Command;
using platform::redis::Reply;
using store::CommitCode;

class CommitTogetherTest : public FunctionTest {
 protected:
  void SetUp() override {
    FunctionTest::SetUp();
    PutRep("ada", "1|2|online|inside,field|de|Ada");
    PutRep("bo", "2|1|online|inside||Bo");
  }

  // Four leads for three places, one of them declined, which refunds, and offered again.
  std::vector<Call> Busy() {
    return {Qualify("l1"), Qualify("l2"), Qualify("l3"),
            Commit("l1", "1|0|offer|1|0|1|0|0|0|0|MQL|1|inside|0|none|0|0|ada|",
                   {"declined|QUEUED|inside|ada|1"}),
            Qualify("l4", 7)};
  }
};

TEST_F(CommitTogetherTest, PlansTogetherDoWhatTheyDoOneByOne) {
  const Dump empty = DumpAll();
  std::vector<Reply> one_by_one;
  for (const Call& call : Busy()) one_by_one.push_back(Run(call));
  const Dump expected = DumpAll();
  Run(Command{"FLUSHDB"});
  SetUp();
  ASSERT_EQ(DumpAll(), empty);
  const Reply together = Run(Together(Busy()));
  EXPECT_EQ(DumpAll(), expected);
  ASSERT_EQ(together.elements.size(), one_by_one.size());
  for (size_t i = 0; i < one_by_one.size(); ++i) {
    EXPECT_EQ(Flatten(together.elements[i]), Flatten(one_by_one[i])) << i;
  }
}

TEST_F(CommitTogetherTest, APlanThatFailsLeavesTheOthersAlone) {
  Run(Command{"SET", acme_.Journey(LeadNamed("l2")), "wrong"});
  const Reply together = Run(Together({Qualify("l1"), Qualify("l2"), Qualify("l3")}));
  ASSERT_EQ(together.elements.size(), 3u);
  EXPECT_EQ(together.elements[0].elements.at(0).integer, 0);
  EXPECT_TRUE(together.elements[1].IsError("WRONGTYPE"));
  EXPECT_EQ(together.elements[2].elements.at(0).integer, 0);
  Dump found = DumpAll();
  EXPECT_EQ(found.count(acme_.Lead(LeadNamed("l2"))), 0u);
  // Two leads, two changes each: no gap where the failed one was.
  EXPECT_EQ(found[shard_.Meta()], "string: 1|1|4|1700000000000|2|0|abcdef");
  EXPECT_EQ(found[acme_.Leads()], "zset: l1=0 l3=0");
}

TEST_F(CommitTogetherTest, TheCapsHoldWithinOneCall) {
  Call first = Qualify("l1"), second = Qualify("l2"), third = Qualify("l3");
  second.args[3] = "1000|100|1";
  third.args[3] = "2|100|100";
  const Reply together = Run(Together({first, second, third}));
  ASSERT_EQ(together.elements.size(), 3u);
  const auto code = [&](size_t i) {
    return store::redis::ValueOf(store::redis::kCommitCodeNames,
                                 together.elements[i].elements.at(0).integer);
  };
  EXPECT_EQ(code(0), CommitCode::kCommitted);
  EXPECT_EQ(code(1), CommitCode::kTooManyLeads);
  EXPECT_EQ(code(2), CommitCode::kOutboxFull);
}

TEST_F(CommitTogetherTest, ACallThatDoesNotAddUpChangesNothing) {
  const Call whole = Together({Qualify("l1"), Qualify("l2")});
  const Dump before = DumpAll();
  std::vector<Call> wrong(4, whole);
  wrong[0].keys.pop_back();
  wrong[1].args.pop_back();
  wrong[2].args[1] = "99";
  wrong[3].keys.resize(3);
  for (const Call& call : wrong) {
    EXPECT_TRUE(Run(call).IsError("BATONREFUSED"));
    EXPECT_EQ(DumpAll(), before);
  }
}

}  // namespace
}  // namespace baton::contract
