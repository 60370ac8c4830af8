#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "baton/v1/policy_service.pb.h"
#include "baton/v1/roster_service.pb.h"
#include "batonctl/exit_codes.h"
#include "batonctl_testing.h"
#include "core/errors.h"

namespace baton::batonctl {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// A workspace whose active revision is 2, by activation 5.
class PolicyRevisionCommandsTest : public ::testing::Test {
 protected:
  PolicyRevisionCommandsTest() {
    world_.server.On<v1::GetPolicyRequest, v1::GetPolicyResponse>(
        [](const v1::GetPolicyRequest& request, v1::GetPolicyResponse& response) {
          EXPECT_EQ(request.name(), "workspaces/demo/policies/-");
          response.mutable_policy()->set_revision(2);
          response.mutable_policy()->set_activation_etag("5");
          return absl::OkStatus();
        });
  }

  RunResult Run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"-w", "demo", "policy"});
    return world_.Run(arguments);
  }

  World world_;
};

template <typename Response>
void SetState(v1::PolicyState state, const std::string& name, Response& response) {
  response.mutable_policy()->set_name(name);
  response.mutable_policy()->set_revision(3);
  response.mutable_policy()->set_state(state);
}

TEST_F(PolicyRevisionCommandsTest, ApprovesInARole) {
  world_.server.On<v1::ApprovePolicyRevisionRequest, v1::ApprovePolicyRevisionResponse>(
      [](const v1::ApprovePolicyRevisionRequest& request,
         v1::ApprovePolicyRevisionResponse& response) {
        SetState(v1::POLICY_STATE_DRAFT, request.name(), response);
        response.mutable_policy()->add_missing_approvals(v1::APPROVER_ROLE_SALES);
        return absl::OkStatus();
      });
  const RunResult run = Run({"approve", "inbound@3", "--as", "marketing", "--etag", "e",
                             "--principal", "mia@acme.example"});
  EXPECT_EQ(run.code, kExitOk) << run.err;
  EXPECT_THAT(run.err, HasSubstr("policy approve inbound@3 --as sales"));
  EXPECT_EQ(world_.identity.principal, "mia@acme.example");
  EXPECT_EQ(world_.identity.roles, "marketing");
  const auto& request = world_.server.At<v1::ApprovePolicyRevisionRequest>(0);
  EXPECT_EQ(request.name(), "workspaces/demo/policies/inbound@3");
  EXPECT_EQ(request.role(), v1::APPROVER_ROLE_MARKETING);
  EXPECT_EQ(request.etag(), "e");
}

TEST_F(PolicyRevisionCommandsTest, ARoleThatIsGivenAlreadyIsNotGivenTwice) {
  EXPECT_EQ(Run({"approve", "inbound@3", "--as", "sales", "--roles", "rep,sales"}).code,
            kExitRefused);
  EXPECT_EQ(world_.identity.roles, "rep,sales");
}

TEST_F(PolicyRevisionCommandsTest, ActivatesInPlaceOfWhatIsActiveNow) {
  world_.server.On<v1::ActivatePolicyRevisionRequest, v1::ActivatePolicyRevisionResponse>(
      [](const v1::ActivatePolicyRevisionRequest& request,
         v1::ActivatePolicyRevisionResponse& response) {
        SetState(v1::POLICY_STATE_ACTIVE, request.name(), response);
        return absl::OkStatus();
      });
  const RunResult run = Run({"activate", "inbound@3", "--expect-revision", "2"});
  EXPECT_EQ(run.code, kExitOk) << run.err;
  EXPECT_EQ(run.out,
            "POLICY     REVISION  STATE   MISSING APPROVALS\n"
            "inbound@3  3         active\n");
  EXPECT_EQ(world_.server.At<v1::ActivatePolicyRevisionRequest>(1).etag(), "5");
  const RunResult other = Run({"activate", "@3", "--expect-revision", "1"});
  EXPECT_EQ(other.code, kExitRefused);
  EXPECT_THAT(other.err, HasSubstr("revision 2 is active, not 1"));
}

TEST_F(PolicyRevisionCommandsTest, SaysWhichQueuesOfWhatIsActiveNowHaveNoRep) {
  world_.server.On<v1::ActivatePolicyRevisionRequest, v1::ActivatePolicyRevisionResponse>(
      [](const v1::ActivatePolicyRevisionRequest& request,
         v1::ActivatePolicyRevisionResponse& response) {
        SetState(v1::POLICY_STATE_ACTIVE, request.name(), response);
        return absl::OkStatus();
      });
  const RunResult not_listed = Run({"activate", "inbound@3"});
  EXPECT_EQ(not_listed.code, kExitOk) << not_listed.err;
  EXPECT_THAT(not_listed.err, Not(HasSubstr("No rep is in")));
  world_.server.On<v1::ListQueuesRequest, v1::ListQueuesResponse>(
      [](const v1::ListQueuesRequest& request, v1::ListQueuesResponse& response) {
        EXPECT_EQ(request.parent(), "workspaces/demo");
        for (const char* id : {"amer", "emea", "rest"}) {
          response.add_queues()->set_name(absl::StrCat("workspaces/demo/queues/", id));
        }
        response.mutable_queues(1)->add_members()->set_rep("workspaces/demo/reps/ada");
        return absl::OkStatus();
      });
  EXPECT_THAT(Run({"activate", "inbound@3"}).err,
              HasSubstr("No rep is in the queues amer, rest: what is routed there waits."));
}

