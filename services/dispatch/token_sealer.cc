#include "dispatch/token_sealer.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "core/errors.h"

namespace baton::dispatch {
namespace {

constexpr size_t kMacBytes = 16;
constexpr size_t kTokenBytesMax = 512;

}  // namespace

TokenSealer::TokenSealer(std::string secret) : secret_(std::move(secret)) {}

std::string TokenSealer::Mac(absl::string_view context, absl::string_view payload) const {
  // The length keeps (context, payload) pairs apart that concatenate to the same text.
  const std::string message = absl::StrCat(context.size(), ":", context, payload);
  unsigned char mac[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  HMAC(EVP_sha256(), secret_.data(), static_cast<int>(secret_.size()),
       reinterpret_cast<const unsigned char*>(message.data()), message.size(), mac, &size);
  return std::string(reinterpret_cast<const char*>(mac), kMacBytes);
}

std::string TokenSealer::Seal(absl::string_view context, absl::string_view payload) const {
  return absl::WebSafeBase64Escape(absl::StrCat(payload, Mac(context, payload)));
}

absl::StatusOr<std::string> TokenSealer::Open(absl::string_view context,
                                              absl::string_view token) const {
  std::string text;
  if (token.size() > kTokenBytesMax || !absl::WebSafeBase64Unescape(token, &text) ||
      text.size() < kMacBytes) {
    return core::Error(absl::StatusCode::kInvalidArgument, "MALFORMED_TOKEN",
                       "the token is not one of this service: send one back as it was given");
  }
  const std::string payload = text.substr(0, text.size() - kMacBytes);
  const std::string mac = Mac(context, payload);
  if (CRYPTO_memcmp(mac.data(), text.data() + payload.size(), kMacBytes) != 0) {
    return core::Error(absl::StatusCode::kPermissionDenied, "FORGED_TOKEN",
                       "the token was not given for this parent and filter");
  }
  return payload;
}

}  // namespace baton::dispatch
