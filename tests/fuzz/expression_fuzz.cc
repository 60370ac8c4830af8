// Conditions that people write: whatever the text, it is refused with a place in it, or evaluated
// to the same result each time, within the steps that were said before.
#include "expression/program.h"

#include <string>
#include <variant>
#include <vector>

#include "fuzz/fuzz.h"

namespace baton::fuzz {
namespace {

using namespace expression;  // NOLINT: most of it

Environment MakeEnvironment(bool typed) {
  Environment environment;
  environment.AddVariable("lead.country", Kind::kString);
  environment.AddVariable("lead.employees", Kind::kInt);
  environment.AddVariable("lead.email", Kind::kString);
  environment.AddVariable("lead.tags", Type::List(Kind::kString));
  environment.AddVariable("fit", Kind::kInt);
  environment.AddVariable("x", Type());
  if (!typed) environment.ForgetTypes();
  return environment;
}

void CheckText(const std::string& text, const Environment& environment) {
  const auto compiled = Program::Compile(text, environment);
  if (const auto* problems = std::get_if<std::vector<Problem>>(&compiled)) {
    Require(!problems->empty(), "what is refused has a problem");
    for (const Problem& problem : *problems) {
      Require(problem.offset <= text.size(), "a problem lies in the text");
      Require(!Describe(problem, text).empty(), "a problem can be described");
    }
    return;
  }
  const ListValue tags = {Value::String("vip"), Value::String("d\xc3\xa9")};
  const std::vector<Value> variables = {Value::String("DE"), Value::Int(300), Value(),
                                        Value::List(&tags),  Value::Int(-40), Value::Double(0.5)};
  Scratch scratch;
  const Program& program = std::get<Program>(compiled);
  const std::string first = DebugString(program.Evaluate(variables, scratch));
  scratch.Reset();
  Require(DebugString(program.Evaluate(variables, scratch)) == first, "evaluation is repeatable");
}

}  // namespace
}  // namespace baton::fuzz

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const auto& typed =
      *new baton::expression::Environment(baton::fuzz::MakeEnvironment(true));
  static const auto& untyped =
      *new baton::expression::Environment(baton::fuzz::MakeEnvironment(false));
  const std::string text(baton::fuzz::Text(data, size));
  baton::fuzz::CheckText(text, typed);
  baton::fuzz::CheckText(text, untyped);
  return 0;
}
