#include "dispatch/caller_gate.h"

#include <algorithm>
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

// What a method takes at most. Documents are larger; how large, their methods
// say, below the server's own limit.
absl::Status CheckSize(size_t bytes, const std::string& method) {
  static const auto& documents = *new std::set<std::string>{
      "baton.v1.LeadService/SubmitLeadEvents", "baton.v1.PolicyService/CreatePolicyRevision",
      "baton.v1.TableService/CreateTable"};
  if (bytes <= kRequestBytesMax || documents.contains(method)) return absl::OkStatus();
  return core::Error(absl::StatusCode::kResourceExhausted, "MESSAGE_TOO_LARGE",
                     absl::StrCat("the request has ", bytes, " bytes; ", method, " takes at most ",
                                  kRequestBytesMax),
                     {{"bytes", absl::StrCat(bytes)}, {"method", method}});
}

// `subject` has used up the calls that `setting` allows.
absl::Status RateLimited(const std::string& subject, int per_second, const char* setting,
                         absl::Duration wait) {
  return core::WithRetryAfter(
      core::QuotaError("RATE_LIMITED", subject,
                       {"calls within a second", per_second, per_second, setting}),
      std::max(wait, absl::Milliseconds(1)));
}

absl::Status TooManyConnections(const std::string& principal, int max) {
  return core::QuotaError("TOO_MANY_CONNECTIONS", absl::StrCat("principals/", principal),
                          {"other connections", max, max, "limits.principal_connections_max"});
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

// Of a principal that may call the method in `roles`: with such a request, too?
absl::StatusOr<Caller> Judge(identity::Principal principal, const std::set<Role>& roles,
                             const std::string& method, const RequestScope& scope) {
  Caller caller{std::move(principal), core::RepId()};
  if (scope.workspace.has_value() && !caller.principal.MayEnter(*scope.workspace)) {
    return store::WorkspaceNotFound(*scope.workspace);
  }
  if (roles == std::set<Role>{Role::kRep}) {
    caller.only_rep = caller.principal.rep;
    absl::Status allowed = CheckRep(scope, method, caller.only_rep);
    if (!allowed.ok()) return allowed;
  }
  return caller;
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

absl::StatusOr<identity::Evidence> CallerGate::EvidenceOf(
    const ::grpc::CallbackServerContext& context) const {
  identity::Evidence evidence;
  std::string vouched;
  const std::pair<const char*, std::string*> headers[] = {
      {kAuthorizationHeader, &evidence.authorization},
      {identity::kPrincipalHeader, &evidence.stated_principal},
      {identity::kRolesHeader, &evidence.stated_roles},
      {platform::rpc::kPeerHeader, &vouched}};
  for (const auto& [name, value] : headers) {
    absl::StatusOr<std::string> found = HeaderOf(context, name);
    if (!found.ok()) return found.status();
    *value = *std::move(found);
  }
  if (!vouched.empty()) {
    auto names = voucher_.Open(vouched);
    if (!names.has_value()) {
      return core::Error(absl::StatusCode::kInvalidArgument, "INVALID_PRINCIPAL",
                         absl::StrCat(platform::rpc::kPeerHeader, " is not for callers to send"));
    }
    evidence.names = *std::move(names);
  } else if (const auto peer = context.auth_context(); peer != nullptr) {
    evidence.names = platform::rpc::CertificateNames(*peer);
  }
  return evidence;
}

absl::StatusOr<identity::Principal> CallerGate::Identify(
    const ::grpc::CallbackServerContext& context) const {
  const auto evidence = EvidenceOf(context);
  if (!evidence.ok()) return evidence.status();
  const absl::Time now = absl::Now();
  auto principal = authority_.Identify(*evidence, now);
  if (!principal.ok() || authority_.believes()) return principal;
  const absl::Duration wait = principals_.Take(principal->id, now);
  if (wait > absl::ZeroDuration()) {
    return RateLimited(absl::StrCat("principals/", principal->id), principals_.per_second(),
                       "limits.principal_calls_per_second_max", wait);
  }
  if (!connections_.Use(context.peer(), principal->id, now)) {
    return TooManyConnections(principal->id, connections_.limits().per_principal_max);
  }
  return principal;
}

absl::StatusOr<Caller> CallerGate::Admit(const ::grpc::CallbackServerContext& context,
                                         const ::grpc::ByteBuffer& bytes,
                                         google::protobuf::Message& request,
                                         RequestReader read) const {
  const std::string& method = MethodOf(*request.GetDescriptor());
  if (absl::Status fit = CheckSize(bytes.Length(), method); !fit.ok()) return fit;
  auto principal = Identify(context);
  if (!principal.ok()) return principal.status();
  const bool believes = authority_.believes();
  const absl::StatusOr<std::set<Role>> roles =
      believes ? std::set<Role>() : authority_.RolesFor(*principal, method);
  if (!roles.ok()) return roles.status();
  if (absl::Status sound = read(bytes, request); !sound.ok()) return sound;
  if (believes) return Caller{*std::move(principal), core::RepId()};
  const auto scope = ScopeOf(request);
  if (!scope.ok()) return scope.status();
  auto caller = Judge(*std::move(principal), *roles, method, *scope);
  if (!caller.ok() || !scope->workspace.has_value()) return caller;
  const absl::Duration later = workspaces_.Take(scope->workspace->str(), absl::Now());
  if (later == absl::ZeroDuration()) return caller;
  return RateLimited(absl::StrCat("workspaces/", scope->workspace->str()), workspaces_.per_second(),
                     "limits.workspace_calls_per_second_max", later);
}

StreamPass CallerGate::PassOf(const ::grpc::CallbackServerContext& context,
                              const google::protobuf::Message& request,
                              const Caller& caller) const {
  if (authority_.believes()) return {"", "", [] { return absl::OkStatus(); }};
  const auto evidence = EvidenceOf(context);
  const auto scope = ScopeOf(request);
  if (!evidence.ok() || !scope.ok()) {
    return {"", "", [] { return absl::InternalError("no pass"); }};
  }
  const auto check = [this, evidence = *evidence, scope = *scope,
                      method = MethodOf(*request.GetDescriptor())] {
    auto principal = authority_.Identify(evidence, absl::Now());
    if (!principal.ok()) return principal.status();
    const auto roles = authority_.RolesFor(*principal, method);
    if (!roles.ok()) return roles.status();
    return Judge(*std::move(principal), *roles, method, scope).status();
  };
  return {caller.principal.id, scope->workspace.value_or(core::WorkspaceId()).str(), check};
}

}  // namespace baton::dispatch
