// The public keys that sign tokens: a JSON Web Key Set (RFC 7517).
#ifndef BATON_IDENTITY_KEY_SET_H_
#define BATON_IDENTITY_KEY_SET_H_

#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

struct evp_pkey_st;  // OpenSSL

namespace baton::identity {

inline constexpr size_t kKeysMax = 100;  // in one file

enum class Algorithm { kRs256, kEs256, kEdDsa };
absl::string_view NameOf(Algorithm algorithm);  // "RS256" ...

// One key, which is good for one algorithm: what a token says of that does not matter. Copyable.
class PublicKey {
 public:
  PublicKey(Algorithm algorithm, std::shared_ptr<evp_pkey_st> key)
      : algorithm_(algorithm), key_(std::move(key)) {}

  Algorithm algorithm() const { return algorithm_; }
  // `signature` as JWS has it: ES256 are the 64 bytes of r and s.
  bool Verifies(absl::string_view text, absl::string_view signature) const;

 private:
  Algorithm algorithm_;
  std::shared_ptr<evp_pkey_st> key_;
};

// Copyable; thread-safe.
class KeySet {
 public:
  // `json` as issuers publish it. The algorithm of a key is its `alg`, or follows from its type:
  // RSA is RS256, EC with P-256 is ES256, OKP with Ed25519 is EdDSA. Keys for other uses, of other
  // types or without a kid are passed over. INVALID_ARGUMENT, with the key's place, for a set that
  // holds a private or shared key, an RSA key below 2048 bits or a damaged one, a kid twice, or
  // nothing that can be used.
  static absl::StatusOr<KeySet> Parse(absl::string_view json);

  const PublicKey* Find(const std::string& kid) const;  // nullptr: there is none
  size_t size() const { return keys_.size(); }

 private:
  std::map<std::string, PublicKey> keys_;
};

}  // namespace baton::identity

#endif  // BATON_IDENTITY_KEY_SET_H_
