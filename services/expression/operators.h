// The operators of the language: which types they take, and what they yield.
#ifndef BATON_EXPRESSION_OPERATORS_H_
#define BATON_EXPRESSION_OPERATORS_H_

#include <optional>
#include <string_view>

#include "expression/scratch.h"
#include "expression/syntax.h"

namespace baton::expression {

// "+", "<" ...; "" for what is no operator with two sides.
std::string_view SymbolOf(Op op);

// The type of `left op right`; nullopt: there is no such operation.
std::optional<Type> ResultOf(Op op, const Type& left, const Type& right);

// `left op right`, for kEqual .. kModulo; an error if there is no such operation or no result.
// Neither side is an error.
Value Operate(Op op, const Value& left, const Value& right, Scratch& scratch);

Value Negate(const Value& value);

// list[index], map[key]
Value Index(const Value& container, const Value& key, Scratch& scratch);

inline constexpr std::string_view kNoOverload = "no such overload";

}  // namespace baton::expression

#endif  // BATON_EXPRESSION_OPERATORS_H_
