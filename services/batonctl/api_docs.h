// What the API's own files say of its resources and their fields.
#ifndef BATON_BATONCTL_API_DOCS_H_
#define BATON_BATONCTL_API_DOCS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace baton::batonctl {

// A FileDescriptorSet of baton/v1 with its comments; made by the build.
absl::string_view ApiDescriptors();

struct FieldDocs {
  std::string name;         // as -o json and -o yaml show it: "accountOwner"
  std::string type;         // "string", "[]Owner", "map[string]int32", "Stage"
  std::string description;  // may have several lines
};

struct TypeDocs {
  std::string name;   // "baton.v1.Lead"
  std::string field;  // "clocks <[]SlaClock>" if a field was asked for
  std::string description;
  std::vector<FieldDocs> fields;  // of a message
  std::vector<FieldDocs> values;  // of an enum; without types
};

// The message `message` of baton.v1, or what the path of fields below it leads to; names of fields
// as in JSON or as in the API's files. A usage error says which fields there are.
absl::StatusOr<TypeDocs> DocsOf(const std::string& message, const std::vector<std::string>& path);

}  // namespace baton::batonctl

#endif  // BATON_BATONCTL_API_DOCS_H_
