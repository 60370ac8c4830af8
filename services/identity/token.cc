#include "identity/token.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "core/errors.h"
#include "identity/json_object.h"

namespace baton::identity {
namespace {

constexpr double kSecondsMax = 253402300799;  // the year 9999
constexpr size_t kRolesMax = 100;             // that a token may list, ours or not

absl::Status Invalid(absl::string_view why) {
  return core::Error(absl::StatusCode::kUnauthenticated, "INVALID_TOKEN",
                     absl::StrCat("the token ", why));
}

// The key that signed it; `parts` are header, claims and signature.
absl::Status CheckSignature(absl::string_view token, const std::vector<absl::string_view>& parts,
                            const KeySet& keys) {
  const auto header_text = DecodeBase64Url(parts[0]);
  const auto header = header_text.has_value() ? ParseObject(*header_text) : std::nullopt;
  if (!header.has_value()) return Invalid("has a header that is no JSON object");
  if (header->contains("crit")) return Invalid("demands extensions that are not known here");
  const std::string type = absl::AsciiStrToLower(TextOf(*header, "typ"));
  const absl::string_view plain_type = absl::StripPrefix(type, "application/");
  if (header->contains("typ") && plain_type != "jwt" && plain_type != "at+jwt") {
    return Invalid("is of a type that is neither JWT nor at+jwt");
  }
  const PublicKey* key = keys.Find(TextOf(*header, "kid"));
  if (key == nullptr) {
    return core::Error(absl::StatusCode::kUnauthenticated, "UNKNOWN_KEY",
                       "the token names no key (kid) of the issuer's key set");
  }
  if (TextOf(*header, "alg") != std::string(NameOf(key->algorithm()))) {
    return Invalid(
        absl::StrCat("is not signed by ", NameOf(key->algorithm()), ", which its key is for"));
  }
  const auto signature = DecodeBase64Url(parts[2]);
  const absl::string_view signed_text = token.substr(0, parts[0].size() + 1 + parts[1].size());
  if (!signature.has_value() || !key->Verifies(signed_text, *signature)) {
    return Invalid("has a signature that does not fit");
  }
  return absl::OkStatus();
}

// A NumericDate; nothing if it is none.
std::optional<absl::Time> TimeOf(const nlohmann::json& claims, const char* name) {
  const auto found = claims.find(name);
  if (found == claims.end() || !found->is_number()) return std::nullopt;
  const double seconds = found->get<double>();
  if (!(seconds >= 0 && seconds <= kSecondsMax)) return std::nullopt;
  return absl::UnixEpoch() + absl::Seconds(seconds);
}

absl::Status CheckTimes(const nlohmann::json& claims, const TokenRules& rules, absl::Time now) {
  const auto expires_at = TimeOf(claims, "exp");
  if (!expires_at.has_value()) return Invalid("does not say when it expires (exp)");
  if (now >= *expires_at + rules.leeway) {
    return core::Error(absl::StatusCode::kUnauthenticated, "EXPIRED_TOKEN",
                       "the token has expired");
  }
  if (!claims.contains("nbf")) return absl::OkStatus();
  const auto begins_at = TimeOf(claims, "nbf");
  if (!begins_at.has_value()) return Invalid("has a time (nbf) that is none");
  if (now < *begins_at - rules.leeway) return Invalid("is not good yet (nbf)");
  return absl::OkStatus();
}

bool IsFor(const nlohmann::json& claims, const std::string& audience) {
  const auto found = claims.find("aud");
  if (found == claims.end()) return false;
  if (found->is_array()) return std::find(found->begin(), found->end(), audience) != found->end();
  return found->is_string() && found->get<std::string>() == audience;
}

// A list of texts, or one text; `spaced`: that may hold several. Nothing if it is neither.
std::optional<std::vector<std::string>> WordsOf(const nlohmann::json& claims, const char* name,
                                                bool spaced) {
  std::vector<std::string> words;
  const auto found = claims.find(name);
  if (found == claims.end()) return words;
  if (found->is_string()) {
    const std::string text = found->get<std::string>();
    if (!spaced) return std::vector<std::string>{text};
    return std::vector<std::string>(absl::StrSplit(text, ' ', absl::SkipEmpty()));
  }
  if (!found->is_array()) return std::nullopt;
  for (const nlohmann::json& word : *found) {
    if (!word.is_string()) return std::nullopt;
    words.push_back(word.get<std::string>());
  }
  return words;
}

absl::Status ReadRights(const nlohmann::json& claims, Principal& principal) {
  const auto roles = WordsOf(claims, "roles", /*spaced=*/true);
  if (!roles.has_value() || roles->size() > kRolesMax) {
    return Invalid(absl::StrCat("has roles that are no list of at most ", kRolesMax, " texts"));
  }
  for (const std::string& name : *roles) {
    if (const auto role = RoleNamed(name); role.has_value()) principal.roles.insert(*role);
  }
  const auto workspaces = WordsOf(claims, "workspaces", /*spaced=*/false);
  if (!workspaces.has_value()) return Invalid("has workspaces that are no list of texts");
  for (const std::string& name : *workspaces) {
    if (!AddWorkspace(name, principal).ok()) {
      return Invalid(
          absl::StrCat("names a workspace that cannot be, or more than ", kWorkspacesMax));
    }
  }
  if (claims.contains("rep")) {
    const auto rep = core::RepId::Parse(TextOf(claims, "rep"));
    if (!rep.ok()) return Invalid("names a rep that cannot be");
    principal.rep = *rep;
  }
  if (principal.roles.count(Role::kRep) > 0 && principal.rep.empty()) {
    return Invalid("has the role rep but does not say which one (claim rep)");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Principal> VerifyToken(absl::string_view token, const KeySet& keys,
                                      const TokenRules& rules, absl::Time now) {
  if (token.size() > kTokenBytesMax) {
    return Invalid(absl::StrCat("has more than ", kTokenBytesMax, " bytes"));
  }
  const std::vector<absl::string_view> parts = absl::StrSplit(token, '.');
  if (parts.size() != 3) return Invalid("is not a signed JWT of three parts");
  // First of all: nothing that is not signed is looked at.
  if (absl::Status status = CheckSignature(token, parts, keys); !status.ok()) return status;
  const auto claims_text = DecodeBase64Url(parts[1]);
  const auto claims = claims_text.has_value() ? ParseObject(*claims_text) : std::nullopt;
  if (!claims.has_value()) return Invalid("has claims that are no JSON object");
  if (TextOf(*claims, "iss") != rules.issuer) return Invalid("is of another issuer (iss)");
  if (!IsFor(*claims, rules.audience)) return Invalid("is meant for another service (aud)");
  if (absl::Status status = CheckTimes(*claims, rules, now); !status.ok()) return status;
  Principal principal;
  principal.id = TextOf(*claims, rules.principal_claim.c_str());
  if (!IsPrincipalId(principal.id)) {
    return Invalid(absl::StrCat("has no ", rules.principal_claim, " of 1 to ", kPrincipalBytesMax,
                                " characters of A-Z, a-z, 0-9 and ._@+-"));
  }
  if (absl::Status status = ReadRights(*claims, principal); !status.ok()) return status;
  principal.expires_at = *TimeOf(*claims, "exp") + rules.leeway;
  return principal;
}

}  // namespace baton::identity
