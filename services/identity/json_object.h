// JSON of strangers, read strictly.
#ifndef BATON_IDENTITY_JSON_OBJECT_H_
#define BATON_IDENTITY_JSON_OBJECT_H_

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace baton::identity {

// An object in which no name stands twice: whoever reads it, reads the same. Otherwise nothing.
std::optional<nlohmann::json> ParseObject(absl::string_view text);

// The text member `name`; empty without it or if it is no text.
std::string TextOf(const nlohmann::json& object, const char* name);

// base64url without padding, in its one canonical form (RFC 7515, section 2).
std::optional<std::string> DecodeBase64Url(absl::string_view text);

}  // namespace baton::identity

#endif  // BATON_IDENTITY_JSON_OBJECT_H_
