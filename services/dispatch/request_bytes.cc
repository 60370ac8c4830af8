#include "dispatch/request_bytes.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "core/errors.h"
#include "dispatch/request_scope.h"

namespace baton::dispatch {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;

constexpr size_t kFieldBytesMin = 2;  // its tag and its value

absl::Status TooManyFields(const std::string& method) {
  return core::Error(
      absl::StatusCode::kResourceExhausted, "MESSAGE_TOO_LARGE",
      absl::StrCat("the request has more than ", kRequestFieldsMax,
                   " names, values, items and other fields, all counted; send less at once"),
      {{"method", method}});
}

// Adds the fields of a message and of those in it to `count`. False where they are none: at the end
// of what can be read, or at a group, which no message of the API has; or as soon as they are too
// many.
bool CountFields(CodedInputStream& input, const Descriptor& type, int& count) {
  while (const uint32_t tag = input.ReadTag()) {
    if (++count > kRequestFieldsMax) return false;
    const WireFormatLite::WireType wire = WireFormatLite::GetTagWireType(tag);
    if (wire == WireFormatLite::WIRETYPE_START_GROUP) return false;
    const FieldDescriptor* field = type.FindFieldByNumber(WireFormatLite::GetTagFieldNumber(tag));
    if (wire != WireFormatLite::WIRETYPE_LENGTH_DELIMITED || field == nullptr ||
        field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
      if (!WireFormatLite::SkipField(&input, tag)) return false;
      continue;
    }
    uint32_t length = 0;
    if (!input.ReadVarint32(&length)) return false;
    const auto [limit, depth_left] =
        input.IncrementRecursionDepthAndPushLimit(static_cast<int>(length));
    if (depth_left < 0 || !CountFields(input, *field->message_type(), count)) return false;
    input.PopLimit(limit);
    input.UnsafeDecrementRecursionDepth();
  }
  return input.ConsumedEntireMessage();
}

}  // namespace

absl::Status ReadRequest(const ::grpc::ByteBuffer& bytes, google::protobuf::Message& request) {
  const Descriptor& type = *request.GetDescriptor();
  bool sound = true;
  if (bytes.Length() > kFieldBytesMin * kRequestFieldsMax) {
    ::grpc::ProtoBufferReader counted = ReaderOf(bytes);
    CodedInputStream input(&counted);
    int count = 0;
    sound = CountFields(input, type, count);
    if (count > kRequestFieldsMax) return TooManyFields(MethodOf(type));
  }
  ::grpc::ProtoBufferReader reader = ReaderOf(bytes);
  if (sound && request.ParseFromZeroCopyStream(&reader)) return absl::OkStatus();
  return core::FieldError("request", absl::StrCat("is no message of type ", type.full_name()));
}

::grpc::ByteBuffer ToBytes(const google::protobuf::Message& answer) {
  const ::grpc::Slice slice(answer.ByteSizeLong());
  // Nobody else has the new slice.
  answer.SerializeWithCachedSizesToArray(const_cast<uint8_t*>(slice.begin()));
  return ::grpc::ByteBuffer(&slice, 1);
}

}  // namespace baton::dispatch
