#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "baton/v1/roster_service.pb.h"
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
              HasSubstr("get list journey explain recompute submit erase"));
  EXPECT_THAT(BashOffers(run.out, "batonctl lead list"), HasSubstr("--stage"));
  EXPECT_EQ(BashOffers(run.out, "batonctl lead list -o"), "table wide json yaml name\n");
  EXPECT_THAT(BashOffers(run.out, "batonctl report"), HasSubstr("funnel acceptance sla"));
  EXPECT_EQ(BashOffers(run.out, "batonctl report sla --by"),
            "source campaign queue rep revision week\n");
}

TEST(CompletionTest, BashAsksForNamesWithWhatStandsOnTheLine) {
  World world;
  const std::string script =
      "batonctl() { [[ $* == '__names rep -w demo rep get' ]] && echo ada; "
      "[[ $* == '__names queue lead list --queue' ]] && echo inbound; "
      "[[ $* == '__names lead get leads' ]] && echo l1; }\n" +
      world.Run({"completion", "bash"}).out;
  EXPECT_THAT(BashOffers(script, "batonctl -w demo rep get"), HasSubstr(" ada\n"));
  EXPECT_EQ(BashOffers(script, "batonctl lead list --queue"), "inbound\n");
  EXPECT_THAT(BashOffers(script, "batonctl get leads"), HasSubstr(" l1\n"));
  EXPECT_THAT(BashOffers(script, "batonctl get"), HasSubstr("leads assignments queues"));
}

TEST(CompletionTest, NamesComeFromTheServerThatTheLineNames) {
  World world;
  world.server.On<v1::ListRepsRequest, v1::ListRepsResponse>(
      [](const v1::ListRepsRequest& request, v1::ListRepsResponse& response) {
        response.add_reps()->set_name(request.parent() + "/reps/ada");
        return absl::OkStatus();
      });
  const RunResult run = world.Run(
      {"__names", "rep", "--server=far:1", "rep", "get", "-w", "acme", "--unknown", "-o"});
  EXPECT_EQ(run.out, "ada\n");
  EXPECT_EQ(run.err, "");
  EXPECT_EQ(world.address, "far:1");
  EXPECT_EQ(world.timeout, absl::Seconds(1));
  EXPECT_EQ(world.server.At<v1::ListRepsRequest>(0).parent(), "workspaces/acme");
  EXPECT_EQ(world.Run({"__names", "lead", "-w", "acme"}).out, "");
  EXPECT_EQ(world.Run({"__names"}).out, "");
}

// What a shell prints that was given `command`; $F is a file with the script.
std::string Asked(const std::string& shell, const std::string& script, const std::string& command) {
  const TemporaryFile completion(script);
  const TemporaryFile answer("");
  const std::string line = "F=" + completion.path() + " HOME=/nonexistent " + shell + " -c '" +
                           command + "' > " + answer.path() + " 2>&1";
  EXPECT_EQ(std::system(line.c_str()), 0) << TemporaryFile::Read(answer.path());
  return TemporaryFile::Read(answer.path());
}

TEST(CompletionTest, FishOffersCommandsOptionsAndNames) {
  World world;
  const std::string script = world.Run({"completion", "fish"}).out;
  const std::string ask = "function batonctl; echo ada; end; source $F; complete -C ";
  EXPECT_THAT(Asked("fish -N", script, ask + "\"batonctl -w demo le\""), HasSubstr("lead\t"));
  EXPECT_THAT(Asked("fish -N", script, ask + "\"batonctl lead list --st\""), HasSubstr("--stage"));
  EXPECT_THAT(Asked("fish -N", script, ask + "\"batonctl lead list -o \""), HasSubstr("yaml"));
  EXPECT_THAT(Asked("fish -N", script, ask + "\"batonctl rep get \""), HasSubstr("ada"));
}

// Types each of its arguments and TAB into an interactive zsh, and prints what stands there then.
constexpr char kTypeInZsh[] = R"zsh(
zmodload zsh/zpty
zpty tab zsh -f -i
zpty -w tab "PS1=; autoload -Uz compinit; compinit -D -u; batonctl() { echo ada; }; source $F
show() { print -r -- \"<\$BUFFER>\"; BUFFER=; }; zle -N show; bindkey ^X show; echo READ\"\"Y"
zpty -r tab got "*READY*"
for line in "$@"; do
  zpty -w -n tab "$line$(printf "\t\030")"
  zpty -r tab got "*<*>*"
  print -r -- "${${got##*<}%%>*}"
done
)zsh";

TEST(CompletionTest, ZshOffersCommandsOptionsAndNames) {
  World world;
  const std::string script = world.Run({"completion", "zsh"}).out;
  const TemporaryFile program(kTypeInZsh);
  EXPECT_EQ(Asked("timeout 60 zsh -f", script,
                  absl::StrCat("source ", program.path(),
                               " \"batonctl -w demo le\" \"batonctl lead li\" ",
                               "\"batonctl lead list --st\" \"batonctl lead list -o y\" ",
                               "\"batonctl rep get a\"")),
            "batonctl -w demo lead \n"
            "batonctl lead list \n"
            "batonctl lead list --stage \n"
            "batonctl lead list -o yaml \n"
            "batonctl rep get ada \n");
}

TEST(CompletionTest, KnowsEveryShell) {
  World world;
  EXPECT_THAT(world.Run({"completion", "zsh"}).out, HasSubstr("#compdef batonctl"));
  EXPECT_THAT(world.Run({"completion", "fish"}).out, HasSubstr("complete -c batonctl"));
  EXPECT_EQ(world.Run({"completion", "tcsh"}).code, kExitUsage);
}

}  // namespace
}  // namespace baton::batonctl
