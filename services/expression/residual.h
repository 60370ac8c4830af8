// What is left of an expression once some of its variables are known.
#ifndef BATON_EXPRESSION_RESIDUAL_H_
#define BATON_EXPRESSION_RESIDUAL_H_

#include <functional>
#include <string>

#include "absl/types/span.h"
#include "expression/program.h"
#include "expression/scratch.h"

namespace baton::expression {

// An expression that has no other variables than those for which `is_open` holds, and yields for
// any values of them what the program does with `variables` and these: the rest of it is evaluated
// and written out, and what cannot matter any more is left out. "true" or "false" if nothing is
// left to ask. A part that ends in an error stays as it is: its variables and functions mean
// nothing to who evaluates the residual, so it ends in an error there, too. `error`, if not null,
// becomes the first such error whose part is still there; it stays as it is if there is none.
// Without types (Environment::ForgetTypes): an open variable that is declared double is written as
// double(NAME), so that it may be given as an int.
std::string Residual(const Program& program, absl::Span<const Value> variables,
                     const std::function<bool(int slot)>& is_open, Scratch& scratch,
                     std::string* error = nullptr);

}  // namespace baton::expression

#endif  // BATON_EXPRESSION_RESIDUAL_H_
