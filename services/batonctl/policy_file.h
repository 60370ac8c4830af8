// Policy documents in files, for the commands that work without a server.
#ifndef BATON_BATONCTL_POLICY_FILE_H_
#define BATON_BATONCTL_POLICY_FILE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "batonctl/session.h"
#include "policy/parse_policy.h"
#include "policy/yaml_tree.h"

namespace baton::batonctl {

struct PolicyFile {
  std::string yaml;
  policy::YamlNode root;
  policy::ParsedPolicy parsed;  // ok()
};

// Whether a test of the document that fails is an error of the document, as for what becomes a
// revision.
enum class DocumentTests { kMustPass, kAreNotRun };

// The document at `path` (- is standard input) with the tables beside it. All its errors go to
// stderr, a line each; the error of a file then says how many there are.
absl::StatusOr<PolicyFile> ReadPolicyFile(const Session& session, const std::string& path,
                                          DocumentTests tests);

// All errors of a document, on stderr.
void NoteErrors(const Session& session, const std::vector<policy::DocumentError>& errors);

}  // namespace baton::batonctl

#endif  // BATON_BATONCTL_POLICY_FILE_H_
