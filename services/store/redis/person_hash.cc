#include "store/redis/person_hash.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "core/account_match.h"

namespace baton::store::redis {
namespace {

constexpr size_t kBytesKept = 16;

std::string HashOf(std::string_view secret, const std::string& text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest = {};
  unsigned int size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), &size);
  return absl::BytesToHexString({reinterpret_cast<const char*>(digest.data()), kBytesKept});
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

std::string HashesOf(std::string_view secret, const core::Plan& plan) {
  const bool marked = plan.expected_revision == 0 || plan.after.erased_at_ms != 0;
  return absl::StrCat(marked ? MarkOf(secret, plan.key) : "", "|",
                      plan.facts_changed
                          ? EmailHash(secret, plan.key.workspace, core::EmailOf(plan.after.facts))
                          : "");
}

}  // namespace baton::store::redis
