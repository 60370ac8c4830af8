// What holds for every command: global options, output formats, errors and exit codes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "baton/v1/lead_service.pb.h"
#include "baton/v1/roster_service.pb.h"
#include "baton/v1/workspace_service.pb.h"
#include "batonctl/exit_codes.h"
#include "batonctl_testing.h"
#include "core/errors.h"

namespace baton::batonctl {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class CommandLineTest : public ::testing::Test {
 protected:
  CommandLineTest() {
    world_.server.On<v1::GetLeadRequest, v1::GetLeadResponse>(
        [this](const v1::GetLeadRequest& request, v1::GetLeadResponse& response) {
          response.mutable_lead()->set_name(request.name());
          response.mutable_lead()->set_stage(v1::STAGE_OFFERED);
          response.mutable_lead()->set_fit(50);
          return answer_;
        });
  }

  World world_;
  absl::Status answer_;
};

TEST_F(CommandLineTest, PrintsATableByDefault) {
  const RunResult run = world_.Run({"-w", "demo", "lead", "get", "l1"});
  EXPECT_EQ(run.code, kExitOk);
  EXPECT_THAT(run.out, HasSubstr("stage            OFFERED\n"));
  EXPECT_EQ(run.err, "");
  EXPECT_EQ(world_.server.At<v1::GetLeadRequest>(0).name(), "workspaces/demo/leads/l1");
  EXPECT_EQ(world_.address, "127.0.0.1:7400");
  EXPECT_EQ(world_.timeout, absl::Seconds(10));
}

TEST_F(CommandLineTest, PrintsJsonAndNames) {
  EXPECT_THAT(world_.Run({"-w", "demo", "-o", "json", "lead", "get", "l1"}).out,
              AllOf(HasSubstr("\"stage\": \"STAGE_OFFERED\""), HasSubstr("\"intent\": 0")));
  EXPECT_EQ(world_.Run({"-w", "demo", "-o", "name", "lead", "get", "l1"}).out,
            "workspaces/demo/leads/l1\n");
}

TEST_F(CommandLineTest, PrintsYamlAndTablesForScripts) {
  EXPECT_THAT(world_.Run({"-w", "demo", "-o", "yaml", "lead", "get", "l1"}).out,
              AllOf(HasSubstr("name: workspaces/demo/leads/l1\n"), HasSubstr("fit: 50\n")));
  EXPECT_THAT(world_.Run({"-w", "demo", "lead", "get", "l1", "-o", "wide", "--no-headers"}).out,
              HasSubstr("OFFERED"));
}

TEST_F(CommandLineTest, WhatCannotBeWrittenIsNoSuccess) {
  world_.out_fails = true;
  world_.server.On<v1::ExplainLeadRequest, v1::ExplainLeadResponse>(
      [](const v1::ExplainLeadRequest&, v1::ExplainLeadResponse&) { return absl::OkStatus(); });
  world_.server.On<v1::ListRepsRequest, v1::ListRepsResponse>(
      [](const v1::ListRepsRequest&, v1::ListRepsResponse&) { return absl::OkStatus(); });
  const std::vector<std::vector<std::string>> commands = {{"lead", "get", "l1"},
                                                          {"lead", "explain", "l1"},
                                                          {"rep", "list", "-o", "yaml"},
                                                          {"completion", "bash"}};
  for (std::vector<std::string> words : commands) {
    words.insert(words.begin(), {"-w", "demo"});
    const RunResult run = world_.Run(words);
    EXPECT_EQ(run.code, kExitRefused) << words[2];
    EXPECT_THAT(run.err, HasSubstr("error: cannot write to standard output")) << words[2];
  }
}

TEST_F(CommandLineTest, SaysWhichCommandOrOptionWasMeant) {
  EXPECT_THAT(world_.Run({"leed", "get", "l1"}).err, HasSubstr("'leed'; did you mean 'lead'?"));
  EXPECT_THAT(world_.Run({"-w", "demo", "lead", "explian", "l1"}).err,
              HasSubstr("did you mean 'explain'?"));
  EXPECT_THAT(world_.Run({"lead", "list", "--worksapce", "demo"}).err,
              HasSubstr("did you mean '--workspace'?"));
  EXPECT_THAT(world_.Run({"lead", "list", "--stgae=NEW"}).err,
              HasSubstr("did you mean '--stage'?"));
}

TEST_F(CommandLineTest, TakesGlobalOptionsAfterTheCommandToo) {
  const RunResult run = world_.Run({"lead", "get", "l1", "-w", "demo", "-o", "name", "--server",
                                    "crm.example:7400", "--timeout", "500ms"});
  EXPECT_EQ(run.out, "workspaces/demo/leads/l1\n");
  EXPECT_EQ(world_.address, "crm.example:7400");
  EXPECT_EQ(world_.timeout, absl::Milliseconds(500));
}

TEST_F(CommandLineTest, TakesTheWorkspaceFromTheEnvironment) {
  setenv("BATONCTL_WORKSPACE", "fromenv", 1);
  EXPECT_EQ(world_.Run({"lead", "get", "l1", "-o", "name"}).out, "workspaces/fromenv/leads/l1\n");
  EXPECT_EQ(world_.Run({"lead", "get", "l1", "-o", "name", "-w", "flag"}).out,
            "workspaces/flag/leads/l1\n");
  unsetenv("BATONCTL_WORKSPACE");
}

TEST_F(CommandLineTest, TakesWholeResourceNames) {
  EXPECT_EQ(world_.Run({"lead", "get", "workspaces/acme/leads/l9", "-o", "name"}).out,
            "workspaces/acme/leads/l9\n");
  const RunResult run = world_.Run({"lead", "get", "workspaces/acme/reps/l9"});
  EXPECT_EQ(run.code, kExitUsage);
  EXPECT_THAT(run.err, HasSubstr("workspaces/WORKSPACE/leads/ID"));
}

TEST_F(CommandLineTest, RefusesAWrongCommandLineWithoutAskingTheServer) {
  const std::vector<std::vector<std::string>> wrong = {
      {},
      {"lead"},
      {"leed", "get", "l1"},
      {"-w", "demo", "lead", "get"},
      {"-w", "demo", "lead", "get", "l1", "extra"},
      {"-w", "demo", "lead", "get", "a/b"},
      {"-w", "de mo", "lead", "get", "l1"},
      {"lead", "get", "l1"},
      {"-w", "demo", "-o", "yml", "lead", "get", "l1"},
      {"-w", "demo", "--timeout", "soon", "lead", "get", "l1"},
      {"-w", "demo", "--timeout", "0s", "lead", "get", "l1"},
      {"-w", "demo", "lead", "list", "--limit", "0"},
      {"-w", "demo", "lead", "list", "--stage", "offerd"},
  };
  for (const std::vector<std::string>& arguments : wrong) {
    const RunResult run = world_.Run(arguments);
    EXPECT_EQ(run.code, kExitUsage) << run.err;
    EXPECT_EQ(run.out, "");
    EXPECT_THAT(run.err, HasSubstr("error: "));
  }
  EXPECT_TRUE(world_.server.requests.empty());
}

TEST_F(CommandLineTest, AFormatThatACommandDoesNotHaveIsRefused) {
  for (const std::string format : {"csv", "html", "yml", ""}) {
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"-w", "demo", "-o", format, "lead", "get", "l1"},
          {"-w", "demo", "lead", "get", "l1", "-o", format}}) {
      const RunResult run = world_.Run(words);
      EXPECT_EQ(run.code, kExitUsage) << format;
      EXPECT_THAT(run.err, HasSubstr("this command cannot make '" + format +
                                     "' (-o); it makes table, wide, json, yaml, name\n"));
    }
  }
  EXPECT_TRUE(world_.server.requests.empty());
}

