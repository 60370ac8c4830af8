// What an issuer does: makes keys, publishes their public parts and signs tokens.
#ifndef BATON_TESTS_UNIT_IDENTITY_TOKEN_MAKER_H_
#define BATON_TESTS_UNIT_IDENTITY_TOKEN_MAKER_H_

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

struct evp_pkey_st;

namespace baton::identity {

// One key pair, by the name of its algorithm: RS256, ES256, EdDSA; RS1024 makes too small a key,
// ES384 one of another curve.
class Signer {
 public:
  Signer(const std::string& algorithm, const std::string& kid);

  nlohmann::json jwk() const;
  // Signed by the key, whatever `header` says.
  std::string Sign(const nlohmann::json& header, const nlohmann::json& claims) const;
  std::string SignText(const std::string& header, const std::string& claims) const;
  // With the header that belongs to the key.
  std::string Sign(const nlohmann::json& claims) const;
  nlohmann::json header() const;

 private:
  const std::string algorithm_;
  const std::string kid_;
  const std::shared_ptr<evp_pkey_st> key_;
};

std::string Base64Url(const std::string& bytes);
std::string KeySetOf(const std::vector<const Signer*>& signers);  // the JWKS

}  // namespace baton::identity

#endif  // BATON_TESTS_UNIT_IDENTITY_TOKEN_MAKER_H_
