#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "baton/v1/roster_service.pb.h"
#include "batonctl/exit_codes.h"
#include "batonctl_testing.h"
#include "temporary_file.h"

namespace baton::batonctl {
namespace {

using ::testing::HasSubstr;

constexpr char kPolicy[] =
    "apiVersion: baton.dev/v1\n"
    "kind: HandoffPolicy\n"
    "metadata: {workspace: acme, name: inbound}\n"
    "spec:\n"
    "  attributes: {country: string, fax: string}\n"
    "  definition: {mql: {match: {country: present}}}\n"
    "  routing: [{default: true, to: {queue: triage}}]\n"
    "  queues: {triage: {mode: direct}}\n"
    "  tests: [{name: A, given: {lead: {country: DE}}, expect: {queue: triage}}]\n";
constexpr char kRoster[] =
    "apiVersion: baton.dev/v1\nkind: Roster\nmetadata: {workspace: acme}\nspec:\n  reps:\n";

TEST(PolicyLintCommandTest, ExitsZeroWhenNothingIsFoundAndCountsNotes) {
  World world;
  const TemporaryFile file(kPolicy);
  const RunResult run = world.Run({"policy", "lint", "-f", file.path()});
  EXPECT_EQ(run.code, kExitOk) << run.err;
  EXPECT_EQ(run.err, file.path() + ": nothing found. 1 note more with --severity note.\n");
  EXPECT_EQ(world.address, "");
}

TEST(PolicyLintCommandTest, ExitsOneWithFindings) {
  World world;
  const TemporaryFile file(kPolicy);
  const RunResult run = world.Run({"policy", "lint", "-f", file.path(), "--severity", "note"});
  EXPECT_EQ(run.code, kExitFindings);
  EXPECT_THAT(run.out, HasSubstr(file.path() + ":5:33  note      unused-attribute"));
  EXPECT_EQ(run.err, file.path() + ": 1 finding.\n");
}

TEST(PolicyLintCommandTest, KnowsWhoServesTheQueues) {
  World world;
  const TemporaryFile file(kPolicy);
  const TemporaryFile served(std::string(kRoster) + "    - {id: ada, queues: [triage]}\n");
  const TemporaryFile unserved(std::string(kRoster) + "    - {id: ada, queues: [sales]}\n");
  const auto with = [&](const TemporaryFile& roster) {
    return world.Run(
        {"policy", "lint", "-f", file.path(), "--roster", roster.path(), "-o", "json"});
  };
  EXPECT_EQ(with(served).code, kExitOk);
  const RunResult run = with(unserved);
  EXPECT_EQ(run.code, kExitFindings) << run.err;
  EXPECT_EQ(nlohmann::json::parse(run.out).at("findings").at(0).at("code"), "queue-without-reps");
}

TEST(PolicyLintCommandTest, AsksTheServerForItsReps) {
  World world;
  const TemporaryFile file(kPolicy);
  world.server.On<v1::ListRepsRequest, v1::ListRepsResponse>(
      [](const v1::ListRepsRequest& request, v1::ListRepsResponse& response) {
        response.add_reps()->add_queues(request.parent() + "/queues/triage");
        return absl::OkStatus();
      });
  EXPECT_EQ(world.Run({"-w", "acme", "policy", "lint", "-f", file.path(), "--server-roster"}).code,
            kExitOk);
  EXPECT_EQ(world.server.At<v1::ListRepsRequest>(0).parent(), "workspaces/acme");
}

TEST(PolicyLintCommandTest, ErrorsHaveExitCodesOfTheirOwn) {
  World world;
  const TemporaryFile file(kPolicy), wrong("kind: x\n");
  EXPECT_EQ(world.Run({"policy", "lint", "-f", wrong.path()}).code, kExitUsage);
  EXPECT_EQ(world.Run({"policy", "lint", "-f", file.path(), "--roster", wrong.path()}).code,
            kExitUsage);
  EXPECT_EQ(world.Run({"policy", "lint", "-f", file.path(), "--severity", "x"}).code, kExitUsage);
  EXPECT_GT(world.Run({"-w", "acme", "policy", "lint", "-f", file.path(), "--server-roster"}).code,
            kExitFindings);
}

TEST(PolicyLintCommandTest, ValidateCountsWarnings) {
  World world;
  std::string text = kPolicy;
  text.resize(text.find("  tests:"));
  const TemporaryFile file(text);
  const RunResult run = world.Run({"policy", "validate", "-f", file.path()});
  EXPECT_EQ(run.code, kExitOk);
  EXPECT_THAT(run.out, HasSubstr("TESTS  WARNINGS\n"));
  EXPECT_THAT(run.out, HasSubstr("0      1\n"));
  EXPECT_THAT(run.err, HasSubstr("batonctl policy lint shows the warnings"));
}

}  // namespace
}  // namespace baton::batonctl
