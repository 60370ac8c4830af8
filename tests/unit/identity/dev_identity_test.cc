#include "identity/dev_identity.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "gtest/gtest.h"
#include "identity/key_set.h"
#include "identity/openssl.h"
#include "identity/token.h"

namespace baton::identity {
namespace {

using Parsed = std::unique_ptr<X509, Freer<X509_free>>;

const absl::Time kMadeAt = absl::FromUnixSeconds(1'800'000'000);

DevIdentityOptions ForTests() {
  return {{"localhost", "10.1.2.3", "::1"}, "ada", kMadeAt, absl::Hours(24)};
}

Parsed ParsePem(const std::string& pem) {
  const std::unique_ptr<BIO, Freer<BIO_free>> memory(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  return Parsed(PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr));
}

absl::StatusOr<Principal> VerifyAt(const DevIdentity& identity, const std::string& role,
                                   absl::Time at) {
  const auto keys = KeySet::Parse(identity.key_set);
  if (!keys.ok()) return keys.status();
  TokenRules rules;
  rules.issuer = kDevIssuer;
  rules.audience = kDevAudience;
  return VerifyToken(identity.tokens.at(role), *keys, rules, at);
}

TEST(DevIdentityTest, ItsTokensAreGoodForItsKeySetAndEachForItsRole) {
  const auto identity = MakeDevIdentity(ForTests());
  ASSERT_TRUE(identity.ok()) << identity.status();
  EXPECT_EQ(identity->tokens.size(), 5u);
  for (const auto& [role, token] : identity->tokens) {
    const auto principal = VerifyAt(*identity, role, kMadeAt);
    ASSERT_TRUE(principal.ok()) << role << ": " << principal.status();
    EXPECT_EQ(principal->roles, std::set<Role>{*RoleNamed(role)});
    EXPECT_TRUE(principal->every_workspace);
    EXPECT_EQ(principal->rep.str(), role == "rep" ? "ada" : "");
    EXPECT_FALSE(VerifyAt(*identity, role, kMadeAt + absl::Hours(25)).ok());
  }
  const auto other = MakeDevIdentity(ForTests());
  ASSERT_TRUE(other.ok());
  DevIdentity mixed = *identity;
  mixed.key_set = other->key_set;
  EXPECT_FALSE(VerifyAt(mixed, "admin", kMadeAt).ok());
}

TEST(DevIdentityTest, ItsCertificateIsForItsHostsAndOfItsAuthority) {
  const auto identity = MakeDevIdentity(ForTests());
  ASSERT_TRUE(identity.ok()) << identity.status();
  const Parsed ca = ParsePem(identity->ca), server = ParsePem(identity->certificate);
  ASSERT_TRUE(ca != nullptr && server != nullptr);
  EXPECT_EQ(X509_verify(server.get(), X509_get0_pubkey(ca.get())), 1);
  EXPECT_EQ(X509_check_issued(ca.get(), server.get()), X509_V_OK);
  EXPECT_EQ(X509_check_ca(ca.get()), 1);
  EXPECT_EQ(X509_check_ca(server.get()), 0);
  EXPECT_EQ(X509_check_host(server.get(), "localhost", 0, 0, nullptr), 1);
  EXPECT_EQ(X509_check_ip_asc(server.get(), "10.1.2.3", 0), 1);
  EXPECT_EQ(X509_check_ip_asc(server.get(), "::1", 0), 1);
  EXPECT_EQ(X509_check_host(server.get(), "baton.example", 0, 0, nullptr), 0);
  EXPECT_NE(identity->key.find("BEGIN PRIVATE KEY"), std::string::npos);
}

TEST(DevIdentityTest, WhatIsNoHostIsRefused) {
  for (const char* host : {"", "a,IP:1.2.3.4", "a b", "a:7400", "@section"}) {
    DevIdentityOptions options = ForTests();
    options.hosts = {host};
    EXPECT_EQ(MakeDevIdentity(options).status().code(), absl::StatusCode::kInvalidArgument) << host;
  }
}

}  // namespace
}  // namespace baton::identity
