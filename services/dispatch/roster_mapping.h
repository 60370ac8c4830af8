// Between the messages of baton.v1 and the core's types: reps, queues, etags. Pure functions.
#ifndef BATON_DISPATCH_ROSTER_MAPPING_H_
#define BATON_DISPATCH_ROSTER_MAPPING_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "baton/v1/roster_service.pb.h"
#include "core/roster.h"
#include "dispatch/resource_names.h"
#include "store/roster_store.h"

namespace baton::dispatch {

namespace v1 = ::baton::v1;

inline constexpr size_t kDisplayNameBytesMax = 128;

// An etag is a revision in decimal. Empty: `revision_if_empty`. INVALID_ARGUMENT about `field`.
absl::StatusOr<int64_t> ParseEtag(absl::string_view field, const std::string& etag,
                                  int64_t revision_if_empty);

// INVALID_ARGUMENT about update_mask: `path` is none of the fields `known`.
absl::Status UnknownPath(const std::string& path, absl::string_view known);

v1::Rep ToProto(const core::WorkspaceId& workspace, const core::Rep& rep, size_t open_leads);
v1::Rep ToProto(const core::WorkspaceId& workspace, const store::RepState& state);
// Everything that a caller sets; queues and skills sorted, without repetition. All that is wrong is
// said at once, fields as "rep.weight".
absl::StatusOr<core::Rep> FromProto(const RepName& name, const v1::Rep& message);

// `update` on top of `stored` for the paths of `mask`; without paths, all of update, but a presence
// that it does not give stays.
// INVALID_ARGUMENT about update_mask for a path that is no changeable field.
absl::StatusOr<v1::Rep> Masked(const v1::Rep& stored, const v1::Rep& update,
                               const google::protobuf::FieldMask& mask);

v1::Queue ToProto(const core::WorkspaceId& workspace, const store::QueueState& state);
// As above.
absl::StatusOr<core::QueueSettings> Masked(const core::QueueSettings& stored,
                                           const v1::Queue& update,
                                           const google::protobuf::FieldMask& mask);

absl::StatusOr<core::Presence> FromProto(absl::string_view field, v1::Presence presence);

}  // namespace baton::dispatch

#endif  // BATON_DISPATCH_ROSTER_MAPPING_H_
