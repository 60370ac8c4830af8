// A status as Connect says it: JSON with code, message and details, and the status of HTTP that
// goes with it. Pure functions; thread-safe.
#ifndef BATON_CONNECT_ERROR_JSON_H_
#define BATON_CONNECT_ERROR_JSON_H_

#include <optional>
#include <string>

#include "absl/time/time.h"
#include "connect/headers.h"
#include "grpcpp/support/status.h"

namespace baton::connect {

// "not_found"; "ok" for OK.
std::string CodeName(::grpc::StatusCode code);
// 404 for NOT_FOUND, and so on (connectrpc.com/docs/protocol/#error-codes).
int HttpStatusOf(::grpc::StatusCode code);

// {"code":"not_found","message":"...","details":[{"type":...,"value":base64,"debug":{...}}]};
// `debug` for details whose type is linked in.
std::string ErrorJson(const ::grpc::Status& status);

// The payload of the last frame of a stream: {"error":{...},"metadata":{"name":["value"]}}, both
// left out when there is nothing to say. `trailers` as HeadersOf wrote them.
std::string EndOfStreamJson(const ::grpc::Status& status, const Headers& trailers);

// What RetryInfo among the details says.
std::optional<absl::Duration> RetryAfterOf(const ::grpc::Status& status);

}  // namespace baton::connect

#endif  // BATON_CONNECT_ERROR_JSON_H_
