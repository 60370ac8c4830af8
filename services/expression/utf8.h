// Text by characters (code points).
#ifndef BATON_EXPRESSION_UTF8_H_
#define BATON_EXPRESSION_UTF8_H_

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/strings/string_view.h"

namespace baton::expression {

// Debian 12's Abseil has a string_view of its own.
inline absl::string_view AbslView(std::string_view text) {
  return {text.data(), text.size()};
}

// Length of the UTF-8 character at text[at], or 0 if it is malformed (RFC 3629).
size_t CharacterLength(std::string_view text, size_t at);

int64_t CountCharacters(std::string_view text);

// The byte at which character `index` begins, or the end; nullopt beyond it or below 0.
std::optional<size_t> ByteOf(std::string_view text, int64_t index);

// Each character of its own.
std::vector<std::string_view> Characters(std::string_view text);

}  // namespace baton::expression

#endif  // BATON_EXPRESSION_UTF8_H_