TEST_F(CommandLineTest, ShowsWhoCallsByFilesAlone) {
  const RunResult run = world_.Run({"--server", "baton.acme.example:7400", "--tls-ca", "ca.pem",
                                    "--token-file", "token", "--tls-cert", "me.crt", "--tls-key",
                                    "me.key", "-w", "demo", "lead", "get", "l1"});
  EXPECT_EQ(run.code, kExitOk) << run.err;
  EXPECT_EQ(world_.identity.token_file, "token");
  EXPECT_EQ(world_.identity.tls_ca, "ca.pem");
  EXPECT_EQ(world_.identity.tls_cert, "me.crt");
  EXPECT_EQ(world_.identity.tls_key, "me.key");
}

TEST_F(CommandLineTest, SendsNoTokenForAllToRead) {
  const std::vector<std::string> command = {"-w", "demo", "lead", "get", "l1", "--token-file", "t"};
  const auto run = [&](const std::string& server) {
    std::vector<std::string> words = command;
    words.insert(words.end(), {"--server", server});
    return world_.Run(words);
  };
  for (const char* near : {"127.0.0.1:7400", "127.1.2.3:1", "localhost:7400", "[::1]:7400"}) {
    EXPECT_EQ(run(near).code, kExitOk) << near;
  }
  const size_t asked = world_.server.requests.size();
  for (const char* far : {"baton.acme.example:7400", "127.evil.example:7400",
                          "127.0.0.1.evil.example:7400", "localhost.evil.example:7400"}) {
    const RunResult refused = run(far);
    EXPECT_EQ(refused.code, kExitUsage) << far;
    EXPECT_THAT(refused.err, HasSubstr("for all to read: add --tls-ca")) << far;
  }
  EXPECT_EQ(world_.server.requests.size(), asked);
}

