// Who calls: the principal and its roles.
//
// The one place where they come from. Until callers prove who they are by tokens, they say so
// themselves, in the metadata baton-principal and baton-roles, and are believed: the API then has
// to be reachable by trusted callers only, which is why it listens on loopback unless told
// otherwise. Nothing else of the API reads these headers; verified tokens will take their place
// here.
#ifndef BATON_DISPATCH_PRINCIPAL_H_
#define BATON_DISPATCH_PRINCIPAL_H_

#include <initializer_list>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "grpcpp/server_context.h"

namespace baton::dispatch {

inline constexpr char kPrincipalHeader[] = "baton-principal";
inline constexpr char kRolesHeader[] = "baton-roles";
inline constexpr size_t kPrincipalBytesMax = 128;

enum class Role { kMarketing, kSales, kRep, kAdmin, kService };

struct Principal {
  std::string id;  // "ada@acme.example"; 1 to kPrincipalBytesMax of [A-Za-z0-9._@+-]
  std::set<Role> roles;
};

// `roles`: "marketing,sales"; may be empty. UNAUTHENTICATED PRINCIPAL_MISSING without an id;
// INVALID_ARGUMENT INVALID_PRINCIPAL for an id or a role that cannot be.
absl::StatusOr<Principal> ParsePrincipal(absl::string_view id, absl::string_view roles);

// Of the call; errors as above, also for a header that is given twice.
absl::StatusOr<Principal> PrincipalOf(const ::grpc::CallbackServerContext& context);

// PERMISSION_DENIED ROLE_MISSING unless the principal has one of the roles.
absl::Status RequireRole(const Principal& principal, std::initializer_list<Role> any_of);

}  // namespace baton::dispatch

#endif  // BATON_DISPATCH_PRINCIPAL_H_
