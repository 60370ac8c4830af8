#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "baton/v1/policy_service.pb.h"
#include "batonctl/exit_codes.h"
#include "batonctl_testing.h"
#include "core/errors.h"

namespace baton::batonctl {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

v1::Shadow RunningShadow() {
  v1::Shadow shadow;
  shadow.set_name("workspaces/demo/shadow");
  shadow.set_policy("workspaces/demo/policies/inbound@8");
  shadow.set_run(2);
  shadow.set_state(v1::SHADOW_STATE_RUNNING);
  shadow.set_starter("mia@acme.example");
  shadow.mutable_start_time()->set_seconds(1'772'355'600);
  shadow.set_active_revision(7);
  v1::ShadowCounts& counts = *shadow.mutable_counts();
  counts.set_leads(40);
  counts.set_same(30);
  counts.set_gained(5);
  counts.set_lost(2);
  counts.set_moved(3);
  counts.set_earlier(1);
  counts.set_mqls(12);
  counts.set_would_be_mqls(15);
  counts.set_judgments(90);
  counts.set_condition_errors(4);
  v1::ShadowQueue& queue = *shadow.add_queues();
  queue.set_queue("workspaces/demo/queues/dach");
  queue.set_mqls(12);
  queue.set_would_be_mqls(15);
  return shadow;
}

v1::ShadowDifference Moved(int number) {
  v1::ShadowDifference difference;
  difference.set_lead(absl::StrCat("workspaces/demo/leads/l", number));
  difference.set_cycle(1);
  difference.set_standing(v1::SHADOW_STANDING_MOVED);
  difference.mutable_time()->set_seconds(1'772'355'601);
  v1::ShadowVerdict& active = *difference.mutable_active();
  active.set_policy_revision(7);
  active.set_mql(true);
  active.set_fit(50);
  active.set_intent(60);
  active.set_rule("DACH, mid");
  active.set_queue("workspaces/demo/queues/dach");
  v1::ShadowVerdict& draft = *difference.mutable_draft();
  draft = active;
  draft.set_policy_revision(8);
  draft.set_rule("owned");
  draft.set_priority(5);
  draft.add_skills("de");
  draft.add_owners("workspaces/demo/reps/ada");
  return difference;
}

class PolicyShadowCommandsTest : public ::testing::Test {
 protected:
  PolicyShadowCommandsTest() {
    world_.server.On<v1::StartShadowRequest, v1::StartShadowResponse>(
        [](const v1::StartShadowRequest&, v1::StartShadowResponse& response) {
          *response.mutable_shadow() = RunningShadow();
          return absl::OkStatus();
        });
    world_.server.On<v1::StopShadowRequest, v1::StopShadowResponse>(
        [](const v1::StopShadowRequest&, v1::StopShadowResponse& response) {
          *response.mutable_shadow() = RunningShadow();
          response.mutable_shadow()->set_state(v1::SHADOW_STATE_STOPPED);
          return absl::OkStatus();
        });
    world_.server.On<v1::GetShadowRequest, v1::GetShadowResponse>(
        [](const v1::GetShadowRequest&, v1::GetShadowResponse& response) {
          *response.mutable_shadow() = RunningShadow();
          return absl::OkStatus();
        });
    world_.server.On<v1::ListShadowDifferencesRequest, v1::ListShadowDifferencesResponse>(
        [this](const v1::ListShadowDifferencesRequest&,
               v1::ListShadowDifferencesResponse& response) {
          for (int i = 1; i <= differences_; ++i) *response.add_differences() = Moved(i);
          return absl::OkStatus();
        });
  }

  RunResult Run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"-w", "demo", "policy", "shadow"});
    return world_.Run(arguments);
  }

  World world_;
  int differences_ = 1;
};

TEST_F(PolicyShadowCommandsTest, StartsADraftInARole) {
  const RunResult run = Run({"start", "@8", "--as", "marketing"});
  EXPECT_EQ(run.code, kExitOk) << run.err;
  EXPECT_EQ(world_.server.At<v1::StartShadowRequest>(0).name(), "workspaces/demo/policies/-@8");
  EXPECT_EQ(world_.identity.roles, "marketing");
  EXPECT_EQ(run.out,
            "POLICY     RUN  STATE    LEADS  SAME  GAINED  LOST  MOVED\n"
            "inbound@8  2    running  40     30    5       2     3\n");
  EXPECT_EQ(Run({"start", "inbound"}).code, kExitUsage);
}

