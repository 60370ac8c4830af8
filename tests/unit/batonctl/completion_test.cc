#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "batonctl/exit_codes.h"
#include "batonctl_testing.h"
#include "temporary_file.h"

namespace baton::batonctl {
namespace {

using ::testing::HasSubstr;

// What bash offers after `words` (the last one is being typed).
std::string BashOffers(const std::string& script, const std::string& words) {
  const TemporaryFile completion(script);
  const TemporaryFile answer("");
  const std::string command = "bash -c 'source " + completion.path() + "; COMP_WORDS=(" + words +
                              " \"\"); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _batonctl; " +
                              "echo \"${COMPREPLY[*]}\"' > " + answer.path();
  EXPECT_EQ(std::system(command.c_str()), 0);
  return TemporaryFile::Read(answer.path());
}

TEST(CompletionTest, BashOffersCommandsOptionsAndValues) {
  World world;
  const RunResult run = world.Run({"completion", "bash"});
  ASSERT_EQ(run.code, kExitOk) << run.err;
  EXPECT_THAT(BashOffers(run.out, "batonctl"), HasSubstr("assignment rep queue"));
  EXPECT_THAT(BashOffers(run.out, "batonctl -w demo lead"),
              HasSubstr("get list journey explain recompute submit"));
  EXPECT_THAT(BashOffers(run.out, "batonctl lead list"), HasSubstr("--stage"));
  EXPECT_EQ(BashOffers(run.out, "batonctl lead list -o"), "table json name\n");
  EXPECT_THAT(BashOffers(run.out, "batonctl report"), HasSubstr("funnel acceptance sla"));
  EXPECT_EQ(BashOffers(run.out, "batonctl report sla --by"),
            "source campaign queue rep revision week\n");
}

TEST(CompletionTest, KnowsEveryShell) {
  World world;
  EXPECT_THAT(world.Run({"completion", "zsh"}).out, HasSubstr("#compdef batonctl"));
  EXPECT_THAT(world.Run({"completion", "fish"}).out, HasSubstr("complete -c batonctl"));
  EXPECT_EQ(world.Run({"completion", "tcsh"}).code, kExitUsage);
}

}  // namespace
}  // namespace baton::batonctl
