#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "baton/v1/policy_service.pb.h"
#include "baton/v1/roster_service.pb.h"
#include "batonctl/exit_codes.h"
#include "batonctl_testing.h"
#include "events/handoff_event_codec.h"
#include "support/policy_text.h"
#include "temporary_file.h"

namespace baton::batonctl {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using Json = nlohmann::json;

constexpr char kRoster[] =
    "apiVersion: baton.dev/v1\nkind: Roster\nmetadata: {workspace: acme}\nspec:\n"
    "  reps: [{id: ada, queues: [inbound], presence: online},"
    " {id: ben, queues: [inbound], presence: away}]\n";

std::string Event(const std::string& id, const std::string& lead, const std::string& time,
                  const std::string& employees) {
  return R"({"specversion":"1.0","id":")" + id +
         R"(","source":"/forms","type":"dev.baton.lead.captured.v1","workspace":"acme")" +
         R"(,"subject":")" + lead + R"(","time":")" + time +
         R"(","data":{"activity":"demo_request","attributes":{"employees":)" + employees + "}}}\n";
}

std::string Events() {
  return Event("e2", "l2", "2026-03-02T09:00:00Z", "20") +
         Event("e1", "l1", "2026-03-01T09:00:00Z", "200") + "\nno event\n";
}

// For whom 200 employees are needed.
std::string StricterPolicy() {
  std::string text = support::kPolicyText;
  return text.replace(text.find(">= 10"), 5, ">= 99");
}

class SimulateCommandTest : public ::testing::Test {
 protected:
  // `global` stands before the command.
  RunResult Simulate(const std::vector<std::string>& more,
                     const std::vector<std::string>& global = {}) {
    std::vector<std::string> arguments = {
        "policy",       "simulate", "--file",       stricter_.path(), "--baseline",
        policy_.path(), "--roster", roster_.path(), "--events",       events_.path()};
    arguments.insert(arguments.begin(), global.begin(), global.end());
    arguments.insert(arguments.end(), more.begin(), more.end());
    return world_.Run(arguments);
  }

  World world_;
  const TemporaryFile policy_{support::kPolicyText};
  const TemporaryFile stricter_{StricterPolicy()};
  const TemporaryFile roster_{kRoster};
  const TemporaryFile events_{Events()};
};

TEST_F(SimulateCommandTest, ShowsWhatACandidateWouldHaveChanged) {
  const RunResult run = Simulate({});
  EXPECT_EQ(run.code, kExitOk) << run.err;
  EXPECT_THAT(run.out, HasSubstr("MQLs: 2 baseline, 1 candidate; 0 gained, 1 lost, 0 moved"));
  EXPECT_THAT(run.out, HasSubstr("events: 2 applied, 0 repeated, 1 refused"));
  EXPECT_THAT(run.out, HasSubstr("reproduced: not known"));
  EXPECT_THAT(run.out, HasSubstr("lost"));
  EXPECT_THAT(run.err, HasSubstr("1 of 2 reps are not online"));
  EXPECT_THAT(run.err, HasSubstr("simulated 100%"));
  EXPECT_EQ(world_.address, "");
}

TEST_F(SimulateCommandTest, SaysWhatIsRefusedAndThatAWrongFileHasNoEvents) {
  EXPECT_THAT(Simulate({}).err, HasSubstr(events_.path() + ":"));
  std::string lines;
  for (int i = 0; i < 7; ++i) lines += "{\"specversion\":\"1.0\"}\n";
  const TemporaryFile wrong(lines);
  const RunResult run =
      world_.Run({"policy", "simulate", "--file", stricter_.path(), "--baseline", policy_.path(),
                  "--roster", roster_.path(), "--events", wrong.path()});
  EXPECT_EQ(run.code, kExitUsage);
  EXPECT_EQ(run.out, "");
  EXPECT_THAT(run.err, HasSubstr(wrong.path() + ":1: refused: "));
  EXPECT_THAT(run.err, HasSubstr("and 2 more refused"));
  EXPECT_THAT(run.err, HasSubstr("no event that could be applied in " + wrong.path()));
}

TEST_F(SimulateCommandTest, LooksAtSinceBeforeItReadsAnything) {
  const RunResult run = Simulate({"--since", "30x"});
  EXPECT_EQ(run.code, kExitUsage);
  EXPECT_THAT(run.err, HasSubstr("--since"));
  EXPECT_EQ(run.err.find("read"), std::string::npos);
}

