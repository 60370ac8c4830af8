#include "expression/zone_name.h"

#include "absl/strings/ascii.h"

namespace baton::expression {

bool IsZoneName(std::string_view name) {
  if (name.empty() || name.size() > kZoneBytesMax) return false;
  char before = '/';
  for (const char c : name) {
    const auto letter = static_cast<unsigned char>(c);
    if (before == '/' && !absl::ascii_isupper(letter)) return false;
    if (!absl::ascii_isalnum(letter) && c != '/' && c != '_' && c != '-' && c != '+') return false;
    before = c;
  }
  return before != '/';
}

}  // namespace baton::expression
