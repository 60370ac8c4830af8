#include "dispatch/principal.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "core/errors.h"

namespace baton::dispatch {
namespace {

constexpr std::array<std::pair<Role, absl::string_view>, 5> kRoles = {{
    {Role::kMarketing, "marketing"},
    {Role::kSales, "sales"},
    {Role::kRep, "rep"},
    {Role::kAdmin, "admin"},
    {Role::kService, "service"},
}};

absl::Status Invalid(const std::string& message) {
  return core::Error(absl::StatusCode::kInvalidArgument, "INVALID_PRINCIPAL", message);
}

bool IsPrincipal(absl::string_view id) {
  return id.size() <= kPrincipalBytesMax && std::all_of(id.begin(), id.end(), [](char each) {
           return absl::ascii_isalnum(static_cast<unsigned char>(each)) ||
                  absl::string_view("._@+-").find(each) != absl::string_view::npos;
         });
}

std::string NameOf(Role role) {
  const auto* found = std::find_if(kRoles.begin(), kRoles.end(),
                                   [role](const auto& each) { return each.first == role; });
  return std::string(found->second);
}

absl::Status AddRole(absl::string_view name, std::set<Role>& roles) {
  const auto* found = std::find_if(kRoles.begin(), kRoles.end(),
                                   [name](const auto& each) { return each.second == name; });
  if (found == kRoles.end()) {
    return Invalid(absl::StrCat(kRolesHeader, " lists roles of marketing, sales, rep, admin and ",
                                "service, separated by commas"));
  }
  roles.insert(found->first);
  return absl::OkStatus();
}

// The header's value; empty without it.
absl::StatusOr<std::string> HeaderOf(const ::grpc::CallbackServerContext& context,
                                     const char* name) {
  const auto [begin, end] = context.client_metadata().equal_range(name);
  if (begin == end) return std::string();
  if (std::next(begin) != end) return Invalid(absl::StrCat(name, " is given twice"));
  return std::string(begin->second.data(), begin->second.size());
}

}  // namespace

absl::StatusOr<Principal> ParsePrincipal(absl::string_view id, absl::string_view roles) {
  if (id.empty()) {
    return core::Error(absl::StatusCode::kUnauthenticated, "PRINCIPAL_MISSING",
                       absl::StrCat("this call is made by somebody: name the principal in the ",
                                    "metadata ", kPrincipalHeader));
  }
  if (!IsPrincipal(id)) {
    return Invalid(absl::StrCat(kPrincipalHeader, " must be 1 to ", kPrincipalBytesMax,
                                " characters of A-Z, a-z, 0-9 and ._@+-"));
  }
  Principal principal{std::string(id), {}};
  for (const absl::string_view name : absl::StrSplit(roles, ',', absl::SkipEmpty())) {
    absl::Status added = AddRole(absl::StripAsciiWhitespace(name), principal.roles);
    if (!added.ok()) return added;
  }
  return principal;
}

absl::StatusOr<Principal> PrincipalOf(const ::grpc::CallbackServerContext& context) {
  const absl::StatusOr<std::string> id = HeaderOf(context, kPrincipalHeader);
  if (!id.ok()) return id.status();
  const absl::StatusOr<std::string> roles = HeaderOf(context, kRolesHeader);
  if (!roles.ok()) return roles.status();
  return ParsePrincipal(*id, *roles);
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

}  // namespace baton::dispatch