TEST_F(SimulateCommandTest, WritesJsonAndCsvTheSameEachTime) {
  const RunResult json = Simulate({"-o", "json"});
  ASSERT_EQ(json.code, kExitOk) << json.err;
  EXPECT_EQ(json.out, Simulate({"-o", "json"}).out);
  const Json report = Json::parse(json.out);
  EXPECT_EQ(report["mqls"]["lost"], 1);
  EXPECT_EQ(report["leads"][0]["lead"], "l2");
  EXPECT_EQ(report["leads"][0]["life"], 0);
  EXPECT_EQ(report["leads"][0]["baseline"]["rep"], "ada");
  EXPECT_EQ(report["events"]["refused"]["not_parseable"], 1);
  EXPECT_EQ(report["waiting"]["baseline"]["neverAssigned"], 0);

  const RunResult csv = Simulate({"-o", "csv"});
  EXPECT_THAT(csv.out, StartsWith("lead,life,cycle,what,baseline_route,"));
  EXPECT_THAT(csv.out, HasSubstr("\nl2,0,1,lost,default,inbound,ada,0,,,,\n"));
  EXPECT_EQ(Simulate({}, {"-o", "csv"}).out, csv.out);
}

TEST_F(SimulateCommandTest, HasTheFormatsAndTablesOfAllCommands) {
  EXPECT_THAT(Simulate({"-o", "yaml"}).out, HasSubstr("workspace: acme\n"));
  const RunResult table = Simulate({"-o", "wide"});
  EXPECT_EQ(table.out, Simulate({}).out);
  EXPECT_THAT(table.out, HasSubstr("BASELINE"));
  EXPECT_THAT(Simulate({"--no-headers"}).out, Not(HasSubstr("BASELINE")));
  const RunResult names = world_.Run({"-o", "name", "policy", "simulate", "--file", "x"});
  EXPECT_EQ(names.code, kExitUsage);
  EXPECT_THAT(names.err, HasSubstr("it makes table, wide, json, yaml, csv"));
}

// Customers alone are MQLs: l1, whose company the accounts have, l2 by an event, l3 not.
TEST_F(SimulateCommandTest, KnowsAccountsOfADocumentAndOfEvents) {
  std::string text = support::kPolicyText;
  const std::string big = "match: {employees: \">= 10\"}";
  text.replace(text.find(big), big.size(), "when: has(account.customer) && account.customer");
  const TemporaryFile customers(text);
  const TemporaryFile accounts(
      "apiVersion: baton.dev/v1\nkind: Accounts\nmetadata: {workspace: acme}\nspec:\n"
      "  accounts: [{id: globex, domains: [globex.com], customer: true}]\n");
  std::string events =
      R"({"specversion":"1.0","id":"a1","source":"/crm","type":"dev.baton.account.upserted.v1",)"
      R"("workspace":"acme","subject":"initech","time":"2026-03-01T08:00:00Z",)"
      R"("data":{"domains":["initech.com"],"customer":true}})"
      "\n";
  for (const std::string lead : {"l1", "l2", "l3"}) {
    const std::string company = lead == "l1" ? "globex" : lead == "l2" ? "initech" : "other";
    events += Event("e-" + lead, lead, "2026-03-01T09:00:00Z",
                    R"(20,"email":"a@)" + company + R"(.com")");
  }
  const TemporaryFile recorded(events);
  const RunResult run = world_.Run({"policy", "simulate", "-f", customers.path(), "--baseline",
                                    policy_.path(), "--roster", roster_.path(), "--events",
                                    recorded.path(), "--accounts", accounts.path()});
  ASSERT_EQ(run.code, kExitOk) << run.err;
  EXPECT_THAT(run.out, HasSubstr("MQLs: 3 baseline, 2 candidate; 0 gained, 1 lost, 0 moved"));
}

TEST_F(SimulateCommandTest, TheCandidateBeginsWithSince) {
  const RunResult run = Simulate({"--since", "2026-03-02T10:00:00Z", "-o", "json"});
  ASSERT_EQ(run.code, kExitOk) << run.err;
  EXPECT_EQ(Json::parse(run.out)["mqls"]["lost"], 0);
  const RunResult period = Simulate({"--since", "30d", "-o", "json"});
  EXPECT_EQ(Json::parse(period.out)["mqls"]["lost"], 1);
  EXPECT_EQ(Simulate({"--since", "soon"}).code, kExitUsage);
}

