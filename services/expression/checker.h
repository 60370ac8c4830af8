// Finds out what each part of an expression means and of which type it is, and what evaluating it
// can cost at most.
#ifndef BATON_EXPRESSION_CHECKER_H_
#define BATON_EXPRESSION_CHECKER_H_

#include <cstdint>
#include <vector>

#include "expression/environment.h"
#include "expression/parser.h"
#include "expression/problem.h"
#include "expression/syntax.h"

namespace baton::expression {

struct Checked {
  std::vector<Problem> problems;  // empty: the syntax is complete and may be evaluated
  // Upper bound of the steps of an evaluation: a step for each part, those of a comprehension for
  // each item of its range (kItemsAssumed where the range is not written out), some for the items
  // that `in` compares.
  int64_t cost = 0;
};

inline constexpr int64_t kItemsAssumed = 100;

Checked Check(const Environment& environment, const Limits& limits, Syntax& syntax);

}  // namespace baton::expression

#endif  // BATON_EXPRESSION_CHECKER_H_
