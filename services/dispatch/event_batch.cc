#include "dispatch/event_batch.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include "absl/strings/str_cat.h"
#include "core/errors.h"
#include "grpcpp/support/proto_buffer_reader.h"

namespace baton::dispatch {
namespace {

using google::protobuf::internal::WireFormatLite;
using Request = ::baton::v1::SubmitLeadEventsRequest;

// A stream reads bytes and leaves them as they are; that its type does not say so is gRPC's.
::grpc::ProtoBufferReader Reader(const ::grpc::ByteBuffer& bytes) {
  return ::grpc::ProtoBufferReader(const_cast<::grpc::ByteBuffer*>(&bytes));
}

// How many events there are; -1: the bytes are no message.
int CountEvents(const ::grpc::ByteBuffer& bytes) {
  ::grpc::ProtoBufferReader reader = Reader(bytes);
  google::protobuf::io::CodedInputStream input(&reader);
  int count = 0;
  while (const uint32_t tag = input.ReadTag()) {
    if (WireFormatLite::GetTagFieldNumber(tag) == Request::kEventsFieldNumber) ++count;
    if (!WireFormatLite::SkipField(&input, tag)) return -1;
  }
  return input.ConsumedEntireMessage() ? count : -1;
}

}  // namespace

absl::Status WrongNumberOfEvents() {
  return core::FieldError("events", absl::StrCat("must hold 1 to ", kEventsMax, " events"));
}

absl::StatusOr<Request> ReadEventBatch(const ::grpc::ByteBuffer& bytes) {
  Request request;
  const int count = CountEvents(bytes);
  if (count > kEventsMax) return WrongNumberOfEvents();
  ::grpc::ProtoBufferReader reader = Reader(bytes);
  if (count < 0 || !request.ParseFromZeroCopyStream(&reader)) {
    return core::FieldError("request", "is no message of type baton.v1.SubmitLeadEventsRequest");
  }
  return request;
}

}  // namespace baton::dispatch
