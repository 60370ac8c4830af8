#include "batonctl/exit_codes.h"

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "core/errors.h"

namespace baton::batonctl {
namespace {

constexpr char kUsageReason[] = "USAGE";
constexpr char kFileReason[] = "INVALID_FILE";
constexpr char kNotCheckedReason[] = "NOT_CHECKED";

// Nobody refused: the change may have been made.
bool IsUnanswered(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) ||
         core::ErrorReason(status) == "CUT_OFF";  // server.h
}

}  // namespace

absl::Status UsageError(const std::string& message) {
  return core::Error(absl::StatusCode::kInvalidArgument, kUsageReason, message);
}

absl::Status FileError(const std::string& message) {
  return core::Error(absl::StatusCode::kInvalidArgument, kFileReason, message);
}

absl::Status NotChecked(const absl::Status& status) {
  return core::Error(status.code(), kNotCheckedReason,
                     absl::StrCat("could not check: ", status.message()));
}

absl::Status NotAnAnswer(const absl::Status& status) {
  return ExitCode(status) == kExitRefused ? NotChecked(status) : status;
}

absl::Status WithContext(const absl::Status& status, const std::string& before,
                         const std::string& after) {
  absl::Status told(status.code(), absl::StrCat(before, status.message(), after));
  status.ForEachPayload(
      [&told](absl::string_view url, const absl::Cord& value) { told.SetPayload(url, value); });
  return told;
}

bool IsPassing(const absl::Status& status) {
  return status.ok() || absl::IsResourceExhausted(status) || IsUnanswered(status);
}

int ExitCode(const absl::Status& status) {
  if (status.ok()) return kExitOk;
  const std::string reason = core::ErrorReason(status);
  if (reason == kUsageReason || reason == kFileReason) return kExitUsage;
  if (reason == kNotCheckedReason) return kExitNotChecked;
  return IsUnanswered(status) ? kExitUnreachable : kExitRefused;
}

}  // namespace baton::batonctl
