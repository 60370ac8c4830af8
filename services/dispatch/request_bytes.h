// Requests and answers as the bytes that go over the wire.
#ifndef BATON_DISPATCH_REQUEST_BYTES_H_
#define BATON_DISPATCH_REQUEST_BYTES_H_

#include <google/protobuf/message.h>

#include "absl/status/status.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/proto_buffer_reader.h"

namespace baton::dispatch {

// Of a request, those of its messages counted too: two bytes of an empty one take some sixty in
// memory. A batch of as many events as it may hold, each with all the names and values that it may
// have, has 200,000; the rest is for items of lists.
inline constexpr int kRequestFieldsMax = 250'000;

// Fills `request` from `bytes`.
using RequestReader = absl::Status (*)(const ::grpc::ByteBuffer& bytes,
                                       google::protobuf::Message& request);

// That, for any request. RESOURCE_EXHAUSTED MESSAGE_TOO_LARGE for more than kRequestFieldsMax
// fields, which are counted before any is read; INVALID_ARGUMENT INVALID_FIELD for bytes that are
// no such message.
absl::Status ReadRequest(const ::grpc::ByteBuffer& bytes, google::protobuf::Message& request);

// Gives back the memory of a request that was read: gRPC would keep it, and count it for its quota,
// until the call ends, which for a stream may be half an hour.
inline void ReleaseRequest(const ::grpc::ByteBuffer& bytes) {
  const_cast<::grpc::ByteBuffer&>(bytes).Clear();  // the call's own, which gRPC shows as const
}

::grpc::ByteBuffer ToBytes(const google::protobuf::Message& answer);

// A stream reads bytes and leaves them as they are; that its type does not say so is gRPC's.
inline ::grpc::ProtoBufferReader ReaderOf(const ::grpc::ByteBuffer& bytes) {
  return ::grpc::ProtoBufferReader(const_cast<::grpc::ByteBuffer*>(&bytes));
}

}  // namespace baton::dispatch

#endif  // BATON_DISPATCH_REQUEST_BYTES_H_
