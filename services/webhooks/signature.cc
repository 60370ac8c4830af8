#include "webhooks/signature.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "absl/random/random.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace baton::webhooks {
namespace {

constexpr int kSaltWords = 2;

std::string Hmac(const std::string& secret, const std::string& text) {
  unsigned char mac[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), mac, &size);
  return {reinterpret_cast<const char*>(mac), size};
}

}  // namespace

std::string NewSalt() {
  absl::BitGen random;
  std::string salt;
  for (int i = 0; i < kSaltWords; ++i) {
    absl::StrAppend(&salt, absl::Hex(absl::Uniform<uint64_t>(random), absl::kZeroPad16));
  }
  return salt;
}

std::string SecretOf(const std::string& installation_secret, const store::WebhookKey& key,
                     const std::string& salt) {
  return Hmac(installation_secret,
              absl::StrCat("webhook|", key.workspace.str(), "|", key.id, "|", salt));
}

std::string SecretText(const std::string& secret) {
  return absl::StrCat("whsec_", absl::Base64Escape(secret));
}

std::vector<std::string> SigningSecrets(const std::string& installation_secret,
                                        const store::WebhookKey& key, const store::Webhook& webhook,
                                        core::TimeMs now_ms) {
  std::vector<std::string> secrets = {SecretOf(installation_secret, key, webhook.salt)};
  if (!webhook.old_salt.empty() && now_ms < webhook.old_salt_until_ms) {
    secrets.push_back(SecretOf(installation_secret, key, webhook.old_salt));
  }
  return secrets;
}

std::string SignatureOf(const std::vector<std::string>& secrets, const std::string& id,
                        int64_t timestamp_s, const std::string& body) {
  const std::string signed_text = absl::StrCat(id, ".", timestamp_s, ".", body);
  std::string header;
  for (const std::string& secret : secrets) {
    absl::StrAppend(&header, header.empty() ? "" : " ", "v1,",
                    absl::Base64Escape(Hmac(secret, signed_text)));
  }
  return header;
}

}  // namespace baton::webhooks
