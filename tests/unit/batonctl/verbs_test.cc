// The verbs that take any kind: get, list, watch, describe, explain, apply, diff.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "baton/v1/account_service.pb.h"
#include "baton/v1/assignment_service.pb.h"
#include "baton/v1/lead_service.pb.h"
#include "baton/v1/policy_service.pb.h"
#include "baton/v1/roster_service.pb.h"
#include "batonctl/exit_codes.h"
#include "batonctl_testing.h"
#include "temporary_file.h"

namespace baton::batonctl {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class VerbsTest : public ::testing::Test {
 protected:
  VerbsTest() {
    Rep("ada", 3, 20);
    Rep("ben", 1, 5);
    world_.server.On<v1::ListRepsRequest, v1::ListRepsResponse>(
        [this](const v1::ListRepsRequest&, v1::ListRepsResponse& response) {
          for (const auto& [name, rep] : reps_) *response.add_reps() = rep;
          return listing_;
        });
    world_.server.On<v1::GetRepRequest, v1::GetRepResponse>(
        [this](const v1::GetRepRequest& request, v1::GetRepResponse& response) {
          const auto found = reps_.find(request.name());
          if (found == reps_.end()) return absl::NotFoundError("no rep");
          *response.mutable_rep() = found->second;
          return absl::OkStatus();
        });
    world_.server.On<v1::UpdateRepRequest, v1::UpdateRepResponse>(
        [this](const v1::UpdateRepRequest& request, v1::UpdateRepResponse& response) {
          ++updates_;
          *response.mutable_rep() = reps_[request.rep().name()] = request.rep();
          return absl::OkStatus();
        });
    world_.server.On<v1::ListAssignmentsRequest, v1::ListAssignmentsResponse>(
        [](const v1::ListAssignmentsRequest&, v1::ListAssignmentsResponse& response) {
          response.add_assignments()->set_name("workspaces/demo/assignments/l1.3");
          return absl::OkStatus();
        });
  }

  void Rep(const std::string& id, int weight, int capacity) {
    v1::Rep& rep = reps_["workspaces/demo/reps/" + id];
    rep.set_name("workspaces/demo/reps/" + id);
    rep.add_queues("workspaces/demo/queues/inbound");
    rep.set_weight(weight);
    rep.set_capacity(capacity);
    rep.set_presence(v1::PRESENCE_ONLINE);
  }

  RunResult Run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"-w", "demo"});
    return world_.Run(arguments);
  }

  World world_;
  std::map<std::string, v1::Rep> reps_;
  absl::Status listing_;
  int updates_ = 0;
};

TEST_F(VerbsTest, GetAndListAreTheCommandsOfTheKind) {
  EXPECT_EQ(Run({"get", "reps", "-o", "name"}).out, Run({"rep", "list", "-o", "name"}).out);
  EXPECT_EQ(Run({"list", "rep", "-o", "name"}).out, Run({"rep", "list", "-o", "name"}).out);
  EXPECT_EQ(Run({"get", "rep", "ada", "-o", "json"}).out,
            Run({"rep", "get", "ada", "-o", "json"}).out);
  EXPECT_EQ(Run({"get", "reps", "--limit", "1", "-o", "name"}).code, kExitOk);
  EXPECT_THAT(Run({"get", "reps", "--help"}).out, HasSubstr("--watch"));
}

TEST_F(VerbsTest, SayWhichKindWasMeant) {
  EXPECT_THAT(Run({"get", "lead", "l1", "--stagee"}).err, HasSubstr("--stagee"));
  EXPECT_THAT(Run({"get", "laeds"}).err, HasSubstr("did you mean 'leads'?"));
  EXPECT_THAT(Run({"get"}).err, HasSubstr("get KIND [NAME]"));
  EXPECT_THAT(Run({"watch", "accounts"}).err, HasSubstr("cannot be watched"));
  EXPECT_THAT(Run({"list", "reps", "ada"}).err, HasSubstr("takes no name"));
  for (const char* verb : {"get", "watch", "list"}) {
    EXPECT_EQ(Run({verb, "--help"}).code, kExitOk);
    EXPECT_EQ(Run({verb}).code, kExitUsage);
  }
  EXPECT_TRUE(world_.server.requests.empty());
}

