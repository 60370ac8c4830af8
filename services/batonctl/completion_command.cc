// batonctl completion bash|zsh|fish
#include <memory>

#include "absl/strings/str_cat.h"
#include "batonctl/commands.h"
#include "batonctl/completion.h"
#include "batonctl/exit_codes.h"
#include "policy/document_error.h"

namespace baton::batonctl {
namespace {

// Values of an option or argument that completion offers.
std::vector<std::string> KnownValues(const std::string& option) {
  if (option == "--output" || option == "-o") return {"table", "json", "name"};
  if (option == "--presence") return {"online", "away", "offline"};
  if (option == "--as") return {"marketing", "sales", "admin"};
  if (option == "--type") return {"captured", "updated", "activity", "consent"};
  if (option == "--consent") return {"granted", "withdrawn"};
  if (option == "--view") return {"cohort", "period"};
  if (option == "--by") return {"source", "campaign", "queue", "rep", "revision", "week"};
  return {};
}

void AddOptions(const CLI::App& command, CompletionLevel& level) {
  for (const CLI::Option* option : command.get_options()) {
    std::vector<std::string> names;
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    for (const std::string& name : option->get_snames()) names.push_back("-" + name);
    for (const std::string& name : names) {
      level.words.push_back({name, option->get_description(), /*is_option=*/true,
                             option->get_items_expected_max() > 0, KnownValues(name)});
    }
  }
}

// A level for `command` and for each command below it.
void AddLevels(const CLI::App& command, const CLI::App& root, const std::string& path,
               std::vector<CompletionLevel>& levels) {
  CompletionLevel level{path, {}};
  const std::vector<const CLI::App*> below =
      command.get_subcommands([](const CLI::App*) { return true; });
  for (const CLI::App* next : below) {
    level.words.push_back({next->get_name(), next->get_description()});
  }
  AddOptions(command, level);
  if (&command != &root) AddOptions(root, level);  // the global ones work everywhere
  levels.push_back(std::move(level));
  for (const CLI::App* next : below) {
    AddLevels(*next, root, absl::StrCat(path, " ", next->get_name()), levels);
  }
}

absl::Status PrintScript(const Session& session, const CLI::App& root, const std::string& shell) {
  std::vector<CompletionLevel> levels;
  AddLevels(root, root, "batonctl", levels);
  const std::string script = CompletionScript(shell, levels);
  if (script.empty()) {
    return UsageError(
        absl::StrCat("the shell is bash, zsh or fish; this is ", policy::Quoted(shell)));
  }
  session.world().out << script << std::flush;
  return absl::OkStatus();
}

}  // namespace

void AddCompletionCommand(CLI::App& app, Session& session) {
  auto shell = std::make_shared<std::string>();
  CLI::App& completion =
      *app.add_subcommand("completion", "Prints a completion script for a shell");
  completion.add_option("SHELL", *shell, "bash, zsh or fish")->required();
  OnRun(completion, session, [&session, &app, shell] { return PrintScript(session, app, *shell); });
}

}  // namespace baton::batonctl
