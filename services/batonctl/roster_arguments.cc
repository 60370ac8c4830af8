#include "batonctl/roster_arguments.h"

#include "absl/strings/str_cat.h"
#include "batonctl/exit_codes.h"
#include "batonctl/format.h"
#include "policy/yaml_tree.h"

namespace baton::batonctl {

absl::StatusOr<RosterFile> LoadRoster(Session& session, const std::string& path) {
  const absl::StatusOr<std::string> yaml = ReadFile(path, policy::kDocumentBytesMax);
  if (!yaml.ok()) return yaml.status();
  absl::StatusOr<RosterFile> roster = ParseRoster(*yaml, path);
  if (!roster.ok()) return roster.status();
  std::string& workspace = session.options.workspace;
  if (workspace.empty()) workspace = roster->workspace;
  if (workspace != roster->workspace) {
    return UsageError(
        absl::StrCat(path, " is for workspace ", roster->workspace, ", not ", workspace));
  }
  return roster;
}

absl::Status AfterSome(const absl::Status& status, const std::string& which, size_t done,
                       size_t all) {
  return WithContext(
      status, which + ": ",
      absl::StrCat("\n", done, " of ", all, " were applied before; it is safe to apply all again"));
}

}  // namespace baton::batonctl
