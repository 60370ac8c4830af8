#include "dispatch/caller_gate.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "core/errors.h"
#include "dispatch/request_scope.h"
#include "platform/grpc/tls.h"
#include "store/store_errors.h"

namespace baton::dispatch {
namespace {

constexpr char kAuthorizationHeader[] = "authorization";

// The header's value; empty without it.
absl::StatusOr<std::string> HeaderOf(const ::grpc::CallbackServerContext& context,
                                     const char* name) {
  const auto [begin, end] = context.client_metadata().equal_range(name);
  if (begin == end) return std::string();
  if (std::next(begin) != end) {
    return core::Error(absl::StatusCode::kInvalidArgument, "INVALID_PRINCIPAL",
                       absl::StrCat(name, " is given twice"));
  }
  return std::string(begin->second.data(), begin->second.size());
}

absl::StatusOr<identity::Evidence> EvidenceOf(const ::grpc::CallbackServerContext& context) {
  identity::Evidence evidence;
  const std::pair<const char*, std::string*> headers[] = {
      {kAuthorizationHeader, &evidence.authorization},
      {identity::kPrincipalHeader, &evidence.stated_principal},
      {identity::kRolesHeader, &evidence.stated_roles}};
  for (const auto& [name, value] : headers) {
    absl::StatusOr<std::string> found = HeaderOf(context, name);
    if (!found.ok()) return found.status();
    *value = *std::move(found);
  }
  if (const auto peer = context.auth_context(); peer != nullptr) {
    evidence.names = platform::rpc::CertificateNames(*peer);
  }
  return evidence;
}

absl::Status NotForReps(const std::string& method) {
  return core::Error(absl::StatusCode::kPermissionDenied, "NOT_FOR_REPS",
                     absl::StrCat("a rep may call ", method, " for itself alone"),
                     {{"method", method}});
}

// What a caller with only_rep may ask for: itself, leads (the method looks whose they are), and
// queues and the workspace, which show nobody's leads.
absl::Status CheckRep(const RequestScope& scope, const std::string& method,
                      const core::RepId& only_rep) {
  if (!scope.rep.empty()) {
    return scope.rep == only_rep ? absl::OkStatus() : store::RepNotFound(scope.rep);
  }
  if (scope.of_lead || scope.shared_read) return absl::OkStatus();
  return NotForReps(method);
}

}  // namespace

absl::Status RequireName(const Caller& caller) {
  if (!caller.principal.id.empty()) return absl::OkStatus();
  return core::Error(absl::StatusCode::kUnauthenticated, "PRINCIPAL_MISSING",
                     absl::StrCat("this call is made by somebody: name the principal in the ",
                                  "metadata ", identity::kPrincipalHeader));
}

absl::Status RequireRole(const Caller& caller, std::initializer_list<Role> any_of) {
  if (absl::Status named = RequireName(caller); !named.ok()) return named;
  return identity::RequireRole(caller.principal, any_of);
}

absl::StatusOr<Caller> CallerGate::Admit(const ::grpc::CallbackServerContext& context,
                                         const google::protobuf::Message& request) const {
  const auto evidence = EvidenceOf(context);
  if (!evidence.ok()) return evidence.status();
  auto principal = authority_.Identify(*evidence, absl::Now());
  if (!principal.ok()) return principal.status();
  Caller caller{*std::move(principal), core::RepId()};
  if (authority_.believes()) return caller;
  const std::string& method = MethodOf(*request.GetDescriptor());
  const auto roles = authority_.RolesFor(caller.principal, method);
  if (!roles.ok()) return roles.status();
  const auto scope = ScopeOf(request);
  if (!scope.ok()) return scope.status();
  if (scope->workspace.has_value() && !caller.principal.MayEnter(*scope->workspace)) {
    return store::WorkspaceNotFound(*scope->workspace);
  }
  if (*roles == std::set<Role>{Role::kRep}) {
    caller.only_rep = caller.principal.rep;
    absl::Status allowed = CheckRep(*scope, method, caller.only_rep);
    if (!allowed.ok()) return allowed;
  }
  return caller;
}

}  // namespace baton::dispatch
