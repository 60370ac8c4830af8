#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "baton/v1/policy_service.pb.h"
#include "batonctl/exit_codes.h"
#include "batonctl_testing.h"
#include "core/errors.h"
#include "support/source_tree.h"
#include "temporary_file.h"

namespace baton::batonctl {
namespace {

using ::testing::HasSubstr;

constexpr char kSamplePolicy[] = "deploy/local/sample/policy.yaml";

TEST(PolicyCommandsTest, ValidatesWithoutAServer) {
  World world;
  const RunResult run =
      world.Run({"policy", "validate", "--file", support::SourcePath(kSamplePolicy)});
  EXPECT_EQ(run.code, kExitOk);
  EXPECT_THAT(run.out, HasSubstr("inbound  demo"));
  EXPECT_EQ(world.address, "");
}

TEST(PolicyCommandsTest, NamesEveryErrorOfAFile) {
  World world;
  const TemporaryFile file(
      "apiVersion: baton.dev/v1\nkind: HandofPolicy\nmetadata: {}\nspec: {slas: []}\n");
  const RunResult run = world.Run({"policy", "validate", "--file", file.path()});
  EXPECT_EQ(run.code, kExitUsage);
  EXPECT_THAT(run.err, HasSubstr(file.path() + ":2:7: kind must be one of HandoffPolicy"));
  EXPECT_THAT(run.err, HasSubstr("unknown key 'slas' in spec; did you mean 'sla'"));
  EXPECT_THAT(run.err, HasSubstr("is not valid: 7 errors"));
}

v1::Policy Draft(const std::string& parent) {
  v1::Policy policy;
  policy.set_name(parent + "/policies/inbound@3");
  policy.set_revision(3);
  policy.set_state(v1::POLICY_STATE_DRAFT);
  policy.add_missing_approvals(v1::APPROVER_ROLE_MARKETING);
  policy.add_missing_approvals(v1::APPROVER_ROLE_SALES);
  return policy;
}

TEST(PolicyCommandsTest, AppliesADocumentAndSaysWhatIsMissing) {
  World world;
  world.server.On<v1::CreatePolicyRevisionRequest, v1::CreatePolicyRevisionResponse>(
      [](const v1::CreatePolicyRevisionRequest& request,
         v1::CreatePolicyRevisionResponse& response) {
        *response.mutable_policy() = Draft(request.parent());
        return absl::OkStatus();
      });
  const RunResult run = world.Run({"-w", "demo", "--principal", "mia@acme.example", "policy",
                                   "apply", "--file", support::SourcePath(kSamplePolicy)});
  EXPECT_EQ(run.code, kExitOk) << run.err;
  EXPECT_EQ(run.out,
            "POLICY     REVISION  STATE  MISSING APPROVALS\n"
            "inbound@3  3         draft  marketing and sales\n");
  EXPECT_THAT(run.err, HasSubstr("batonctl policy approve inbound@3 --as sales\n"));
  EXPECT_EQ(world.identity.principal, "mia@acme.example");
  const auto& request = world.server.At<v1::CreatePolicyRevisionRequest>(0);
  EXPECT_EQ(request.yaml(), support::SourceText(kSamplePolicy));
  EXPECT_FALSE(request.validate_only());
}

TEST(PolicyCommandsTest, ShowsAllErrorsWhereTheServerNamesTheFirst) {
  World world;
  world.server.On<v1::CreatePolicyRevisionRequest, v1::CreatePolicyRevisionResponse>(
      [](const v1::CreatePolicyRevisionRequest&, v1::CreatePolicyRevisionResponse&) {
        return core::Error(absl::StatusCode::kInvalidArgument, "INVALID_POLICY", "first error");
      });
  const TemporaryFile file("kind: Policy\n");
  const RunResult run = world.Run({"-w", "demo", "policy", "apply", "--file", file.path()});
  EXPECT_EQ(run.code, kExitRefused);
  EXPECT_THAT(run.err, HasSubstr(":1:1: 'spec' is missing in the document"));
  EXPECT_THAT(run.err, HasSubstr(" is refused: 4 errors\n  reason: INVALID_POLICY"));
}

TEST(PolicyCommandsTest, PrintsTheDocumentItself) {
  World world;
  world.server.On<v1::GetPolicyRequest, v1::GetPolicyResponse>(
      [](const v1::GetPolicyRequest& request, v1::GetPolicyResponse& response) {
        response.mutable_policy()->set_name(request.name());
        response.mutable_policy()->set_yaml("kind: HandoffPolicy\n");
        return absl::OkStatus();
      });
  EXPECT_EQ(world.Run({"-w", "demo", "policy", "get"}).out, "kind: HandoffPolicy\n");
  EXPECT_EQ(world.server.At<v1::GetPolicyRequest>(0).name(), "workspaces/demo/policies/-");
  EXPECT_EQ(world.Run({"-w", "demo", "policy", "get", "inbound@2", "-o", "name"}).out,
            "workspaces/demo/policies/inbound@2\n");
}

}  // namespace
}  // namespace baton::batonctl
