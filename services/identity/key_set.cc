#include "identity/key_set.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/param_build.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "identity/json_object.h"
#include "identity/openssl.h"

namespace baton::identity {
namespace {

constexpr size_t kKidBytesMax = 256;
constexpr int kRsaBitsMin = 2048;
constexpr int kRsaBitsMax = 8192;
constexpr size_t kP256Bytes = 32;
constexpr size_t kEd25519Bytes = 32;

using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Freer<EVP_PKEY_CTX_free>>;
using Number = std::unique_ptr<BIGNUM, Freer<BN_free>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, Freer<OSSL_PARAM_BLD_free>>;
using Params = std::unique_ptr<OSSL_PARAM, Freer<OSSL_PARAM_free>>;
using EcdsaSignature = std::unique_ptr<ECDSA_SIG, Freer<ECDSA_SIG_free>>;

Number ToNumber(absl::string_view big_endian) {
  return Number(BN_bin2bn(Bytes(big_endian), static_cast<int>(big_endian.size()), nullptr));
}

// A key of `type` that is what it says; nullptr otherwise.
KeyPtr MakeKey(const char* type, OSSL_PARAM_BLD* builder) {
  const Params params(OSSL_PARAM_BLD_to_param(builder));
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* made = nullptr;
  if (params == nullptr || context == nullptr || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_PUBLIC_KEY, params.get()) != 1) {
    return nullptr;
  }
  KeyPtr key(made);
  const KeyContext check(EVP_PKEY_CTX_new(key.get(), nullptr));
  return check != nullptr && EVP_PKEY_public_check(check.get()) == 1 ? std::move(key) : nullptr;
}

KeyPtr RsaKey(const nlohmann::json& jwk) {
  const auto n = DecodeBase64Url(TextOf(jwk, "n"));
  const auto e = DecodeBase64Url(TextOf(jwk, "e"));
  if (!n.has_value() || !e.has_value()) return nullptr;
  const Number modulus = ToNumber(*n);
  const Number exponent = ToNumber(*e);
  if (BN_num_bits(modulus.get()) > kRsaBitsMax || BN_num_bits(exponent.get()) > 64) return nullptr;
  const Builder builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get());
  return MakeKey("RSA", builder.get());
}

KeyPtr P256Key(const nlohmann::json& jwk) {
  const auto x = DecodeBase64Url(TextOf(jwk, "x"));
  const auto y = DecodeBase64Url(TextOf(jwk, "y"));
  if (!x.has_value() || !y.has_value() || x->size() != kP256Bytes || y->size() != kP256Bytes) {
    return nullptr;
  }
  const std::string point = absl::StrCat("\x04", *x, *y);  // uncompressed
  const Builder builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0);
  OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                   point.size());
  return MakeKey("EC", builder.get());
}

KeyPtr Ed25519Key(const nlohmann::json& jwk) {
  const auto x = DecodeBase64Url(TextOf(jwk, "x"));
  if (!x.has_value() || x->size() != kEd25519Bytes) return nullptr;
  return KeyPtr(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, Bytes(*x), x->size()));
}

// By its type; nothing for a type or curve that is not ours.
std::optional<Algorithm> AlgorithmOf(const nlohmann::json& jwk) {
  const std::string type = TextOf(jwk, "kty");
  const std::string curve = TextOf(jwk, "crv");
  std::optional<Algorithm> algorithm;
  if (type == "RSA") algorithm = Algorithm::kRs256;
  if (type == "EC" && curve == "P-256") algorithm = Algorithm::kEs256;
  if (type == "OKP" && curve == "Ed25519") algorithm = Algorithm::kEdDsa;
  const bool pinned = algorithm.has_value() && jwk.contains("alg");
  if (pinned && TextOf(jwk, "alg") != std::string(NameOf(*algorithm))) return std::nullopt;
  return algorithm;
}

bool IsForSignatures(const nlohmann::json& jwk) {
  if (jwk.contains("use")) return TextOf(jwk, "use") == "sig";
  const auto operations = jwk.find("key_ops");
  if (operations == jwk.end()) return true;
  return operations->is_array() &&
         std::find(operations->begin(), operations->end(), "verify") != operations->end();
}

