#include "expression/problem.h"

#include <algorithm>

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

std::string Describe(const Problem& problem, std::string_view text) {
  const Place place = PlaceOf(text, problem.offset);
  const size_t before = text.rfind('\n', problem.offset == 0 ? 0 : problem.offset - 1);
  const size_t begin = problem.offset == 0 || before == std::string_view::npos ? 0 : before + 1;
  const std::string_view line = text.substr(begin, text.find('\n', begin) - begin);
  return absl::StrCat(place.line, ":", place.column, ": ", problem.message, "\n | ", AbslView(line),
                      "\n | ", std::string(static_cast<size_t>(place.column - 1), ' '), "^");
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
