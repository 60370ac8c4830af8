// What this door itself refuses, with reasons of the catalogue. Thread-safe.
#ifndef BATON_CONNECT_REFUSAL_H_
#define BATON_CONNECT_REFUSAL_H_

#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "grpcpp/support/status.h"

namespace baton::connect {

absl::Status UnreadableMessage(absl::string_view what);  // INVALID_ARGUMENT UNREADABLE_MESSAGE
absl::Status MessageTooLarge(size_t bytes_max);          // RESOURCE_EXHAUSTED MESSAGE_TOO_LARGE
absl::Status UnknownMethod(absl::string_view what);      // UNIMPLEMENTED UNKNOWN_METHOD
absl::Status Unsupported(absl::string_view what);        // UNIMPLEMENTED UNSUPPORTED_PROTOCOL
absl::Status BadProtocol(absl::string_view what);        // INVALID_ARGUMENT UNSUPPORTED_PROTOCOL
absl::Status WrongUse(absl::string_view what);    // UNKNOWN UNSUPPORTED_PROTOCOL: 405 and 415
absl::Status HostDenied(absl::string_view host);  // PERMISSION_DENIED HOST_DENIED
absl::Status Stopping();                          // UNAVAILABLE DRAINING
absl::Status OldConnection();                     // UNAVAILABLE DRAINING

// With ErrorInfo, as the API's own errors have it.
::grpc::Status WithDetails(const absl::Status& status);

}  // namespace baton::connect

#endif  // BATON_CONNECT_REFUSAL_H_
