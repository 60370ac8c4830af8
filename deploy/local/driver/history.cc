#include "demo/history.h"

#include <array>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"

namespace baton::demo {
namespace {

std::string CodeName(int code) {
  constexpr std::array kNames = {
      "OK",        "CANCELLED",      "UNKNOWN",           "INVALID_ARGUMENT", "DEADLINE",
      "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "EXHAUSTED",        "PRECONDITION",
      "ABORTED",   "OUT_OF_RANGE",   "UNIMPLEMENTED",     "INTERNAL",         "UNAVAILABLE",
      "DATA_LOSS", "UNAUTHENTICATED"};
  const auto index = static_cast<size_t>(code);
  return index < kNames.size() ? kNames[index] : absl::StrCat("code ", code);
}

}  // namespace

absl::Status History::Open(const std::string& path) {
  absl::MutexLock lock(&mutex_);
  file_.open(path, std::ios::trunc);
  if (file_) return absl::OkStatus();
  return absl::NotFoundError(absl::StrCat(path, ": cannot be written"));
}

void History::Offer(const std::string& rep, const std::string& name, const std::string& change) {
  absl::MutexLock lock(&mutex_);
  if (!file_.is_open()) return;
  // Names, reps and changes are ids: nothing in them needs to be escaped.
  file_ << absl::StrFormat(
      "{\"at\":%d,\"rep\":\"%s\",\"op\":\"offer\",\"name\":\"%s\",\"result\":\"%s\"}\n",
      absl::ToUnixMicros(absl::Now()), rep, name, change);
}

void History::Call(const std::string& rep, const std::string& operation, const std::string& name,
                   int64_t begun_us, int code) {
  absl::MutexLock lock(&mutex_);
  if (!file_.is_open()) return;
  file_ << absl::StrFormat(
      "{\"begun\":%d,\"at\":%d,\"rep\":\"%s\",\"op\":\"%s\",\"name\":\"%s\",\"result\":\"%s\"}\n",
      begun_us, absl::ToUnixMicros(absl::Now()), rep, operation, name, CodeName(code));
}

}  // namespace baton::demo
