// batonctl config view|get-contexts|current-context|use-context|set-context|delete-context
#include <algorithm>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "batonctl/commands.h"
#include "batonctl/context_file.h"
#include "batonctl/exit_codes.h"
#include "batonctl/settings.h"
#include "core/ids.h"
#include "policy/document_error.h"

namespace baton::batonctl {
namespace {

using nlohmann::ordered_json;

absl::Status NoSuchContext(const std::string& name, const ContextFile& file) {
  return UsageError(absl::StrCat("there is no context ", policy::Quoted(name),
                                 policy::DidYouMean(name, file.Names())));
}

absl::Status View(const Session& session) {
  Table table({"SETTING", "VALUE", "FROM"});
  ordered_json settings = ordered_json::array();
  std::vector<std::string> names;
  for (const Settings::Resolved& one : session.settings->resolved()) {
    table.AddRow({one.key, one.value, one.from});
    settings.push_back({{"name", one.key}, {"value", one.value}, {"from", one.from}});
    names.push_back(one.key);
  }
  session.Note(absl::StrCat("Contexts are kept in ", ContextPath(), "."));
  return session.Print(
      ordered_json{{"context", session.settings->context()}, {"settings", settings}}, table, names);
}

absl::Status GetContexts(const Session& session) {
  const absl::StatusOr<ContextFile> file = ReadContexts(ContextPath());
  if (!file.ok()) return file.status();
  Table table({"CURRENT", "NAME", "SERVER", "WORKSPACE"},
              {"PRINCIPAL", "ROLES", "TOKEN FILE", "TLS CA", "TLS CERT", "TLS KEY"});
  ordered_json contexts = ordered_json::array();
  for (const Context& context : file->contexts) {
    std::vector<std::string> row = {context.name == file->current ? "*" : "", context.name};
    ordered_json entry = {{"name", context.name}, {"current", context.name == file->current}};
    for (const std::string_view key : kContextKeys) {
      const auto value = context.values.find(std::string(key));
      row.push_back(value == context.values.end() ? "" : value->second);
      if (!row.back().empty()) entry[std::string(key)] = row.back();
    }
    table.AddRow(row);
    contexts.push_back(std::move(entry));
  }
  return session.Print(ordered_json{{"contexts", contexts}}, table, file->Names());
}

absl::Status CurrentContext(const Session& session) {
  const absl::StatusOr<ContextFile> file = ReadContexts(ContextPath());
  if (!file.ok()) return file.status();
  if (file->current.empty()) return UsageError("no context is in use: batonctl config use-context");
  Table table({""});
  table.AddRow({file->current});
  return session.Print(ordered_json{{"currentContext", file->current}}, table, {file->current});
}

absl::Status UseContext(const Session& session, const std::string& name) {
  absl::StatusOr<ContextFile> file = ReadContexts(ContextPath());
  if (!file.ok()) return file.status();
  if (file->Find(name) == nullptr) return NoSuchContext(name, *file);
  file->current = name;
  session.Note(absl::StrCat("Switched to context ", name, "."));
  return WriteContexts(ContextPath(), *file);
}

// What the options of this call say; the others of the context stay. An empty value takes one away.
absl::Status SetContext(const Session& session, const std::string& name) {
  if (!core::IsValidId(name)) {
    return UsageError(
        absl::StrCat("the name of a context is 1 to 64 characters of A-Z, a-z, 0-9, _ and -; ",
                     "this is ", policy::Quoted(name)));
  }
  absl::StatusOr<ContextFile> file = ReadContexts(ContextPath());
  if (!file.ok()) return file.status();
  std::vector<Context>& contexts = file->contexts;
  auto context = std::find_if(contexts.begin(), contexts.end(),
                              [&](const Context& each) { return each.name == name; });
  const bool is_new = context == contexts.end();
  if (is_new) context = contexts.insert(context, {name, {}});
  for (const Settings::Flag& flag : session.settings->Flags()) {
    if (flag.value.empty()) {
      context->values.erase(flag.key);
    } else {
      context->values[flag.key] =
          IsPathKey(flag.key) ? std::filesystem::absolute(flag.value).string() : flag.value;
    }
  }
  session.Note(absl::StrCat("Context ", name, is_new ? " is created." : " is changed."));
  return WriteContexts(ContextPath(), *file);
}

absl::Status DeleteContext(const Session& session, const std::string& name) {
  absl::StatusOr<ContextFile> file = ReadContexts(ContextPath());
  if (!file.ok()) return file.status();
  if (file->Find(name) == nullptr) return NoSuchContext(name, *file);
  std::erase_if(file->contexts, [&](const Context& context) { return context.name == name; });
  if (file->current == name) {
    file->current.clear();
    session.Note("It was the one in use: none is now.");
  }
  session.Note(absl::StrCat("Context ", name, " is deleted."));
  return WriteContexts(ContextPath(), *file);
}

}  // namespace

void AddConfigCommands(CLI::App& app, Session& session) {
  CLI::App& group = AddGroup(app, "config", "Contexts: servers, workspaces and who you are there");
  OnRun(*group.add_subcommand("view", "Shows the settings of this call, and what each comes from"),
        session, [&session] { return View(session); });
  // The others are what mends a wrong context.
  const auto on_run = [&](CLI::App& command, const std::function<absl::Status()>& run) {
    command.callback([&session, run] {
      session.needs_settings = false;
      session.action = run;
    });
  };
  on_run(*group.add_subcommand("get-contexts", "Lists the contexts"),
         [&session] { return GetContexts(session); });
  on_run(*group.add_subcommand("current-context", "Prints the name of the context in use"),
         [&session] { return CurrentContext(session); });
  const auto add_named = [&](const char* name, const char* about,
                             absl::Status (*run)(const Session&, const std::string&)) {
    auto context = std::make_shared<std::string>();
    CLI::App& command = *group.add_subcommand(name, about);
    command.add_option("CONTEXT", *context, "name of the context")->required();
    on_run(command, [&session, run, context] { return run(session, *context); });
  };
  add_named("use-context", "Uses a context from now on", UseContext);
  add_named("set-context",
            "Makes or changes a context: it gets what --server, --workspace and so on say here",
            SetContext);
  add_named("delete-context", "Forgets a context", DeleteContext);
}

}  // namespace baton::batonctl
