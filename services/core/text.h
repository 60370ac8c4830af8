// Text helpers that every folder above the core may use.
#ifndef BATON_CORE_TEXT_H_
#define BATON_CORE_TEXT_H_

#include <string>
#include <string_view>

#include "absl/strings/string_view.h"
#include "core/time.h"

namespace baton::core {

// Debian 12 builds Abseil with a string_view of its own that std::string_view does not convert to;
// elsewhere the two are one type. This is the way from the one to the other on both.
inline absl::string_view ToAbsl(std::string_view text) {
  return {text.data(), text.size()};
}

// `text` if it has at most `bytes_max` (3 or more) bytes, else its beginning and "...", together
// not longer than that. Never cuts a UTF-8 character in two.
std::string Shortened(std::string_view text, size_t bytes_max);

// RFC 3339 in UTC with milliseconds: "2026-11-28T09:30:00.000Z".
std::string FormatTime(TimeMs at_ms);

}  // namespace baton::core

#endif  // BATON_CORE_TEXT_H_
