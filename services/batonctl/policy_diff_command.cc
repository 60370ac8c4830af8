// batonctl policy diff
#include "policy/policy_diff.h"

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "baton/v1/policy_service.pb.h"
#include "batonctl/commands.h"
#include "batonctl/exit_codes.h"
#include "batonctl/format.h"
#include "batonctl/policy_documents.h"
#include "batonctl/policy_file.h"
#include "core/ids.h"
#include "core/text.h"

namespace baton::batonctl {
namespace {

using policy::PolicyChange;

constexpr size_t kCellBytesMax = 60;
constexpr char kDiffAbout[] = "Shows what differs between two policies in what they say";
constexpr char kDiffFooter[] =
    "FROM and TO are files, or NAME@REVISION of the server. With --file alone the active revision\n"
    "is compared with the file. Layout, comments, the order of keys and defaults that are written\n"
    "out make no difference; the order of rules does where the first match wins.\n"
    "Exit codes: 0 both say the same; 1 they differ; 2 or more: could not compare.";

struct DiffArguments {
  std::string from, to, file;
};

struct Comparison {
  std::string from, to;  // what was compared, for people
  std::vector<PolicyChange> changes;
};

// "inbound@3", or the name of a resource.
bool IsOfServer(const std::string& text) {
  if (text.starts_with("workspaces/")) return true;
  const size_t at = text.rfind('@');
  int64_t revision = 0;
  return at != std::string::npos && core::IsValidId(text.substr(0, at)) &&
         absl::SimpleAtoi(text.substr(at + 1), &revision);
}

struct Document {
  std::string label;
  policy::YamlNode root;
};

// A revision that another release wrote is compared as it stands.
absl::StatusOr<Document> FromServer(Session& session, const std::string& text) {
  std::string name = text;
  if (!text.starts_with("workspaces/")) {
    const absl::StatusOr<std::string> workspace = session.Workspace();
    if (!workspace.ok()) return workspace.status();
    name = absl::StrCat(*workspace, "/policies/", text);
  }
  v1::GetPolicyRequest request;
  request.set_name(name);
  const auto response = Ask<v1::GetPolicyResponse>(session.server(), request);
  if (!response.ok()) return response.status();
  policy::ErrorList errors(response->policy().name());
  std::optional<policy::YamlNode> root = policy::ParseYaml(response->policy().yaml(), errors);
  if (!root.has_value()) {
    NoteErrors(session, std::move(errors).Take());
    return absl::DataLossError(absl::StrCat(response->policy().name(), " cannot be read"));
  }
  return Document{ShortName(response->policy().name()), *std::move(root)};
}

absl::StatusOr<Document> FromFile(const Session& session, const std::string& path) {
  absl::StatusOr<PolicyFile> file = ReadPolicyFile(session, path, DocumentTests::kAreNotRun);
  if (!file.ok()) return file.status();
  return Document{path, std::move(file->root)};
}

absl::StatusOr<Document> Load(Session& session, const std::string& text) {
  return IsOfServer(text) ? FromServer(session, text) : FromFile(session, text);
}

Table TableOf(const Comparison& comparison) {
  Table table({"CHANGE", "SECTION", "ITEM", "FIELD", "BEFORE", "AFTER"});
  for (const PolicyChange& change : comparison.changes) {
    table.AddRow({std::string(ChangeKindName(change.kind)), change.section, change.item,
                  change.field, core::Shortened(change.before, kCellBytesMax),
                  core::Shortened(change.after, kCellBytesMax)});
  }
  return table;
}

nlohmann::ordered_json JsonOf(const Comparison& comparison) {
  nlohmann::ordered_json changes = nlohmann::ordered_json::array();
  for (const PolicyChange& change : comparison.changes) {
    changes.push_back({{"change", ChangeKindName(change.kind)},
                       {"section", change.section},
                       {"item", change.item},
                       {"field", change.field},
                       {"before", change.before},
                       {"after", change.after},
                       {"beforeLine", change.before_line},
                       {"afterLine", change.after_line}});
  }
  return {{"from", comparison.from},
          {"to", comparison.to},
          {"same", comparison.changes.empty()},
          {"changes", changes}};
}

absl::StatusOr<Comparison> Compare(Session& session, const DiffArguments& arguments) {
  const bool is_pair = !arguments.from.empty() && !arguments.to.empty();
  if (arguments.file.empty() ? !is_pair : is_pair) {
    return UsageError("give two documents, or --file and at most one to compare it with");
  }
  const absl::StatusOr<Document> before =
      arguments.from.empty() ? FromServer(session, "-") : Load(session, arguments.from);
  if (!before.ok()) return before.status();
  const absl::StatusOr<Document> after =
      arguments.file.empty() ? Load(session, arguments.to) : FromFile(session, arguments.file);
  if (!after.ok()) return after.status();
  return Comparison{before->label, after->label, policy::DiffPolicies(before->root, after->root)};
}

absl::Status Diff(Session& session, const DiffArguments& arguments) {
  const absl::StatusOr<Comparison> comparison = Compare(session, arguments);
  if (!comparison.ok()) return NotAnAnswer(comparison.status());
  std::vector<std::string> names;
  for (const PolicyChange& change : comparison->changes) {
    names.push_back(change.item.empty() ? change.section
                                        : absl::StrCat(change.section, "/", change.item));
  }
  const absl::Status printed = session.Print(JsonOf(*comparison), TableOf(*comparison), names);
  if (!printed.ok()) return NotAnAnswer(printed);
  const std::string both = absl::StrCat(comparison->from, " and ", comparison->to);
  if (comparison->changes.empty()) {
    session.Note(absl::StrCat(both, " say the same."));
  } else {
    session.Note(
        absl::StrCat(both, " differ: ", Counted(comparison->changes.size(), "change"), "."));
    session.exit_code = kExitDiffers;
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status DiffPolicyFile(Session& session, const std::string& path) {
  return Diff(session, {"", "", path});
}

void AddPolicyDiff(CLI::App& policies, Session& session) {
  CLI::App& diff = *policies.add_subcommand("diff", kDiffAbout)->footer(kDiffFooter);
  auto arguments = std::make_shared<DiffArguments>();
  diff.add_option("FROM", arguments->from, "a file or NAME@REVISION; default: the active revision");
  diff.add_option("TO", arguments->to, "a file or NAME@REVISION");
  diff.add_option("--file,-f", arguments->file, "the new document; - is standard input");
  OnRun(diff, session, [&session, arguments] { return Diff(session, *arguments); });
}

}  // namespace baton::batonctl
