#include "token_maker.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace baton::identity {
namespace {

EVP_PKEY* MakePair(const std::string& algorithm) {
  if (algorithm == "ES256") return EVP_EC_gen("P-256");
  if (algorithm == "ES384") return EVP_EC_gen("P-384");
  if (algorithm == "EdDSA") return EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
  return EVP_RSA_gen(algorithm == "RS1024" ? 1024 : 2048);
}

std::string NumberOf(EVP_PKEY* key, const char* name, int length = 0) {
  BIGNUM* number = nullptr;
  EVP_PKEY_get_bn_param(key, name, &number);
  std::string bytes(static_cast<size_t>(length == 0 ? BN_num_bytes(number) : length), '\0');
  BN_bn2binpad(number, reinterpret_cast<unsigned char*>(bytes.data()),
               static_cast<int>(bytes.size()));
  BN_free(number);
  return Base64Url(bytes);
}

// DER -> r and s of `length` bytes each.
std::string ToRaw(const std::string& der, int length) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
  ECDSA_SIG* parts = d2i_ECDSA_SIG(nullptr, &bytes, static_cast<long>(der.size()));
  std::string raw(static_cast<size_t>(2 * length), '\0');
  auto* out = reinterpret_cast<unsigned char*>(raw.data());
  BN_bn2binpad(ECDSA_SIG_get0_r(parts), out, length);
  BN_bn2binpad(ECDSA_SIG_get0_s(parts), out + length, length);
  ECDSA_SIG_free(parts);
  return raw;
}

}  // namespace

std::string Base64Url(const std::string& bytes) {
  return absl::WebSafeBase64Escape(bytes);
}

Signer::Signer(const std::string& algorithm, const std::string& kid)
    : algorithm_(algorithm), kid_(kid), key_(MakePair(algorithm), EVP_PKEY_free) {}

nlohmann::json Signer::header() const {
  return {{"alg", algorithm_}, {"kid", kid_}, {"typ", "JWT"}};
}

nlohmann::json Signer::jwk() const {
  nlohmann::json jwk = {{"kid", kid_}, {"use", "sig"}, {"alg", algorithm_}};
  if (algorithm_ == "ES256") {
    jwk.update({{"kty", "EC"},
                {"crv", "P-256"},
                {"x", NumberOf(key_.get(), OSSL_PKEY_PARAM_EC_PUB_X, 32)},
                {"y", NumberOf(key_.get(), OSSL_PKEY_PARAM_EC_PUB_Y, 32)}});
  } else if (algorithm_ == "ES384") {
    jwk.update({{"kty", "EC"}, {"crv", "P-384"}});
  } else if (algorithm_ == "EdDSA") {
    std::string x(32, '\0');
    size_t length = x.size();
    EVP_PKEY_get_raw_public_key(key_.get(), reinterpret_cast<unsigned char*>(x.data()), &length);
    jwk.update({{"kty", "OKP"}, {"crv", "Ed25519"}, {"x", Base64Url(x)}});
  } else {
    jwk.update({{"kty", "RSA"},
                {"n", NumberOf(key_.get(), OSSL_PKEY_PARAM_RSA_N)},
                {"e", NumberOf(key_.get(), OSSL_PKEY_PARAM_RSA_E)}});
  }
  if (algorithm_ == "RS1024") jwk["alg"] = "RS256";
  return jwk;
}

std::string Signer::Sign(const nlohmann::json& claims) const {
  return Sign(header(), claims);
}

std::string Signer::Sign(const nlohmann::json& header, const nlohmann::json& claims) const {
  return SignText(header.dump(), claims.dump());
}

std::string Signer::SignText(const std::string& header, const std::string& claims) const {
  const std::string text = absl::StrCat(Base64Url(header), ".", Base64Url(claims));
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  const EVP_MD* digest = algorithm_ == "EdDSA" ? nullptr : EVP_sha256();
  EVP_DigestSignInit(context, nullptr, digest, nullptr, key_.get());
  std::string signature(1024, '\0');
  size_t length = signature.size();
  EVP_DigestSign(context, reinterpret_cast<unsigned char*>(signature.data()), &length,
                 reinterpret_cast<const unsigned char*>(text.data()), text.size());
  EVP_MD_CTX_free(context);
  signature.resize(length);
  if (algorithm_ == "ES256") signature = ToRaw(signature, 32);
  if (algorithm_ == "ES384") signature = ToRaw(signature, 48);
  return absl::StrCat(text, ".", Base64Url(signature));
}

std::string KeySetOf(const std::vector<const Signer*>& signers) {
  nlohmann::json keys = nlohmann::json::array();
  for (const Signer* signer : signers) keys.push_back(signer->jwk());
  return nlohmann::json({{"keys", keys}}).dump();
}

}  // namespace baton::identity
