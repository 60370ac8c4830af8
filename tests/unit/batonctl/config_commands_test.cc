// Contexts: where a setting comes from, and the file that keeps them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "baton/v1/lead_service.pb.h"
#include "batonctl/context_file.h"
#include "batonctl/exit_codes.h"
#include "batonctl_testing.h"
#include "temporary_file.h"

namespace baton::batonctl {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr char kTwoContexts[] = R"(
apiVersion: baton.dev/v1
kind: Contexts
spec:
  current-context: prod
  contexts:
    - {name: prod, server: "prod.example:7400", workspace: acme, tls-ca: ca.pem,
       token-file: /run/token, principal: ada@acme.example}
    - {name: here, workspace: demo}
)";

class ConfigCommandsTest : public ::testing::Test {
 protected:
  ConfigCommandsTest() {
    world_.server.On<v1::GetLeadRequest, v1::GetLeadResponse>(
        [](const v1::GetLeadRequest& request, v1::GetLeadResponse& response) {
          response.mutable_lead()->set_name(request.name());
          return absl::OkStatus();
        });
    setenv("BATONCTL_CONFIG", file_.path().c_str(), 1);
  }
  ~ConfigCommandsTest() override { unsetenv("BATONCTL_CONFIG"); }

  // Who is asked for lead l1, and of which workspace.
  std::string Asked(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"lead", "get", "l1", "-o", "name"});
    const RunResult run = world_.Run(arguments);
    return run.code == kExitOk ? world_.address + " " + run.out : run.err;
  }

  TemporaryFile file_{kTwoContexts};
  World world_;
};

TEST_F(ConfigCommandsTest, FlagsWinOverVariablesOverTheContextOverDefaults) {
  EXPECT_EQ(Asked({}), "prod.example:7400 workspaces/acme/leads/l1\n");
  EXPECT_EQ(world_.identity.token_file, "/run/token");
  EXPECT_EQ(Asked({"--context", "here"}), "127.0.0.1:7400 workspaces/demo/leads/l1\n");
  EXPECT_EQ(world_.identity.token_file, "");
  setenv("BATONCTL_WORKSPACE", "fromenv", 1);
  EXPECT_EQ(Asked({}), "prod.example:7400 workspaces/fromenv/leads/l1\n");
  EXPECT_EQ(Asked({"-w", "flag"}), "prod.example:7400 workspaces/flag/leads/l1\n");
  const RunResult view = world_.Run({"config", "view", "--principal", "eve@acme.example"});
  EXPECT_THAT(view.out, AllOf(HasSubstr("workspace   fromenv            BATONCTL_WORKSPACE\n"),
                              HasSubstr("prod.example:7400  context prod\n"),
                              HasSubstr("eve@acme.example   --principal\n"),
                              HasSubstr("roles                          default\n")));
  unsetenv("BATONCTL_WORKSPACE");
}

TEST_F(ConfigCommandsTest, PathsInTheFileBeginAtItsFolder) {
  Asked({});
  const std::string folder = file_.path().substr(0, file_.path().rfind('/'));
  EXPECT_EQ(world_.identity.tls_ca, folder + "/ca.pem");
}

TEST_F(ConfigCommandsTest, AnUnknownContextIsRefusedBeforeAnybodyIsAsked) {
  EXPECT_THAT(Asked({"--context", "pord"}), HasSubstr("did you mean 'prod'?"));
  EXPECT_TRUE(world_.server.requests.empty());
}

TEST_F(ConfigCommandsTest, ContextsAreMadeChangedUsedAndDeleted) {
  EXPECT_EQ(world_.Run({"config", "set-context", "beta", "--server", "beta:1", "-w", "b"}).code, 0);
  EXPECT_EQ(world_.Run({"config", "set-context", "beta", "-w", "c", "--roles", "admin"}).code, 0);
  EXPECT_EQ(world_.Run({"config", "set-context", "beta", "--roles", ""}).code, 0);
  EXPECT_EQ(world_.Run({"config", "use-context", "beta"}).code, 0);
  EXPECT_EQ(world_.Run({"config", "current-context"}).out, "beta\n");
  EXPECT_EQ(Asked({}), "beta:1 workspaces/c/leads/l1\n");
  EXPECT_EQ(world_.Run({"config", "get-contexts", "-o", "name"}).out, "prod\nhere\nbeta\n");
  EXPECT_THAT(world_.Run({"config", "get-contexts", "--no-headers"}).out, HasSubstr("\n*  "));
  EXPECT_EQ(world_.Run({"config", "delete-context", "beta"}).code, 0);
  EXPECT_EQ(world_.Run({"config", "current-context"}).code, kExitUsage);
  EXPECT_EQ(ReadContexts(file_.path())->Names(), std::vector<std::string>({"prod", "here"}));
  EXPECT_EQ(world_.Run({"config", "use-context", "beta"}).code, kExitUsage);
}

TEST_F(ConfigCommandsTest, AContextGetsWhatAFlagSaysAlsoIfTheEnvironmentSaysTheSame) {
  setenv("BATONCTL_SERVER", "beta:1", 1);
  setenv("BATONCTL_WORKSPACE", "fromenv", 1);
  EXPECT_EQ(world_.Run({"config", "set-context", "beta", "--server", "beta:1"}).code, 0);
  EXPECT_THAT(world_.Run({"config", "view", "--server", "beta:1"}).out,
              AllOf(HasSubstr("beta:1            --server\n"), HasSubstr("BATONCTL_WORKSPACE\n")));
  unsetenv("BATONCTL_SERVER");
  unsetenv("BATONCTL_WORKSPACE");
  const Context beta = *ReadContexts(file_.path())->Find("beta");
  EXPECT_EQ(beta.values, (std::map<std::string, std::string>{{"server", "beta:1"}}));
}

TEST_F(ConfigCommandsTest, OnlyItsOwnerReadsTheFileAndNothingIsLeftBeside) {
  const std::string folder = file_.path() + ".d";
  setenv("BATONCTL_CONFIG", (folder + "/a/config.yaml").c_str(), 1);
  EXPECT_EQ(world_.Run({"config", "set-context", "one", "--tls-ca", "ca.pem"}).code, 0);
  struct stat status {};
  ASSERT_EQ(stat((folder + "/a/config.yaml").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder + "/a"), {}), 1);
  const auto contexts = ReadContexts(folder + "/a/config.yaml");
  EXPECT_EQ(contexts->contexts.at(0).values.at("tls-ca"),
            std::filesystem::absolute("ca.pem").string());
  std::filesystem::remove_all(folder);
}

TEST_F(ConfigCommandsTest, MistakesInTheFileAreToldAllAtOnceAndHelpStillWorks) {
  std::ofstream(file_.path()) << "apiVersion: baton.dev/v1\nkind: Contexts\nspec:\n"
                                 "  contexts: [{name: a, tokn-file: x}, {name: a}, {server: y}]\n";
  const std::string error = Asked({});
  EXPECT_THAT(error, AllOf(HasSubstr(":4:"), HasSubstr("did you mean 'token-file'?"),
                           HasSubstr("'a' appears twice"), HasSubstr("name")));
  EXPECT_EQ(world_.Run({"config", "get-contexts"}).code, kExitUsage);
  EXPECT_EQ(world_.Run({"--help"}).code, kExitOk);
  EXPECT_EQ(world_.Run({"completion", "bash"}).code, kExitOk);
}

}  // namespace
}  // namespace baton::batonctl
