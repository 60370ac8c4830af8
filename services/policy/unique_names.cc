#include "policy/unique_names.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "policy/map_reader.h"
#include "policy/values.h"

namespace baton::policy {

std::string UniqueNames::Read(const YamlNode* node, const std::string& path, ErrorList& errors) {
  if (node == nullptr) return "";
  const std::optional<std::string> name = ReadText(*node, path, kNameBytesMax, errors);
  if (name.has_value() && !seen_.insert(*name).second) {
    AddError(*node, absl::StrCat(what_, " ", Quoted(*name), " exists already; names are unique"),
             errors);
  }
  return name.value_or("");
}

}  // namespace baton::policy
