// A condition that has been read, checked and made ready: evaluated as often as wanted.
#ifndef BATON_EXPRESSION_PROGRAM_H_
#define BATON_EXPRESSION_PROGRAM_H_

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/types/span.h"
#include "expression/environment.h"
#include "expression/parser.h"
#include "expression/problem.h"
#include "expression/syntax.h"

namespace baton::expression {

// A variable that a program reads, and where its name first stands in the text.
struct VariableUse {
  int slot = 0;
  size_t offset = 0;
};

// Immutable, thread-safe. The environment outlives it.
class Program {
 public:
  // All that is wrong with the text, or the program.
  static std::variant<Program, std::vector<Problem>> Compile(std::string_view text,
                                                             const Environment& environment,
                                                             const Limits& limits = {});

  // variables: by slot of the environment; absent where one has no value. Returns a value or an
  // error, both valid until `scratch` is reset; CEL's semantics: an error on one side of && and ||
  // does not matter if the other decides.
  Value Evaluate(absl::Span<const Value> variables, Scratch& scratch) const;

  // The same of one node of syntax(), which reads no local of a comprehension around it.
  Value EvaluatePart(int node, absl::Span<const Value> variables, Scratch& scratch) const;

  const Type& type() const { return syntax_.root().type; }
  const Syntax& syntax() const { return syntax_; }
  int64_t cost() const { return cost_; }  // checker.h
  // Each once, in the order of the text.
  std::vector<VariableUse> Variables() const;

 private:
  Program(Syntax syntax, int64_t cost) : syntax_(std::move(syntax)), cost_(cost) {}

  Syntax syntax_;
  int64_t cost_ = 0;
};

}  // namespace baton::expression

#endif  // BATON_EXPRESSION_PROGRAM_H_
