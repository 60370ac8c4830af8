// absl::Status of the core and the store -> google.rpc.Status of the API.
#ifndef BATON_DISPATCH_WIRE_STATUS_H_
#define BATON_DISPATCH_WIRE_STATUS_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "grpcpp/support/status.h"

namespace baton::dispatch {

// Collects everything that is wrong with one request, so that the caller hears it at once.
// Not thread-safe.
class Violations {
 public:
  void Add(absl::string_view field, absl::string_view description);
  // The field and message of a core::FieldError (or any other error, then without field).
  void Add(const absl::Status& status);
  bool empty() const { return all_.empty(); }
  // OK if empty, else INVALID_ARGUMENT INVALID_FIELD with all of them; the message is the first
  // one.
  absl::Status status() const;
  // `status` with all of them.
  absl::Status AddTo(absl::Status status) const;

 private:
  std::vector<std::pair<std::string, std::string>> all_;  // field, description
};

// Code and message stay. ErrorInfo always (domain baton.dev; without a reason of its own the name
// of the code), BadRequest for what Violations or core::FieldError say, QuotaFailure for a
// core::QuotaError, RetryInfo with UNAVAILABLE and RESOURCE_EXHAUSTED (1 s unless the status says
// otherwise).
::grpc::Status ToGrpcStatus(const absl::Status& status);

// "the store" or "the broker" did not answer within the deadline; `repeat` says how a call whose
// effect is unknown may be repeated.
absl::Status NoAnswerInTime(absl::string_view whose, absl::string_view repeat);
// A queue of ours is full.
absl::Status Overloaded(absl::string_view what);
// This process is about to end.
absl::Status Draining();

}  // namespace baton::dispatch

#endif  // BATON_DISPATCH_WIRE_STATUS_H_
