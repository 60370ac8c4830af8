#include "store/redis/person_hash.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <array>
#include <cstdlib>
#include <memory>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "core/account_match.h"

namespace baton::store::redis {
namespace {

constexpr size_t kBytesKept = 16;

struct Deleter {
  void operator()(EVP_MAC* mac) const { EVP_MAC_free(mac); }
  void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
};

// HMAC-SHA256 under one key. To find the algorithm and to take a key costs far more than a hash,
// so both are done once in a thread. Not thread-safe.
class KeyedHash {
 public:
  explicit KeyedHash(std::string_view key) : key_(key) {
    const std::unique_ptr<EVP_MAC, Deleter> mac(EVP_MAC_fetch(nullptr, "HMAC", nullptr));
    context_.reset(EVP_MAC_CTX_new(mac.get()));
    char digest[] = "SHA256";
    const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                                 OSSL_PARAM_construct_end()};
    if (EVP_MAC_init(context_.get(), Bytes(key_), key_.size(), params) != 1) std::abort();
  }

  const std::string& key() const { return key_; }

  std::string Hash(std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest = {};
    size_t size = 0;
    const bool done = EVP_MAC_init(context_.get(), nullptr, 0, nullptr) == 1 &&  // the same key
                      EVP_MAC_update(context_.get(), Bytes(text), text.size()) == 1 &&
                      EVP_MAC_final(context_.get(), digest.data(), &size, digest.size()) == 1;
    if (!done) std::abort();  // out of memory; a wrong hash would take one person for another
    return absl::BytesToHexString({reinterpret_cast<const char*>(digest.data()), kBytesKept});
  }

 private:
  static const unsigned char* Bytes(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
  }

  const std::string key_;
  std::unique_ptr<EVP_MAC_CTX, Deleter> context_;
};

std::string HashOf(std::string_view secret, const std::string& text) {
  static thread_local std::unique_ptr<KeyedHash> hash;  // an installation has one secret
  if (hash == nullptr || hash->key() != secret) hash = std::make_unique<KeyedHash>(secret);
  return hash->Hash(text);
}

}  // namespace

std::string MarkOf(std::string_view secret, const core::LeadKey& key) {
  return HashOf(secret, absl::StrCat("lead\n", key.workspace.str(), "\n", key.lead.str()));
}

std::string EmailHash(std::string_view secret, const core::WorkspaceId& workspace,
                      const std::string& email) {
  if (email.empty()) return "";
  return HashOf(secret, absl::StrCat("email\n", workspace.str(), "\n", email));
}

std::string ErasureHash(std::string_view secret, const core::WorkspaceId& workspace,
                        const std::string& word) {
  return HashOf(secret, absl::StrCat("erasure\n", workspace.str(), "\n", word));
}

std::string HashesOf(std::string_view secret, const core::Plan& plan) {
  const bool marked = plan.expected_revision == 0 || plan.after.erased_at_ms != 0;
  return absl::StrCat(marked ? MarkOf(secret, plan.key) : "", "|",
                      plan.facts_changed
                          ? EmailHash(secret, plan.key.workspace, core::EmailOf(plan.after.facts))
                          : "");
}

}  // namespace baton::store::redis
