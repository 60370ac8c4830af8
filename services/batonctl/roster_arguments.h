// What the command groups that apply documents (rep, queue, account) share.
#ifndef BATON_BATONCTL_ROSTER_ARGUMENTS_H_
#define BATON_BATONCTL_ROSTER_ARGUMENTS_H_

#include <string>

#include "absl/status/statusor.h"
#include "batonctl/account_file.h"
#include "batonctl/roster_file.h"
#include "batonctl/session.h"

namespace baton::batonctl {

// Takes the workspace of the document at `path` for the session; a usage error if another one was
// given on the command line.
absl::Status TakeDocumentWorkspace(Session& session, const std::string& path,
                                   const std::string& workspace);

// Reads a document of accounts and takes its workspace.
absl::StatusOr<AccountFile> LoadAccounts(Session& session, const std::string& path);

// Reads a roster document and takes its workspace.
absl::StatusOr<RosterFile> LoadRoster(Session& session, const std::string& path);

// `status` of the change of one of several, with how many were done before it.
absl::Status AfterSome(const absl::Status& status, const std::string& which, size_t done,
                       size_t all);

}  // namespace baton::batonctl

#endif  // BATON_BATONCTL_ROSTER_ARGUMENTS_H_
