// batonctl completion bash|zsh|fish; names for it: completion_names.cc
#include <memory>

#include "absl/strings/str_cat.h"
#include "batonctl/commands.h"
#include "batonctl/completion.h"
#include "batonctl/exit_codes.h"
#include "batonctl/kinds.h"
#include "policy/document_error.h"

namespace baton::batonctl {
namespace {

// Values of an option or argument that completion offers.
std::vector<std::string> KnownValues(const std::string& option) {
  if (option == "--output" || option == "-o") return {"table", "wide", "json", "yaml", "name"};
  if (option == "--presence") return {"online", "away", "offline"};
  if (option == "--as") return {"marketing", "sales", "admin"};
  if (option == "--type") return {"captured", "updated", "activity", "consent"};
  if (option == "--consent") return {"granted", "withdrawn"};
  if (option == "--view") return {"cohort", "period"};
  if (option == "--by") return {"source", "campaign", "queue", "rep", "revision", "week"};
  return {};
}

// The kind whose names an argument or option takes; "": none.
std::string KindOfArgument(const std::string& name, const std::string& path) {
  static constexpr std::pair<const char*, const char*> kKindsByName[] = {
      {"LEAD", "lead"},         {"--lead", "lead"},   {"ASSIGNMENT", "assignment"},
      {"QUEUE", "queue"},       {"--queue", "queue"}, {"REP", "rep"},
      {"--rep", "rep"},         {"--to", "rep"},      {"ACCOUNT", "account"},
      {"WEBHOOK", "webhook"},   {"LETTER", "letter"}, {"CONTEXT", "context"},
      {"--context", "context"}, {"-w", "workspace"},  {"--workspace", "workspace"}};
  for (const auto& [known, kind] : kKindsByName) {
    if (name == known) return kind;
  }
  if (name != "NAME") return "";
  return path.starts_with("batonctl policy")  ? "policy"
         : path.starts_with("batonctl table") ? "table"
                                              : "";
}

void AddOptions(const CLI::App& command, CompletionLevel& level) {
  for (const CLI::Option* option : command.get_options()) {
    if (option->get_positional()) {
      const std::string kind = KindOfArgument(option->get_name(true), level.path);
      if (!kind.empty() && level.names_of.empty()) level.names_of = kind;
    }
    std::vector<std::string> names;
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    for (const std::string& name : option->get_snames()) names.push_back("-" + name);
    for (const std::string& name : names) {
      level.words.push_back({name, option->get_description(), /*is_option=*/true,
                             option->get_items_expected_max() > 0, KnownValues(name),
                             KindOfArgument(name, level.path)});
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
    if (next->get_group().empty()) continue;
    level.words.push_back({next->get_name(), next->get_description()});
  }
  AddOptions(command, level);
  if (&command != &root) AddOptions(root, level);  // the global ones work everywhere
  levels.push_back(std::move(level));
  for (const CLI::App* next : below) {
    AddLevels(*next, root, absl::StrCat(path, " ", next->get_name()), levels);
  }
}

// `get lead NAME` takes what `lead list` and `lead get` take.
void AddKindLevels(const CLI::App& root, std::vector<CompletionLevel>& levels) {
  for (const char* verb : {"get", "list", "watch", "describe", "explain"}) {
    const std::string path = absl::StrCat("batonctl ", verb);
    for (const Kind& kind : Kinds()) {
      const bool takes = std::string_view(verb) == "watch"     ? kind.watched
                         : std::string_view(verb) == "explain" ? *kind.message != '\0'
                                                               : true;
      if (!takes) continue;
      for (CompletionLevel& level : levels) {
        if (level.path == path) level.words.push_back({kind.plural, "a kind of resource"});
      }
      for (const char* word : {kind.name, kind.plural}) {
        CompletionLevel level{absl::StrCat(path, " ", word), {}};
        const CLI::App* group = root.get_subcommand(kind.group);
        const std::string_view named = verb;
        if (named == "get" || named == "describe") level.names_of = kind.name;
        if (named != "describe" && named != "explain") {
          AddOptions(*group->get_subcommand(kind.list), level);
        }
        AddOptions(root, level);
        levels.push_back(std::move(level));
      }
    }
  }
}

absl::Status PrintScript(const Session& session, const CLI::App& root, const std::string& shell) {
  std::vector<CompletionLevel> levels;
  AddLevels(root, root, "batonctl", levels);
  AddKindLevels(root, levels);
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
  completion.callback([&session, &app, shell] {
    session.needs_settings = false;
    session.action = [&session, &app, shell] { return PrintScript(session, app, *shell); };
  });
}

}  // namespace baton::batonctl