TEST_F(CommandLineTest, SaysOfAnUnknownCommandOnlyThat) {
  EXPECT_EQ(world_.Run({"lead", "gett", "l1"}).err,
            "error: there is no command 'gett'; did you mean 'get'?\n"
            "  hint: See --help of the command.\n");
}

TEST_F(CommandLineTest, RefusesAnAddressThatIsNone) {
  const auto code = [this](const std::string& server) {
    const RunResult run = world_.Run({"-w", "demo", "lead", "get", "l1", "--server", server});
    EXPECT_TRUE(run.code == kExitOk || run.err.find("HOST:PORT") != std::string::npos) << run.err;
    return run.code;
  };
  for (const char* wrong : {"127.0.0.1", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:99999", ":7400",
                            "baton:74x", "http://baton:7400", "::1:7400", "a b:7400", ""}) {
    EXPECT_EQ(code(wrong), kExitUsage) << wrong;
  }
  for (const char* right :
       {"127.0.0.1:1", "baton:65535", "[::1]:7400", "dns:///baton:7400", "unix:/run/baton.sock"}) {
    EXPECT_EQ(code(right), kExitOk) << right;
  }
}

TEST_F(CommandLineTest, SaysWhereTlsMayBeWhatIsWrong) {
  std::string message;
  world_.server.On<v1::GetLeadRequest, v1::GetLeadResponse>(
      [&](const v1::GetLeadRequest&, v1::GetLeadResponse&) {
        return core::Error(absl::StatusCode::kUnavailable, "UNREACHABLE", message);
      });
  const std::vector<std::string> plain = {"-w", "demo", "lead", "get", "l1"};
  std::vector<std::string> with_tls = plain;
  with_tls.insert(with_tls.end(), {"--tls-ca", "ca.pem"});
  message = "Connection refused";
  EXPECT_THAT(world_.Run(plain).err, Not(HasSubstr("TLS")));
  EXPECT_THAT(world_.Run(with_tls).err, HasSubstr("Is baton running there?"));
  message = "Socket closed";
  EXPECT_THAT(world_.Run(plain).err, HasSubstr("A server with TLS wants --tls-ca."));
  message = "Ssl handshake failed: wrong version number";
  EXPECT_THAT(world_.Run(with_tls).err, HasSubstr("For a server without TLS leave --tls-ca"));
}

TEST_F(CommandLineTest, ARequestIdIsNotIgnored) {
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"--request-id", "r1", "lead", "get", "l1"},
        {"rep", "set-presence", "ada", "online", "--request-id", "r1"},
        {"dlq", "list", "--request-id", "r1"}}) {
    std::vector<std::string> arguments = {"-w", "demo"};
    arguments.insert(arguments.end(), words.begin(), words.end());
    const RunResult run = world_.Run(arguments);
    EXPECT_EQ(run.code, kExitUsage) << words[0];
    EXPECT_THAT(run.err, HasSubstr("takes no --request-id")) << words[0];
  }
  EXPECT_TRUE(world_.server.requests.empty());
}

TEST_F(CommandLineTest, RefusesHalfACertificate) {
  const std::vector<std::string> command = {"-w", "demo", "lead", "get", "l1"};
  for (const std::vector<std::string>& half :
       {std::vector<std::string>{"--tls-cert", "a", "--tls-ca", "b"},
        {"--tls-key", "a", "--tls-ca", "b"},
        {"--tls-cert", "a", "--tls-key", "b"}}) {
    std::vector<std::string> wrong = command;
    wrong.insert(wrong.end(), half.begin(), half.end());
    EXPECT_EQ(world_.Run(wrong).code, kExitUsage) << half[0];
  }
}

TEST_F(CommandLineTest, SaysWhichStageWasMeant) {
  EXPECT_THAT(world_.Run({"-w", "demo", "lead", "list", "--stage", "offerd"}).err,
              HasSubstr("did you mean 'OFFERED'?"));
}

TEST_F(CommandLineTest, PrintsHelpAndVersion) {
  const RunResult help = world_.Run({"--help"});
  EXPECT_EQ(help.code, kExitOk);
  EXPECT_THAT(help.out, AllOf(HasSubstr("assignment"), HasSubstr("Exit codes: 0 done")));
  EXPECT_THAT(world_.Run({"lead", "explain", "--help"}).out, HasSubstr("why this queue"));
  EXPECT_THAT(world_.Run({"--version"}).out, HasSubstr("batonctl "));
}

