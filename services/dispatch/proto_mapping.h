// Between the messages of baton.v1 and the core's types: leads, events, assignments, times. Reps
// and queues are in roster_mapping.h. Pure functions; no decision is taken here.
#ifndef BATON_DISPATCH_PROTO_MAPPING_H_
#define BATON_DISPATCH_PROTO_MAPPING_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "baton/v1/assignment_service.pb.h"
#include "baton/v1/lead.pb.h"
#include "baton/v1/lead_service.pb.h"
#include "core/lead.h"
#include "store/lead_store.h"
#include "store/pipe_store.h"

namespace baton::dispatch {

namespace v1 = ::baton::v1;

// Counters are int32 in the API (AIP-141, JSON writes int64 as strings): clamped.
int32_t ToInt32(int64_t number);

google::protobuf::Timestamp ToTimestamp(core::TimeMs at_ms);
// INVALID_ARGUMENT about `field` outside 0001..9999. Fractions of a millisecond are dropped.
absl::StatusOr<core::TimeMs> FromTimestamp(absl::string_view field,
                                           const google::protobuf::Timestamp& timestamp);

v1::Stage ToProto(core::Stage stage);
// INVALID_ARGUMENT for STAGE_UNSPECIFIED and unknown numbers.
absl::StatusOr<core::Stage> FromProto(absl::string_view field, v1::Stage stage);
v1::Consent ToProto(core::Consent consent);

v1::AttributeValue ToProto(const core::AttributeValue& value);
// INVALID_ARGUMENT if no kind is set.
absl::StatusOr<core::AttributeValue> FromProto(absl::string_view field,
                                               const v1::AttributeValue& value);

v1::Factor ToProto(const core::Factor& factor);
v1::Lead ToProto(const core::LeadRecord& record);
v1::JourneyEntry ToProto(const core::WorkspaceId& workspace, const store::JourneyEntry& entry);

// The current assignment of an owned lead.
v1::Assignment ToAssignment(const core::LeadRecord& record);
// What the outbox says of an assignment. Only "assigned" tells assign_time and accept_deadline.
v1::Assignment ToAssignment(const store::OutboxEntry& entry);

// An event as submitted, `now_ms` where it names no time. Checks what the core's type cannot hold:
// lead id, type, values, time. The rest of the rules is the event decoder's.
absl::StatusOr<core::LeadEvent> FromProto(absl::string_view field,
                                          const core::WorkspaceId& workspace,
                                          const v1::LeadEvent& event, core::TimeMs now_ms);

}  // namespace baton::dispatch

#endif  // BATON_DISPATCH_PROTO_MAPPING_H_
