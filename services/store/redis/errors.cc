#include "store/redis/errors.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "core/errors.h"

namespace baton::store::redis {
namespace {

constexpr absl::Duration kRetryAfter = absl::Milliseconds(200);

constexpr std::array<absl::string_view, 10> kPassing = {
    "OOM",        "MISCONF",     "READONLY", "LOADING",    "BUSY",
    "NOREPLICAS", "CLUSTERDOWN", "TRYAGAIN", "MASTERDOWN", "UNBLOCKED"};

}  // namespace

absl::Status FromClient(absl::Status status) {
  if (!absl::IsUnavailable(status)) return status;
  return core::WithRetryAfter(std::move(status), kRetryAfter);
}

absl::Status FromReply(const platform::redis::Reply& error) {
  const std::string message = absl::StrCat("Redis: ", error.text);
  const bool passes = std::any_of(kPassing.begin(), kPassing.end(),
                                  [&error](absl::string_view code) { return error.IsError(code); });
  if (!passes) return absl::InternalError(message);
  return core::WithRetryAfter(absl::UnavailableError(message), kRetryAfter);
}

bool IsOfOneCommand(const platform::redis::Reply& reply) {
  return reply.IsError("BATONREFUSED") || reply.IsError("WRONGTYPE");
}

bool IsUnprepared(const platform::redis::Reply& reply) {
  return reply.IsError("BATONCLOSED") ||
         (reply.is_error() && absl::StartsWith(reply.text, "ERR Function not found"));
}

}  // namespace baton::store::redis
