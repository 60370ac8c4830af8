// Where the commands find the lookup tables that a policy names.
#ifndef BATON_BATONCTL_TABLE_FILES_H_
#define BATON_BATONCTL_TABLE_FILES_H_

#include <string>

#include "absl/status/statusor.h"
#include "batonctl/session.h"
#include "policy/given_tables.h"

namespace baton::batonctl {

// "workspaces/demo/tables/NAME@SHA256" of NAME@SHA256, or of that name itself.
absl::StatusOr<std::string> TableName(const Session& session, const std::string& text);

// Of a document in a file: NAME.csv in the folder of the document (- is standard input: in this
// one).
policy::GivenTables TablesBeside(const std::string& policy_path, const std::string& yaml);

// Of a document that the server has, or is to have. One that the workspace does not have is among
// the missing.
absl::StatusOr<policy::GivenTables> TablesOfServer(Session& session, const std::string& yaml);

}  // namespace baton::batonctl

#endif  // BATON_BATONCTL_TABLE_FILES_H_
