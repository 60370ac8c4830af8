#include "identity/principal.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/errors.h"

namespace baton::identity {
namespace {

constexpr std::array<std::pair<Role, absl::string_view>, 5> kRoles = {{
    {Role::kMarketing, "marketing"},
    {Role::kSales, "sales"},
    {Role::kRep, "rep"},
    {Role::kAdmin, "admin"},
    {Role::kService, "service"},
}};

}  // namespace

bool IsPrincipalId(absl::string_view id) {
  return !id.empty() && id.size() <= kPrincipalBytesMax &&
         std::all_of(id.begin(), id.end(), [](char each) {
           return absl::ascii_isalnum(static_cast<unsigned char>(each)) ||
                  absl::string_view("._@+-").find(each) != absl::string_view::npos;
         });
}

std::string NameOf(Role role) {
  const auto* found = std::find_if(kRoles.begin(), kRoles.end(),
                                   [role](const auto& each) { return each.first == role; });
  return std::string(found->second);
}

std::optional<Role> RoleNamed(absl::string_view name) {
  const auto* found = std::find_if(kRoles.begin(), kRoles.end(),
                                   [name](const auto& each) { return each.second == name; });
  if (found == kRoles.end()) return std::nullopt;
  return found->first;
}

absl::Status AddWorkspace(absl::string_view name, Principal& principal) {
  if (name == kEveryWorkspace) {
    principal.every_workspace = true;
    return absl::OkStatus();
  }
  const auto workspace = core::WorkspaceId::Parse({name.data(), name.size()});
  if (!workspace.ok()) return workspace.status();
  if (principal.workspaces.size() >= kWorkspacesMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("more than ", kWorkspacesMax, " workspaces: give * for all of them"));
  }
  principal.workspaces.insert(*workspace);
  return absl::OkStatus();
}

absl::Status RequireRole(const Principal& principal, std::initializer_list<Role> any_of) {
  std::vector<std::string> names;
  for (const Role role : any_of) {
    if (principal.roles.count(role) > 0) return absl::OkStatus();
    names.push_back(NameOf(role));
  }
  return core::Error(absl::StatusCode::kPermissionDenied, "ROLE_MISSING",
                     absl::StrCat(principal.id, " does not have the role ",
                                  absl::StrJoin(names, " or "), ", which this call needs"),
                     {{"principal", principal.id}, {"needed", absl::StrJoin(names, ",")}});
}

}  // namespace baton::identity
