// Between the messages of baton.v1 and the core's types: accounts and owners. Pure functions.
#ifndef BATON_DISPATCH_ACCOUNT_MAPPING_H_
#define BATON_DISPATCH_ACCOUNT_MAPPING_H_

#include "absl/status/statusor.h"
#include "baton/v1/account_service.pb.h"
#include "baton/v1/lead_service.pb.h"
#include "core/account.h"
#include "core/account_match.h"

namespace baton::dispatch {

namespace v1 = ::baton::v1;

v1::Account ToProto(const core::AccountRecord& record);
v1::Owner ToProto(const core::WorkspaceId& workspace, const core::Owner& owner);
v1::AccountFinding ToProto(const core::WorkspaceId& workspace, const core::AccountFinding& finding);

// Everything that a caller sets, checked and in its normal form (core::CheckedAccount). All that is
// wrong is said at once, fields as "account.domains".
absl::StatusOr<core::Account> FromProto(const core::AccountKey& key, const v1::Account& message);

// `update` on top of `stored` for the paths of `mask`; without paths, all of update.
// INVALID_ARGUMENT about update_mask for a path that is no changeable field.
absl::StatusOr<v1::Account> Masked(const v1::Account& stored, const v1::Account& update,
                                   const google::protobuf::FieldMask& mask);

}  // namespace baton::dispatch

#endif  // BATON_DISPATCH_ACCOUNT_MAPPING_H_
