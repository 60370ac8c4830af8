#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "baton/v1/policy_service.pb.h"
#include "batonctl/exit_codes.h"
#include "batonctl_testing.h"
#include "temporary_file.h"

namespace baton::batonctl {
namespace {

using ::testing::HasSubstr;

std::string PolicyOf(const std::string& priority) {
  return "apiVersion: baton.dev/v1\n"
         "kind: HandoffPolicy\n"
         "metadata: {workspace: acme, name: inbound}\n"
         "spec:\n"
         "  attributes: {country: string}\n"
         "  definition: {mql: {match: {country: present}}}\n"
         "  routing: [{default: true, to: {queue: triage, priority: " +
         priority +
         "}}]\n"
         "  queues: {triage: {mode: direct}}\n";
}

class PolicyDiffCommandTest : public ::testing::Test {
 protected:
  void ServerHas(const std::string& yaml) {
    world_.server.On<v1::GetPolicyRequest, v1::GetPolicyResponse>(
        [yaml](const v1::GetPolicyRequest&, v1::GetPolicyResponse& response) {
          response.mutable_policy()->set_name("workspaces/acme/policies/inbound@3");
          response.mutable_policy()->set_yaml(yaml);
          return absl::OkStatus();
        });
  }

  World world_;
};

TEST_F(PolicyDiffCommandTest, ExitsOneWhenFilesDiffer) {
  const TemporaryFile one(PolicyOf("0")), other(PolicyOf("7"));
  const RunResult run = world_.Run({"policy", "diff", one.path(), other.path()});
  EXPECT_EQ(run.code, kExitDiffers);
  EXPECT_EQ(run.out,
            "CHANGE  SECTION  ITEM     FIELD        BEFORE  AFTER\n"
            "added   routing  default  to.priority          7\n");
  EXPECT_EQ(run.err, one.path() + " and " + other.path() + " differ: 1 change.\n");
  EXPECT_EQ(world_.address, "");
}

TEST_F(PolicyDiffCommandTest, ExitsZeroWhenTheySayTheSame) {
  const TemporaryFile one(PolicyOf("0")), other("# now with a comment\n" + PolicyOf("0"));
  const RunResult run = world_.Run({"policy", "diff", one.path(), other.path(), "-o", "json"});
  EXPECT_EQ(run.code, kExitOk);
  EXPECT_EQ(nlohmann::json::parse(run.out).at("same"), true);
}

TEST_F(PolicyDiffCommandTest, ComparesTheActiveRevisionWithAFile) {
  ServerHas(PolicyOf("3"));
  const TemporaryFile file(PolicyOf("4"));
  const RunResult run = world_.Run({"-w", "acme", "policy", "diff", "-f", file.path()});
  EXPECT_EQ(run.code, kExitDiffers) << run.err;
  EXPECT_EQ(world_.server.At<v1::GetPolicyRequest>(0).name(), "workspaces/acme/policies/-");
  EXPECT_THAT(run.out, HasSubstr("changed  routing  default  to.priority  3       4"));
  EXPECT_THAT(run.err, HasSubstr("inbound@3 and "));
}

TEST_F(PolicyDiffCommandTest, ComparesRevisionsOfTheServer) {
  ServerHas(PolicyOf("3"));
  EXPECT_EQ(world_.Run({"-w", "acme", "policy", "diff", "inbound@2", "inbound@3"}).code, kExitOk);
  EXPECT_EQ(world_.server.At<v1::GetPolicyRequest>(0).name(), "workspaces/acme/policies/inbound@2");
  EXPECT_EQ(world_.server.At<v1::GetPolicyRequest>(1).name(), "workspaces/acme/policies/inbound@3");
}

TEST_F(PolicyDiffCommandTest, ErrorsHaveExitCodesOfTheirOwn) {
  const TemporaryFile file(PolicyOf("4")), wrong("kind: x\n");
  EXPECT_EQ(world_.Run({"policy", "diff"}).code, kExitUsage);
  EXPECT_EQ(world_.Run({"policy", "diff", file.path()}).code, kExitUsage);
  EXPECT_EQ(world_.Run({"policy", "diff", "a", "b", "-f", file.path()}).code, kExitUsage);
  EXPECT_EQ(world_.Run({"policy", "diff", file.path(), wrong.path()}).code, kExitUsage);
  world_.server.On<v1::GetPolicyRequest, v1::GetPolicyResponse>(
      [](const v1::GetPolicyRequest&, v1::GetPolicyResponse&) {
        return absl::NotFoundError("no such revision");
      });
  const RunResult run = world_.Run({"-w", "acme", "policy", "diff", "-f", file.path()});
  EXPECT_EQ(run.code, kExitNotChecked) << "1 means that they differ";
  EXPECT_THAT(run.err, HasSubstr("no such revision"));
}

}  // namespace
}  // namespace baton::batonctl
