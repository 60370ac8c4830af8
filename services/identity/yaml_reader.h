// The operator's YAML files, read strictly: what is not expected is an error that names its line.
#ifndef BATON_IDENTITY_YAML_READER_H_
#define BATON_IDENTITY_YAML_READER_H_

#include <yaml-cpp/yaml.h>

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "identity/principal.h"

namespace baton::identity {

// INVALID_ARGUMENT "line 3: what".
absl::Status YamlError(const YAML::Node& node, absl::string_view what);

// Calls `read` with the one document of `yaml`; what yaml-cpp throws becomes INVALID_ARGUMENT.
absl::Status ReadYaml(absl::string_view yaml,
                      const std::function<absl::Status(const YAML::Node&)>& read);

// Calls `read` for each entry of a mapping; a key that stands twice is an error.
absl::Status ForEachEntry(
    const YAML::Node& mapping,
    const std::function<absl::Status(const std::string& key, const YAML::Node& value)>& read);

// A list of texts.
absl::StatusOr<std::vector<std::string>> ReadTexts(const YAML::Node& node);

// A list of names of roles.
absl::StatusOr<std::set<Role>> ReadRoles(const YAML::Node& node);

}  // namespace baton::identity

#endif  // BATON_IDENTITY_YAML_READER_H_
