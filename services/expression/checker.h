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
  // Upper bound of the steps of an evaluation, for variables of up to 1 KiB and kItemsAssumed items
  // and a Scratch of kKibMade: a step for each part, those of a comprehension for each item of its
  // range, of functions and operators more for longer texts and lists. A step takes some 20 ns.
  int64_t cost = 0;
};

inline constexpr int64_t kItemsAssumed = 128;  // of a list that is a variable
inline constexpr int64_t kItemsMade = 1'400;   // of one that an expression makes as it goes
inline constexpr int64_t kKibMade = 32;        // of a text, likewise: Scratch's limits keep it so

Checked Check(const Environment& environment, const Limits& limits, Syntax& syntax);

}  // namespace baton::expression

#endif  // BATON_EXPRESSION_CHECKER_H_
