// Reading a protobuf message out of a piece of a longer text.
#ifndef BATON_STORE_REDIS_PARSE_BLOB_H_
#define BATON_STORE_REDIS_PARSE_BLOB_H_

#include <google/protobuf/message_lite.h>

#include "absl/strings/string_view.h"

namespace baton::store::redis {

// False if `blob` is not an encoding of the message.
inline bool Parse(absl::string_view blob, google::protobuf::MessageLite& message) {
  return message.ParseFromArray(blob.data(), static_cast<int>(blob.size()));
}

}  // namespace baton::store::redis

#endif  // BATON_STORE_REDIS_PARSE_BLOB_H_
