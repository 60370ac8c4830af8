// Examples at the end of each command's help; a test runs them all against a real server.
#ifndef BATON_BATONCTL_HELP_EXAMPLES_H_
#define BATON_BATONCTL_HELP_EXAMPLES_H_

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace baton::batonctl {

// A command that does something, and what its help says.
struct CommandHelp {
  std::string path;  // "lead list"
  std::string about;
  std::vector<std::string> examples;  // lines of a shell
};
// All of them, in the order of the help; groups and what is for scripts only are left out.
std::vector<CommandHelp> AllCommands(const CLI::App& app);

// Puts the examples behind the help of every command that has some.
void AddExamples(CLI::App& app);

}  // namespace baton::batonctl

#endif  // BATON_BATONCTL_HELP_EXAMPLES_H_
