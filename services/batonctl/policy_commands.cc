// batonctl policy apply|get|validate; the others of the group have files of their own.
#include <algorithm>
#include <memory>
#include <optional>

#include "absl/strings/str_cat.h"
#include "baton/v1/policy_service.pb.h"
#include "batonctl/commands.h"
#include "batonctl/exit_codes.h"
#include "batonctl/format.h"
#include "batonctl/policy_documents.h"
#include "batonctl/policy_file.h"
#include "batonctl/policy_view.h"
#include "batonctl/table_files.h"
#include "core/errors.h"
#include "policy/lint.h"
#include "policy/parse_policy.h"
#include "policy/yaml_tree.h"

namespace baton::batonctl {
namespace {

struct PolicyArguments {
  std::string file;
  std::string name = "-";  // whatever the policy is called
  bool dry_run = false;
};

absl::Status Validate(Session& session, const PolicyArguments& arguments) {
  const absl::StatusOr<PolicyFile> file =
      ReadPolicyFile(session, arguments.file, DocumentTests::kMustPass);
  if (!file.ok()) return file.status();
  const core::Policy& policy = file->parsed.policy;
  const std::vector<policy::Finding> findings =
      policy::Lint({file->root, file->parsed, std::nullopt});
  const auto warnings =
      std::count_if(findings.begin(), findings.end(), [](const policy::Finding& finding) {
        return finding.severity == policy::Severity::kWarning;
      });
  v1::Policy answer;
  answer.set_name(absl::StrCat("workspaces/", policy.workspace.str(), "/policies/", policy.name));
  answer.set_yaml(file->yaml);
  Table table({"POLICY", "WORKSPACE", "ATTRIBUTES", "SCORING RULES", "ROUTES", "QUEUES", "TESTS",
               "WARNINGS"});
  table.AddRow({policy.name, policy.workspace.str(), absl::StrCat(policy.attributes.size()),
                absl::StrCat(policy.fit.size() + policy.intent.size()),
                absl::StrCat(policy.routing.size()), absl::StrCat(policy.queues.size()),
                absl::StrCat(file->parsed.tests.size()), absl::StrCat(warnings)});
  session.Note(absl::StrCat(arguments.file, " is valid.",
                            warnings == 0 ? "" : " batonctl policy lint shows the warnings."));
  return session.Print(answer, table, {answer.name()});
}

// An answer has room for the first errors only; here is room for all, with the file's name.
absl::Status Refused(Session& session, const absl::Status& status, const std::string& yaml,
                     const std::string& file) {
  const absl::StatusOr<policy::GivenTables> tables = TablesOfServer(session, yaml);
  if (!tables.ok()) return status;
  const std::vector<policy::DocumentError> errors = policy::CheckPolicy(yaml, file, *tables).errors;
  if (errors.empty()) return status;  // the server knows more than this batonctl
  NoteErrors(session, errors);
  return core::Error(status.code(), core::ErrorReason(status),
                     absl::StrCat(file, " is refused: ", Counted(errors.size(), "error")));
}

}  // namespace

absl::Status ApplyPolicyFile(Session& session, const std::string& path, bool dry_run) {
  const absl::StatusOr<std::string> parent = session.Workspace();
  if (!parent.ok()) return parent.status();
  const absl::StatusOr<std::string> yaml = ReadFile(path, policy::kDocumentBytesMax);
  if (!yaml.ok()) return yaml.status();
  v1::CreatePolicyRevisionRequest request;
  request.set_parent(*parent);
  request.set_yaml(*yaml);
  request.set_validate_only(dry_run);
  const auto response = Ask<v1::CreatePolicyRevisionResponse>(session.server(), request);
  if (!response.ok()) {
    return core::ErrorReason(response.status()) == "INVALID_POLICY"
               ? Refused(session, response.status(), *yaml, path)
               : response.status();
  }
  const v1::Policy& policy = response->policy();
  if (dry_run) {
    Table table({"POLICY", "STATE"});
    table.AddRow({ShortName(policy.name()), "valid, not kept"});
    return session.Print(policy, table, {policy.name()});
  }
  NoteNextStep(session, policy);
  return session.Print(policy, RevisionTable({policy}), {policy.name()});
}

namespace {

absl::Status Get(Session& session, const PolicyArguments& arguments) {
  const absl::StatusOr<std::string> workspace = session.Workspace();
  if (!workspace.ok()) return workspace.status();
  v1::GetPolicyRequest request;
  request.set_name(absl::StrCat(*workspace, "/policies/", arguments.name));
  const auto response = Ask<v1::GetPolicyResponse>(session.server(), request);
  if (!response.ok()) return response.status();
  const v1::Policy& policy = response->policy();
  if (!session.options.is_text() && session.options.format != OutputFormat::kYaml) {
    return session.Print(policy, Table({}), {policy.name()});
  }
  session.Note(absl::StrCat("# ", policy.name()));
  session.world().out << policy.yaml() << (policy.yaml().ends_with('\n') ? "" : "\n") << std::flush;
  return absl::OkStatus();
}

}  // namespace

void AddPolicyCommands(CLI::App& app, Session& session) {
  CLI::App& group = AddGroup(app, "policy", "The handoff policy of a workspace");
  auto arguments = std::make_shared<PolicyArguments>();

  CLI::App& apply =
      *group.add_subcommand("apply", "Keeps a policy document as a draft, to be approved");
  apply.add_option("--file,-f", arguments->file, "the document; - is standard input")->required();
  apply.add_flag("--dry-run", arguments->dry_run, "let the server check it only");
  OnRun(apply, session, [&session, arguments] {
    return ApplyPolicyFile(session, arguments->file, arguments->dry_run);
  });

  CLI::App& get = *group.add_subcommand("get", "Prints a policy document");
  get.add_option("NAME", arguments->name,
                 "NAME@REVISION for an earlier one; default: the active one");
  OnRun(get, session, [&session, arguments] { return Get(session, *arguments); });

  CLI::App& validate = *group.add_subcommand(
      "validate", "Checks a policy document and runs its tests, without a server");
  validate.add_option("--file,-f", arguments->file, "the document; - is standard input")
      ->required();
  OnRun(validate, session, [&session, arguments] { return Validate(session, *arguments); });

  AddPolicyTest(group, session);
  AddPolicyLint(group, session);
  AddPolicyDiff(group, session);
  AddPolicyRevisionCommands(group, session);
  AddPolicyShadow(group, session);
  AddPolicySimulate(group, session);
}

}  // namespace baton::batonctl
