#include "identity/dev_identity.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "identity/openssl.h"
#include "identity/principal.h"

namespace baton::identity {
namespace {

using Certificate = std::unique_ptr<X509, Freer<X509_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Freer<X509_EXTENSION_free>>;
using Memory = std::unique_ptr<BIO, Freer<BIO_free>>;
using Serial = std::unique_ptr<BIGNUM, Freer<BN_free>>;
using Address = std::unique_ptr<ASN1_OCTET_STRING, Freer<ASN1_OCTET_STRING_free>>;

constexpr char kKid[] = "dev";
constexpr int kSerialBits = 127;
constexpr absl::Duration kClocksDiffer = absl::Minutes(5);
constexpr Role kTokenRoles[] = {Role::kMarketing, Role::kSales, Role::kRep, Role::kAdmin,
                                Role::kService};

absl::Status Failed(absl::string_view what) {
  return absl::InternalError(absl::StrCat("OpenSSL could not make ", what));
}

// "DNS:localhost,IP:127.0.0.1"; what is neither would be more than a name to OpenSSL.
absl::StatusOr<std::string> AlternativeNames(const std::vector<std::string>& hosts) {
  std::vector<std::string> names;
  for (const std::string& host : hosts) {
    const bool plain = !host.empty() && std::all_of(host.begin(), host.end(), [](char letter) {
      return absl::ascii_isalnum(static_cast<unsigned char>(letter)) || letter == '.' ||
             letter == '-' || letter == ':';
    });
    const bool address = plain && Address(a2i_IPADDRESS(host.c_str())) != nullptr;
    if (!plain || (!address && host.find(':') != std::string::npos)) {
      return absl::InvalidArgumentError(absl::StrCat("'", host, "' is no host"));
    }
    names.push_back(absl::StrCat(address ? "IP:" : "DNS:", host));
  }
  return absl::StrJoin(names, ",");
}

bool AddExtension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  return extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool SetSerial(X509* certificate) {
  const Serial serial(BN_new());
  return BN_rand(serial.get(), kSerialBits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 &&
         BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(certificate)) != nullptr;
}

struct Subject {
  const char* name;
  EVP_PKEY* key;
  std::vector<std::pair<int, std::string>> extensions;
};

// Signed by `issuer`; nullptr: by itself. nullptr if OpenSSL fails.
Certificate Sign(const Subject& subject, X509* issuer, EVP_PKEY* key,
                 const DevIdentityOptions& options) {
  Certificate certificate(X509_new());
  X509* made = certificate.get();
  X509_NAME* name = X509_get_subject_name(made);
  bool good =
      X509_set_version(made, X509_VERSION_3) == 1 && SetSerial(made) &&
      ASN1_TIME_set(X509_getm_notBefore(made), absl::ToTimeT(options.now - kClocksDiffer)) &&
      ASN1_TIME_set(X509_getm_notAfter(made), absl::ToTimeT(options.now + options.valid)) &&
      X509_set_pubkey(made, subject.key) == 1 &&
      X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, Bytes(subject.name), -1, -1, 0) == 1;
  if (issuer == nullptr) issuer = made;
  good = good && X509_set_issuer_name(made, X509_get_subject_name(issuer)) == 1;
  for (const auto& [nid, value] : subject.extensions) {
    good = good && AddExtension(made, issuer, nid, value);
  }
  good = good && X509_sign(made, key, EVP_sha256()) > 0;
  return good ? std::move(certificate) : nullptr;
}

template <typename Write>
std::string ToPem(const Write& write) {
  const Memory memory(BIO_new(BIO_s_mem()));
  if (memory == nullptr || write(memory.get()) != 1) return "";
  char* text = nullptr;
  const auto size = BIO_get_mem_data(memory.get(), &text);
  return std::string(text, static_cast<size_t>(size));
}

std::string ToPem(X509* certificate) {
  return ToPem([&](BIO* out) { return PEM_write_bio_X509(out, certificate); });
}

absl::Status MakeCertificates(const DevIdentityOptions& options, DevIdentity& identity) {
  const auto names = AlternativeNames(options.hosts);
  if (!names.ok()) return names.status();
  const KeyPtr ca_key(EVP_EC_gen("P-256"));
  const KeyPtr key(EVP_EC_gen("P-256"));
  if (ca_key == nullptr || key == nullptr) return Failed("keys");
  const Certificate ca = Sign({"Baton, tried out",
                               ca_key.get(),
                               {{NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
                                {NID_key_usage, "critical,keyCertSign"},
                                {NID_subject_key_identifier, "hash"}}},
                              nullptr, ca_key.get(), options);
  if (ca == nullptr) return Failed("an authority");
  const Certificate server = Sign({"baton",
                                   key.get(),
                                   {{NID_basic_constraints, "critical,CA:FALSE"},
                                    {NID_key_usage, "critical,digitalSignature"},
                                    {NID_ext_key_usage, "serverAuth"},
                                    {NID_subject_key_identifier, "hash"},
                                    {NID_authority_key_identifier, "keyid:always"},
                                    {NID_subject_alt_name, *names}}},
                                  ca.get(), ca_key.get(), options);
  if (server == nullptr) return Failed("a certificate");
  identity.ca = ToPem(ca.get());
  identity.certificate = ToPem(server.get());
  identity.key = ToPem([&](BIO* out) {
    return PEM_write_bio_PKCS8PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  });
  return absl::OkStatus();
}

std::string Part(const nlohmann::json& json) {
  return absl::WebSafeBase64Escape(json.dump());
}

// Empty if OpenSSL fails.
std::string SignToken(EVP_PKEY* key, const nlohmann::json& claims) {
  const nlohmann::json header = {{"alg", "EdDSA"}, {"kid", kKid}, {"typ", "JWT"}};
  const std::string text = absl::StrCat(Part(header), ".", Part(claims));
  unsigned char signature[64];
  size_t size = sizeof(signature);
  const DigestContext context(EVP_MD_CTX_new());
  if (EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key) != 1 ||
      EVP_DigestSign(context.get(), signature, &size, Bytes(text), text.size()) != 1) {
    return "";
  }
  return absl::StrCat(text, ".",
                      absl::WebSafeBase64Escape({reinterpret_cast<const char*>(signature), size}));
}

absl::Status MakeTokens(const DevIdentityOptions& options, DevIdentity& identity) {
  const KeyPtr key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  unsigned char point[32];
  size_t size = sizeof(point);
  if (key == nullptr || EVP_PKEY_get_raw_public_key(key.get(), point, &size) != 1) {
    return Failed("a key");
  }
  const nlohmann::json jwk = {
      {"kty", "OKP"},
      {"crv", "Ed25519"},
      {"alg", "EdDSA"},
      {"use", "sig"},
      {"kid", kKid},
      {"x", absl::WebSafeBase64Escape({reinterpret_cast<const char*>(point), size})}};
  identity.key_set = nlohmann::json{{"keys", nlohmann::json::array({jwk})}}.dump();
  for (const Role role : kTokenRoles) {
    const std::string name = NameOf(role);
    nlohmann::json claims = {{"iss", kDevIssuer},
                             {"aud", kDevAudience},
                             {"sub", absl::StrCat(name, "@dev-identity")},
                             {"iat", absl::ToUnixSeconds(options.now)},
                             {"exp", absl::ToUnixSeconds(options.now + options.valid)},
                             {"roles", nlohmann::json::array({name})},
                             {"workspaces", nlohmann::json::array({kEveryWorkspace})}};
    if (role == Role::kRep) claims["rep"] = options.rep;
    identity.tokens[name] = SignToken(key.get(), claims);
    if (identity.tokens[name].empty()) return Failed("a token");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<DevIdentity> MakeDevIdentity(const DevIdentityOptions& options) {
  DevIdentity identity;
  if (absl::Status made = MakeCertificates(options, identity); !made.ok()) return made;
  if (absl::Status made = MakeTokens(options, identity); !made.ok()) return made;
  return identity;
}

}  // namespace baton::identity
