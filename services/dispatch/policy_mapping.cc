#include "dispatch/policy_mapping.h"

#include "absl/strings/str_cat.h"
#include "core/errors.h"
#include "dispatch/proto_mapping.h"
#include "dispatch/resource_names.h"

namespace baton::dispatch {
namespace {

v1::ApproverRole RoleToProto(store::ApproverRole role) {
  return role == store::ApproverRole::kMarketing ? v1::APPROVER_ROLE_MARKETING
                                                 : v1::APPROVER_ROLE_SALES;
}

v1::PolicyState StateToProto(store::RevisionState state) {
  switch (state) {
    case store::RevisionState::kDraft:
      return v1::POLICY_STATE_DRAFT;
    case store::RevisionState::kActive:
      return v1::POLICY_STATE_ACTIVE;
    case store::RevisionState::kSuperseded:
      return v1::POLICY_STATE_SUPERSEDED;
    case store::RevisionState::kWithdrawn:
      return v1::POLICY_STATE_WITHDRAWN;
  }
  return v1::POLICY_STATE_UNSPECIFIED;
}

void AddHistory(const store::PolicyRevision& revision, v1::Policy& message) {
  for (const store::Approval& approval : revision.approvals) {
    v1::PolicyApproval& added = *message.add_approvals();
    added.set_principal(approval.principal);
    added.set_role(RoleToProto(approval.role));
    *added.mutable_approve_time() = ToTimestamp(approval.at_ms);
  }
  for (const store::Activation& activation : revision.activations) {
    v1::PolicyActivation& added = *message.add_activations();
    added.set_number(ToInt32(activation.number));
    added.set_principal(activation.principal);
    *added.mutable_activate_time() = ToTimestamp(activation.at_ms);
    added.set_rollback(activation.rollback);
    added.set_reason(activation.reason);
  }
}

}  // namespace

v1::Policy ToProto(const core::WorkspaceId& workspace, const store::PolicyRevision& revision) {
  v1::Policy message;
  message.set_name(FormatPolicy(workspace, revision.name, revision.revision));
  message.set_revision(ToInt32(revision.revision));
  message.set_etag(revision.fingerprint);
  message.set_state(StateToProto(revision.state));
  message.set_creator(revision.creator);
  *message.mutable_create_time() = ToTimestamp(revision.created_at_ms);
  AddHistory(revision, message);
  if (revision.state == store::RevisionState::kDraft) {
    for (const auto role : {store::ApproverRole::kMarketing, store::ApproverRole::kSales}) {
      if (!revision.ApprovedBy(role)) message.add_missing_approvals(RoleToProto(role));
    }
  }
  if (revision.superseded_at_ms != 0) {
    *message.mutable_supersede_time() = ToTimestamp(revision.superseded_at_ms);
  }
  if (revision.withdrawn_at_ms != 0) {
    *message.mutable_withdraw_time() = ToTimestamp(revision.withdrawn_at_ms);
    message.set_withdrawer(revision.withdrawn_by);
  }
  message.set_activation_etag(absl::StrCat(revision.latest_activation));
  return message;
}

absl::StatusOr<store::ApproverRole> FromProto(absl::string_view field, v1::ApproverRole role) {
  if (role == v1::APPROVER_ROLE_MARKETING) return store::ApproverRole::kMarketing;
  if (role == v1::APPROVER_ROLE_SALES) return store::ApproverRole::kSales;
  return core::FieldError({field.data(), field.size()},
                          "must be APPROVER_ROLE_MARKETING or APPROVER_ROLE_SALES");
}

}  // namespace baton::dispatch
