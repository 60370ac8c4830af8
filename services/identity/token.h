// A signed token (RFC 7519, RFC 8725) -> the principal that it proves. Pure; thread-safe.
//
// Claims: `sub` (or the claim that the rules name) is the principal's id; `roles`, a list or words
// with spaces between them, of which unknown ones give no right; `workspaces`, a list or one, "*"
// for all; `rep`, the id of the rep that the principal is.
#ifndef BATON_IDENTITY_TOKEN_H_
#define BATON_IDENTITY_TOKEN_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "identity/key_set.h"
#include "identity/principal.h"

namespace baton::identity {

inline constexpr size_t kTokenBytesMax = 8 * 1024;

struct TokenRules {
  std::string issuer;    // `iss` is this
  std::string audience;  // `aud` is this or lists it
  std::string principal_claim = "sub";
  absl::Duration leeway = absl::Seconds(30);  // how far clocks may differ: exp, nbf
};

// UNAUTHENTICATED: UNKNOWN_KEY for one whose kid is not in `keys`, EXPIRED_TOKEN for one that was
// good, INVALID_TOKEN for everything else, with a sentence that says why and repeats nothing of the
// token.
absl::StatusOr<Principal> VerifyToken(absl::string_view token, const KeySet& keys,
                                      const TokenRules& rules, absl::Time now);

}  // namespace baton::identity

#endif  // BATON_IDENTITY_TOKEN_H_
