// The front door: who calls, what they may call, and on whose behalf. Every call passes it before
// anything else looks at its request; nothing else of the API reads credentials.
#ifndef BATON_DISPATCH_CALLER_GATE_H_
#define BATON_DISPATCH_CALLER_GATE_H_

#include <google/protobuf/message.h>

#include <initializer_list>
#include <set>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/ids.h"
#include "dispatch/call_limits.h"
#include "dispatch/request_bytes.h"
#include "dispatch/stream_guard.h"
#include "grpcpp/server_context.h"
#include "identity/authority.h"
#include "identity/principal.h"
#include "platform/grpc/connection_count.h"
#include "platform/grpc/peer_voucher.h"

namespace baton::dispatch {

using identity::Role;

// Of a request that holds no document (a policy, a table, a batch of events).
inline constexpr size_t kRequestBytesMax = 256 * 1024;

// Who a call comes from, admitted to its method and workspace.
struct Caller {
  identity::Principal principal;
  core::RepId only_rep;  // acts for this rep alone; empty: for all of the workspace

  const std::string& id() const { return principal.id; }
  // As changes name who acted: "rep/ada", "principal/crm"; empty for nobody in particular.
  std::string actor() const {
    if (!principal.rep.empty()) return "rep/" + principal.rep.str();
    return principal.id.empty() ? "" : "principal/" + principal.id;
  }
  // Whether it may see and do what belongs to `rep`.
  bool MayActFor(const core::RepId& rep) const { return only_rep.empty() || only_rep == rep; }
};

// UNAUTHENTICATED PRINCIPAL_MISSING for nobody in particular: what changes a policy is done by
// somebody.
absl::Status RequireName(const Caller& caller);
// That, and PERMISSION_DENIED ROLE_MISSING unless the caller has one of the roles.
absl::Status RequireRole(const Caller& caller, std::initializer_list<Role> any_of);

// Thread-safe; does not block.
class CallerGate {
 public:
  // All three outlive the gate. What the voucher issued says which certificate the client showed at
  // a door in front of this one.
  CallerGate(const identity::Authority& authority, const platform::rpc::PeerVoucher& voucher,
             platform::rpc::ConnectionCount& connections, const CallLimits& limits)
      : authority_(authority),
        voucher_(voucher),
        connections_(connections),
        principals_(limits.principal_calls_per_second_max),
        workspaces_(limits.workspace_calls_per_second_max) {}

  // Reads `request` from `bytes` for a caller that is known and may call its method, not before. In
  // this order: RESOURCE_EXHAUSTED MESSAGE_TOO_LARGE; INVALID_ARGUMENT INVALID_PRINCIPAL for
  // metadata that only a door may send; what Authority::Identify says; RESOURCE_EXHAUSTED
  // RATE_LIMITED, with the time to wait, for a principal or workspace that calls too often, and
  // TOO_MANY_CONNECTIONS for a principal that has enough others; what Authority::RolesFor says;
  // what `read` says; INVALID_ARGUMENT INVALID_FIELD for a resource without a workspace;
  // NOT_FOUND, as if it did not exist, for a workspace or rep that is not the caller's;
  // PERMISSION_DENIED NOT_FOR_REPS for a rep that asks for more than its own. Whether a lead
  // belongs to a caller with `only_rep` is for the method to ask: it has the lead.
  absl::StatusOr<Caller> Admit(const ::grpc::CallbackServerContext& context,
                               const ::grpc::ByteBuffer& bytes, google::protobuf::Message& request,
                               RequestReader read = ReadRequest) const;

  // For a stream that was admitted: says whether it still would be. Outlives the call, not the
  // gate.
  StreamPass PassOf(const ::grpc::CallbackServerContext& context,
                    const google::protobuf::Message& request, const Caller& caller) const;

 private:
  absl::StatusOr<identity::Evidence> EvidenceOf(const ::grpc::CallbackServerContext& context) const;
  // Who calls, if it may call once more and on this connection.
  absl::StatusOr<identity::Principal> Identify(const ::grpc::CallbackServerContext& context) const;

  const identity::Authority& authority_;
  const platform::rpc::PeerVoucher& voucher_;
  platform::rpc::ConnectionCount& connections_;
  mutable RateLimiter principals_;
  mutable RateLimiter workspaces_;
};

}  // namespace baton::dispatch

#endif  // BATON_DISPATCH_CALLER_GATE_H_