TEST_F(PolicyShadowCommandsTest, StopsWhatRuns) {
  const RunResult run = Run({"stop", "--as", "sales"});
  EXPECT_EQ(run.code, kExitOk) << run.err;
  EXPECT_EQ(world_.server.At<v1::StopShadowRequest>(0).name(), "workspaces/demo/shadow");
  EXPECT_EQ(world_.identity.roles, "sales");
  EXPECT_THAT(run.out, HasSubstr("stopped"));
}

TEST_F(PolicyShadowCommandsTest, ASecondDraftIsRefusedWithWhatToDo) {
  world_.server.On<v1::StartShadowRequest, v1::StartShadowResponse>(
      [](const v1::StartShadowRequest&, v1::StartShadowResponse&) {
        return core::Error(absl::StatusCode::kFailedPrecondition, "SHADOW_RUNNING", "8 runs",
                           {{"running", "8"}});
      });
  const RunResult run = Run({"start", "inbound@9"});
  EXPECT_EQ(run.code, kExitRefused);
  EXPECT_THAT(run.err, HasSubstr("reason: SHADOW_RUNNING (running=8)"));
  EXPECT_THAT(run.err, HasSubstr("Stop the draft that runs"));
}

TEST_F(PolicyShadowCommandsTest, TheReportHasCountsQueuesAndLeads) {
  const RunResult run = Run({"report"});
  EXPECT_EQ(run.code, kExitOk) << run.err;
  EXPECT_EQ(run.out,
            "inbound@8 in the shadow of revision 7: running\n"
            "  started 2026-03-01T09:00:00Z by mia@acme.example\n"
            "  leads: 40 judged, 30 the same, 5 gained, 2 lost, 3 moved\n"
            "  MQLs: 12 by the active policy, 15 by the draft; 1 of both earlier by the draft\n"
            "  judgments of the draft: 90, 4 with condition errors, 0 failed\n"
            "\n"
            "QUEUE  MQLS  WOULD-BE MQLS\n"
            "dach   12    15\n"
            "\n"
            "LEAD  CYCLE  SINCE                 WHAT   ACTIVE            DRAFT\n"
            "l1    1      2026-03-01T09:00:01Z  moved  DACH, mid > dach  owned > dach, priority 5, "
            "skills de, owners ada\n");
}

TEST_F(PolicyShadowCommandsTest, ALongListIsCutInTheTableAlone) {
  differences_ = 25;
  const RunResult table = Run({"report"});
  EXPECT_THAT(table.out, HasSubstr("and 5 more: -o csv or -o json has them all\n"));
  EXPECT_THAT(table.out, Not(HasSubstr("l21")));
  EXPECT_THAT(Run({"report", "-o", "csv"}).out, HasSubstr("l25,1,"));
}

TEST_F(PolicyShadowCommandsTest, TheReportIsJsonForPrograms) {
  const RunResult run = Run({"report", "-o", "json"});
  EXPECT_EQ(run.code, kExitOk) << run.err;
  const auto json = nlohmann::json::parse(run.out);
  EXPECT_EQ(json["shadow"]["counts"]["gained"], 5);
  EXPECT_EQ(json["differences"][0]["draft"]["owners"][0], "workspaces/demo/reps/ada");
  EXPECT_EQ(world_.Run({"-w", "demo", "-o", "json", "policy", "shadow", "report"}).out, run.out);
}

TEST_F(PolicyShadowCommandsTest, TheReportHasTheFormatsAndTablesOfAllCommands) {
  EXPECT_THAT(Run({"report", "-o", "yaml"}).out, HasSubstr("policy: workspaces/demo/policies/"));
  EXPECT_EQ(Run({"report", "-o", "name"}).out, "workspaces/demo/shadow\n");
  EXPECT_EQ(Run({"report", "-o", "wide"}).out, Run({"report"}).out);
  EXPECT_THAT(Run({"report", "--no-headers"}).out,
              HasSubstr("0 failed\n\ndach   12    15\n\nl1    1 "));
}

TEST_F(PolicyShadowCommandsTest, TheReportIsCsvForSheets) {
  const RunResult run = Run({"report", "-o", "csv"});
  EXPECT_EQ(run.code, kExitOk) << run.err;
  EXPECT_EQ(world_.Run({"-w", "demo", "-o", "csv", "policy", "shadow", "report"}).out, run.out);
  EXPECT_THAT(run.out, StartsWith("lead,cycle,since,what,active_revision,active_judged_at,"));
  EXPECT_THAT(run.out, HasSubstr("\nl1,1,2026-03-01T09:00:01Z,moved,7,,50,60,true,,"
                                 "\"DACH, mid\",dach,0,,,,8,,50,60,true,,owned,dach,5,de,ada,\n"));
}

}  // namespace
}  // namespace baton::batonctl