TEST_F(CommandLineTest, ShowsReasonVariablesAndHint) {
  answer_ = core::Error(absl::StatusCode::kNotFound, "LEAD_NOT_FOUND", "lead l1 does not exist",
                        {{"lead", "l1"}, {"workspace", "demo"}});
  const RunResult run = world_.Run({"-w", "demo", "lead", "get", "l1"});
  EXPECT_EQ(run.code, kExitRefused);
  EXPECT_EQ(run.out, "");
  EXPECT_THAT(run.err, AllOf(HasSubstr("error: lead l1 does not exist\n"),
                             HasSubstr("  reason: LEAD_NOT_FOUND (lead=l1, workspace=demo)\n"),
                             HasSubstr("  hint: ")));
}

TEST_F(CommandLineTest, TellsWhenToTryAgain) {
  answer_ = core::WithRetryAfter(
      core::Error(absl::StatusCode::kUnavailable, "STORE_UNAVAILABLE", "Redis is away"),
      absl::Seconds(2));
  const RunResult run = world_.Run({"-w", "demo", "lead", "get", "l1"});
  EXPECT_EQ(run.code, kExitUnreachable);
  EXPECT_THAT(run.err, HasSubstr("  retry: in 2s\n"));
}

TEST_F(CommandLineTest, ColoursOnlyWhereAsked) {
  answer_ = absl::NotFoundError("no");
  EXPECT_THAT(world_.Run({"-w", "d", "lead", "get", "l1"}).err, Not(HasSubstr("\x1b[")));
  world_.colour = true;
  EXPECT_THAT(world_.Run({"-w", "d", "lead", "get", "l1"}).err, HasSubstr("\x1b[31merror:"));
}

TEST_F(CommandLineTest, NeutralisesWhatTheServerSays) {
  answer_ = absl::NotFoundError("no \x1b[2J lead\nsecond line");
  EXPECT_EQ(world_.Run({"-w", "d", "lead", "get", "l1"}).err,
            "error: no ?[2J lead\n  second line\n");
}

TEST_F(CommandLineTest, ReadsAllPagesUpToTheLimit) {
  world_.server.On<v1::ListLeadsRequest, v1::ListLeadsResponse>(
      [](const v1::ListLeadsRequest& request, v1::ListLeadsResponse& response) {
        const int first = request.page_token().empty() ? 0 : std::stoi(request.page_token());
        for (int i = first; i < first + request.page_size(); ++i) {
          response.add_leads()->set_name("workspaces/demo/leads/l" + std::to_string(i));
        }
        response.set_next_page_token(std::to_string(first + request.page_size()));
        return absl::OkStatus();
      });
  const RunResult run = world_.Run({"-w", "demo", "-o", "name", "lead", "list", "--limit", "450"});
  EXPECT_EQ(std::count(run.out.begin(), run.out.end(), '\n'), 450);
  EXPECT_THAT(run.out, HasSubstr("leads/l449\n"));
  EXPECT_EQ(world_.server.requests.size(), 3u);
  EXPECT_THAT(run.err, HasSubstr("There are more"));
}

TEST_F(CommandLineTest, ManagesWorkspaces) {
  world_.server.On<v1::CreateWorkspaceRequest, v1::CreateWorkspaceResponse>(
      [](const v1::CreateWorkspaceRequest& request, v1::CreateWorkspaceResponse& response) {
        *response.mutable_workspace() = request.workspace();
        response.mutable_workspace()->set_name("workspaces/" + request.workspace_id());
        return absl::OkStatus();
      });
  world_.server.On<v1::GetWorkspaceRequest, v1::GetWorkspaceResponse>(
      [](const v1::GetWorkspaceRequest& request, v1::GetWorkspaceResponse& response) {
        response.mutable_workspace()->set_name(request.name());
        response.mutable_workspace()->set_policy_revision(4);
        return absl::OkStatus();
      });
  EXPECT_EQ(world_.Run({"workspace", "create", "acme", "--display-name", "Acme Inc"}).out,
            "WORKSPACE  DISPLAY NAME  POLICY  CREATED\n"
            "acme       Acme Inc      none\n");
  EXPECT_THAT(world_.Run({"-w", "acme", "workspace", "get"}).out, HasSubstr("revision 4"));
  EXPECT_EQ(world_.Run({"workspace", "get", "beta", "-o", "name"}).out, "workspaces/beta\n");
}

}  // namespace
}  // namespace baton::batonctl
