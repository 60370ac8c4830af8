// Messages as JSON and as protobuf, by their descriptors: nothing here knows a service. Pure
// functions; thread-safe.
#ifndef BATON_CONNECT_CODEC_H_
#define BATON_CONNECT_CODEC_H_

#include <google/protobuf/descriptor.h>

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace baton::connect {

enum class Format { kJson, kProto };

// The protobuf bytes of a message that a client sent. Those of kProto are given as they came: they
// are read where it is known who calls. INVALID_ARGUMENT for what is not the JSON of such a
// message; that includes fields that it does not have, so that a slip of the pen is not passed
// over.
absl::StatusOr<std::string> ReadMessage(const google::protobuf::Descriptor& type, Format format,
                                        absl::string_view bytes);

// The reverse, for a client. JSON leaves out fields that hold their default, as protobuf's JSON
// mapping does. INTERNAL for what is no such message.
absl::StatusOr<std::string> WriteMessage(const google::protobuf::Descriptor& type, Format format,
                                         const std::string& bytes);

// The JSON of a linked-in message by its full name; empty when it is unknown or cannot be read.
std::string DebugJson(const std::string& full_name, const std::string& bytes);

}  // namespace baton::connect

#endif  // BATON_CONNECT_CODEC_H_
