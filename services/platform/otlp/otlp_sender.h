// Sends spans to a collector over OTLP/HTTP (protobuf), with opentelemetry-cpp where that was found
// when this was built.
#ifndef BATON_PLATFORM_OTLP_OTLP_SENDER_H_
#define BATON_PLATFORM_OTLP_OTLP_SENDER_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "platform/otlp/span_queue.h"

namespace baton::platform::otlp {

struct OtlpOptions {
  std::string endpoint;      // "http[s]://host:port[/path]"; without a path: /v1/traces
  std::string headers_file;  // lines "name: value", such as a token; empty: none. Read again before
                             // each sending; where that fails, the headers stay
  std::string ca_file;       // PEM; empty: the system's CAs
  std::string service_name;
  std::string role;  // of this process
  absl::Duration timeout = absl::Seconds(5);
};

// INVALID_ARGUMENT for an endpoint or a file that cannot work. FAILED_PRECONDITION: built without
// opentelemetry-cpp.
absl::StatusOr<SendSpans> NewOtlpSender(const OtlpOptions& options);

}  // namespace baton::platform::otlp

#endif  // BATON_PLATFORM_OTLP_OTLP_SENDER_H_
