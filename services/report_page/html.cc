#include "report_page/html.h"

#include <cstddef>
#include <string_view>

#include "absl/strings/str_cat.h"

namespace baton::report_page {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

bool IsContinuation(char c) {
  constexpr unsigned char kMask = 0xC0, kMark = 0x80;
  return (static_cast<unsigned char>(c) & kMask) == kMark;
}

// How many bytes the character at the beginning of `text` has; 0: it is no UTF-8.
size_t CharacterBytes(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  if (lead < 0x80) return 1;
  const size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < bytes) return 0;
  for (size_t i = 1; i < bytes; ++i) {
    if (!IsContinuation(text[i])) return 0;
  }
  const auto second = static_cast<unsigned char>(text[1]);
  const bool overlong = (lead == 0xE0 && second < 0xA0) || (lead == 0xF0 && second < 0x90);
  const bool beyond = (lead == 0xED && second > 0x9F) || (lead == 0xF4 && second > 0x8F);
  const bool control = lead == 0xC2 && second < 0xA0;
  return overlong || beyond || control ? 0 : bytes;
}

std::string_view Reference(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    case '\n':
      return "&#10;";
    default:
      return "";
  }
}

}  // namespace

std::string Escaped(const std::string& whole) {
  std::string out;
  out.reserve(whole.size());
  std::string_view text = whole;
  while (!text.empty()) {
    const size_t bytes = CharacterBytes(text);
    const char first = text.front();
    const bool control =
        (static_cast<unsigned char>(first) < ' ' && first != '\n') || first == '\x7F';
    if (const std::string_view reference = Reference(first); !reference.empty()) {
      out += reference;
    } else if (bytes == 0 || control) {
      out += kReplacement;
    } else {
      out += text.substr(0, bytes);
    }
    text.remove_prefix(bytes == 0 ? 1 : bytes);
  }
  return out;
}

std::string Isolated(const std::string& text) {
  return absl::StrCat("<bdi>", Escaped(text), "</bdi>");
}

std::string OpenTag(const char* name, const Attributes& attributes) {
  std::string tag = absl::StrCat("<", name);
  for (const auto& [attribute, value] : attributes) {
    if (!value.empty()) absl::StrAppend(&tag, " ", attribute, "=\"", Escaped(value), "\"");
  }
  return tag + ">";
}

std::string Element(const char* name, const Attributes& attributes, const std::string& inner) {
  return absl::StrCat(OpenTag(name, attributes), inner, "</", name, ">");
}

}  // namespace baton::report_page
