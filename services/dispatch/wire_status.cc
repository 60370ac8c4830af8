#include "dispatch/wire_status.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "core/errors.h"
#include "platform/grpc/status.h"
#include "platform/log.h"
#include "platform/status_text.h"

namespace baton::dispatch {
namespace {

// One payload per violation: "<url>/<number>/<field>" -> description.
constexpr absl::string_view kViolationUrl = "baton.dev/violation/";
constexpr size_t kNumberDigits = 6;
constexpr absl::Duration kRetryDelayDefault = absl::Seconds(1);

std::vector<platform::rpc::FieldViolation> ViolationsOf(const absl::Status& status,
                                                        const core::ErrorMetadata& variables) {
  std::map<std::string, platform::rpc::FieldViolation> ordered;
  status.ForEachPayload([&ordered](absl::string_view url, const absl::Cord& description) {
    if (!absl::ConsumePrefix(&url, kViolationUrl)) return;
    ordered[std::string(url)] = {std::string(url.substr(kNumberDigits + 1)),
                                 std::string(description)};
  });
  std::vector<platform::rpc::FieldViolation> violations;
  for (auto& [number, violation] : ordered) violations.push_back(std::move(violation));
  const auto field = variables.find("field");
  if (violations.empty() && field != variables.end()) {
    violations.push_back(
        {field->second,
         std::string(absl::StripPrefix(status.message(), absl::StrCat(field->second, ": ")))});
  }
  return violations;
}

std::string UpperSnakeName(absl::StatusCode code) {
  return absl::StatusCodeToString(code);
}

absl::Status Unavailable(absl::string_view reason, absl::string_view message) {
  return core::Error(absl::StatusCode::kUnavailable, {reason.data(), reason.size()},
                     {message.data(), message.size()});
}

// Written for operators by whatever talks to Redis or Kafka: it may name hosts, keys and files.
bool IsOfAnAdapter(const absl::Status& status) {
  return core::ErrorReason(status).empty() &&
         (absl::IsUnavailable(status) || absl::IsInternal(status) || absl::IsUnknown(status) ||
          absl::IsDataLoss(status) || absl::IsPermissionDenied(status) ||
          absl::IsFailedPrecondition(status));
}

// The same for a caller, who learns what to do; the log has the rest.
absl::Status WithoutInnards(const absl::Status& status) {
  const bool passes = absl::IsUnavailable(status);
  platform::Log(passes ? platform::LogLevel::kDebug : platform::LogLevel::kError, "rpc.failed",
                {{"reason", platform::StatusText(status)}});
  absl::Status told = core::Error(
      status.code(), UpperSnakeName(status.code()),
      passes ? "the store or Kafka does not answer; repeat the call with the same request_id"
             : "the server cannot do this; its log says why (rpc.failed)");
  return core::WithRetryAfter(std::move(told), core::RetryAfter(status));
}

}  // namespace

void Violations::Add(absl::string_view field, absl::string_view description) {
  all_.emplace_back(std::string(field), std::string(description));
}

void Violations::Add(const absl::Status& status) {
  const core::ErrorMetadata variables = core::ErrorVariables(status);
  const auto field = variables.find("field");
  const std::string name = field == variables.end() ? "" : field->second;
  Add(name, absl::StripPrefix(status.message(), absl::StrCat(name, ": ")));
}

absl::Status Violations::status() const {
  if (empty()) return absl::OkStatus();
  const std::string more =
      all_.size() == 1 ? "" : absl::StrCat(" (and ", all_.size() - 1, " more)");
  return AddTo(core::Error(absl::StatusCode::kInvalidArgument, "INVALID_FIELD",
                           absl::StrCat(all_[0].first, ": ", all_[0].second, more)));
}

absl::Status Violations::AddTo(absl::Status status) const {
  for (size_t i = 0; i < all_.size(); ++i) {
    status.SetPayload(
        absl::StrFormat("%s%0*d/%s", kViolationUrl, int{kNumberDigits}, i, all_[i].first),
        absl::Cord(all_[i].second));
  }
  return status;
}

::grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return ::grpc::Status::OK;
  if (IsOfAnAdapter(status)) return ToGrpcStatus(WithoutInnards(status));
  platform::rpc::ErrorDetails details;
  details.domain = "baton.dev";
  details.reason = core::ErrorReason(status);
  if (details.reason.empty()) details.reason = UpperSnakeName(status.code());
  details.metadata = core::ErrorVariables(status);
  if (absl::IsInvalidArgument(status)) {
    details.violations = ViolationsOf(status, details.metadata);
  }
  if (absl::IsResourceExhausted(status)) {
    const auto subject = details.metadata.find("subject");
    if (subject != details.metadata.end()) {
      details.quota = {subject->second, std::string(status.message())};
    }
  }
  if (absl::IsUnavailable(status) || absl::IsResourceExhausted(status)) {
    const absl::Duration delay = core::RetryAfter(status);
    details.retry_delay = delay > absl::ZeroDuration() ? delay : kRetryDelayDefault;
  }
  return platform::rpc::MakeStatus(status, details);
}

absl::Status NoAnswerInTime(absl::string_view whose, absl::string_view repeat) {
  return Unavailable("NO_ANSWER_IN_TIME",
                     absl::StrCat(whose,
                                  " did not answer within the deadline and whether the call "
                                  "took effect is unknown; ",
                                  repeat));
}

absl::Status Overloaded(absl::string_view what) {
  return core::Error(absl::StatusCode::kResourceExhausted, "OVERLOADED",
                     absl::StrCat("too many ", what, " wait already; try again"));
}

absl::Status Draining() {
  return core::WithRetryAfter(
      Unavailable("DRAINING", "this replica is being stopped; resume on another one"),
      absl::Milliseconds(100));
}

}  // namespace baton::dispatch
