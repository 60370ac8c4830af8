// A batch of events as it came over the wire. Two bytes of an empty event take some four hundred in
// memory, so events are counted before any is read.
#ifndef BATON_DISPATCH_EVENT_BATCH_H_
#define BATON_DISPATCH_EVENT_BATCH_H_

#include <google/protobuf/message.h>

#include "absl/status/status.h"
#include "grpcpp/support/byte_buffer.h"

namespace baton::dispatch {

inline constexpr int kEventsMax = 500;  // of a batch
absl::Status WrongNumberOfEvents();     // INVALID_ARGUMENT INVALID_FIELD

// The RequestReader of a SubmitLeadEventsRequest: WrongNumberOfEvents for more than kEventsMax;
// else ReadRequest.
absl::Status ReadEventBatch(const ::grpc::ByteBuffer& bytes, google::protobuf::Message& request);

}  // namespace baton::dispatch

#endif  // BATON_DISPATCH_EVENT_BATCH_H_
