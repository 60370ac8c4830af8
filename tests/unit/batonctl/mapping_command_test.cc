#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "batonctl/exit_codes.h"
#include "batonctl_testing.h"
#include "support/source_tree.h"
#include "temporary_file.h"

namespace baton::batonctl {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr char kMapping[] = "deploy/mappings/salesforce.yaml";
const std::string kFixtures = "tests/unit/vendors/fixtures/";

RunResult TryFixture(const std::string& name, std::vector<std::string> more = {}) {
  World world;
  std::vector<std::string> arguments = {"mapping", "test", support::SourcePath(kMapping), "--file",
                                        support::SourcePath(kFixtures + name)};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return world.Run(arguments);
}

TEST(MappingCommandTest, ShowsTheActionsOfARecord) {
  const RunResult run = TryFixture("opportunity_won.json");
  EXPECT_EQ(run.code, kExitOk) << run.err;
  EXPECT_THAT(run.out, AllOf(HasSubstr("lead-1"), HasSubstr("won"), HasSubstr("1250050")));
  EXPECT_THAT(TryFixture("lead_contacted.json", {"-o", "json"}).out,
              AllOf(HasSubstr("\"action\": \"touched\""), HasSubstr("\"implied\": true")));
}

TEST(MappingCommandTest, SaysWhenNoRuleHolds) {
  const RunResult run = TryFixture("phone_changed.json", {"-o", "name"});
  EXPECT_EQ(run.code, kExitOk) << run.err;
  EXPECT_EQ(run.out, "");
  EXPECT_THAT(run.err, HasSubstr("asks for nothing"));
}

TEST(MappingCommandTest, SaysWhyARecordIsRefused) {
  const RunResult run = TryFixture("gap.json");
  EXPECT_EQ(run.code, kExitRefused);
  EXPECT_THAT(run.err, AllOf(HasSubstr("dead letter"), HasSubstr("gap event")));
}

TEST(MappingCommandTest, TellsMistakesOfTheMappingAndOfTheCommandLine) {
  World world;
  const TemporaryFile wrong("apiVersion: baton.dev/v1\nkind: SalesMapping\nspec: {acttions: []}\n");
  const RunResult run = world.Run({"mapping", "test", wrong.path(), "-f", wrong.path()});
  EXPECT_EQ(run.code, kExitUsage);
  EXPECT_THAT(run.err, HasSubstr("did you mean 'actions'?"));
  EXPECT_EQ(world.Run({"mapping", "test", "/no/such/file"}).code, kExitUsage);
}

TEST(MappingCommandTest, ReadsALineAtATime) {
  const std::string won = support::SourceText(kFixtures + "opportunity_won.json");
  const TemporaryFile lines(won + "\n" + won + "\n");
  World world;
  const RunResult run = world.Run({"mapping", "test", support::SourcePath(kMapping), "-f",
                                   lines.path(), "--lines", "-o", "name"});
  EXPECT_EQ(run.out, "won\nwon\n");
}

}  // namespace
}  // namespace baton::batonctl
