#include "identity/key_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "absl/strings/escaping.h"
#include "token_maker.h"

namespace baton::identity {
namespace {

using nlohmann::json;
using testing::HasSubstr;

// The examples of RFC 7515 (A.2, A.3) and RFC 8037 (A.4), with a kid.
constexpr char kRfcKeys[] = R"({"keys": [
  {"kty": "RSA", "kid": "rsa", "e": "AQAB", "n":
"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL)"
                            R"(-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-)"
                            R"(bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmt)"
                            R"(dVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_)"
                            R"(h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"},
  {"kty": "EC", "crv": "P-256", "kid": "ec",
   "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
   "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"},
  {"kty": "OKP", "crv": "Ed25519", "kid": "ed",
   "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]})";
constexpr char kRfcClaims[] =
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVl"
    "fQ";
constexpr char kRfcRsaSignature[] =
    "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5"
    "jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb"
    "1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QO"
    "YEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
constexpr char kRfcEcSignature[] =
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
constexpr char kRfcEdSignature[] =
    "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";

std::string Decoded(const char* text) {
  std::string bytes;
  EXPECT_TRUE(absl::WebSafeBase64Unescape(text, &bytes));
  return bytes;
}

TEST(KeySetTest, VerifiesTheExamplesOfTheStandards) {
  const auto keys = KeySet::Parse(kRfcKeys);
  ASSERT_TRUE(keys.ok()) << keys.status();
  const std::string rsa = std::string("eyJhbGciOiJSUzI1NiJ9.") + kRfcClaims;
  const std::string ec = std::string("eyJhbGciOiJFUzI1NiJ9.") + kRfcClaims;
  const std::string ed = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
  EXPECT_TRUE(keys->Find("rsa")->Verifies(rsa, Decoded(kRfcRsaSignature)));
  EXPECT_TRUE(keys->Find("ec")->Verifies(ec, Decoded(kRfcEcSignature)));
  EXPECT_TRUE(keys->Find("ed")->Verifies(ed, Decoded(kRfcEdSignature)));
  EXPECT_FALSE(keys->Find("rsa")->Verifies(ec, Decoded(kRfcRsaSignature)));
  EXPECT_FALSE(keys->Find("ec")->Verifies(rsa, Decoded(kRfcEcSignature)));
  EXPECT_FALSE(keys->Find("ed")->Verifies(rsa, Decoded(kRfcEdSignature)));
  EXPECT_FALSE(keys->Find("ec")->Verifies(ec, ""));
  EXPECT_EQ(keys->Find("other"), nullptr);
}

TEST(KeySetTest, KeysForOtherUsesArePassedOver) {
  const Signer good("EdDSA", "good");
  json encrypts = Signer("EdDSA", "encrypts").jwk();
  encrypts["use"] = "enc";
  json derives = Signer("ES256", "derives").jwk();
  derives.erase("use");
  derives["key_ops"] = {"deriveKey"};
  json other_algorithm = Signer("RS256", "pss").jwk();
  other_algorithm["alg"] = "PS256";
  json nameless = Signer("ES256", "").jwk();
  nameless.erase("kid");
  const json curve = Signer("ES384", "p384").jwk();
  const json set = {
      {"keys", json::array({good.jwk(), encrypts, derives, other_algorithm, nameless, curve})}};
  const auto keys = KeySet::Parse(set.dump());
  ASSERT_TRUE(keys.ok()) << keys.status();
  EXPECT_EQ(keys->size(), 1U);
  EXPECT_NE(keys->Find("good"), nullptr);
}

// What is wrong with `keys`, published as a set.
std::string Refusal(const json& keys) {
  const auto parsed = KeySet::Parse(json({{"keys", keys}}).dump());
  return parsed.ok() ? "" : std::string(parsed.status().message());
}

TEST(KeySetTest, SecretsInASetAreRefused) {
  json with_private = Signer("EdDSA", "a").jwk();
  with_private["d"] = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";
  EXPECT_THAT(Refusal(json::array({with_private})), HasSubstr("private or shared"));
  EXPECT_THAT(Refusal(json::array({{{"kty", "oct"}, {"kid", "s"}, {"k", "c2VjcmV0"}}})),
              HasSubstr("private or shared"));
}

TEST(KeySetTest, DamagedWeakAndRepeatedKeysAreRefused) {
  const Signer ec("ES256", "a");
  json off_curve = ec.jwk();
  off_curve["x"] = off_curve["y"];
  EXPECT_THAT(Refusal(json::array({off_curve})), HasSubstr("keys[0] is damaged"));
  json padded = Signer("EdDSA", "a").jwk();
  padded["x"] = padded["x"].get<std::string>() + "=";
  EXPECT_THAT(Refusal(json::array({ec.jwk(), padded})), HasSubstr("keys[1] is damaged"));
  EXPECT_THAT(Refusal(json::array({Signer("RS1024", "a").jwk()})), HasSubstr("fewer than 2048"));
  EXPECT_THAT(Refusal(json::array({ec.jwk(), Signer("EdDSA", "a").jwk()})),
              HasSubstr("kid of another"));
  EXPECT_THAT(Refusal(json::array()), HasSubstr("no key"));
  EXPECT_THAT(Refusal(json::array({"x"})), HasSubstr("no object"));
  EXPECT_THAT(Refusal(json(kKeysMax + 1, ec.jwk())), HasSubstr("more than"));
}

TEST(KeySetTest, OtherDocumentsAreRefused) {
  for (const char* text : {"", "{}", "[]", "{\"keys\": 1}", "{\"keys\": [", "nonsense",
                           "{\"keys\": [], \"keys\": []}"}) {
    EXPECT_FALSE(KeySet::Parse(text).ok()) << text;
  }
}

}  // namespace
}  // namespace baton::identity
