// Every command shows its use, and the manual lists every command.
#include "batonctl/help_examples.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "batonctl/commands.h"
#include "batonctl/exit_codes.h"
#include "batonctl_testing.h"
#include "support/source_tree.h"
#include "temporary_file.h"

namespace baton::batonctl {
namespace {

using ::testing::HasSubstr;

std::vector<CommandHelp> Commands() {
  CLI::App app;
  std::ostringstream out, err;
  Session session(Surroundings{out, err});
  AddAllCommands(app, session);
  return AllCommands(app);
}

TEST(HelpExamplesTest, EveryCommandHasSomeAndShowsThem) {
  World world;
  for (const CommandHelp& command : Commands()) {
    ASSERT_FALSE(command.examples.empty()) << command.path;
    std::vector<std::string> words = absl::StrSplit(command.path, ' ');
    words.emplace_back("--help");
    const RunResult help = world.Run(words);
    EXPECT_EQ(help.code, kExitOk);
    for (const std::string& example : command.examples) {
      EXPECT_THAT(help.out, HasSubstr("\n  " + example + "\n")) << command.path;
      EXPECT_TRUE(command.path.starts_with("report") || absl::StrContains(example, command.path))
          << example;
    }
  }
}

TEST(HelpExamplesTest, TheManualListsEveryCommandAsTheHelpDoes) {
  const std::string manual = support::SourceText("deploy/docs/batonctl.md");
  size_t rows = 0;
  for (const CommandHelp& command : Commands()) {
    EXPECT_THAT(manual, HasSubstr(absl::StrCat("| `batonctl ", command.path, "` | ", command.about,
                                               " |\n")));
    ++rows;
  }
  size_t found = 0;
  for (size_t at = manual.find("| `batonctl "); at != std::string::npos;
       at = manual.find("| `batonctl ", at + 1)) {
    ++found;
  }
  EXPECT_EQ(found, rows);  // and no others
}

TEST(HelpExamplesTest, TheManualNamesEveryExitCode) {
  const std::string manual = support::SourceText("deploy/docs/batonctl.md");
  for (const int code : {kExitOk, kExitRefused, kExitUsage, kExitUnreachable}) {
    EXPECT_THAT(manual, HasSubstr(absl::StrCat("\n| ", code, " | ")));
  }
}

}  // namespace
}  // namespace baton::batonctl
