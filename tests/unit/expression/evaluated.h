// Evaluates an expression in one go, for tests.
#ifndef BATON_TESTS_UNIT_EXPRESSION_EVALUATED_H_
#define BATON_TESTS_UNIT_EXPRESSION_EVALUATED_H_

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "expression/program.h"

namespace baton::expression {

// A lead as conditions see it: country and employees have a value, score and email have none.
class LeadEnvironment {
 public:
  LeadEnvironment() {
    environment_.AddVariable("lead.country", Kind::kString);
    environment_.AddVariable("lead.employees", Kind::kInt);
    environment_.AddVariable("lead.email", Kind::kString);
    environment_.AddVariable("lead.tags", Type::List(Kind::kString));
    environment_.AddVariable("fit", Kind::kInt);
    environment_.AddVariable("anything", Type());
  }

  const Environment& environment() const { return environment_; }

  // The value as text, "error: ...", or what is wrong with the expression.
  std::string Evaluated(const std::string& text) const {
    auto compiled = Program::Compile(text, environment_);
    if (const auto* problems = std::get_if<std::vector<Problem>>(&compiled)) {
      return "refused: " + problems->front().message;
    }
    const ListValue tags = {Value::String("vip"), Value::String("de")};
    const std::vector<Value> variables = {Value::String("DE"), Value::Int(300), Value(),
                                          Value::List(&tags),  Value::Int(40),  Value::Int(7)};
    Scratch scratch;
    return DebugString(std::get<Program>(compiled).Evaluate(variables, scratch));
  }

  // All problems, one a line, each "line:column: message".
  std::string Problems(const std::string& text, const Limits& limits = {}) const {
    const auto compiled = Program::Compile(text, environment_, limits);
    const auto* problems = std::get_if<std::vector<Problem>>(&compiled);
    std::string all;
    for (const Problem& problem : problems == nullptr ? std::vector<Problem>() : *problems) {
      const Place place = PlaceOf(text, problem.offset);
      all += std::to_string(place.line) + ":" + std::to_string(place.column) + ": " +
             problem.message + "\n";
    }
    return all;
  }

 private:
  Environment environment_;
};

}  // namespace baton::expression

#endif  // BATON_TESTS_UNIT_EXPRESSION_EVALUATED_H_
