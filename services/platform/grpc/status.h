// A refusal on the wire: google.rpc.Status with ErrorInfo, BadRequest, QuotaFailure and RetryInfo
// (AIP-193), carried in grpc-status-details-bin. Pure functions; thread-safe.
#ifndef BATON_PLATFORM_GRPC_STATUS_H_
#define BATON_PLATFORM_GRPC_STATUS_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "grpcpp/support/status.h"

namespace baton::platform::rpc {

struct FieldViolation {
  std::string field;
  std::string description;
  bool operator==(const FieldViolation&) const = default;
};

struct QuotaViolation {
  std::string subject;      // whose quota, "workspaces/acme"; empty: no QuotaFailure
  std::string description;  // which one
  bool operator==(const QuotaViolation&) const = default;
};

struct ErrorDetails {
  std::string reason;  // UPPER_SNAKE
  std::string domain;
  std::map<std::string, std::string> metadata;
  std::vector<FieldViolation> violations;
  QuotaViolation quota;
  absl::Duration retry_delay = absl::ZeroDuration();  // zero: no RetryInfo
};

// `status` with `details`. Trailers have a limit at the reader (8 KiB by default), so a long
// message is cut, and of violations and metadata as many are sent as fit; a last violation says how
// many are missing. OK stays OK.
::grpc::Status MakeStatus(const absl::Status& status, const ErrorDetails& details);

// What MakeStatus sent; empty fields where there is nothing to read.
ErrorDetails DetailsOf(const ::grpc::Status& status);

}  // namespace baton::platform::rpc

#endif  // BATON_PLATFORM_GRPC_STATUS_H_
