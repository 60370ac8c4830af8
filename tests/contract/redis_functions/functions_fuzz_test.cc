// Garbage in arguments and in what is stored: a function that ends in an error has changed nothing.
// BATON_SEED repeats a run.
#include <cstdlib>
#include <iostream>
#include <random>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "contract/redis_functions/function_fixture.h"

namespace baton::contract {
namespace {

constexpr int kRounds = 3'000;

class FunctionsFuzzTest : public FunctionTest {
 protected:
  void SetUp() override {
    FunctionTest::SetUp();
    uint64_t seed = std::random_device()();
    if (const char* text = std::getenv("BATON_SEED"); text != nullptr) {
      ASSERT_TRUE(absl::SimpleAtoi(text, &seed)) << text;
    }
    std::cout << "BATON_SEED=" << seed << std::endl;
    random_.seed(seed);
    Seed();
  }

  // Some of everything: reps, leads that are owned, waiting and closed, timers, checkpoints, a
  // draft that both approved.
  void Seed() {
    ASSERT_EQ(AnswerOf(CreateRevision("yaml 2")), 0);
    ASSERT_EQ(AnswerOf(Approve(2, "mia@acme.example", "marketing")), 0);
    ASSERT_EQ(AnswerOf(Approve(2, "sam@acme.example", "sales")), 0);
    PutRep("ada", "1|2|online|field,inside|de|Ada");
    PutRep("bo", "2|1|away|inside||Bo");
    PutRep("cla", "1|5|online|pulled||Cla");
    for (const char* lead : {"l1", "l2", "l3", "l4"}) ASSERT_EQ(AnswerOf(Qualify(lead)), 0);
    for (const char* lead : {"p1", "p2", "p3"}) {
      ASSERT_EQ(AnswerOf(Commit(lead, "0|1|offer|0|0|0|1|0|1|1|MQL|1|pulled|0|none|0|5||",
                                {"qualified|MQL|pulled||0"})),
                0);
    }
    Run(Call{"put_queue",
             {acme_.Workspace(), acme_.Settings(), acme_.Queue(QueueNamed("inside"))},
             {"inside", "-1", "0", "Inside", "1000"}});
    ASSERT_EQ(AnswerOf(PutAccount("acme", "g", "acme.com,acme.de")), 0);
    ASSERT_EQ(AnswerOf(PutWebhook("crm", 0)), 0);
    Run(Call{"advance",
             {"{b00}:input:leads", "{b00}:input", shard_.Meta()},
             {"1", "0", "0", "5", "5", "0", "0", "0", "0"}});
  }

  Call PutAccount(const std::string& id, const std::string& group, const std::string& domains) {
    return {
        "put_account",
        {shard_.Meta(), acme_.Workspace(), acme_.Accounts(), acme_.AccountIds(), acme_.Domains()},
        {id, id == "acme" ? "0" : absl::StrCat(Below(2)), absl::StrCat(Below(4) == 0 ? 0 : 1),
         group, domains, "1", "blob", "1", "0", "100", absl::StrCat(kNow)}};
  }

  size_t Below(size_t bound) {
    return std::uniform_int_distribution<size_t>(0, bound - 1)(random_);
  }

