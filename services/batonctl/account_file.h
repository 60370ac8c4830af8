// Accounts as people keep them: a YAML document, or the CSV that a CRM exports.
//
//   apiVersion: baton.dev/v1
//   kind: Accounts
//   metadata: {workspace: demo}
//   spec:
//     accounts:
//       - {id: acme, display_name: Acme, domains: [acme.example], group: acme, owner: ada}
//       - {id: globex, domains: [globex.example], customer: true, customer_owner: bruno,
//          open_opportunity: true, opportunity_owner: cora}
//
// CSV has these keys in its first line, in any order; `domains` separated by spaces or semicolons,
// true and false in words. Owners are ids of reps.
#ifndef BATON_BATONCTL_ACCOUNT_FILE_H_
#define BATON_BATONCTL_ACCOUNT_FILE_H_

#include <istream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "baton/v1/account_service.pb.h"
#include "core/csv.h"

namespace baton::batonctl {

struct AccountEntry {
  std::string id;
  v1::Account account;  // without its name; owners as ids
};

struct AccountFile {
  std::string workspace;
  std::vector<AccountEntry> accounts;
};

// INVALID_ARGUMENT that names every error with its place in `file_name`.
absl::StatusOr<AccountFile> ParseAccounts(const std::string& yaml, const std::string& file_name);

// Reads CSV (RFC 4180) row by row. Not thread-safe.
class AccountCsv {
 public:
  // Reads all of `rows`.
  AccountCsv(std::istream& rows, std::string file_name);

  // The first line. An error of the file names unknown and missing columns.
  absl::Status ReadHeader();
  // False at the end. The error names file and line; what is read can be sent: its ids are ids, its
  // domains such as a company has.
  absl::StatusOr<bool> Next(AccountEntry& entry);

 private:
  absl::Status Wrong(const std::string& message) const;

  const std::string text_;
  const std::string file_name_;
  core::CsvReader rows_;
  std::vector<std::string> columns_;
};

}  // namespace baton::batonctl

#endif  // BATON_BATONCTL_ACCOUNT_FILE_H_
