#include "connect/query.h"

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "connect/refusal.h"

namespace baton::connect {
namespace {

constexpr size_t kEscapeChars = 3;  // %7B

absl::StatusOr<std::string> Unescape(absl::string_view text) {
  std::string plain;
  while (!text.empty()) {
    if (text[0] != '%') {
      plain.push_back(text[0] == '+' ? ' ' : text[0]);
      text.remove_prefix(1);
      continue;
    }
    const bool has_digits = text.size() >= kEscapeChars &&
                            absl::ascii_isxdigit(static_cast<unsigned char>(text[1])) &&
                            absl::ascii_isxdigit(static_cast<unsigned char>(text[2]));
    uint32_t byte = 0;
    if (!has_digits || !absl::SimpleHexAtoi(text.substr(1, kEscapeChars - 1), &byte)) {
      return UnreadableMessage("a percent sign in the URL is not followed by two hex digits");
    }
    plain.push_back(static_cast<char>(byte));
    text.remove_prefix(kEscapeChars);
  }
  return plain;
}

}  // namespace

absl::StatusOr<Headers> ParseQuery(absl::string_view text) {
  Headers parameters;
  for (const absl::string_view part : absl::StrSplit(text, '&', absl::SkipEmpty())) {
    const std::pair<absl::string_view, absl::string_view> pair =
        absl::StrSplit(part, absl::MaxSplits('=', 1));
    auto name = Unescape(pair.first);
    if (!name.ok()) return name.status();
    auto value = Unescape(pair.second);
    if (!value.ok()) return value.status();
    parameters.emplace_back(*std::move(name), *std::move(value));
  }
  return parameters;
}

}  // namespace baton::connect
