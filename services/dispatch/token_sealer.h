// Opaque tokens that callers carry for us and cannot make or move to another scope.
#ifndef BATON_DISPATCH_TOKEN_SEALER_H_
#define BATON_DISPATCH_TOKEN_SEALER_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace baton::dispatch {

// token = base64url(payload + HMAC-SHA256(secret, context, payload) cut to 128 bits). Tokens of one
// secret are good on every replica and after a restart. Immutable, thread-safe.
class TokenSealer {
 public:
  static constexpr size_t kSecretBytesMin = 16;

  // secret.size() >= kSecretBytesMin.
  explicit TokenSealer(std::string secret);

  // `context` says what the token is for: its kind, parent and filter.
  std::string Seal(absl::string_view context, absl::string_view payload) const;

  // The payload. INVALID_ARGUMENT MALFORMED_TOKEN for text that no sealer made, PERMISSION_DENIED
  // FORGED_TOKEN for one that this secret did not seal for this context.
  absl::StatusOr<std::string> Open(absl::string_view context, absl::string_view token) const;

 private:
  std::string Mac(absl::string_view context, absl::string_view payload) const;

  const std::string secret_;
};

}  // namespace baton::dispatch

#endif  // BATON_DISPATCH_TOKEN_SEALER_H_
