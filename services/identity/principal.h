// Who calls: the principal, its roles, and what it may act for.
#ifndef BATON_IDENTITY_PRINCIPAL_H_
#define BATON_IDENTITY_PRINCIPAL_H_

#include <initializer_list>
#include <optional>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/ids.h"

namespace baton::identity {

inline constexpr size_t kPrincipalBytesMax = 128;
inline constexpr size_t kWorkspacesMax = 1000;  // of one principal
inline constexpr char kEveryWorkspace[] = "*";

enum class Role { kMarketing, kSales, kRep, kAdmin, kService };

struct Principal {
  std::string id;  // "ada@acme.example"; 1 to kPrincipalBytesMax of [A-Za-z0-9._@+-]
  std::set<Role> roles;
  std::set<core::WorkspaceId> workspaces;          // where it may act
  bool every_workspace = false;                    // in all of them
  core::RepId rep;                                 // who it is as a rep; empty: no rep
  absl::Time expires_at = absl::InfiniteFuture();  // what proves it is good until then

  bool MayEnter(const core::WorkspaceId& workspace) const {
    return every_workspace || workspaces.count(workspace) > 0;
  }
};

// True for 1 to kPrincipalBytesMax of [A-Za-z0-9._@+-].
bool IsPrincipalId(absl::string_view id);

std::string NameOf(Role role);  // "marketing" ...
std::optional<Role> RoleNamed(absl::string_view name);

// "acme" or "*". INVALID_ARGUMENT for what is no workspace, or for too many.
absl::Status AddWorkspace(absl::string_view name, Principal& principal);

// PERMISSION_DENIED ROLE_MISSING unless the principal has one of the roles.
absl::Status RequireRole(const Principal& principal, std::initializer_list<Role> any_of);

}  // namespace baton::identity

#endif  // BATON_IDENTITY_PRINCIPAL_H_
