#include "expression/utf8.h"

#include <algorithm>

namespace baton::expression {
namespace {

bool BeginsOne(char byte) {
  return (static_cast<unsigned char>(byte) & 0xc0) != 0x80;
}

}  // namespace

int64_t CountCharacters(std::string_view text) {
  return std::count_if(text.begin(), text.end(), BeginsOne);
}

std::optional<size_t> ByteOf(std::string_view text, int64_t index) {
  if (index < 0) return std::nullopt;
  for (size_t at = 0; at < text.size(); ++at) {
    if (BeginsOne(text[at]) && index-- == 0) return at;
  }
  if (index == 0) return text.size();
  return std::nullopt;
}

std::vector<std::string_view> Characters(std::string_view text) {
  std::vector<std::string_view> characters;
  for (size_t begin = 0; begin < text.size();) {
    size_t end = begin + 1;
    while (end < text.size() && !BeginsOne(text[end])) ++end;
    characters.push_back(text.substr(begin, end - begin));
    begin = end;
  }
  return characters;
}

}  // namespace baton::expression