TEST_F(PolicyRevisionCommandsTest, OneApprovalAloneIsRefusedAndWhoIsMissingIsNamed) {
  world_.server.On<v1::ActivatePolicyRevisionRequest, v1::ActivatePolicyRevisionResponse>(
      [](const v1::ActivatePolicyRevisionRequest&, v1::ActivatePolicyRevisionResponse&) {
        return core::Error(absl::StatusCode::kFailedPrecondition, "APPROVAL_MISSING",
                           "policy revision 3 needs the approval of sales before it can be "
                           "activated",
                           {{"missing", "sales"}});
      });
  const RunResult run = Run({"activate", "inbound@3"});
  EXPECT_EQ(run.code, kExitRefused);
  EXPECT_THAT(run.err, HasSubstr("needs the approval of sales"));
  EXPECT_THAT(run.err, HasSubstr("reason: APPROVAL_MISSING (missing=sales)"));
}

TEST_F(PolicyRevisionCommandsTest, TheFirstPolicyReplacesNone) {
  world_.server.On<v1::GetPolicyRequest, v1::GetPolicyResponse>(
      [](const v1::GetPolicyRequest&, v1::GetPolicyResponse&) {
        return core::Error(absl::StatusCode::kNotFound, "POLICY_NOT_FOUND", "none");
      });
  Run({"activate", "inbound@1"});
  EXPECT_EQ(world_.server.At<v1::ActivatePolicyRevisionRequest>(1).etag(), "0");
}

TEST_F(PolicyRevisionCommandsTest, RollsBackWithAReason) {
  world_.server.On<v1::RollbackPolicyRequest, v1::RollbackPolicyResponse>(
      [](const v1::RollbackPolicyRequest& request, v1::RollbackPolicyResponse& response) {
        SetState(v1::POLICY_STATE_ACTIVE, request.name(), response);
        return absl::OkStatus();
      });
  EXPECT_EQ(Run({"rollback", "inbound@1", "--as", "sales"}).code, kExitUsage);
  const RunResult run = Run({"rollback", "inbound@1", "--as", "sales", "--reason", "lost leads"});
  EXPECT_EQ(run.code, kExitOk) << run.err;
  const auto& request = world_.server.At<v1::RollbackPolicyRequest>(1);
  EXPECT_EQ(request.etag(), "5");
  EXPECT_EQ(request.reason(), "lost leads");
}

TEST_F(PolicyRevisionCommandsTest, ShowsTheHistoryEventByEvent) {
  world_.server.On<v1::ListPolicyRevisionsRequest, v1::ListPolicyRevisionsResponse>(
      [](const v1::ListPolicyRevisionsRequest&, v1::ListPolicyRevisionsResponse& response) {
        v1::Policy& policy = *response.add_policies();
        policy.set_name("workspaces/demo/policies/inbound@1");
        policy.set_state(v1::POLICY_STATE_ACTIVE);
        policy.set_creator("mia@acme.example");
        policy.mutable_create_time()->set_seconds(1'700'000'000);
        v1::PolicyApproval& approval = *policy.add_approvals();
        approval.set_principal("sam@acme.example");
        approval.set_role(v1::APPROVER_ROLE_SALES);
        v1::PolicyActivation& activation = *policy.add_activations();
        activation.set_principal("sam@acme.example");
        activation.set_rollback(true);
        activation.set_reason("lost leads");
        return absl::OkStatus();
      });
  const RunResult run = Run({"history"});
  EXPECT_EQ(run.code, kExitOk) << run.err;
  EXPECT_THAT(run.out, HasSubstr("2023-11-14T22:13:20Z  created"));
  EXPECT_THAT(run.out, HasSubstr("approved for sales  sam@acme.example"));
  EXPECT_THAT(run.out, HasSubstr("rolled back to"));
  EXPECT_THAT(run.out, HasSubstr("lost leads"));
}

TEST_F(PolicyRevisionCommandsTest, TheNameMayBeLeftOut) {
  Run({"revoke", "@3"});
  EXPECT_EQ(world_.server.At<v1::RevokePolicyApprovalRequest>(0).name(),
            "workspaces/demo/policies/-@3");
}

TEST_F(PolicyRevisionCommandsTest, NamesWithoutARevisionAreUsageErrors) {
  for (const char* command : {"approve", "revoke", "activate", "withdraw", "delete"}) {
    std::vector<std::string> arguments = {command, "inbound"};
    if (command == std::string("approve")) arguments.insert(arguments.end(), {"--as", "sales"});
    const RunResult run = Run(arguments);
    EXPECT_EQ(run.code, kExitUsage) << command;
    EXPECT_THAT(run.err, HasSubstr("NAME@REVISION")) << command;
  }
  EXPECT_TRUE(world_.server.requests.empty());
}

TEST_F(PolicyRevisionCommandsTest, APrincipalThatCannotBeSentIsAUsageError) {
  EXPECT_EQ(Run({"revoke", "inbound@3", "--principal", "mia\nevil"}).code, kExitUsage);
  EXPECT_EQ(Run({"revoke", "inbound@3", "--roles", "a b"}).code, kExitUsage);
}

}  // namespace
}  // namespace baton::batonctl
