#include "connect/refusal.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "core/errors.h"
#include "platform/grpc/status.h"

namespace baton::connect {
namespace {

std::string_view ToStd(absl::string_view text) {
  return {text.data(), text.size()};
}

absl::Status ResumeSoon(std::string_view what) {
  return core::WithRetryAfter(core::Error(absl::StatusCode::kUnavailable, "DRAINING", what),
                              absl::Milliseconds(100));
}

}  // namespace

absl::Status UnreadableMessage(absl::string_view what) {
  return core::Error(absl::StatusCode::kInvalidArgument, "UNREADABLE_MESSAGE", ToStd(what));
}

absl::Status MessageTooLarge(size_t bytes_max) {
  return core::Error(absl::StatusCode::kResourceExhausted, "MESSAGE_TOO_LARGE",
                     absl::StrCat("the message is larger than ", bytes_max, " bytes"));
}

absl::Status UnknownMethod(absl::string_view what) {
  return core::Error(absl::StatusCode::kUnimplemented, "UNKNOWN_METHOD", ToStd(what));
}

absl::Status Unsupported(absl::string_view what) {
  return core::Error(absl::StatusCode::kUnimplemented, "UNSUPPORTED_PROTOCOL", ToStd(what));
}

absl::Status BadProtocol(absl::string_view what) {
  return core::Error(absl::StatusCode::kInvalidArgument, "UNSUPPORTED_PROTOCOL", ToStd(what));
}

absl::Status WrongUse(absl::string_view what) {
  return core::Error(absl::StatusCode::kUnknown, "UNSUPPORTED_PROTOCOL", ToStd(what));
}

absl::Status HostDenied(absl::string_view host) {
  return core::Error(
      absl::StatusCode::kPermissionDenied, "HOST_DENIED",
      absl::StrCat("callers are believed here, so it must be called as localhost, not as ", host));
}

absl::Status Stopping() {
  return ResumeSoon("this replica is being stopped; resume on another one");
}

absl::Status OldConnection() {
  return ResumeSoon("this connection is old; resume on a new one");
}

::grpc::Status WithDetails(const absl::Status& status) {
  platform::rpc::ErrorDetails details;
  details.domain = "baton.dev";
  details.reason = core::ErrorReason(status);
  if (details.reason.empty()) details.reason = absl::StatusCodeToString(status.code());
  details.retry_delay = core::RetryAfter(status);
  return platform::rpc::MakeStatus(status, details);
}

}  // namespace baton::connect
