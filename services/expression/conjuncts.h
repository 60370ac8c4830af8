// The parts of a condition that && joins, each an expression of its own.
#ifndef BATON_EXPRESSION_CONJUNCTS_H_
#define BATON_EXPRESSION_CONJUNCTS_H_

#include <cstddef>
#include <string_view>
#include <vector>

namespace baton::expression {

// In the order of `text`, which is a whole expression; without blanks around. One part, all of it,
// if && is not what joins the outermost ones ("a && b || c").
std::vector<std::string_view> Conjuncts(std::string_view text);

}  // namespace baton::expression

#endif  // BATON_EXPRESSION_CONJUNCTS_H_
