#include "identity/method_policy.h"

#include "absl/strings/str_cat.h"
#include "identity/yaml_reader.h"

namespace baton::identity {
namespace {

absl::Status ReadService(const std::string& service, const YAML::Node& methods,
                         std::map<std::string, std::set<Role>>& all) {
  return ForEachEntry(methods, [&](const std::string& method, const YAML::Node& value) {
    const auto roles = ReadRoles(value);
    if (!roles.ok()) return roles.status();
    all[absl::StrCat(service, "/", method)] = *roles;
    return absl::OkStatus();
  });
}

}  // namespace

absl::StatusOr<MethodPolicy> MethodPolicy::Parse(absl::string_view yaml) {
  MethodPolicy policy;
  const auto read_services = [&](const std::string& key, const YAML::Node& services) {
    if (key != "methods") return YamlError(services, absl::StrCat("unknown key ", key));
    return ForEachEntry(services, [&](const std::string& service, const YAML::Node& methods) {
      return ReadService(service, methods, policy.methods_);
    });
  };
  absl::Status status =
      ReadYaml(yaml, [&](const YAML::Node& root) { return ForEachEntry(root, read_services); });
  if (!status.ok()) return status;
  return policy;
}

const std::set<Role>& MethodPolicy::RolesFor(const std::string& method) const {
  static const auto* const nobody = new std::set<Role>();
  const auto found = methods_.find(method);
  return found == methods_.end() ? *nobody : found->second;
}

}  // namespace baton::identity
