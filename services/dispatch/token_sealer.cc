#include "dispatch/token_sealer.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "core/errors.h"

namespace baton::dispatch {
namespace {

constexpr size_t kMacBytes = 16;
constexpr size_t kTokenBytesMax = (TokenSealer::kPayloadBytesMax + kMacBytes) * 4 / 3;

std::string MacOf(const std::string& secret, absl::string_view context, absl::string_view payload) {
  // The length keeps (context, payload) pairs apart that concatenate to the same text.
  const std::string message = absl::StrCat(context.size(), ":", context, payload);
  unsigned char mac[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(message.data()), message.size(), mac, &size);
  return std::string(reinterpret_cast<const char*>(mac), kMacBytes);
}

}  // namespace

absl::Status TokenSealer::Check(const std::vector<std::string>& secrets) {
  const bool long_enough = std::all_of(secrets.begin(), secrets.end(), [](const auto& secret) {
    return secret.size() >= kSecretBytesMin;
  });
  if (long_enough && !secrets.empty() && secrets.size() <= kSecretsMax) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("the token secrets must be 1 to ", kSecretsMax,
                                                 " of at least ", kSecretBytesMin, " bytes"));
}

TokenSealer::TokenSealer(std::vector<std::string> secrets) {
  Use(std::move(secrets));
}

void TokenSealer::Use(std::vector<std::string> secrets) {
  auto shared = std::make_shared<const Secrets>(std::move(secrets));
  absl::MutexLock lock(&mutex_);
  secrets_ = std::move(shared);
}

std::shared_ptr<const TokenSealer::Secrets> TokenSealer::Current() const {
  absl::MutexLock lock(&mutex_);
  return secrets_;
}

std::string TokenSealer::Seal(absl::string_view context, absl::string_view payload) const {
  return absl::WebSafeBase64Escape(
      absl::StrCat(payload, MacOf(Current()->front(), context, payload)));
}

absl::StatusOr<std::string> TokenSealer::Open(absl::string_view context,
                                              absl::string_view token) const {
  std::string text;
  // Written again, because what reads it also takes padding, blanks and bits behind the last byte.
  if (token.size() > kTokenBytesMax || !absl::WebSafeBase64Unescape(token, &text) ||
      text.size() < kMacBytes || absl::WebSafeBase64Escape(text) != token) {
    return core::Error(absl::StatusCode::kInvalidArgument, "MALFORMED_TOKEN",
                       "the token is not one of this service: send one back as it was given");
  }
  const std::string payload = text.substr(0, text.size() - kMacBytes);
  const std::shared_ptr<const Secrets> secrets = Current();
  for (const std::string& secret : *secrets) {
    const std::string mac = MacOf(secret, context, payload);
    if (CRYPTO_memcmp(mac.data(), text.data() + payload.size(), kMacBytes) == 0) return payload;
  }
  return core::Error(absl::StatusCode::kPermissionDenied, "FORGED_TOKEN",
                     "the token was not given for this parent and filter");
}

}  // namespace baton::dispatch
