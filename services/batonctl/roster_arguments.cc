#include "batonctl/roster_arguments.h"

#include "absl/strings/str_cat.h"
#include "batonctl/exit_codes.h"
#include "batonctl/format.h"
#include "policy/yaml_tree.h"

namespace baton::batonctl {

absl::Status TakeDocumentWorkspace(Session& session, const std::string& path,
                                   const std::string& workspace) {
  std::string& given = session.options.workspace;
  if (given.empty()) given = workspace;
  if (given == workspace) return absl::OkStatus();
  return UsageError(absl::StrCat(path, " is for workspace ", workspace, ", not ", given));
}

absl::StatusOr<AccountFile> LoadAccounts(Session& session, const std::string& path) {
  const absl::StatusOr<std::string> yaml = ReadFile(path, policy::kDocumentBytesMax);
  if (!yaml.ok()) return yaml.status();
  absl::StatusOr<AccountFile> accounts = ParseAccounts(*yaml, path);
  if (!accounts.ok()) return accounts.status();
  const absl::Status taken = TakeDocumentWorkspace(session, path, accounts->workspace);
  if (!taken.ok()) return taken;
  return accounts;
}

absl::StatusOr<RosterFile> LoadRoster(Session& session, const std::string& path) {
  const absl::StatusOr<std::string> yaml = ReadFile(path, policy::kDocumentBytesMax);
  if (!yaml.ok()) return yaml.status();
  absl::StatusOr<RosterFile> roster = ParseRoster(*yaml, path);
  if (!roster.ok()) return roster.status();
  const absl::Status taken = TakeDocumentWorkspace(session, path, roster->workspace);
  if (!taken.ok()) return taken;
  return roster;
}

absl::Status AfterSome(const absl::Status& status, const std::string& which, size_t done,
                       size_t all) {
  return WithContext(
      status, which + ": ",
      absl::StrCat("\n", done, " of ", all, " were applied before; it is safe to apply all again"));
}

}  // namespace baton::batonctl
