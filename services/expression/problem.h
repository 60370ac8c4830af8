// What is wrong with the text of an expression, and where.
#ifndef BATON_EXPRESSION_PROBLEM_H_
#define BATON_EXPRESSION_PROBLEM_H_

#include <string>
#include <string_view>
#include <vector>

namespace baton::expression {

struct Problem {
  size_t offset = 0;  // byte of the text
  std::string message;
};

struct Place {
  int line = 1;    // from 1
  int column = 1;  // from 1, in characters
};
Place PlaceOf(std::string_view text, size_t offset);

// The message, the line of the text, and a caret below the place:
//   1:6: there is no lead.contry; did you mean 'country'?
//    | lead.contry == "DE"
//    |     ^
std::string Describe(const Problem& problem, std::string_view text);

// The line of the text at `offset`, at most about 100 bytes of it, and a caret below the place,
// each behind a line break.
std::string Marked(std::string_view text, size_t offset);

// "; did you mean 'country'?" for the nearest of `known`, or "" if none is near.
std::string DidYouMean(std::string_view word, const std::vector<std::string_view>& known);

}  // namespace baton::expression

#endif  // BATON_EXPRESSION_PROBLEM_H_
