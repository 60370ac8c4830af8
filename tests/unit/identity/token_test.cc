#include "identity/token.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/errors.h"
#include "token_maker.h"

namespace baton::identity {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr int64_t kNow = 1'800'000'000;

class TokenTest : public ::testing::Test {
 protected:
  static json Claims() {
    return {{"iss", "https://id.acme.example"},
            {"aud", "baton"},
            {"sub", "ada@acme.example"},
            {"exp", kNow + 300},
            {"roles", {"sales", "rep"}},
            {"workspaces", {"acme"}},
            {"rep", "ada"}};
  }
  static json With(const char* name, json value) {
    json claims = Claims();
    claims[name] = std::move(value);
    return claims;
  }
  static json Without(const char* name) {
    json claims = Claims();
    claims.erase(name);
    return claims;
  }
  static json Header(const Signer& signer, const char* name, json value) {
    json header = signer.header();
    header[name] = std::move(value);
    return header;
  }
  absl::StatusOr<Principal> Verify(const std::string& token) const {
    return VerifyToken(token, *keys_, rules_, absl::FromUnixSeconds(kNow));
  }

  // Making keys takes long.
  inline static const Signer rsa_{"RS256", "rsa-1"};
  inline static const Signer ec_{"ES256", "ec-1"};
  inline static const Signer ed_{"EdDSA", "ed-1"};
  inline static const Signer stranger_{"EdDSA", "ed-1"};  // of the same name
  const absl::StatusOr<KeySet> keys_ = KeySet::Parse(KeySetOf({&rsa_, &ec_, &ed_}));
  TokenRules rules_ = {"https://id.acme.example", "baton"};
};

TEST_F(TokenTest, EachAlgorithmProvesThePrincipal) {
  for (const Signer* signer : {&rsa_, &ec_, &ed_}) {
    const auto ada = Verify(signer->Sign(Claims()));
    ASSERT_TRUE(ada.ok()) << ada.status();
    EXPECT_EQ(ada->id, "ada@acme.example");
    EXPECT_THAT(ada->roles, ElementsAre(Role::kSales, Role::kRep));
    EXPECT_THAT(ada->workspaces, ElementsAre(core::WorkspaceId::Trusted("acme")));
    EXPECT_EQ(ada->rep.str(), "ada");
    EXPECT_EQ(absl::ToUnixSeconds(ada->expires_at), kNow + 330);
  }
}

TEST_F(TokenTest, ClaimsMayComeAsOneText) {
  json claims = With("roles", "openid admin service");
  claims["aud"] = {"other", "baton"};
  claims["workspaces"] = "*";
  claims.erase("rep");
  const auto ada = Verify(ed_.Sign(claims));
  ASSERT_TRUE(ada.ok()) << ada.status();
  EXPECT_THAT(ada->roles, ElementsAre(Role::kAdmin, Role::kService));
  EXPECT_TRUE(ada->every_workspace);
}

TEST_F(TokenTest, WithoutRolesAndWorkspacesItGivesNoRight) {
  json claims = Without("roles");
  claims.erase("workspaces");
  const auto ada = Verify(ed_.Sign(claims));
  ASSERT_TRUE(ada.ok()) << ada.status();
  EXPECT_THAT(ada->roles, IsEmpty());
  EXPECT_FALSE(ada->MayEnter(core::WorkspaceId::Trusted("acme")));
}

TEST_F(TokenTest, AnotherClaimMayNameThePrincipal) {
  rules_.principal_claim = "email";
  json claims = With("sub", "auth0|1234");
  claims["email"] = "ada@acme.example";
  EXPECT_EQ(Verify(ed_.Sign(claims))->id, "ada@acme.example");
  EXPECT_FALSE(Verify(ed_.Sign(Claims())).ok());
}

TEST_F(TokenTest, ClocksMayDifferALittle) {
  EXPECT_TRUE(Verify(ed_.Sign(With("exp", kNow - 29))).ok());
  EXPECT_EQ(core::ErrorReason(Verify(ed_.Sign(With("exp", kNow - 30))).status()), "EXPIRED_TOKEN");
  EXPECT_TRUE(Verify(ed_.Sign(With("nbf", kNow + 30))).ok());
  EXPECT_FALSE(Verify(ed_.Sign(With("nbf", kNow + 31))).ok());
}

TEST_F(TokenTest, BadTokensAreRefused) {
  const std::string good = ed_.Sign(Claims());
  const std::vector<std::string> parts = absl::StrSplit(good, '.');
  const std::string none = Base64Url(R"({"alg":"none","kid":"ed-1"})");
  // HMAC with the public key as its secret, as confused verifiers take it.
  const std::string hmac_text =
      absl::StrCat(Base64Url(R"({"alg":"HS256","kid":"rsa-1"})"), ".", parts[1]);
  const std::string secret = rsa_.jwk()["n"];
  std::string mac(32, '\0');
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(hmac_text.data()), hmac_text.size(),
       reinterpret_cast<unsigned char*>(mac.data()), nullptr);
  std::string flipped = good;
  flipped[parts[0].size() + 20] = flipped[parts[0].size() + 20] == 'A' ? 'B' : 'A';
  json embedded = Header(stranger_, "jwk", stranger_.jwk());
  const std::string claims = Claims().dump();
  const std::vector<std::pair<const char*, std::string>> bad = {
      {"nothing", ""},
      {"a word", "hello"},
      {"two parts", absl::StrCat(parts[0], ".", parts[1])},
      {"four parts", absl::StrCat(good, ".", parts[2])},
      {"five parts, encrypted", absl::StrCat(good, ".a.b")},
      {"too long", absl::StrCat(good, std::string(kTokenBytesMax, 'A'))},
      {"alg none", absl::StrCat(none, ".", parts[1], ".")},
      {"alg none with a signature", absl::StrCat(none, ".", parts[1], ".", parts[2])},
      {"no signature", absl::StrCat(parts[0], ".", parts[1], ".")},
      {"HMAC with the public key", absl::StrCat(hmac_text, ".", Base64Url(mac))},
      {"alg of another key", rsa_.Sign(Header(rsa_, "alg", "RS512"), Claims())},
      {"alg in small letters", ed_.Sign(Header(ed_, "alg", "eddsa"), Claims())},
      {"alg that is no text", ed_.Sign(Header(ed_, "alg", 1), Claims())},
      {"another key's kid", ed_.Sign(Header(ed_, "kid", "ec-1"), Claims())},
      {"no kid", ed_.Sign({{"alg", "EdDSA"}}, Claims())},
      {"unknown kid", ed_.Sign(Header(ed_, "kid", "ed-2"), Claims())},
      {"kid that is a path", ed_.Sign(Header(ed_, "kid", "../../dev/null"), Claims())},
      {"key of a stranger", stranger_.Sign(Claims())},
      {"key of a stranger, sent with it", stranger_.Sign(embedded, Claims())},
      {"critical extension", ed_.Sign(Header(ed_, "crit", {"exp"}), Claims())},
      {"another type", ed_.Sign(Header(ed_, "typ", "secevent+jwt"), Claims())},
      {"header twice", ed_.SignText(R"({"alg":"EdDSA","alg":"EdDSA","kid":"ed-1"})", claims)},
      {"claims changed", flipped},
      {"signature padded", absl::StrCat(good, "=")},
      {"space after it", absl::StrCat(good, " ")},
      {"claims no object", ed_.SignText(ed_.header().dump(), "[1]")},
      {"claims no JSON", ed_.SignText(ed_.header().dump(), "nonsense")},
      {"a claim twice", ed_.SignText(ed_.header().dump(), R"({"sub":"a","sub":"b"})")},
      {"another issuer", ed_.Sign(With("iss", "https://id.other.example"))},
      {"no issuer", ed_.Sign(Without("iss"))},
      {"another audience", ed_.Sign(With("aud", "crm"))},
      {"audience not among them", ed_.Sign(With("aud", {"crm", "batons"}))},
      {"no audience", ed_.Sign(Without("aud"))},
      {"expired", ed_.Sign(With("exp", kNow - 3600))},
      {"no expiry", ed_.Sign(Without("exp"))},
      {"expiry as text", ed_.Sign(With("exp", "never"))},
      {"expiry beyond time", ed_.Sign(With("exp", 1e300))},
      {"negative expiry", ed_.Sign(With("exp", -1))},
      {"not yet good", ed_.Sign(With("nbf", kNow + 3600))},
      {"nbf as text", ed_.Sign(With("nbf", "now"))},
      {"no subject", ed_.Sign(Without("sub"))},
      {"empty subject", ed_.Sign(With("sub", ""))},
      {"subject with a line end", ed_.Sign(With("sub", "ada\nbaton-roles: admin"))},
      {"roles no texts", ed_.Sign(With("roles", {1, 2}))},
      {"roles an object", ed_.Sign(With("roles", {{"admin", true}}))},
      {"workspace that forges a key", ed_.Sign(With("workspaces", {"a}:b"}))},
      {"workspaces a number", ed_.Sign(With("workspaces", 7))},
      {"role rep without rep", ed_.Sign(Without("rep"))},
      {"rep that cannot be", ed_.Sign(With("rep", "a/b"))},
  };
  for (const auto& [name, token] : bad) {
    const absl::Status refused = Verify(token).status();
    EXPECT_EQ(refused.code(), absl::StatusCode::kUnauthenticated) << name;
    EXPECT_THAT(core::ErrorReason(refused),
                testing::AnyOf("INVALID_TOKEN", "UNKNOWN_KEY", "EXPIRED_TOKEN"))
        << name;
    EXPECT_THAT(std::string(refused.message()), testing::StartsWith("the token ")) << name;
    EXPECT_THAT(std::string(refused.message()), Not(HasSubstr("ada"))) << name;
  }
  EXPECT_GE(bad.size(), 20U);
  EXPECT_TRUE(Verify(good).ok());
}

}  // namespace
}  // namespace baton::identity