KeyPtr MakeKey(Algorithm algorithm, const nlohmann::json& jwk) {
  switch (algorithm) {
    case Algorithm::kRs256:
      return RsaKey(jwk);
    case Algorithm::kEs256:
      return P256Key(jwk);
    case Algorithm::kEdDsa:
      return Ed25519Key(jwk);
  }
  return nullptr;
}

// r and s as DER, which is what OpenSSL takes; empty if they are none.
std::string ToDer(absl::string_view signature) {
  if (signature.size() != 2 * kP256Bytes) return "";
  const EcdsaSignature parts(ECDSA_SIG_new());
  Number r = ToNumber(signature.substr(0, kP256Bytes));
  Number s = ToNumber(signature.substr(kP256Bytes));
  if (ECDSA_SIG_set0(parts.get(), r.release(), s.release()) != 1) return "";
  unsigned char* bytes = nullptr;
  const int length = i2d_ECDSA_SIG(parts.get(), &bytes);
  if (length <= 0) return "";
  std::string der(reinterpret_cast<char*>(bytes), static_cast<size_t>(length));
  OPENSSL_free(bytes);
  return der;
}

absl::Status KeyError(size_t index, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("keys[", index, "] ", what));
}

}  // namespace

absl::string_view NameOf(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::kRs256:
      return "RS256";
    case Algorithm::kEs256:
      return "ES256";
    case Algorithm::kEdDsa:
      return "EdDSA";
  }
  return "";
}

bool PublicKey::Verifies(absl::string_view text, absl::string_view signature) const {
  std::string der;
  if (algorithm_ == Algorithm::kEs256) {
    der = ToDer(signature);
    signature = der;
  }
  if (signature.empty()) return false;
  const EVP_MD* digest = algorithm_ == Algorithm::kEdDsa ? nullptr : EVP_sha256();
  const DigestContext context(EVP_MD_CTX_new());
  return EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, key_.get()) == 1 &&
         EVP_DigestVerify(context.get(), Bytes(signature), signature.size(), Bytes(text),
                          text.size()) == 1;
}

absl::StatusOr<KeySet> KeySet::Parse(absl::string_view json) {
  const auto document = ParseObject(json);
  if (!document.has_value() || !document->contains("keys") || !(*document)["keys"].is_array()) {
    return absl::InvalidArgumentError("is not a JSON Web Key Set: {\"keys\": [...]}");
  }
  const nlohmann::json& keys = (*document)["keys"];
  if (keys.size() > kKeysMax) {
    return absl::InvalidArgumentError(absl::StrCat("has more than ", kKeysMax, " keys"));
  }
  KeySet set;
  for (size_t i = 0; i < keys.size(); ++i) {
    const nlohmann::json& jwk = keys[i];
    if (!jwk.is_object()) return KeyError(i, "is no object");
    if (jwk.contains("d") || jwk.contains("k")) {
      return KeyError(i, "is a private or shared key: publish the public part only");
    }
    const std::string kid = TextOf(jwk, "kid");
    const std::optional<Algorithm> algorithm = AlgorithmOf(jwk);
    if (!algorithm.has_value() || kid.empty() || kid.size() > kKidBytesMax ||
        !IsForSignatures(jwk)) {
      continue;
    }
    KeyPtr key = MakeKey(*algorithm, jwk);
    if (key == nullptr) return KeyError(i, "is damaged");
    if (*algorithm == Algorithm::kRs256 && EVP_PKEY_get_bits(key.get()) < kRsaBitsMin) {
      return KeyError(i, absl::StrCat("has fewer than ", kRsaBitsMin, " bits"));
    }
    if (!set.keys_.try_emplace(kid, *algorithm, std::shared_ptr<EVP_PKEY>(std::move(key))).second) {
      return KeyError(i, "has the kid of another key");
    }
  }
  if (set.keys_.empty()) {
    return absl::InvalidArgumentError("has no key for RS256, ES256 or EdDSA with a kid");
  }
  return set;
}

const PublicKey* KeySet::Find(const std::string& kid) const {
  const auto found = keys_.find(kid);
  return found == keys_.end() ? nullptr : &found->second;
}

}  // namespace baton::identity
