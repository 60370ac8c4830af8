// Opaque tokens that callers carry for us and cannot make or move to another scope.
#ifndef BATON_DISPATCH_TOKEN_SEALER_H_
#define BATON_DISPATCH_TOKEN_SEALER_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"

namespace baton::dispatch {

// token = base64url(payload + HMAC-SHA256(secret, context, payload) cut to 128 bits). Tokens of one
// secret are good on every replica and after a restart. Thread-safe.
class TokenSealer {
 public:
  static constexpr size_t kSecretBytesMin = 16;
  static constexpr size_t kSecretsMax = 5;
  static constexpr size_t kPayloadBytesMax = 368;

  // OK for what Use takes; else INVALID_ARGUMENT, which repeats nothing of them.
  static absl::Status Check(const std::vector<std::string>& secrets);

  // The first secret seals, each opens: an old one stays good until it is left out. REQUIRES: Check
  // says OK.
  explicit TokenSealer(std::vector<std::string> secrets);
  void Use(std::vector<std::string> secrets);

  // `context` says what the token is for: its kind, parent and filter. REQUIRES: a payload of at
  // most kPayloadBytesMax.
  std::string Seal(absl::string_view context, absl::string_view payload) const;

  // The payload. INVALID_ARGUMENT MALFORMED_TOKEN for text that no sealer made, PERMISSION_DENIED
  // FORGED_TOKEN for one that none of the secrets sealed for this context.
  absl::StatusOr<std::string> Open(absl::string_view context, absl::string_view token) const;

 private:
  using Secrets = std::vector<std::string>;
  std::shared_ptr<const Secrets> Current() const;

  mutable absl::Mutex mutex_;
  std::shared_ptr<const Secrets> secrets_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace baton::dispatch

#endif  // BATON_DISPATCH_TOKEN_SEALER_H_
