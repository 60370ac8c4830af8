#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "contract/redis_functions/function_fixture.h"
#include "store/redis/names.h"

namespace baton::contract {
namespace {

using store::CommitCode;
using testing::HasSubstr;
using testing::StartsWith;

constexpr char kAda[] = "1|2|online|inside|de|Ada";

class CommitFunctionTest : public FunctionTest {
 protected:
  CommitCode Code(const Call& call) {
    return store::redis::ValueOf(store::redis::kCommitCodeNames, AnswerOf(call)).value();
  }

  // Expects the call to be refused with `code` and to change nothing.
  void ExpectRefused(const Call& call, CommitCode code) {
    const Dump before = DumpAll();
    EXPECT_EQ(Code(call), code);
    EXPECT_EQ(DumpAll(), before);
  }

  std::string LineOf(const std::string& lead) {
    const std::string stored = Run(Command{"GET", acme_.Lead(LeadNamed(lead))}).text;
    return stored.substr(0, stored.find('\n'));
  }
};

TEST_F(CommitFunctionTest, AnAssignmentWritesExactlyTheseKeys) {
  PutRep("ada", kAda);
  Dump expected = DumpAll();
  ASSERT_EQ(Code(Qualify("l1")), CommitCode::kCommitted);

  expected[shard_.Meta()] = "string: 1|1|2|1700000000000|1|0|abcdef";
  expected[shard_.Outbox()] =
      "stream: [[1-0 [e acme|l1|1|0|1||7|1|1700000000000|qualified|MQL|inside||0\nDETAILSORIGIN"
      "SCORES]] [2-0 [e acme|l1|1|1700000060000|1||45|2|1700000000000|assigned|OFFERED|inside|ada|"
      "1\nOWN\x22\x0d\x0a\x04mode\x12\x05offer\x22\x19\x0a\x08strategy\x12\x0dweighted_fair"
      "ORIGINSCORES]]]";
  expected[shard_.Timers()] = "zset: acme=1700000060000";
  expected[acme_.Timers()] = "zset: l1=1700000060000";
  expected[acme_.Leads()] = "zset: l1=0";
  expected[acme_.Open(RepNamed("ada"))] = "zset: l1=0";
  expected[acme_.Journey(LeadNamed("l1"))] =
      "list: [IINPUT C1|1700000000000|qualified|MQL|inside||0\nDETAILS "
      "C2|1700000000000|assigned|OFFERED|inside|ada|1\nOWN\x22\x0d\x0a\x04mode\x12\x05offer"
      "\x22\x19\x0a\x08strategy\x12\x0dweighted_fair]";
  const Dump found = DumpAll();
  expected[acme_.Lead(LeadNamed("l1"))] = found.at(acme_.Lead(LeadNamed("l1")));
  expected[acme_.Queue(QueueNamed("inside"))] = found.at(acme_.Queue(QueueNamed("inside")));
  EXPECT_EQ(found, expected);
  EXPECT_THAT(LineOf("l1"),
              StartsWith("1|1|2|OFFERED|1|inside|ada|1|1700000000000|1700000000000|1700000060000|"
                         "offer_expiry|5|0|3||||"));
  EXPECT_THAT(found.at(acme_.Lead(LeadNamed("l1"))), HasSubstr("ORIGINSCORESFACTSJUDGMENT"));
}

TEST_F(CommitFunctionTest, AWaitingLeadStandsInTheBacklogAndNowhereElse) {
  ASSERT_EQ(Code(Qualify("l1")), CommitCode::kCommitted);
  const Dump found = DumpAll();
  EXPECT_EQ(found.at(acme_.Backlog(QueueNamed("inside"))), absl::StrCat("zset: l1=", kNow));
  EXPECT_EQ(found.at(acme_.Waiting()), "set: inside");
  EXPECT_EQ(found.count(shard_.Timers()) + found.count(acme_.Timers()), 0u);
  EXPECT_THAT(LineOf("l1"),
              StartsWith("1|1|2|QUEUED|1|inside||0|1700000000000|0|0|none|5|0|3||||"));
}

TEST_F(CommitFunctionTest, LeavingTheBacklogCleansUpBehindIt) {
  ASSERT_EQ(Code(Qualify("l1")), CommitCode::kCommitted);
  ASSERT_EQ(Code(Commit("l1", "1|0|release|0|0|0|0|0|0|0|RECYCLED|1|inside|0|none|0|0||")),
            CommitCode::kCommitted);
  const Dump found = DumpAll();
  EXPECT_EQ(found.count(acme_.Backlog(QueueNamed("inside"))), 0u);
  EXPECT_EQ(found.count(acme_.Waiting()), 0u);
}

TEST_F(CommitFunctionTest, ADeclineGivesTheChargeBackExactly) {
  PutRep("ada", kAda);
  PutRep("bo", "2|2|online|inside||Bo");
  const std::string queue = acme_.Queue(QueueNamed("inside"));
  ASSERT_EQ(Code(Qualify("l1")), CommitCode::kCommitted);
  const std::string charged = Run(Command{"HGET", queue, "g"}).text;
  ASSERT_EQ(Code(Commit("l1", "1|0|release|1|0|1|0|0|0|0|RECYCLED|1|inside|0|none|0|0||")),
            CommitCode::kCommitted);
  ASSERT_EQ(Code(Qualify("l2")), CommitCode::kCommitted);  // the same choice from the same ledger
  EXPECT_EQ(Run(Command{"HGET", queue, "g"}).text, charged);
}

TEST_F(CommitFunctionTest, EachRefusalLeavesEverythingAsItWas) {
  PutRep("ada", kAda);
  ASSERT_EQ(Code(Qualify("l1")), CommitCode::kCommitted);
  ExpectRefused(Qualify("l1"), CommitCode::kStaleRevision);
  ExpectRefused(Commit("l2", "0|2|keep|0|0|0|0|0|0|0|NEW|0||0|none|0|0||"),
                CommitCode::kStalePolicy);
  ExpectRefused(
      Commit("l2", absl::StrCat("0|0|keep|0|", kNow + 1, "|0|0|0|0|0|NEW|0||0|none|0|0||")),
      CommitCode::kNotDue);
  Call full = Qualify("l2");
  full.args[3] = "2|100|100";
  ExpectRefused(full, CommitCode::kOutboxFull);
  Call crowded = Qualify("l2");
  crowded.args[3] = "1000|100|1";
  ExpectRefused(crowded, CommitCode::kTooManyLeads);
  Call elsewhere = Qualify("l2");
  elsewhere.keys[3] =
      store::redis::WorkspaceKeys(3, core::WorkspaceId::Trusted("none")).Workspace();
  ExpectRefused(elsewhere, CommitCode::kUnknownWorkspace);
}

TEST_F(CommitFunctionTest, ARepetitionChangesNothing) {
  PutRep("ada", kAda);
  const Call call = Qualify("l1");
  ASSERT_EQ(Code(call), CommitCode::kCommitted);
  ExpectRefused(call, CommitCode::kStaleRevision);
}

TEST_F(CommitFunctionTest, TheShardsClockNeverGoesBack) {
  ASSERT_EQ(Code(Qualify("l1")), CommitCode::kCommitted);
  Call earlier = Qualify("l2");
  earlier.clock = kNow - 5'000;
  ASSERT_EQ(Code(earlier), CommitCode::kCommitted);
  EXPECT_THAT(LineOf("l2"), HasSubstr(absl::StrCat("|", kNow, "|")));
}

// 05-invariants, V1: an error in mid-script would keep the writes before it.
TEST_F(CommitFunctionTest, AKeyOfAWrongTypeIsFoundBeforeTheFirstWrite) {
  PutRep("ada", kAda);
  PutRep("bo", "1|2|online|inside||Bo");
  ASSERT_EQ(Code(Qualify("l1")), CommitCode::kCommitted);
  // Declined by its owner with a refund and offered again: touches every kind of key but one.
  Call decline = Commit("l1", "1|0|offer|1|0|1|0|0|0|0|MQL|1|inside|0|none|0|0|ada|",
                        {"declined|QUEUED|inside|ada|1"});
  decline.clock = kNow + 1'000;  // so that the timer moves, too
  for (const std::string& key : {shard_.Meta(), shard_.Outbox(), shard_.Timers(), acme_.Workspace(),
                                 acme_.Lead(LeadNamed("l1")), acme_.Journey(LeadNamed("l1")),
                                 acme_.Queue(QueueNamed("inside")), acme_.Open(RepNamed("ada")),
                                 acme_.Open(RepNamed("bo")), acme_.Timers()}) {
    Run(Command{"RENAME", key, "{b03}:aside"});
    const bool is_string = Run(Command{"TYPE", "{b03}:aside"}).text == "string";
    Run(is_string ? Command{"SADD", key, "wrong"} : Command{"SET", key, "wrong"});
    const Dump before = DumpAll();
    EXPECT_TRUE(Run(decline).IsError("WRONGTYPE")) << key;
    EXPECT_EQ(DumpAll(), before) << key;
    Run(Command{"DEL", key});
    Run(Command{"RENAME", "{b03}:aside", key});  // there is none where the key did not exist before
  }
  EXPECT_EQ(Code(decline), CommitCode::kCommitted);
}

TEST_F(CommitFunctionTest, BacklogKeysOfAWrongTypeAreFoundBeforeTheFirstWrite) {
  for (const std::string& key :
       {acme_.Backlog(QueueNamed("inside")), acme_.Waiting(), acme_.Leads()}) {
    Run(Command{"SET", key, "wrong"});
    const Dump before = DumpAll();
    EXPECT_TRUE(Run(Qualify("l1")).IsError("WRONGTYPE")) << key;
    EXPECT_EQ(DumpAll(), before) << key;
    Run(Command{"DEL", key});
  }
}

// Whoever tampers with the stream gets an error, not half a commit.
TEST_F(CommitFunctionTest, AnOutboxAheadOfItsSequenceRefusesTheWholeCommit) {
  PutRep("ada", kAda);
  Run(Command{"XADD", shard_.Outbox(), "999-0", "e", "foreign"});
  const Dump before = DumpAll();
  EXPECT_TRUE(Run(Qualify("l1")).is_error());
  EXPECT_EQ(DumpAll(), before);
}

TEST_F(CommitFunctionTest, AShardThatIsNotOpenIsTold) {
  Run(Command{"DEL", shard_.Meta()});
  const Dump before = DumpAll();
  EXPECT_TRUE(Run(Qualify("l1")).IsError("BATONCLOSED"));
  EXPECT_EQ(DumpAll(), before);
}

// The lane of leads that ask for nothing: the SHA-1 of "|||0" (functions/lanes.lua).
constexpr char kLane[] = "c2a1857f4d9eaa8914e10867ab2f927c33c3aa9f";

// functions/keys.lua derives the same keys as redis_keys.h.
TEST_F(CommitFunctionTest, DerivedKeysAreThoseOfTheHeader) {
  PutRep("ada", "1|1|online|inside||");
  ASSERT_EQ(Code(Qualify("l1")), CommitCode::kCommitted);
  ASSERT_EQ(Code(Qualify("l2")), CommitCode::kCommitted);
  std::vector<std::string> keys;
  for (const auto& [key, text] : DumpAll()) keys.push_back(key);
  EXPECT_THAT(keys, testing::UnorderedElementsAre(
                        shard_.Meta(), shard_.Outbox(), shard_.Timers(), shard_.Workspaces(),
                        acme_.Workspace(), acme_.Leads(), acme_.Reps(), acme_.Policies(),
                        acme_.Revision(1), acme_.Timers(), acme_.Waiting(),
                        acme_.Lead(LeadNamed("l1")), acme_.Lead(LeadNamed("l2")),
                        acme_.Journey(LeadNamed("l1")), acme_.Journey(LeadNamed("l2")),
                        acme_.Queue(QueueNamed("inside")), acme_.Queue(QueueNamed("field")),
                        acme_.Backlog(QueueNamed("inside")), acme_.Lanes(QueueNamed("inside")),
                        acme_.Lane(QueueNamed("inside"), kLane), acme_.Open(RepNamed("ada"))));
}

TEST_F(CommitFunctionTest, TheJourneyKeepsItsNewestEntries) {
  ASSERT_EQ(Code(Commit("l1", "0|0|keep|0|0|0|0|0|0|0|NEW|0||0|none|0|0||")),
            CommitCode::kCommitted);
  Call call = Commit("l1", "1|0|keep|0|0|0|0|0|0|0|NEW|0||0|none|0|0||");
  for (int i = 0; i < 1'200; ++i) call.args.push_back(absl::StrCat("LINE", i));
  ASSERT_EQ(Code(call), CommitCode::kCommitted);
  const std::string journey = acme_.Journey(LeadNamed("l1"));
  EXPECT_EQ(Run(Command{"LLEN", journey}).integer, 1'000);
  EXPECT_EQ(Run(Command{"LINDEX", journey, "-1"}).text, "ILINE1199");
  EXPECT_EQ(Run(Command{"LINDEX", journey, "0"}).text, "ILINE200");
  EXPECT_THAT(LineOf("l1"), HasSubstr("|1202|"));  // made in all
}

// What a later release appended to the line survives a write by this one.
TEST_F(CommitFunctionTest, ItemsOfALaterReleaseAreKept) {
  ASSERT_EQ(Code(Commit("l1", "0|0|keep|0|0|0|0|0|1|1|NEW|0||0|none|0|0||")),
            CommitCode::kCommitted);
  std::string stored = Run(Command{"GET", acme_.Lead(LeadNamed("l1"))}).text;
  stored.insert(stored.find('\n'), "|later|still later");
  Run(Command{"SET", acme_.Lead(LeadNamed("l1")), stored});
  ASSERT_EQ(Code(Commit("l1", "1|0|keep|0|0|0|0|0|0|0|NEW|0||0|none|0|0||")),
            CommitCode::kCommitted);
  EXPECT_TRUE(absl::EndsWith(LineOf("l1"), "|later|still later"));
}

}  // namespace
}  // namespace baton::contract
