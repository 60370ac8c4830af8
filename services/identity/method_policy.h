// Which roles may call which method. What is not listed, nobody may call.
#ifndef BATON_IDENTITY_METHOD_POLICY_H_
#define BATON_IDENTITY_METHOD_POLICY_H_

#include <map>
#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "identity/principal.h"

namespace baton::identity {

// Copyable; thread-safe.
class MethodPolicy {
 public:
  // YAML: `methods:`, a mapping from service to a mapping from method to a list of roles.
  // INVALID_ARGUMENT with the line of what cannot be read: another key, an unknown role, a name
  // twice.
  static absl::StatusOr<MethodPolicy> Parse(absl::string_view yaml);

  // "baton.v1.LeadService/GetLead"; empty: nobody.
  const std::set<Role>& RolesFor(const std::string& method) const;
  const std::map<std::string, std::set<Role>>& methods() const { return methods_; }

 private:
  std::map<std::string, std::set<Role>> methods_;
};

// The text of methods.yaml.
absl::string_view BuiltInMethods();

}  // namespace baton::identity

#endif  // BATON_IDENTITY_METHOD_POLICY_H_
