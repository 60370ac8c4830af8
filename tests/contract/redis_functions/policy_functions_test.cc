#include "absl/strings/str_cat.h"
#include "contract/redis_functions/function_fixture.h"
#include "store/redis/names.h"

namespace baton::contract {
namespace {

using store::redis::Outcome;

// Revision 1 is active.
class PolicyFunctionsTest : public FunctionTest {
 protected:
  Outcome Ends(const Call& call) {
    return store::redis::ValueOf(store::redis::kOutcomeNames, AnswerOf(call)).value();
  }
  std::string Field(int64_t revision, const std::string& field) {
    return Run(Command{"HGET", acme_.Revision(revision), field}).text;
  }
};

TEST_F(PolicyFunctionsTest, ADraftIsARowADocumentAndAMemberOfTheDrafts) {
  ASSERT_EQ(Ends(CreateRevision("yaml 2")), Outcome::kDone);
  EXPECT_EQ(Run(Command{"HGET", acme_.Policies(), "2"}).text, "yaml 2");
  EXPECT_EQ(Field(2, "by"), "mia@acme.example");
  EXPECT_EQ(Field(2, "at"), absl::StrCat(kNow));
  EXPECT_EQ(Run(Command{"SISMEMBER", acme_.Drafts(), "2"}).integer, 1);
  EXPECT_EQ(Run(Command{"HGET", acme_.Workspace(), "policy"}).text, "1");
  const Dump before = DumpAll();
  EXPECT_EQ(Run(CreateRevision("yaml 2")).elements[1].integer, 2);
  EXPECT_EQ(Run(CreateRevision("yaml 1")).elements[1].integer, 1);
  EXPECT_EQ(DumpAll(), before);
}

TEST_F(PolicyFunctionsTest, ARevisionNeedsTheTablesItNamesAndKeepsThem) {
  const std::string regions = "regions@" + std::string(64, 'a');
  const Dump before = DumpAll();
  EXPECT_EQ(Ends(CreateRevision("yaml 2", regions)), Outcome::kNoTable);
  EXPECT_EQ(DumpAll(), before);
  ASSERT_EQ(Ends(PutTable("regions")), Outcome::kDone);
  ASSERT_EQ(Ends(CreateRevision("yaml 2", regions)), Outcome::kDone);
  EXPECT_EQ(Field(2, "tables"), regions);
  const Dump with_table = DumpAll();
  EXPECT_EQ(Ends(PutTable("regions")), Outcome::kDone) << "again";
  EXPECT_EQ(Ends(DeleteTable("regions")), Outcome::kClosed) << "revision 2 names it";
  EXPECT_EQ(Ends(DeleteTable("owners")), Outcome::kAbsent);
  EXPECT_EQ(DumpAll(), with_table);
  ASSERT_EQ(Ends(PutTable("owners")), Outcome::kDone);
  ASSERT_EQ(Ends(DeleteTable("owners")), Outcome::kDone);
  EXPECT_EQ(DumpAll(), with_table);
}

TEST_F(PolicyFunctionsTest, AnActivationWithoutBothApprovalsWritesNothing) {
  ASSERT_EQ(Ends(CreateRevision("yaml 2")), Outcome::kDone);
  ASSERT_EQ(Ends(Approve(2, "mia@acme.example", "marketing")), Outcome::kDone);
  ASSERT_EQ(Ends(Approve(2, "eve@acme.example", "marketing")), Outcome::kDone);
  EXPECT_EQ(Ends(Approve(2, "mia@acme.example", "sales")), Outcome::kOtherRole);
  const Dump before = DumpAll();
  const Reply refused = Run(Activate(2, 2, "activate", {QueueRow("inside|offer|1|2|")}));
  EXPECT_EQ(refused.elements[0].integer, static_cast<int>(Outcome::kUnapproved));
  EXPECT_EQ(refused.elements[1].integer, 2) << "sales";
  EXPECT_EQ(Ends(Activate(2, 2, "rollback", {})), Outcome::kClosed);
  EXPECT_EQ(Ends(Activate(2, 3, "activate", {})), Outcome::kMismatch);
  EXPECT_EQ(DumpAll(), before);
}

TEST_F(PolicyFunctionsTest, ADocumentThatIsNotTheApprovedOneIsNotActivated) {
  ASSERT_EQ(Ends(CreateRevision("yaml 2")), Outcome::kDone);
  ASSERT_EQ(Ends(Approve(2, "mia@acme.example", "marketing")), Outcome::kDone);
  ASSERT_EQ(Ends(Approve(2, "sam@acme.example", "sales")), Outcome::kDone);
  Call other = Activate(2, 2, "activate", {});
  other.args[1] = Field(1, "hash");
  EXPECT_EQ(Ends(other), Outcome::kChanged);
  Run(Command{"HSET", acme_.Policies(), "2", "yaml of somebody else"});
  const Dump before = DumpAll();
  EXPECT_TRUE(Run(Activate(2, 2, "activate", {})).IsError("BATONREFUSED"));
  EXPECT_EQ(DumpAll(), before);
}

TEST_F(PolicyFunctionsTest, AnActivationIsWrittenOnBothRevisions) {
  Adopt("yaml 2", 2, {QueueRow("inside|offer|1|2|")});
  EXPECT_EQ(Field(1, "superseded"), absl::StrCat(kNow));
  EXPECT_EQ(Field(2, "n:2"), absl::StrCat("activate|", kNow, "|sam@acme.example|"));
  EXPECT_EQ(Run(Command{"SCARD", acme_.Drafts()}).integer, 0);
  EXPECT_EQ(Run(Command{"HGET", acme_.Workspace(), "activations"}).text, "2");
  ASSERT_EQ(Ends(Activate(1, 3, "rollback", {QueueRow("field|direct|1|2|")})), Outcome::kDone);
  EXPECT_TRUE(Run(Command{"HGET", acme_.Revision(1), "superseded"}).is_nil());
  EXPECT_EQ(Run(Command{"HGET", acme_.Workspace(), "policy_hash"}).text, Field(1, "hash"));
  EXPECT_EQ(Run(Command{"HGET", acme_.Workspace(), "queues"}).text, "field");
}

TEST_F(PolicyFunctionsTest, ADeletedRevisionLeavesNothing) {
  Adopt("yaml 2", 2, {});
  const auto remove = [this](const std::string& revision) {
    return Call{"end_revision",
                {shard_.Meta(), acme_.Workspace(), acme_.Policies(), acme_.Drafts()},
                {revision, "", absl::StrCat(kNow)}};
  };
  EXPECT_EQ(Ends(remove("2")), Outcome::kClosed);
  EXPECT_EQ(Ends(remove("1")), Outcome::kDone);
  EXPECT_EQ(Run(Command{"EXISTS", acme_.Revision(1)}).integer, 0);
  EXPECT_TRUE(Run(Command{"HGET", acme_.Policies(), "1"}).is_nil());
  EXPECT_EQ(Ends(remove("1")), Outcome::kAbsent);
}

TEST_F(PolicyFunctionsTest, PrincipalsAndReasonsCannotForgeARow) {
  ASSERT_EQ(Ends(CreateRevision("yaml 2")), Outcome::kDone);
  const Dump before = DumpAll();
  for (const char* principal : {"", "a|b", "a b", "a:b", "a\n"}) {
    EXPECT_TRUE(Run(Approve(2, principal, "sales")).IsError("BATONREFUSED")) << principal;
  }
  Call back = Activate(1, 2, "rollback", {});
  back.args[5] = "why|9|eve";
  EXPECT_TRUE(Run(back).IsError("BATONREFUSED"));
  EXPECT_EQ(DumpAll(), before);
}

}  // namespace
}  // namespace baton::contract
