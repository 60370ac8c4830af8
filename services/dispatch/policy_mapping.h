// Between the messages of baton.v1 and the store's types: revisions of policies. Pure functions.
#ifndef BATON_DISPATCH_POLICY_MAPPING_H_
#define BATON_DISPATCH_POLICY_MAPPING_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "baton/v1/policy_service.pb.h"
#include "core/ids.h"
#include "store/policy_store.h"

namespace baton::dispatch {

namespace v1 = ::baton::v1;

// Without the document.
v1::Policy ToProto(const core::WorkspaceId& workspace, const store::PolicyRevision& revision);

// INVALID_ARGUMENT about `field` for APPROVER_ROLE_UNSPECIFIED and unknown numbers.
absl::StatusOr<store::ApproverRole> FromProto(absl::string_view field, v1::ApproverRole role);

}  // namespace baton::dispatch

#endif  // BATON_DISPATCH_POLICY_MAPPING_H_
