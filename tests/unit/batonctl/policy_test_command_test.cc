#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "batonctl/exit_codes.h"
#include "batonctl_testing.h"
#include "temporary_file.h"

namespace baton::batonctl {
namespace {

using ::testing::HasSubstr;

std::string PolicyWith(const std::string& tests) {
  return "apiVersion: baton.dev/v1\n"
         "kind: HandoffPolicy\n"
         "metadata: {workspace: acme, name: inbound}\n"
         "spec:\n"
         "  attributes: {country: string}\n"
         "  definition: {mql: {match: {country: present}}}\n"
         "  routing: [{default: true, to: {queue: triage}}]\n"
         "  queues: {triage: {mode: direct}}\n" +
         tests;
}

constexpr char kTwoTests[] =
    "  tests:\n"
    "    - {name: Known, given: {lead: {country: DE}}, expect: {mql: true}}\n"
    "    - {name: Unknown, given: {}, expect: {queue: triage}}\n";

TEST(PolicyTestCommandTest, ExitsZeroWhenAllPass) {
  World world;
  const TemporaryFile file(
      PolicyWith("  tests: [{name: Unknown, given: {}, expect: {mql: false}}]\n"));
  const RunResult run = world.Run({"policy", "test", "-f", file.path()});
  EXPECT_EQ(run.code, kExitOk) << run.err;
  EXPECT_EQ(run.out, "TEST     LINE  RESULT  EXPECTED  FOUND\nUnknown  9     ok\n");
  EXPECT_EQ(run.err, "All pass: 1 test.\n");
  EXPECT_EQ(world.address, "") << "no server is asked";
}

TEST(PolicyTestCommandTest, ExitsOneAndShowsWhatFailed) {
  World world;
  const TemporaryFile file(PolicyWith(kTwoTests));
  const RunResult run = world.Run({"policy", "test", "-f", file.path()});
  EXPECT_EQ(run.code, kExitRefused);
  EXPECT_THAT(run.out, HasSubstr("Unknown  11    FAILED  queue triage  (no MQL)\n"));
  EXPECT_THAT(run.err, HasSubstr(file.path() + ":11:50: test 'Unknown' expects queue triage, found "
                                               "(no MQL); definition: has(lead.country) does not "
                                               "hold, found (absent)\n"));
  EXPECT_THAT(run.err, HasSubstr("error: 1 of 2 tests failed\n"));
  EXPECT_EQ(world.Run({"policy", "test", "-f", file.path(), "-o", "name"}).out, "Unknown\n");
}

TEST(PolicyTestCommandTest, PrintsJson) {
  World world;
  const TemporaryFile file(PolicyWith(kTwoTests));
  const RunResult run = world.Run({"policy", "test", "-f", file.path(), "-o", "json"});
  EXPECT_EQ(run.code, kExitRefused);
  const nlohmann::json json = nlohmann::json::parse(run.out);
  EXPECT_EQ(json.at("passed"), 1);
  EXPECT_EQ(json.at("failed"), 1);
  const nlohmann::json& failed = json.at("tests").at(1);
  EXPECT_EQ(failed.at("name"), "Unknown");
  EXPECT_EQ(failed.at("passed"), false);
  EXPECT_EQ(failed.at("mismatches").at(0).at("expected"), "triage");
}

TEST(PolicyTestCommandTest, ExitsTwoForADocumentThatIsWrong) {
  World world;
  const TemporaryFile file("kind: Policy\n");
  EXPECT_EQ(world.Run({"policy", "test", "-f", file.path()}).code, kExitUsage);
  EXPECT_EQ(world.Run({"policy", "test", "-f", "/nowhere/policy.yaml"}).code, kExitUsage);
  EXPECT_EQ(world.Run({"policy", "test"}).code, kExitUsage);
}

TEST(PolicyTestCommandTest, ValidateRunsTheTestsToo) {
  World world;
  const TemporaryFile file(PolicyWith(kTwoTests));
  const RunResult run = world.Run({"policy", "validate", "-f", file.path()});
  EXPECT_EQ(run.code, kExitUsage);
  EXPECT_THAT(run.err, HasSubstr("test 'Unknown' expects queue triage"));
  EXPECT_THAT(run.err, HasSubstr(" is not valid: 1 error"));
}

TEST(PolicyTestCommandTest, SaysWhenThereAreNone) {
  World world;
  const TemporaryFile file(PolicyWith(""));
  const RunResult run = world.Run({"policy", "test", "-f", file.path()});
  EXPECT_EQ(run.code, kExitOk);
  EXPECT_THAT(run.err, HasSubstr(" has no tests.\n"));
}

}  // namespace
}  // namespace baton::batonctl
