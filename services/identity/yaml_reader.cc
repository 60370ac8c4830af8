#include "identity/yaml_reader.h"

#include "absl/strings/str_cat.h"

namespace baton::identity {

absl::Status YamlError(const YAML::Node& node, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("line ", node.Mark().line + 1, ": ", what));
}

absl::Status ReadYaml(absl::string_view yaml,
                      const std::function<absl::Status(const YAML::Node&)>& read) {
  try {
    return read(YAML::Load(std::string(yaml)));
  } catch (const YAML::Exception& error) {
    return absl::InvalidArgumentError(
        absl::StrCat("line ", error.mark.line + 1, ": is not YAML: ", error.msg));
  }
}

absl::Status ForEachEntry(
    const YAML::Node& mapping,
    const std::function<absl::Status(const std::string& key, const YAML::Node& value)>& read) {
  if (!mapping.IsMap()) return YamlError(mapping, "must be a mapping");
  std::set<std::string> seen;
  for (const auto& entry : mapping) {
    if (!entry.first.IsScalar()) return YamlError(entry.first, "must be a name");
    const std::string& key = entry.first.Scalar();
    if (!seen.insert(key).second) {
      return YamlError(entry.first, absl::StrCat(key, " stands there twice"));
    }
    if (absl::Status status = read(key, entry.second); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> ReadTexts(const YAML::Node& node) {
  if (!node.IsSequence()) return YamlError(node, "must be a list");
  std::vector<std::string> texts;
  for (const YAML::Node& item : node) {
    if (!item.IsScalar()) return YamlError(item, "must be a text");
    texts.push_back(item.Scalar());
  }
  return texts;
}

absl::StatusOr<std::set<Role>> ReadRoles(const YAML::Node& node) {
  const auto names = ReadTexts(node);
  if (!names.ok()) return names.status();
  std::set<Role> roles;
  for (const std::string& name : *names) {
    const auto role = RoleNamed(name);
    if (!role.has_value()) {
      return YamlError(node, "roles are marketing, sales, rep, admin and service");
    }
    roles.insert(*role);
  }
  return roles;
}

}  // namespace baton::identity