  std::string Garbage() {
    static const auto& texts = *new std::vector<std::string>{"",
                                                             "-1",
                                                             "0",
                                                             "1",
                                                             "2",
                                                             "9007199254740993",
                                                             "1e5",
                                                             "0x10",
                                                             "nan",
                                                             "inf",
                                                             " 1",
                                                             "a b",
                                                             "acme",
                                                             "l1",
                                                             "l3",
                                                             "inside",
                                                             "nowhere",
                                                             "{b04}:meta",
                                                             "||||||||||||||||",
                                                             ",,,,",
                                                             ";;;",
                                                             std::string("\0\n", 2),
                                                             "%d%s",
                                                             "offer",
                                                             "keep",
                                                             "OFFERED",
                                                             "\xff\xfe",
                                                             "-0",
                                                             "1.5"};
    if (Below(8) == 0) return std::string(Below(2'000), 'x');
    return texts[Below(texts.size())];
  }

  // One item of a text with separators, or the whole text.
  std::string Mutated(const std::string& text) {
    const std::vector<std::string> items = absl::StrSplit(text, '|');
    if (items.size() < 2 || Below(4) == 0) return Garbage();
    std::vector<std::string> mutated = items;
    switch (Below(4)) {
      case 0:
        mutated.erase(mutated.begin() + static_cast<std::ptrdiff_t>(Below(mutated.size())));
        break;
      case 1:
        mutated.insert(mutated.begin() + static_cast<std::ptrdiff_t>(Below(mutated.size())),
                       Garbage());
        break;
      case 2:
        std::swap(mutated[Below(mutated.size())], mutated[Below(mutated.size())]);
        break;
      default:
        mutated[Below(mutated.size())] = Garbage();
    }
    return absl::StrJoin(mutated, "|");
  }

  Call PutWebhook(const std::string& id, int64_t revision) {
    return {"put_webhook",
            {shard_.Meta(), acme_.Workspace(), acme_.Webhooks(), shard_.Webhooks()},
            {"acme", id, absl::StrCat(revision), "1", absl::StrCat(1 + Below(2)),
             "https:%2F|assigned||0|salt|||0||ada", absl::StrCat(kNow)}};
  }

  Call AnyWebhookCall() {
    const std::string id = Below(2) == 0 ? "crm" : "dwh";
    switch (Below(4)) {
      case 0:
        return PutWebhook(id, static_cast<int64_t>(Below(3)));
      case 1:
        return {"delete_webhook",
                {acme_.Workspace(), acme_.Webhooks(), shard_.Webhooks(), acme_.WebhookProgress(id),
                 acme_.WebhookOffsets(id)},
                {"acme", id, Below(2) == 0 ? "-1" : "1"}};
      default:
        return {
            "report_webhook",
            {shard_.Meta(), acme_.Webhooks(), acme_.WebhookProgress(id), acme_.WebhookOffsets(id)},
            {id, absl::StrCat(1 + Below(2)), "1", Below(2) == 0 ? "0" : "1", "3", "1",
             Below(2) == 0 ? "failed" : "succeeded", "500", "1000", Below(2) == 0 ? "" : "p1",
             "200", absl::StrCat(kNow), "0", absl::StrCat(Below(50)), "7", "5"}};
    }
  }

  Call AnyPolicyCall() {
    switch (Below(10)) {
      case 9:
        return AnyWebhookCall();
      case 8:
        return PutTable(Below(2) == 0 ? "regions" : "owners");
      case 7:
        return DeleteTable(Below(2) == 0 ? "regions" : "owners");
      case 5:
        return StartShadow(2);
      case 6:
        return {"stop_shadow",
                {shard_.Meta(), acme_.Workspace()},
                {"mia@acme.example", absl::StrCat(kNow)}};
      case 0:
        return CreateRevision(absl::StrCat("yaml ", Below(4)),
                              Below(2) == 0 ? "" : "regions@" + std::string(64, 'a'));
      case 1:
        return Approve(2, Below(2) == 0 ? "mia@acme.example" : "eve@acme.example",
                       Below(2) == 0 ? "marketing" : "");
      case 2:
        return Activate(2, 2, "activate",
                        {QueueRow("inside|offer|1|2|"), QueueRow("other|direct|1|2|de")});
      case 3:
        return Activate(1, 2, "rollback", {QueueRow("inside|offer|1|2|")});
      default:
        return {"end_revision",
                {shard_.Meta(), acme_.Workspace(), acme_.Policies(), acme_.Drafts()},
                {absl::StrCat(1 + Below(3)), Below(2) == 0 ? "mia@acme.example" : "",
                 absl::StrCat(kNow)}};
    }
  }

  Call Claim(const std::string& clock) {
    std::vector<std::string> args = {"acme", "cla", clock, "1000", "r1", "7", "DETAILS"};
    if (Below(2) == 0) args.emplace_back("pulled");
    return {"claim",
            {shard_.Meta(), shard_.Outbox(), shard_.Timers(), acme_.Workspace(), acme_.Reps(),
             acme_.Claims(RepNamed("cla"))},
            args};
  }

  Call AnyCall() {
    const std::vector<std::string> four = {shard_.Meta(), shard_.Outbox(), shard_.Timers(),
                                           acme_.Workspace()};
    const std::string lead = absl::StrCat("l", Below(6));
    const std::string clock = absl::StrCat(kNow);
    switch (Below(22)) {
      case 21:
        return {"note_erasure",
                {acme_.Workspace(), acme_.ErasureRequests()},
                {Below(2) == 0 ? "a1" : "b2", Below(2) == 0 ? "c3" : "d4"}};
      case 19:
        return {"put_cycles",
                {shard_.Reports()},
                {absl::StrCat(Below(3)), "2", "acme", lead + "/1", absl::StrCat(1 + Below(2)),
                 "ROW", "acme", lead + "/2", "2", "ROW"}};
      case 20:
        return {"forget_cycles", {acme_.Cycles(), acme_.CycleOrder()}, {"2", "10"}};
      case 17:
        return {"put_fits",
                {acme_.Workspace(), acme_.Fits()},
                {absl::StrCat(Below(3)), Below(2) == 0 ? "?rep.a" : "?rep.b", "@0", "@ab12"}};
      case 18:
        return {"put_profile",
                {acme_.Workspace(), acme_.Fits(), acme_.Profiles(), acme_.Reps()},
                {absl::StrCat(Below(3)), "@ab12", "{}", "?rep.a", "?rep.b"}};
      case 0:
      case 1:
        return Commit(lead,
                      absl::StrCat(Below(3), "|0|offer|", Below(2),
                                   "|0|1|1|0|0|0|MQL|1|inside|0|none|0|5|ada|de",
                                   Below(2) == 0 ? "" : ",?rep.a"),
                      {"declined|QUEUED|inside|ada|1", "queued|QUEUED|inside||1"});
      case 2:
        return Commit(lead,
                      absl::StrCat(Below(3), "|1|release|1|0|1|0|0|1|1|WON|1|field|0|none|0|5||"),
                      {"won|WON|inside|ada|1"});
      case 3:
        return Commit(lead, absl::StrCat(Below(3), "|1|keep|0|0|0|1|1|1|0|ACCEPTED|1|inside|", kNow,
                                         "|retry|7|5||"));
      case 4:
        return WithStep("1|inside|other|0|leads=1,moved=1\nDIFFERENCE", Qualify(lead));
      case 5:
        return {"drain", four, {"acme", "inside", "1", clock, "1000"}};
      case 6:
        return Claim(clock);
      case 7:
        return {"due_timers",
                {shard_.Meta(), shard_.Timers()},
                {"5", absl::StrCat(2 * kNow), "acme", absl::StrCat(Below(3))}};
      case 8:
        return {"put_rep",
                {acme_.Workspace(), acme_.Reps()},
                {Below(2) == 0 ? "ada" : "cy", "-1",
                 Below(2) == 0 ? "3|4|online|inside,other|de,fr|Name"
                               : "3|4|online|inside|de|Name|cap=2,hours=dach,ramp=5:9:20,"
                                 "leave=1:9:ada|",
                 absl::StrCat(1 + Below(4))}};
      case 9:
        return {"delete_rep", {acme_.Workspace(), acme_.Reps()}, {Below(2) == 0 ? "bo" : "cy"}};
      case 10:
        return {"put_queue",
                {acme_.Workspace(), acme_.Settings(), acme_.Queue(QueueNamed("inside"))},
                {"inside", "-1", "0", "Inside", "1000"}};
      case 11:
        return AnyPolicyCall();
      case 12:
        return {"advance",
                {"{b00}:input:leads", "{b00}:input", shard_.Meta()},
                {"1", "0", "0", absl::StrCat(1 + Below(20)), "5", "0", "1", "0", "2", "1", "0", "5",
                 "5", "0", "0", "0", "0"}};
      case 13:
        return {"put_hours",
                {acme_.Workspace(), acme_.Hours()},
                {"-1", "0", "dach@Europe/Vienna", "1,2|5-9,12-20"}};
      case 14:
        return PutAccount(Below(2) == 0 ? "acme" : "other", Below(2) == 0 ? "g" : "",
                          Below(2) == 0 ? "acme.com" : "other.com,other.de");
      case 15:
        return {"match_accounts",
                {acme_.Workspace(), acme_.Accounts(), acme_.Domains()},
                {"mail.acme.com,acme.com", "other.com"}};
      default:
        return {Below(2) == 0 ? "trim_outbox" : "open_shard",
                {shard_.Meta(), shard_.Outbox()},
                Below(2) == 0 ? std::vector<std::string>{"3", "2"}
                              : std::vector<std::string>{"abcdef", "0"}};
    }
  }

  void SpoilArguments(Call& call) {
    for (size_t i = 1 + Below(3); i > 0 && !call.args.empty(); --i) {
      const size_t at = Below(call.args.size());
      switch (Below(5)) {
        case 0:
          call.args.erase(call.args.begin() + static_cast<std::ptrdiff_t>(at));
          break;
        case 1:
          call.args.insert(call.args.begin() + static_cast<std::ptrdiff_t>(at), Garbage());
          break;
        case 2:
          if (!call.keys.empty()) call.keys.erase(call.keys.begin());
          break;
        default:
          call.args[at] = Mutated(call.args[at]);
      }
    }
  }

  // Puts garbage, or another type, into one stored key.
  void SpoilState(const Dump& dump) {
    auto key = dump.begin();
    std::advance(key, static_cast<std::ptrdiff_t>(Below(dump.size())));
    const std::string name = key->first;
    const std::string type = key->second.substr(0, key->second.find(':'));
    if (Below(3) == 0) {
      Run(Command{"DEL", name});
      if (Below(2) == 0) {
        Run(type == "string" ? Command{"RPUSH", name, "x"} : Command{"SET", name, Garbage()});
      }
    } else if (type == "string") {
      Run(Command{"SET", name, Mutated(key->second.substr(8))});
    } else if (type == "hash") {
      const Reply fields = Run(Command{"HGETALL", name});
      const size_t at = Below(fields.elements.size() / 2) * 2;
      Run(Command{"HSET", name, fields.elements[at].text, Mutated(fields.elements[at + 1].text)});
    } else if (type == "zset") {
      Run(Command{"ZADD", name, absl::StrCat(Below(1'000'000)), absl::StrCat("l", Below(9))});
    } else if (type == "stream") {
      Run(Command{"XADD", name, "9000000-0", "e", Garbage()});
    }
  }

  // Runs the call; true if it ended in an error, which must have left all as it was.
  bool FailsCleanly(const Call& call) {
    const Dump before = DumpAll();
    const Reply reply = Run(call);
    if (!reply.is_error()) return false;
    EXPECT_EQ(DumpAll(), before) << call.function << " " << reply.text << "\n"
                                 << absl::StrJoin(call.args, " ");
    return true;
  }

  void Refresh() {
    Run(Command{"FLUSHALL"});
    Run(Call{"open_shard", {shard_.Meta(), shard_.Outbox()}, {"abcdef", "0"}});
    Run(Call{"create_workspace",
             {shard_.Meta(), shard_.Workspaces(), acme_.Workspace()},
             {"acme", "Acme", "0", "100", absl::StrCat(kNow)}});
    Adopt("yaml 1", 1,
          {QueueRow("field|direct|60000|30000|"), QueueRow("inside|offer|60000|30000|"),
           QueueRow("pulled|pull|60000|30000|")});
    Seed();
  }

  std::mt19937_64 random_;
};

TEST_F(FunctionsFuzzTest, GarbageArgumentsNeverHalfApply) {
  int failed = 0;
  for (int round = 0; round < kRounds && !HasFailure(); ++round) {
    if (round % 100 == 0) Refresh();
    Call call = AnyCall();
    SpoilArguments(call);
    if (FailsCleanly(call)) ++failed;
  }
  EXPECT_GT(failed, kRounds / 3);  // the garbage was bad enough
  EXPECT_LT(failed, kRounds);      // and sometimes good enough
}

TEST_F(FunctionsFuzzTest, SpoiledStateIsFoundBeforeTheFirstWrite) {
  int failed = 0;
  for (int round = 0; round < kRounds && !HasFailure(); ++round) {
    if (round % 10 == 0) Refresh();
    SpoilState(DumpAll());
    if (FailsCleanly(AnyCall())) ++failed;
  }
  EXPECT_GT(failed, kRounds / 10);
  EXPECT_LT(failed, kRounds);
}

}  // namespace
}  // namespace baton::contract
