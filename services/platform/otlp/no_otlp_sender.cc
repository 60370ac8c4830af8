#include "platform/otlp/otlp_sender.h"

namespace baton::platform::otlp {

absl::StatusOr<SendSpans> NewOtlpSender(const OtlpOptions&) {
  return absl::FailedPreconditionError(
      "--otel-endpoint: this baton was built without opentelemetry-cpp and cannot send traces; use "
      "the image, or build it where that library is installed (Debian 13: opentelemetry-cpp-dev)");
}

}  // namespace baton::platform::otlp
