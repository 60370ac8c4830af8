// The command line as words, before it is parsed.
#ifndef BATON_BATONCTL_COMMAND_WORDS_H_
#define BATON_BATONCTL_COMMAND_WORDS_H_

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace baton::batonctl {

// What the words stand for, as far as they can be told without parsing.
struct CommandWords {
  const CLI::App* command = nullptr;  // the deepest command that they name
  std::vector<size_t> positionals;    // indexes of the words that are no options and no values
  std::string unknown_command;        // the word that stands where a command should: read up to it
  std::string unknown_option;         // the first of them, without its value
};
CommandWords ReadWords(const CLI::App& app, const std::vector<std::string>& words);

// Commands below `command`.
std::vector<std::string> CommandNames(const CLI::App& command);

// What the first unknown word of a wrong command line probably means; "" if nothing is near.
std::string HintForWords(const CLI::App& app, const std::vector<std::string>& words);

}  // namespace baton::batonctl

#endif  // BATON_BATONCTL_COMMAND_WORDS_H_