TEST_F(VerbsTest, WatchPrintsWhatIsNewOrChangedOnly) {
  world_.stop_after_pauses = 3;
  world_.on_pause = [this](size_t pauses) {
    if (pauses == 1) Rep("ada", 3, 21);
    if (pauses == 2) reps_.erase("workspaces/demo/reps/ben");
  };
  const RunResult run = Run({"rep", "list", "--watch", "-o", "name"});
  EXPECT_EQ(run.code, kExitOk) << run.err;
  EXPECT_EQ(run.out,
            "workspaces/demo/reps/ada\nworkspaces/demo/reps/ben\nworkspaces/demo/reps/ada\n");
  EXPECT_THAT(run.err, HasSubstr("ben is gone"));
  EXPECT_TRUE(world_.interrupts_caught);
  EXPECT_EQ(world_.pauses, std::vector<absl::Duration>(3, absl::Seconds(2)));
}

TEST_F(VerbsTest, WatchPrintsItsHeadOnceAndJsonByLines) {
  world_.stop_after_pauses = 2;
  const RunResult table = Run({"watch", "reps"});
  EXPECT_EQ(table.out.find("REP"), 0U);
  EXPECT_EQ(table.out.rfind("REP  "), 0U);
  world_.pauses.clear();
  EXPECT_THAT(Run({"watch", "reps", "--no-headers"}).out, Not(HasSubstr("CAPACITY")));
  world_.pauses.clear();
  const RunResult json = Run({"watch", "reps", "-o", "json", "--interval", "500ms"});
  EXPECT_EQ(std::count(json.out.begin(), json.out.end(), '\n'), 2);
  EXPECT_EQ(Run({"watch", "reps", "--interval", "1ms"}).code, kExitUsage);
}

TEST_F(VerbsTest, WatchOutlivesTheServerButNotARefusal) {
  world_.stop_after_pauses = 4;
  world_.on_pause = [this](size_t pauses) {
    listing_ = pauses == 1 ? absl::UnavailableError("connection refused") : absl::OkStatus();
  };
  const RunResult run = Run({"watch", "reps", "-o", "name"});
  EXPECT_EQ(run.code, kExitOk);
  EXPECT_THAT(run.err, AllOf(HasSubstr("connection refused; it is asked again"),
                             HasSubstr("answers again")));
  world_.on_pause = nullptr;
  listing_ = absl::PermissionDeniedError("no");
  world_.pauses.clear();
  EXPECT_EQ(Run({"watch", "reps"}).code, kExitRefused);
  EXPECT_TRUE(world_.pauses.empty());
}

