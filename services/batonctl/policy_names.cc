#include "batonctl/policy_names.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "batonctl/exit_codes.h"
#include "policy/document_error.h"

namespace baton::batonctl {

absl::StatusOr<std::string> RevisionName(const Session& session, const std::string& text) {
  if (!absl::StrContains(text, '@')) {
    return UsageError(absl::StrCat("name a revision: NAME@REVISION, as `batonctl policy history` ",
                                   "shows it; this is ", policy::Quoted(text)));
  }
  if (absl::StartsWith(text, "workspaces/")) return text;
  const absl::StatusOr<std::string> workspace = session.Workspace();
  if (!workspace.ok()) return workspace.status();
  return absl::StrCat(*workspace, "/policies/", absl::StartsWith(text, "@") ? "-" : "", text);
}

void ActAs(Session& session, const std::string& role) {
  std::vector<std::string> roles =
      absl::StrSplit(session.options.identity.roles, ',', absl::SkipEmpty());
  for (const std::string& each : roles) {
    if (each == role) return;
  }
  if (!role.empty()) roles.push_back(role);
  session.options.identity.roles = absl::StrJoin(roles, ",");
}

CLI::Option* AddAs(CLI::App& command, std::string& role, const std::vector<std::string>& roles) {
  return command
      .add_option("--as", role,
                  absl::StrCat("the role in which you do it: ", absl::StrJoin(roles, ", ")))
      ->check(CLI::IsMember(roles));
}

}  // namespace baton::batonctl
