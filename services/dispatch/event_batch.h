// A batch of events as it came over the wire. Two bytes of an empty event take some four hundred in
// memory, so events are counted before any is read: whoever sends them need not be known yet.
#ifndef BATON_DISPATCH_EVENT_BATCH_H_
#define BATON_DISPATCH_EVENT_BATCH_H_

#include "absl/status/statusor.h"
#include "baton/v1/lead_service.pb.h"
#include "grpcpp/support/byte_buffer.h"

namespace baton::dispatch {

inline constexpr int kEventsMax = 500;  // of a batch
absl::Status WrongNumberOfEvents();     // INVALID_ARGUMENT INVALID_FIELD

// WrongNumberOfEvents for more than kEventsMax; INVALID_ARGUMENT INVALID_FIELD for bytes that are
// no request.
absl::StatusOr<::baton::v1::SubmitLeadEventsRequest> ReadEventBatch(
    const ::grpc::ByteBuffer& bytes);

}  // namespace baton::dispatch

#endif  // BATON_DISPATCH_EVENT_BATCH_H_
