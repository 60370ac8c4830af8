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
#include "core/lead.h"
#include "grpcpp/server_context.h"
#include "identity/authority.h"
#include "identity/principal.h"

namespace baton::dispatch {

using identity::Role;

// Who a call comes from, admitted to its method and workspace.
struct Caller {
  identity::Principal principal;
  core::RepId only_rep;  // acts for this rep alone; empty: for all of the workspace

  const std::string& id() const { return principal.id; }
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
  // `authority` outlives the gate.
  explicit CallerGate(const identity::Authority& authority) : authority_(authority) {}

  // In this order: what Authority::Identify and RolesFor say; INVALID_ARGUMENT INVALID_FIELD for a
  // resource without a workspace; NOT_FOUND, as if it did not exist, for a workspace or rep that is
  // not the caller's; PERMISSION_DENIED NOT_FOR_REPS for a rep that asks for more than its own.
  // Whether a lead belongs to a caller with `only_rep` is for the method to ask: it has the lead.
  absl::StatusOr<Caller> Admit(const ::grpc::CallbackServerContext& context,
                               const google::protobuf::Message& request) const;

 private:
  const identity::Authority& authority_;
};

}  // namespace baton::dispatch

#endif  // BATON_DISPATCH_CALLER_GATE_H_
