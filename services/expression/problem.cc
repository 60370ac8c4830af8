#include "expression/problem.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "expression/utf8.h"

namespace baton::expression {
namespace {

bool BeginsCharacter(char byte) {
  return (static_cast<unsigned char>(byte) & 0xc0) != 0x80;
}

// Number of single insertions, removals and replacements from one to the other.
size_t Distance(std::string_view one, std::string_view other) {
  std::vector<size_t> row(other.size() + 1);
  for (size_t j = 0; j < row.size(); ++j) row[j] = j;
  for (size_t i = 0; i < one.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i + 1;
    for (size_t j = 0; j < other.size(); ++j) {
      const size_t replaced = diagonal + (one[i] == other[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

Place PlaceOf(std::string_view text, size_t offset) {
  Place place;
  for (const char byte : text.substr(0, offset)) {
    if (byte == '\n') {
      ++place.line;
      place.column = 1;
    } else if (BeginsCharacter(byte)) {
      ++place.column;
    }
  }
  return place;
}

std::string Marked(std::string_view text, size_t offset) {
  constexpr size_t kShown = 50;  // bytes on either side of the place
  offset = std::min(offset, text.size());
  const size_t before = offset == 0 ? std::string_view::npos : text.rfind('\n', offset - 1);
  size_t begin = before == std::string_view::npos ? 0 : before + 1;
  size_t end = std::min(text.find('\n', offset), text.size());
  if (offset - begin > kShown) begin = offset - kShown;
  if (end - offset > kShown) end = offset + kShown;
  while (begin < offset && !BeginsCharacter(text[begin])) ++begin;
  while (end > offset && end < text.size() && !BeginsCharacter(text[end])) --end;
  std::string line(text.substr(begin, end - begin));
  for (char& c : line) {
    if (absl::ascii_iscntrl(static_cast<unsigned char>(c))) c = ' ';
  }
  const auto column =
      std::count_if(text.begin() + static_cast<std::ptrdiff_t>(begin),
                    text.begin() + static_cast<std::ptrdiff_t>(offset), BeginsCharacter);
  return absl::StrCat("\n | ", line, "\n | ", std::string(static_cast<size_t>(column), ' '), "^");
}

std::string Describe(const Problem& problem, std::string_view text) {
  const Place place = PlaceOf(text, problem.offset);
  return absl::StrCat(place.line, ":", place.column, ": ", problem.message,
                      Marked(text, problem.offset));
}

std::string DidYouMean(std::string_view word, const std::vector<std::string_view>& known) {
  std::string_view nearest;
  size_t least = std::max<size_t>(2, word.size() / 3) + 1;
  for (const std::string_view candidate : known) {
    const size_t distance = Distance(word, candidate);
    if (distance < least) {
      least = distance;
      nearest = candidate;
    }
  }
  return nearest.empty() ? "" : absl::StrCat("; did you mean '", AbslView(nearest), "'?");
}

}  // namespace baton::expression
