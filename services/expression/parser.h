// From text to tree: the grammar of CEL by operator precedence (Pratt), macros included.
#ifndef BATON_EXPRESSION_PARSER_H_
#define BATON_EXPRESSION_PARSER_H_

#include <string_view>
#include <variant>

#include "expression/problem.h"
#include "expression/syntax.h"

namespace baton::expression {

// What nobody needs and what would cost too much: refused by the parser.
struct Limits {
  size_t bytes_max = 8'192;
  int depth_max = 100;  // levels of the tree
  size_t nodes_max = 2'000;
  size_t items_max = 1'000;  // of a list or map that is written out
  int64_t cost_max = 1'000'000;
};

std::variant<Syntax, Problem> Parse(std::string_view text, const Limits& limits);

}  // namespace baton::expression

#endif  // BATON_EXPRESSION_PARSER_H_
