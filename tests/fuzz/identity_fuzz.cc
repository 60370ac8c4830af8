// What callers and operators hand to the front door: tokens, key sets, files of clients and
// methods.
#include <string>

#include "fuzz/fuzz.h"
#include "identity/client_map.h"
#include "identity/key_set.h"
#include "identity/method_policy.h"
#include "identity/token.h"

namespace baton::fuzz {
namespace {

// Example A.4 of RFC 8037, whose token has no claims that make a principal.
constexpr char kKeys[] =
    R"({"keys": [{"kty": "OKP", "crv": "Ed25519", "kid": "k",
    "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]})";

void CheckToken(absl::string_view token) {
  static const auto* const keys = new identity::KeySet(*identity::KeySet::Parse(kKeys));
  const identity::TokenRules rules{"issuer", "audience"};
  const auto principal = identity::VerifyToken(token, *keys, rules, absl::UnixEpoch());
  Require(!principal.ok(), "nobody here has the private key");
  Require(absl::IsUnauthenticated(principal.status()), "a bad token is UNAUTHENTICATED");
}

void CheckFiles(absl::string_view text) {
  if (const auto keys = identity::KeySet::Parse(text); keys.ok()) {
    Require(keys->size() > 0, "a key set has keys");
  }
  if (const auto methods = identity::MethodPolicy::Parse(text); methods.ok()) {
    Require(methods->RolesFor("no.Service/None").empty(), "what is not listed is denied");
  }
  identity::ClientMap::Parse(text).IgnoreError();
}

}  // namespace
}  // namespace baton::fuzz

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = baton::fuzz::Text(data, size);
  baton::fuzz::CheckToken({text.data(), text.size()});
  baton::fuzz::CheckFiles({text.data(), text.size()});
  return 0;
}
