#include "dispatch/event_batch.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include "absl/strings/str_cat.h"
#include "baton/v1/lead_service.pb.h"
#include "core/errors.h"
#include "dispatch/request_bytes.h"

namespace baton::dispatch {
namespace {

using google::protobuf::internal::WireFormatLite;
using Request = ::baton::v1::SubmitLeadEventsRequest;

// How many events there are, up to where the bytes are no message any more.
int CountEvents(const ::grpc::ByteBuffer& bytes) {
  ::grpc::ProtoBufferReader reader = ReaderOf(bytes);
  google::protobuf::io::CodedInputStream input(&reader);
  int count = 0;
  while (const uint32_t tag = input.ReadTag()) {
    if (WireFormatLite::GetTagFieldNumber(tag) == Request::kEventsFieldNumber) ++count;
    if (!WireFormatLite::SkipField(&input, tag)) break;
  }
  return count;
}

}  // namespace

absl::Status WrongNumberOfEvents() {
  return core::FieldError("events", absl::StrCat("must hold 1 to ", kEventsMax, " events"));
}

absl::Status ReadEventBatch(const ::grpc::ByteBuffer& bytes, google::protobuf::Message& request) {
  if (CountEvents(bytes) > kEventsMax) return WrongNumberOfEvents();
  return ReadRequest(bytes, request);
}

}  // namespace baton::dispatch
