#include "platform/grpc/status.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace baton::platform::rpc {
namespace {

// Together below 8 KiB of trailers, with percent-encoding and base64.
constexpr size_t kMessageBytesMax = 2048;          // in grpc-message
constexpr size_t kMessageInDetailsBytesMax = 256;  // again in the details
constexpr size_t kDescriptionBytesMax = 512;
constexpr size_t kMetadataBytesMax = 1024;
constexpr size_t kViolationBytesMax = 2 * 1024;

// At most `bytes_max` bytes of `text`, never half a UTF-8 character.
std::string Cut(absl::string_view text, size_t bytes_max) {
  if (text.size() <= bytes_max) return std::string(text);
  size_t end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return absl::StrCat(text.substr(0, end), "...");
}

google::rpc::ErrorInfo MakeErrorInfo(const ErrorDetails& details) {
  google::rpc::ErrorInfo info;
  info.set_reason(details.reason);
  info.set_domain(details.domain);
  size_t bytes = 0;
  for (const auto& [name, value] : details.metadata) {
    bytes += name.size() + std::min(value.size(), kDescriptionBytesMax);
    if (bytes > kMetadataBytesMax) break;
    (*info.mutable_metadata())[name] = Cut(value, kDescriptionBytesMax);
  }
  return info;
}

google::rpc::BadRequest MakeBadRequest(const std::vector<FieldViolation>& violations) {
  google::rpc::BadRequest request;
  size_t bytes = 0;
  for (size_t i = 0; i < violations.size(); ++i) {
    const std::string description = Cut(violations[i].description, kDescriptionBytesMax);
    bytes += violations[i].field.size() + description.size();
    auto* violation = request.add_field_violations();
    if (bytes > kViolationBytesMax) {
      violation->set_description(absl::StrCat("and ", violations.size() - i, " more"));
      break;
    }
    violation->set_field(violations[i].field);
    violation->set_description(description);
  }
  return request;
}

google::rpc::QuotaFailure MakeQuotaFailure(const QuotaViolation& quota) {
  google::rpc::QuotaFailure failure;
  auto* violation = failure.add_violations();
  violation->set_subject(Cut(quota.subject, kDescriptionBytesMax));
  violation->set_description(Cut(quota.description, kDescriptionBytesMax));
  return failure;
}

}  // namespace

::grpc::Status MakeStatus(const absl::Status& status, const ErrorDetails& details) {
  if (status.ok()) return ::grpc::Status::OK;
  google::rpc::Status wire;
  wire.set_code(static_cast<int>(status.code()));
  wire.set_message(Cut(status.message(), kMessageInDetailsBytesMax));
  if (!details.reason.empty()) wire.add_details()->PackFrom(MakeErrorInfo(details));
  if (!details.violations.empty()) wire.add_details()->PackFrom(MakeBadRequest(details.violations));
  if (!details.quota.subject.empty()) wire.add_details()->PackFrom(MakeQuotaFailure(details.quota));
  if (details.retry_delay > absl::ZeroDuration()) {
    google::rpc::RetryInfo retry;
    const timespec delay = absl::ToTimespec(details.retry_delay);
    retry.mutable_retry_delay()->set_seconds(delay.tv_sec);
    retry.mutable_retry_delay()->set_nanos(static_cast<int32_t>(delay.tv_nsec));
    wire.add_details()->PackFrom(retry);
  }
  // The codes of absl and gRPC are the same numbers by design.
  return ::grpc::Status(static_cast<::grpc::StatusCode>(status.code()),
                        Cut(status.message(), kMessageBytesMax), wire.SerializeAsString());
}

ErrorDetails DetailsOf(const ::grpc::Status& status) {
  ErrorDetails details;
  google::rpc::Status wire;
  if (!wire.ParseFromString(status.error_details())) return details;
  for (const google::protobuf::Any& any : wire.details()) {
    google::rpc::ErrorInfo info;
    google::rpc::BadRequest request;
    google::rpc::QuotaFailure failure;
    google::rpc::RetryInfo retry;
    if (any.UnpackTo(&info)) {
      details.reason = info.reason();
      details.domain = info.domain();
      details.metadata = {info.metadata().begin(), info.metadata().end()};
    } else if (any.UnpackTo(&request)) {
      for (const auto& violation : request.field_violations()) {
        details.violations.push_back({violation.field(), violation.description()});
      }
    } else if (any.UnpackTo(&failure) && failure.violations_size() > 0) {
      details.quota = {failure.violations(0).subject(), failure.violations(0).description()};
    } else if (any.UnpackTo(&retry)) {
      details.retry_delay = absl::Seconds(retry.retry_delay().seconds()) +
                            absl::Nanoseconds(retry.retry_delay().nanos());
    }
  }
  return details;
}

}  // namespace baton::platform::rpc