TEST_F(VerbsTest, WhatYamlShowsCanBeApplied) {
  v1::Rep& ada = reps_["workspaces/demo/reps/ada"];
  ada.add_skills("german");
  ada.add_skills("french");
  (*ada.mutable_skill_levels())["german"] = 4;
  ada.set_time_zone("Europe/Vienna");
  ada.mutable_absences()->Add()->mutable_start_time()->set_seconds(1'800'000'000);
  ada.mutable_absences(0)->mutable_end_time()->set_seconds(1'800'100'000);
  ada.mutable_absences(0)->set_delegate("workspaces/demo/reps/ben");
  (*ada.mutable_attributes())["vip"].set_bool_value(true);
  (*ada.mutable_attributes())["code"].set_string_value("007");
  (*ada.mutable_attributes())["lands"].mutable_list_value()->add_values("DE");
  const TemporaryFile document(Run({"get", "reps", "-o", "yaml"}).out);
  const RunResult diff = world_.Run({"diff", "-f", document.path()});
  EXPECT_EQ(diff.code, kExitOk) << diff.out << diff.err;
  EXPECT_THAT(diff.err, HasSubstr("The server has what the file says."));
  EXPECT_THAT(world_.Run({"apply", "-f", document.path()}).out, HasSubstr("unchanged"));
  EXPECT_EQ(updates_, 0);
  EXPECT_EQ(world_.Run({"rep", "apply", "-f", document.path()}).code, kExitOk);
}

TEST_F(VerbsTest, DiffShowsEachFieldAndApplyMakesOnlyWhatDiffers) {
  const TemporaryFile document(
      "apiVersion: baton.dev/v1\nkind: Roster\nmetadata: {workspace: demo}\nspec:\n  reps:\n"
      "    - {id: ada, queues: [inbound], weight: 3, capacity: 30}\n"
      "    - {id: ben, queues: [inbound], weight: 1, capacity: 5}\n"
      "    - {id: cora, queues: [inbound]}\n");
  const RunResult diff = world_.Run({"diff", "-f", document.path()});
  EXPECT_EQ(diff.code, kExitDiffers);
  EXPECT_THAT(diff.out, AllOf(HasSubstr("rep   ada   capacity  20   30"), HasSubstr("cora"),
                              Not(HasSubstr("ben"))));
  EXPECT_THAT(world_.Run({"apply", "-f", document.path(), "--dry-run"}).out,
              HasSubstr("created (dry run)"));
  EXPECT_EQ(updates_, 0);
  const RunResult apply = world_.Run({"apply", "-f", document.path(), "--no-headers"});
  EXPECT_EQ(apply.out,
            "rep   ada   configured\n"
            "rep   ben   unchanged\n"
            "rep   cora  created\n");
  EXPECT_EQ(updates_, 2);
}

TEST_F(VerbsTest, ApplyRefusesWhatIsNoDocument) {
  const TemporaryFile rooster("kind: Rooster\n");
  EXPECT_THAT(world_.Run({"apply", "-f", rooster.path()}).err, HasSubstr("did you mean 'Roster'?"));
  EXPECT_EQ(world_.Run({"apply", "-f", "/no/such/file"}).code, kExitUsage);
  EXPECT_EQ(world_.Run({"apply", "-f", "-"}).code, kExitUsage);
  EXPECT_GE(world_.Run({"diff", "-f", rooster.path()}).code, kExitUsage);
}

TEST_F(VerbsTest, DescribesAResourceWithWhatBelongsToIt) {
  const RunResult run = Run({"describe", "rep", "ada"});
  EXPECT_EQ(run.code, kExitOk) << run.err;
  EXPECT_THAT(run.out, AllOf(HasSubstr("capacity"), HasSubstr("Assignments:"), HasSubstr("l1.3")));
  EXPECT_EQ(Run({"describe", "rep", "ada", "-o", "json"}).code, kExitUsage);
  EXPECT_EQ(Run({"describe", "table", "x"}).code, kExitUsage);
}

TEST_F(VerbsTest, ShowsWhatOnlyThePolicySaysOfAQueue) {
  world_.server.On<v1::GetQueueRequest, v1::GetQueueResponse>(
      [](const v1::GetQueueRequest& request, v1::GetQueueResponse& response) {
        response.mutable_queue()->set_name(request.name());
        return absl::OkStatus();
      });
  EXPECT_THAT(Run({"queue", "get", "inbound"}).err, HasSubstr("cannot be read"));
  world_.server.On<v1::GetPolicyRequest, v1::GetPolicyResponse>(
      [](const v1::GetPolicyRequest&, v1::GetPolicyResponse& response) {
        response.mutable_policy()->set_yaml(
            "spec:\n  queues:\n    inbound:\n      {requires: lead.country in rep.lands,\n"
            "       calendar: dach, away_after: 3}\n");
        return absl::OkStatus();
      });
  EXPECT_THAT(Run({"queue", "get", "inbound"}).out,
              AllOf(HasSubstr("lead.country in rep.lands"), HasSubstr("calendar"),
                    HasSubstr("away after")));
}

TEST_F(VerbsTest, FindsAnAssignmentByItsLead) {
  world_.server.On<v1::GetLeadRequest, v1::GetLeadResponse>(
      [](const v1::GetLeadRequest& request, v1::GetLeadResponse& response) {
        EXPECT_EQ(request.name(), "workspaces/demo/leads/l1");
        response.mutable_lead()->set_rep("workspaces/demo/reps/ada");
        response.mutable_lead()->set_assignment("workspaces/demo/assignments/l1.3");
        return absl::OkStatus();
      });
  EXPECT_EQ(Run({"get", "assignment", "l1.3", "-o", "name"}).out,
            "workspaces/demo/assignments/l1.3\n");
  EXPECT_EQ(Run({"get", "assignment", "l1.2"}).code, kExitRefused);
}

TEST_F(VerbsTest, ExplainsFieldsWithTheApisOwnWords) {
  const RunResult lead = Run({"explain", "leads"});
  EXPECT_EQ(lead.code, kExitOk) << lead.err;
  EXPECT_THAT(lead.out, AllOf(HasSubstr("TYPE:     baton.v1.Lead\n"),
                              HasSubstr("  clocks <[]SlaClock>\n    Service levels that apply"),
                              HasSubstr("  attributes <map[string]AttributeValue>")));
  EXPECT_THAT(Run({"explain", "rep.absences.startTime"}).out, HasSubstr("First instant."));
  EXPECT_THAT(Run({"explain", "rep.absences.start_time"}).out, HasSubstr("First instant."));
  EXPECT_THAT(Run({"explain", "lead.stage"}).out, HasSubstr("STAGE_OFFERED"));
  EXPECT_THAT(Run({"explain", "queue.rules", "-o", "json"}).out, HasSubstr("\"acceptWithin\""));
  EXPECT_THAT(Run({"explain", "rep.capasity"}).err, HasSubstr("did you mean 'capacity'?"));
  EXPECT_EQ(Run({"explain", "contexts"}).code, kExitUsage);
  EXPECT_TRUE(world_.server.requests.empty());
}

}  // namespace
}  // namespace baton::batonctl
