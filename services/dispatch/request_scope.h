// What a request of the API is about, found by its descriptor: resources are named alike everywhere
// (AIP-131 to 136), so a new method is covered as soon as it exists. Pure; thread-safe.
#ifndef BATON_DISPATCH_REQUEST_SCOPE_H_
#define BATON_DISPATCH_REQUEST_SCOPE_H_

#include <google/protobuf/message.h>

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "core/ids.h"

namespace baton::dispatch {

struct RequestScope {
  std::optional<core::WorkspaceId> workspace;  // nothing: the request is about no single one
  core::RepId rep;                             // the resource is this rep, or belongs to it
  bool of_lead = false;                        // ... a lead or an assignment
  bool shared_read = false;  // reads of the workspace, its queues or the caller's workspaces
};

// "baton.v1.LeadService/GetLead" of the method that takes such a request: each type belongs to one.
// Empty: no method does.
const std::string& MethodOf(const google::protobuf::Descriptor& request);

// Of the field `parent`, `name` or `rep`, or of `name` in the message that is updated.
// INVALID_ARGUMENT INVALID_FIELD unless it begins with a workspace.
absl::StatusOr<RequestScope> ScopeOf(const google::protobuf::Message& request);

}  // namespace baton::dispatch

#endif  // BATON_DISPATCH_REQUEST_SCOPE_H_
