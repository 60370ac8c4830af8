// Errors with a reason that programs can act on. The catalogue of reasons is errors.cc's; the API
// turns them into google.rpc.ErrorInfo (domain baton.dev), the command line into its hints.
#ifndef BATON_CORE_ERRORS_H_
#define BATON_CORE_ERRORS_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace baton::core {

using ErrorMetadata = std::map<std::string, std::string>;

// A status with reason UPPER_SNAKE and variables.
absl::Status Error(absl::StatusCode code, std::string_view reason, std::string_view message,
                   const ErrorMetadata& metadata = {});

// INVALID_ARGUMENT about one field of a request or document, reason INVALID_FIELD.
absl::Status FieldError(std::string_view field, std::string_view message);

// What somebody has of something that has a cap.
struct Cap {
  std::string_view what;     // in the plural: "reps"
  int64_t count = 0;         // that there are now
  int64_t max = 0;           // that there may be
  std::string_view setting;  // that says so; empty: it is fixed
};

// RESOURCE_EXHAUSTED of a quota. `subject` is whose it is, "workspaces/acme". The message says all
// of this; the variables are subject, count, cap and, unless it is fixed, setting.
absl::Status QuotaError(std::string_view reason, std::string_view subject, const Cap& cap);

// What the caller can do about a reason of the catalogue, one sentence; empty for an unknown one.
std::string_view ErrorHint(std::string_view reason);

std::string ErrorReason(const absl::Status& status);  // empty if none
ErrorMetadata ErrorVariables(const absl::Status& status);

// When the caller should try again; attached to RESOURCE_EXHAUSTED and UNAVAILABLE.
absl::Status WithRetryAfter(absl::Status status, absl::Duration delay);
absl::Duration RetryAfter(const absl::Status& status);  // zero if none

}  // namespace baton::core

#endif  // BATON_CORE_ERRORS_H_
