// The standard functions by group; StandardFunctions() of environment.h has them all.
#ifndef BATON_EXPRESSION_FUNCTIONS_H_
#define BATON_EXPRESSION_FUNCTIONS_H_

#include <vector>

#include "expression/environment.h"

namespace baton::expression {

// contains, startsWith, endsWith, matches, and of CEL's strings extension charAt, indexOf, join,
// lastIndexOf, lowerAscii, replace, reverse, split, strings.quote, substring, trim, upperAscii.
// Places count characters, not bytes.
void AddTextFunctions(std::vector<Function>& out);

// getFullYear ... getMilliseconds, of a timestamp (in UTC or a zone) and of a duration.
void AddTimeFunctions(std::vector<Function>& out);

// CEL's math extension: math.greatest, math.least (up to four numbers, or a list), math.round ...
void AddMathFunctions(std::vector<Function>& out);

}  // namespace baton::expression

#endif  // BATON_EXPRESSION_FUNCTIONS_H_
