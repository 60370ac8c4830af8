#include "batonctl/policy_file.h"

#include "absl/strings/str_cat.h"
#include "batonctl/exit_codes.h"
#include "batonctl/format.h"
#include "batonctl/table_files.h"

namespace baton::batonctl {

absl::StatusOr<PolicyFile> ReadPolicyFile(const Session& session, const std::string& path,
                                          DocumentTests tests) {
  absl::StatusOr<std::string> yaml = ReadFile(path, policy::kDocumentBytesMax);
  if (!yaml.ok()) return yaml.status();
  PolicyFile file;
  file.yaml = *std::move(yaml);
  const policy::GivenTables tables = TablesBeside(path, file.yaml);
  file.parsed = tests == DocumentTests::kMustPass ? policy::CheckPolicy(file.yaml, path, tables)
                                                  : policy::ParsePolicy(file.yaml, path, tables);
  policy::ErrorList known(path);  // `parsed` has them
  file.root = policy::ParseYaml(file.yaml, known).value_or(policy::YamlNode());
  if (file.parsed.ok()) return file;
  NoteErrors(session, file.parsed.errors);
  return FileError(
      absl::StrCat(path, " is not valid: ", Counted(file.parsed.errors.size(), "error")));
}

void NoteErrors(const Session& session, const std::vector<policy::DocumentError>& errors) {
  for (const policy::DocumentError& error : errors) session.Note(policy::ToString(error));
}

}  // namespace baton::batonctl
