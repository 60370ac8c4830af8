// A draft beside the active revision, as keys: what its functions keep, and that nothing of it ever
// stands in the way of a lead or of an activation.
#include "absl/strings/str_cat.h"
#include "contract/redis_functions/function_fixture.h"
#include "store/redis/names.h"

namespace baton::contract {
namespace {

using store::CommitCode;
using store::redis::Outcome;

constexpr char kStep[] = "1|inside|other|0|leads=1,moved=1\nDIFFERENCE";

// Revision 1 is active; 2 is a draft that runs.
class ShadowFunctionsTest : public FunctionTest {
 protected:
  void SetUp() override {
    FunctionTest::SetUp();
    ASSERT_EQ(Ends(CreateRevision("yaml 2")), Outcome::kDone);
    ASSERT_EQ(Ends(StartShadow(2)), Outcome::kDone);
  }

  Outcome Ends(const Call& call) {
    return store::redis::ValueOf(store::redis::kOutcomeNames, AnswerOf(call)).value();
  }
  CommitCode Code(const Call& call) {
    return store::redis::ValueOf(store::redis::kCommitCodeNames, AnswerOf(call)).value();
  }
  std::string Field(const std::string& key, const std::string& field) {
    return Run(Command{"HGET", key, field}).text;
  }
  Call Withdraw() {
    return {"end_revision",
            {shard_.Meta(), acme_.Workspace(), acme_.Policies(), acme_.Drafts()},
            {"2", "mia@acme.example", absl::StrCat(kNow)}};
  }
};

TEST_F(ShadowFunctionsTest, KeysAreThoseOfTheHeader) {
  ASSERT_EQ(Code(WithStep(kStep, Qualify("l1"))), CommitCode::kCommitted);
  EXPECT_EQ(Field(acme_.Workspace(), "shadow"),
            absl::StrCat("1|2|", Field(acme_.Revision(2), "hash")));
  EXPECT_EQ(Field(acme_.Workspace(), "shadows"), "1");
  EXPECT_EQ(Field(acme_.Shadow(), "c:moved"), "1");
  EXPECT_EQ(Field(acme_.Shadow(), "a:inside"), "1");
  EXPECT_EQ(Field(acme_.Shadow(), "s:other"), "1");
  EXPECT_EQ(Field(acme_.Differences(), "l1"), "DIFFERENCE");
  EXPECT_EQ(Run(Command{"ZSCORE", acme_.Differing(), "l1"}).text, "1");
}

TEST_F(ShadowFunctionsTest, AStepThatCannotBeReadIsNoStep) {
  const Dump before = DumpAll();
  for (const std::string step :
       {"1", "x|||0|\n", "1|a b||0|\n", "1|||2|\n", "1|||0|other=1\n", "1|||0|leads=1"}) {
    EXPECT_TRUE(Run(WithStep(step, Qualify("l1"))).IsError("BATONREFUSED")) << step;
  }
  EXPECT_EQ(DumpAll(), before);
}

TEST_F(ShadowFunctionsTest, ARunWhoseKeysCannotBeReadStopsNoLead) {
  int number = 0;
  const auto commit = [&] { return Code(WithStep(kStep, Qualify(absl::StrCat("l", ++number)))); };
  Run(Command{"HSET", acme_.Shadow(), "c:leads", "many"});
  EXPECT_EQ(commit(), CommitCode::kCommitted);
  EXPECT_EQ(Field(acme_.Shadow(), "c:leads"), "many");
  for (const std::string& key : {acme_.Shadow(), acme_.Differing(), acme_.Differences()}) {
    Run(Command{"DEL", key});
    Run(Command{"SET", key, "of another kind"});
    EXPECT_EQ(commit(), CommitCode::kCommitted) << key;
    EXPECT_EQ(Run(Command{"GET", key}).text, "of another kind");
  }
}

TEST_F(ShadowFunctionsTest, ARunWhoseKeysCannotBeReadEndsAndTheNextOneBegins) {
  for (const std::string& key : {acme_.Shadow(), acme_.Differing(), acme_.Differences()}) {
    Run(Command{"DEL", key});
    Run(Command{"SET", key, "of another kind"});
  }
  ASSERT_EQ(Ends(Withdraw()), Outcome::kDone);
  EXPECT_TRUE(Run(Command{"HGET", acme_.Workspace(), "shadow"}).is_nil());
  ASSERT_EQ(Ends(CreateRevision("yaml 3")), Outcome::kDone);
  ASSERT_EQ(Ends(StartShadow(3)), Outcome::kDone);
  ASSERT_EQ(Code(WithStep("2|||0|leads=1\nNEW", Qualify("l1"))), CommitCode::kCommitted);
  EXPECT_EQ(Field(acme_.Shadow(), "c:leads"), "1");
  EXPECT_EQ(Field(acme_.Differences(), "l1"), "NEW");
}

TEST_F(ShadowFunctionsTest, RefusalsWriteNothing) {
  ASSERT_EQ(Ends(CreateRevision("yaml 3")), Outcome::kDone);
  const Dump before = DumpAll();
  EXPECT_EQ(Ends(StartShadow(1)), Outcome::kClosed);
  EXPECT_EQ(Ends(StartShadow(2)), Outcome::kDone) << "it runs already";
  EXPECT_EQ(Run(StartShadow(3)).elements[1].integer, 2) << "which one runs";
  EXPECT_EQ(Ends(StartShadow(9)), Outcome::kAbsent);
  EXPECT_EQ(DumpAll(), before);
}

}  // namespace
}  // namespace baton::contract
