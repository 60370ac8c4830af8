#include "absl/strings/str_cat.h"
#include "contract/redis_functions/function_fixture.h"
#include "store/redis/names.h"

namespace baton::contract {
namespace {

using store::redis::Outcome;
using testing::ElementsAre;

class RosterFunctionsTest : public FunctionTest {
 protected:
  Outcome Ends(const Call& call) {
    return store::redis::ValueOf(store::redis::kOutcomeNames, AnswerOf(call)).value();
  }

  Call Put(const std::string& rep, int64_t expected, const std::string& row, int cap = 20000) {
    return {"put_rep",
            {acme_.Workspace(), acme_.Reps()},
            {rep, absl::StrCat(expected), row, absl::StrCat(cap)}};
  }
  Call Delete(const std::string& rep) {
    return {"delete_rep", {acme_.Workspace(), acme_.Reps()}, {rep}};
  }
  Call PutQueue(const std::string& queue, int64_t expected, bool paused, int cap = 1000) {
    return {"put_queue",
            {acme_.Workspace(), acme_.Settings(), acme_.Queue(QueueNamed(queue))},
            {queue, absl::StrCat(expected), paused ? "1" : "0", "Name", absl::StrCat(cap)}};
  }
  Call Drain(const std::string& max = "9") {
    return {"drain",
            {shard_.Meta(), shard_.Outbox(), shard_.Timers(), acme_.Workspace()},
            {"acme", "inside", max, absl::StrCat(kNow), "1000"}};
  }
  std::string Members(const std::string& queue) {
    return Run(Command{"HGET", acme_.Queue(QueueNamed(queue)), "m"}).text;
  }
};

TEST_F(RosterFunctionsTest, ARepHasARowInEachOfItsQueuesOrderedById) {
  ASSERT_EQ(Ends(Put("bo", 0, "2|3|online|field,inside|de,fr|Bo")), Outcome::kDone);
  ASSERT_EQ(Ends(Put("a-z", 0, "1|1|away|inside||")), Outcome::kDone);
  ASSERT_EQ(Ends(Put("a", 0, "1|1|offline|inside||")), Outcome::kDone);
  EXPECT_EQ(Members("inside"), "a|1|1|offline|;a-z|1|1|away|;bo|2|3|online|de,fr");
  EXPECT_EQ(Members("field"), "bo|2|3|online|de,fr");
  EXPECT_EQ(Run(Command{"HGET", acme_.Reps(), "bo"}).text, "1|2|3|online|field,inside|de,fr|Bo");
}

TEST_F(RosterFunctionsTest, AChangedRepLeavesTheQueuesItNoLongerHas) {
  ASSERT_EQ(Ends(Put("bo", 0, "2|3|online|field,inside||Bo")), Outcome::kDone);
  ASSERT_EQ(Ends(Put("bo", 1, "2|9|online|inside||Bo")), Outcome::kDone);
  EXPECT_EQ(Members("inside"), "bo|2|9|online|");
  EXPECT_EQ(Members("field"), "");
}

TEST_F(RosterFunctionsTest, AnotherRevisionChangesNothing) {
  ASSERT_EQ(Ends(Put("bo", 0, "2|3|online|inside||Bo")), Outcome::kDone);
  const Dump before = DumpAll();
  EXPECT_EQ(Ends(Put("bo", 0, "9|9|online|field||Bo")), Outcome::kMismatch);
  EXPECT_EQ(Ends(Put("bo", 2, "9|9|online|field||Bo")), Outcome::kMismatch);
  EXPECT_EQ(Ends(PutQueue("inside", 7, true)), Outcome::kMismatch);
  EXPECT_EQ(DumpAll(), before);
}

TEST_F(RosterFunctionsTest, AtACapNothingIsWrittenAndTheAnswerSaysHowManyThereAre) {
  ASSERT_EQ(Ends(Put("ada", 0, "1|5|online|inside||")), Outcome::kDone);
  ASSERT_EQ(Ends(Put("bo", 0, "1|5|online|inside||")), Outcome::kDone);
  ASSERT_EQ(Ends(PutQueue("inside", 0, true)), Outcome::kDone);
  const Dump before = DumpAll();
  const auto full = static_cast<int64_t>(Outcome::kFull);
  const auto answer = [this](const Call& call) {
    std::vector<int64_t> numbers;
    for (const Reply& each : Run(call).elements) numbers.push_back(each.integer);
    return numbers;
  };
  EXPECT_THAT(answer(Put("cy", 0, "1|5|online|inside||", 2)), ElementsAre(full, 2));
  EXPECT_THAT(answer(Put("cy", 0, "1|5|online|inside||", 1)), ElementsAre(full, 2)) << "lowered";
  EXPECT_THAT(answer(PutQueue("field", 0, true, 1)), ElementsAre(full, 1));
  EXPECT_EQ(DumpAll(), before);
  EXPECT_TRUE(Run(Put("cy", 0, "1|5|online|inside||", 0)).is_error()) << "a cap of nothing";
  EXPECT_TRUE(Run(Put("cy", 0, "1|5|online|inside||", 20001)).is_error());
  EXPECT_EQ(DumpAll(), before);
  EXPECT_EQ(Ends(Put("bo", 1, "1|6|online|inside||", 1)), Outcome::kDone) << "is there already";
}

TEST_F(RosterFunctionsTest, ADeletedRepIsGoneFromItsQueuesButStillOwed) {
  ASSERT_EQ(Ends(Put("ada", 0, "1|5|online|inside||")), Outcome::kDone);
  ASSERT_EQ(Ends(Put("bo", 0, "1|5|online|inside||")), Outcome::kDone);
  ASSERT_EQ(AnswerOf(Qualify("l1")), 0);  // ada's: so ada cannot go
  const Dump before = DumpAll();
  EXPECT_EQ(Ends(Delete("ada")), Outcome::kOwnsLeads);
  EXPECT_EQ(Ends(Delete("nobody")), Outcome::kAbsent);
  EXPECT_EQ(DumpAll(), before);
  const std::string ledger = Run(Command{"HGET", acme_.Queue(QueueNamed("inside")), "g"}).text;
  EXPECT_EQ(Ends(Delete("bo")), Outcome::kDone);
  EXPECT_EQ(Members("inside"), "ada|1|5|online|");
  EXPECT_EQ(Run(Command{"HGET", acme_.Queue(QueueNamed("inside")), "g"}).text, ledger);
  EXPECT_TRUE(Run(Command{"HGET", acme_.Reps(), "bo"}).is_nil());
}

TEST_F(RosterFunctionsTest, SettingsOfAQueueAreCountedOnce) {
  ASSERT_EQ(Ends(PutQueue("inside", 0, true)), Outcome::kDone);
  ASSERT_EQ(Ends(PutQueue("inside", 1, false)), Outcome::kDone);
  EXPECT_EQ(Run(Command{"HGET", acme_.Queue(QueueNamed("inside")), "s"}).text, "2|0|Name");
  EXPECT_EQ(Run(Command{"SCARD", acme_.Settings()}).integer, 1);
}

TEST_F(RosterFunctionsTest, APolicyTakesItsQueuesFromTheOneBefore) {
  Adopt("yaml 2", 2, {QueueRow("inside|direct|1|2|de")});
  EXPECT_EQ(Run(Command{"HGET", acme_.Queue(QueueNamed("inside")), "p"}).text,
            "direct|1|2|de|weighted_fair|1||0||0|0|1|100");
  EXPECT_TRUE(Run(Command{"HGET", acme_.Queue(QueueNamed("field")), "p"}).is_nil());
  EXPECT_EQ(Run(Command{"HGET", acme_.Workspace(), "queues"}).text, "inside");
  EXPECT_EQ(Run(Command{"HGET", acme_.Policies(), "1"}).text, "yaml 1");
  EXPECT_EQ(Run(Command{"HGET", acme_.Policies(), "2"}).text, "yaml 2");
}

TEST_F(RosterFunctionsTest, NothingIsCreatedForAWorkspaceThatDoesNotExist) {
  Run(Command{"FLUSHALL"});
  Run(Call{"open_shard", {shard_.Meta(), shard_.Outbox()}, {"abcdef", "0"}});
  const Dump before = DumpAll();
  EXPECT_EQ(Ends(Put("bo", -1, "1|1|online|inside||")), Outcome::kNoWorkspace);
  EXPECT_EQ(Ends(PutQueue("inside", -1, true)), Outcome::kNoWorkspace);
  EXPECT_EQ(Ends(CreateRevision("yaml")), Outcome::kNoWorkspace);
  EXPECT_EQ(Ends(Approve(1, "mia@acme.example", "marketing")), Outcome::kNoWorkspace);
  EXPECT_EQ(Ends(Activate(1, 1, "activate", {})), Outcome::kNoWorkspace);
  EXPECT_EQ(DumpAll(), before);
}

TEST_F(RosterFunctionsTest, ADrainAssignsInOrderOfPriorityAndAge) {
  for (const char* lead : {"l1", "l2", "l3"}) ASSERT_EQ(AnswerOf(Qualify(lead)), 0);
  ASSERT_EQ(AnswerOf(Qualify("urgent", 90)), 0);
  ASSERT_EQ(Ends(Put("ada", 0, "1|2|online|inside||")), Outcome::kDone);
  const Call drain = Drain("1");
  EXPECT_EQ(Run(drain).elements.at(0).integer, 1);
  EXPECT_EQ(Run(Command{"ZRANGE", acme_.Open(RepNamed("ada")), "0", "-1"}).elements[0].text,
            "urgent");
  EXPECT_EQ(Run(drain).elements.at(0).integer, 1);
  EXPECT_EQ(Run(drain).elements.at(0).integer, 0);  // nobody has room
  std::vector<std::string> open;
  for (const Reply& lead :
       Run(Command{"ZRANGE", acme_.Open(RepNamed("ada")), "0", "-1"}).elements) {
    open.push_back(lead.text);
  }
  EXPECT_THAT(open, ElementsAre("l1", "urgent"));
}

TEST_F(RosterFunctionsTest, ADrainThatMeetsABrokenBacklogChangesNothing) {
  for (const char* lead : {"l1", "l2"}) ASSERT_EQ(AnswerOf(Qualify(lead)), 0);
  ASSERT_EQ(Ends(Put("ada", 0, "1|5|online|inside||")), Outcome::kDone);
  const std::string lanes = acme_.Lanes(QueueNamed("inside"));
  const Reply lane = Run(Command{"HKEYS", lanes}).elements.at(0);
  Run(Command{"HSET", lanes, lane.text, "what is this"});
  const Dump before = DumpAll();
  const Reply reply = Run(Drain());
  EXPECT_TRUE(reply.IsError("BATONREFUSED")) << reply.text;
  EXPECT_EQ(DumpAll(), before);
}

TEST_F(RosterFunctionsTest, ADrainNamesTheLeadsItPassesOver) {
  for (const char* lead : {"l1", "l2", "l3"}) ASSERT_EQ(AnswerOf(Qualify(lead)), 0);
  ASSERT_EQ(Ends(Put("ada", 0, "1|5|online|inside||")), Outcome::kDone);
  Run(Command{"DEL", acme_.Lead(LeadNamed("l2"))});
  const Reply reply = Run(Drain());
  ASSERT_EQ(reply.elements.size(), 3u) << reply.text;
  EXPECT_EQ(reply.elements[0].integer, 2);
  ASSERT_EQ(reply.elements[1].elements.size(), 1u);
  EXPECT_EQ(reply.elements[1].elements[0].text, "l2");
  const Command waiting = {"ZRANGE", acme_.Backlog(QueueNamed("inside")), "0", "-1"};
  EXPECT_EQ(Run(waiting).elements.size(), 1u) << "it stays where it is";
}

}  // namespace
}  // namespace baton::contract
