// batonctl apply|diff -f FILE: documents of any kind.
#include <array>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "absl/strings/str_cat.h"
#include "batonctl/commands.h"
#include "batonctl/exit_codes.h"
#include "batonctl/format.h"
#include "batonctl/policy_documents.h"
#include "batonctl/roster_arguments.h"
#include "batonctl/roster_changes.h"
#include "policy/document_error.h"
#include "policy/yaml_tree.h"

namespace baton::batonctl {
namespace {

using nlohmann::ordered_json;

constexpr std::array<const char*, 3> kDocumentKinds = {"HandoffPolicy", "Roster", "Accounts"};

// The document's kind, one of kDocumentKinds.
absl::StatusOr<std::string> KindOf(const std::string& path) {
  if (path == "-") {
    return UsageError("name a file; the commands of each kind read standard input too");
  }
  const absl::StatusOr<std::string> yaml = ReadFile(path, policy::kDocumentBytesMax);
  if (!yaml.ok()) return yaml.status();
  policy::ErrorList errors(path);
  std::string kind;
  if (const auto root = policy::ParseYaml(*yaml, errors); root.has_value()) {
    for (const policy::YamlEntry& entry : root->entries) {
      if (entry.key.text == "kind") kind = entry.value.text;
    }
  }
  for (const char* known : kDocumentKinds) {
    if (kind == known) return kind;
  }
  return FileError(absl::StrCat(
      path, kind.empty() ? " says no kind" : absl::StrCat(" is of kind ", policy::Quoted(kind)),
      policy::DidYouMean(kind, {kDocumentKinds.begin(), kDocumentKinds.end()}),
      "; documents are of kind HandoffPolicy, Roster or Accounts"));
}

absl::StatusOr<std::vector<PlannedChange>> Plan(Session& session, const std::string& kind,
                                                const std::string& path) {
  if (kind == "Accounts") {
    const absl::StatusOr<AccountFile> accounts = LoadAccounts(session, path);
    if (!accounts.ok()) return accounts.status();
    return PlanAccounts(session, *accounts);
  }
  const absl::StatusOr<RosterFile> roster = LoadRoster(session, path);
  if (!roster.ok()) return roster.status();
  return PlanRoster(session, *roster);
}

absl::Status ApplyDocument(Session& session, const std::string& path, bool dry_run) {
  const absl::StatusOr<std::string> kind = KindOf(path);
  if (!kind.ok()) return kind.status();
  if (*kind == "HandoffPolicy") return ApplyPolicyFile(session, path, dry_run);
  const auto changes = Plan(session, *kind, path);
  if (!changes.ok()) return changes.status();
  Table table({"KIND", "NAME", "RESULT"});
  ordered_json results = ordered_json::array();
  std::vector<std::string> names;
  for (const PlannedChange& change : *changes) {
    std::string result = !change.changes()         ? "unchanged"
                         : change.before.is_null() ? "created"
                                                   : "configured";
    if (change.changes() && !dry_run) {
      if (absl::Status status = change.apply(); !status.ok()) {
        return AfterSome(status, absl::StrCat(change.kind, " ", change.id), names.size(),
                         changes->size());
      }
    }
    if (change.changes() && dry_run) result += " (dry run)";
    table.AddRow({change.kind, change.id, result});
    results.push_back({{"kind", change.kind}, {"name", change.id}, {"result", result}});
    names.push_back(absl::StrCat(change.kind, "/", change.id));
  }
  return session.Print(ordered_json{{"results", results}}, table, names);
}

std::string FieldText(const ordered_json& entry, const std::string& field) {
  if (!entry.is_object() || !entry.contains(field)) return "";
  const ordered_json& value = entry.at(field);
  return value.is_string() ? value.get<std::string>() : value.dump();
}

absl::Status DiffDocument(Session& session, const std::string& path) {
  const absl::StatusOr<std::string> kind = KindOf(path);
  if (!kind.ok()) return NotAnAnswer(kind.status());
  if (*kind == "HandoffPolicy") return DiffPolicyFile(session, path);
  const auto changes = Plan(session, *kind, path);
  if (!changes.ok()) return NotAnAnswer(changes.status());
  Table table({"KIND", "NAME", "FIELD", "NOW", "FILE"});
  ordered_json differences = ordered_json::array();
  std::vector<std::string> names;
  for (const PlannedChange& change : *changes) {
    if (!change.changes()) continue;
    names.push_back(absl::StrCat(change.kind, "/", change.id));
    ordered_json fields = change.after;  // all keys of both
    if (change.before.is_object()) fields.update(change.before);
    for (const auto& [field, value] : fields.items()) {
      const std::string now = FieldText(change.before, field);
      const std::string then = FieldText(change.after, field);
      if (now == then) continue;
      table.AddRow({change.kind, change.id, field, now, then});
      differences.push_back({{"kind", change.kind},
                             {"name", change.id},
                             {"field", field},
                             {"now", now},
                             {"file", then}});
    }
  }
  session.exit_code = names.empty() ? kExitOk : kExitDiffers;
  if (names.empty()) session.Note("The server has what the file says.");
  return session.Print(ordered_json{{"differences", differences}}, table, names);
}

}  // namespace

void AddDocumentCommands(CLI::App& app, Session& session) {
  auto path = std::make_shared<std::string>();
  auto dry_run = std::make_shared<bool>(false);
  CLI::App& apply = *app.add_subcommand(
      "apply", "Makes what a document says: a policy (as a draft), a roster or accounts");
  apply.add_option("--file,-f", *path, "the document")->required();
  apply.add_flag("--dry-run", *dry_run, "only say what would change");
  OnRun(apply, session,
        [&session, path, dry_run] { return ApplyDocument(session, *path, *dry_run); });

  CLI::App& diff = *app.add_subcommand(
      "diff", "Shows what apply would change; exit code 1 if it would change something");
  diff.add_option("--file,-f", *path, "the document")->required();
  OnRun(diff, session, [&session, path] { return DiffDocument(session, *path); });
}

}  // namespace baton::batonctl
