#include "platform/grpc/peer_voucher.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace baton::platform::rpc {
namespace {

constexpr size_t kSecretBytes = 32;
constexpr char kBetween = '\n';  // in no name: see CertificateNames

}  // namespace

PeerVoucher::PeerVoucher() : secret_(kSecretBytes, '\0') {
  auto* bytes = reinterpret_cast<unsigned char*>(secret_.data());
  if (RAND_bytes(bytes, static_cast<int>(secret_.size())) != 1) std::abort();
}

std::string PeerVoucher::Issue(const std::vector<std::string>& names) const {
  return absl::StrCat(secret_, absl::StrJoin(names, std::string(1, kBetween)));
}

std::optional<std::vector<std::string>> PeerVoucher::Open(absl::string_view value) const {
  if (value.size() < secret_.size() ||
      CRYPTO_memcmp(value.data(), secret_.data(), secret_.size()) != 0) {
    return std::nullopt;
  }
  return std::vector<std::string>(
      absl::StrSplit(value.substr(secret_.size()), kBetween, absl::SkipEmpty()));
}

}  // namespace baton::platform::rpc
