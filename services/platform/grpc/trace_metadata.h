// The trace that a call belongs to, as its metadata says.
#ifndef BATON_PLATFORM_GRPC_TRACE_METADATA_H_
#define BATON_PLATFORM_GRPC_TRACE_METADATA_H_

#include <map>
#include <string>
#include <string_view>

#include "grpcpp/support/string_ref.h"
#include "platform/trace_context.h"

namespace baton::platform::rpc {

// The value of "traceparent"; empty if there is none or it is malformed.
inline std::string TraceparentIn(
    const std::multimap<::grpc::string_ref, ::grpc::string_ref>& metadata) {
  const auto found = metadata.find("traceparent");
  if (found == metadata.end()) return "";
  const std::string_view text(found->second.data(), found->second.size());
  return ParseTraceparent(text) ? std::string(text) : "";
}

}  // namespace baton::platform::rpc

#endif  // BATON_PLATFORM_GRPC_TRACE_METADATA_H_
