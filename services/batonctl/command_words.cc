#include "batonctl/command_words.h"

#include "absl/strings/str_cat.h"
#include "policy/document_error.h"

namespace baton::batonctl {
namespace {

bool Listed(const CLI::App* command) {
  return !command->get_group().empty();  // others are for scripts
}

// "--limit", "-w".
std::vector<std::string> OptionNames(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    for (const std::string& name : option->get_fnames()) names.push_back("--" + name);
  }
  return names;
}

// An option of `command` or of the whole program.
const CLI::Option* FindOption(const CLI::App& app, const CLI::App& command,
                              const std::string& name) {
  const CLI::Option* option = command.get_option_no_throw(name);
  return option != nullptr ? option : app.get_option_no_throw(name);
}

std::vector<const CLI::App*> Subcommands(const CLI::App& command) {
  return command.get_subcommands([](const CLI::App*) { return true; });
}

const CLI::App* SubcommandOf(const CLI::App& command, const std::string& name) {
  for (const CLI::App* next : Subcommands(command)) {
    if (next->get_name() == name) return next;
  }
  return nullptr;
}

}  // namespace

std::vector<std::string> CommandNames(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::App* next : Subcommands(command)) {
    if (Listed(next)) names.push_back(next->get_name());
  }
  return names;
}

CommandWords ReadWords(const CLI::App& app, const std::vector<std::string>& words) {
  CommandWords read;
  read.command = &app;
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word.size() > 1 && word.starts_with('-')) {
      const std::string name = word.substr(0, word.find('='));
      const CLI::Option* option = FindOption(app, *read.command, name);
      if (option == nullptr && read.unknown_option.empty() && name.starts_with("--")) {
        read.unknown_option = name;
      }
      // The value is the next word.
      if (option != nullptr && option->get_items_expected_max() > 0 && name == word) ++i;
      continue;
    }
    read.positionals.push_back(i);
    const CLI::App* next = SubcommandOf(*read.command, word);
    if (next != nullptr) {
      read.command = next;
    } else if (!CommandNames(*read.command).empty()) {
      read.unknown_command = word;  // what its other words stand for nobody knows
      break;
    }
  }
  return read;
}

std::string HintForWords(const CLI::App& app, const std::vector<std::string>& words) {
  const CommandWords read = ReadWords(app, words);
  const auto hint = [](const std::string& what, const std::string& word,
                       const std::vector<std::string>& known) {
    return absl::StrCat("there is no ", what, " ", policy::Quoted(word),
                        policy::DidYouMean(word, known));
  };
  if (!read.unknown_command.empty()) {
    return hint("command", read.unknown_command, CommandNames(*read.command));
  }
  if (read.unknown_option.empty()) return "";
  std::vector<std::string> known = OptionNames(*read.command);
  const std::vector<std::string> global = OptionNames(app);
  known.insert(known.end(), global.begin(), global.end());
  return hint("option", read.unknown_option, known);
}

}  // namespace baton::batonctl