TEST_F(SimulateCommandTest, RefusesWhatDoesNotFitTogether) {
  EXPECT_EQ(Simulate({"-w", "other"}).code, kExitUsage);
  EXPECT_EQ(Simulate({"--from-offset", "3"}).code, kExitUsage);
  EXPECT_EQ(Simulate({"--accept-after", "soon"}).code, kExitUsage);
  EXPECT_EQ(Simulate({"--events", "/does/not/exist"}).code, kExitUsage);
}

// A record as the topics give it.
platform::kafka::Record AsRead(const platform::kafka::OutRecord& sent, int64_t offset) {
  platform::kafka::Record record;
  record.topic = sent.topic;
  record.partition = 0;
  record.offset = offset;
  record.timestamp_ms = 1'772'355'600'000;
  record.has_value = true;
  record.value = sent.value;
  record.headers = sent.headers;
  return record;
}

store::OutboxEntry Change(core::ChangeType type, core::Stage stage, int64_t version) {
  store::OutboxEntry entry;
  entry.key = {core::WorkspaceId::Trusted("acme"), core::LeadId::Trusted("l1")};
  entry.epoch = 1;
  entry.version = entry.sequence = version;
  entry.at_ms = 1'772'355'600'010;
  entry.cycle = 1;
  entry.fit = 40;
  entry.intent = 60;
  entry.policy_revision = 7;
  entry.change.type = type;
  entry.change.stage = stage;
  entry.change.queue = core::QueueId::Trusted("inbound");
  entry.change.cause = "e1";
  return entry;
}

// Feedback and input of one lead that became an MQL and went to ada.
std::map<std::string, std::vector<platform::kafka::Record>> Topics() {
  const events::TopicNames names = events::MakeTopicNames("baton");
  store::OutboxEntry assigned = Change(core::ChangeType::kAssigned, core::Stage::kOffered, 2);
  assigned.change.rep = core::RepId::Trusted("ada");
  assigned.change.generation = 1;
  assigned.due_at_ms = assigned.at_ms + 600'000;
  std::map<std::string, std::vector<platform::kafka::Record>> topics;
  for (const store::OutboxEntry& entry :
       {Change(core::ChangeType::kQualified, core::Stage::kMql, 1), assigned}) {
    auto& feedback = topics[names.feedback];
    feedback.push_back(AsRead(events::EncodeHandoffEvent(entry, names).front(),
                              static_cast<int64_t>(feedback.size())));
  }
  platform::kafka::OutRecord event;
  event.topic = names.lead_events;
  event.value = Event("e1", "l1", "2026-03-01T09:00:00Z", "200");
  topics[names.lead_events] = {AsRead(event, 0)};
  return topics;
}

TEST_F(SimulateCommandTest, ReadsTopicsAndTheServerAndReproducesWhatHappened) {
  world_.topics = Topics();
  world_.server.On<v1::GetPolicyRequest, v1::GetPolicyResponse>(
      [](const v1::GetPolicyRequest& request, v1::GetPolicyResponse& response) {
        EXPECT_EQ(request.name(), "workspaces/acme/policies/-");
        response.mutable_policy()->set_name("workspaces/acme/policies/inbound@7");
        response.mutable_policy()->set_revision(7);
        response.mutable_policy()->set_yaml(support::kPolicyText);
        return absl::OkStatus();
      });
  world_.server.On<v1::ListRepsRequest, v1::ListRepsResponse>(
      [](const v1::ListRepsRequest&, v1::ListRepsResponse& response) {
        v1::Rep& rep = *response.add_reps();
        rep.set_name("workspaces/acme/reps/ada");
        rep.add_queues("workspaces/acme/queues/inbound");
        rep.set_capacity(5);
        rep.set_weight(1);
        rep.set_presence(v1::PRESENCE_ONLINE);
        return absl::OkStatus();
      });
  world_.server.On<v1::ListQueuesRequest, v1::ListQueuesResponse>(
      [](const v1::ListQueuesRequest&, v1::ListQueuesResponse&) { return absl::OkStatus(); });
  const RunResult run =
      world_.Run({"policy", "simulate", "-f", stricter_.path(), "--brokers", "kafka:1"});
  ASSERT_EQ(run.code, kExitOk) << run.err;
  EXPECT_THAT(run.out, HasSubstr("inbound@7 (baseline)"));
  EXPECT_THAT(run.out, HasSubstr("reproduced: MQLs 1 of 1, routes 1 of 1, assignments 1 of 1\n"));
  EXPECT_THAT(run.err, HasSubstr("baton.feedback.v1: 2 records read"));
}

}  // namespace
}  // namespace baton::batonctl
