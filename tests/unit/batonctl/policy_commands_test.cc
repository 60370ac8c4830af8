#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "baton/v1/workspace_service.pb.h"
#include "batonctl/exit_codes.h"
#include "batonctl_testing.h"
#include "core/errors.h"
#include "temporary_file.h"

namespace baton::batonctl {
namespace {

using ::testing::HasSubstr;

constexpr char kSamplePolicy[] = BATON_SOURCE_DIR "/deploy/local/sample/policy.yaml";

TEST(PolicyCommandsTest, ValidatesWithoutAServer) {
  World world;
  const RunResult run = world.Run({"policy", "validate", "--file", kSamplePolicy});
  EXPECT_EQ(run.code, kExitOk);
  EXPECT_THAT(run.out, HasSubstr("inbound  demo"));
  EXPECT_EQ(world.address, "");
}

TEST(PolicyCommandsTest, NamesEveryErrorOfAFile) {
  World world;
  const TemporaryFile file(
      "apiVersion: baton.dev/v1\nkind: HandofPolicy\nmetadata: {}\nspec: {sla: []}\n");
  const RunResult run = world.Run({"policy", "validate", "--file", file.path()});
  EXPECT_EQ(run.code, kExitUsage);
  EXPECT_THAT(run.err, HasSubstr(file.path() + ":2:7: kind must be one of HandoffPolicy"));
  EXPECT_THAT(run.err, HasSubstr("'sla' in spec is not enforced yet"));
  EXPECT_THAT(run.err, HasSubstr("is not valid: 7 errors"));
}

TEST(PolicyCommandsTest, AppliesADocument) {
  World world;
  world.server.On<v1::ApplyPolicyRequest, v1::ApplyPolicyResponse>(
      [](const v1::ApplyPolicyRequest& request, v1::ApplyPolicyResponse& response) {
        response.mutable_policy()->set_name(request.parent() + "/policies/inbound@3");
        response.mutable_policy()->set_revision(3);
        return absl::OkStatus();
      });
  const RunResult run = world.Run(
      {"-w", "demo", "policy", "apply", "--file", kSamplePolicy, "--expect-revision", "2"});
  EXPECT_EQ(run.code, kExitOk) << run.err;
  EXPECT_EQ(run.out, "POLICY     REVISION  STATE\ninbound@3  3         active\n");
  const auto& request = world.server.At<v1::ApplyPolicyRequest>(0);
  EXPECT_EQ(request.yaml(), TemporaryFile::Read(kSamplePolicy));
  EXPECT_EQ(request.etag(), "2");
  EXPECT_FALSE(request.validate_only());
}

TEST(PolicyCommandsTest, ShowsAllErrorsWhereTheServerNamesTheFirst) {
  World world;
  world.server.On<v1::ApplyPolicyRequest, v1::ApplyPolicyResponse>(
      [](const v1::ApplyPolicyRequest&, v1::ApplyPolicyResponse&) {
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
