// Services that show a certificate: which principal each is.
#ifndef BATON_IDENTITY_CLIENT_MAP_H_
#define BATON_IDENTITY_CLIENT_MAP_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "identity/principal.h"

namespace baton::identity {

// Copyable; thread-safe.
class ClientMap {
 public:
  // YAML: `clients:`, a list of {name, principal, roles, workspaces, rep}. `name` is a subject
  // alternative name with its type: "dns:crm.acme.internal", "uri:spiffe://acme/crm".
  // INVALID_ARGUMENT with the line.
  static absl::StatusOr<ClientMap> Parse(absl::string_view yaml);

  // By the names of one certificate. UNAUTHENTICATED UNKNOWN_CLIENT unless they lead to exactly
  // one principal.
  absl::StatusOr<Principal> Find(const std::vector<std::string>& names) const;

 private:
  std::map<std::string, Principal> clients_;
};

}  // namespace baton::identity

#endif  // BATON_IDENTITY_CLIENT_MAP_H_
