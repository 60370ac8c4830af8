// Evaluates conditions for differential.py: a JSON object a line on standard input, {"expression":
// text, "typed": bool}, in the environment of kVariables; its value a line on standard output, as
// {"int": "1"}, {"error": why}, {"refused": why} and so on.
#include <cmath>
#include <iostream>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "expression/number_text.h"
#include "expression/program.h"
#include "nlohmann/json.hpp"

namespace baton::expression {
namespace {

using nlohmann::json;

json Shown(const Value& value) {
  switch (value.kind()) {
    case Kind::kNull:
      return {{"null", true}};
    case Kind::kBool:
      return {{"bool", value.bool_value()}};
    case Kind::kInt:
      return {{"int", std::to_string(value.int_value())}};
    case Kind::kDouble:
      return {{"double", std::isnan(value.double_value())
                             ? "nan"
                             : absl::StrFormat("%.17g", value.double_value())}};
    case Kind::kString:
      return {{"string", std::string(value.text())}};
    case Kind::kDuration:
      return {{"duration", absl::ToInt64Microseconds(value.duration())}};
    case Kind::kTimestamp:
      return {{"timestamp", absl::ToUnixMicros(value.timestamp())}};
    case Kind::kType:
      return {{"type", std::string(value.text())}};
    case Kind::kList: {
      json items = json::array();
      for (const Value& item : value.list()) items.push_back(Shown(item));
      return {{"list", items}};
    }
    case Kind::kMap: {
      json items = json::array();
      for (const auto& [key, item] : value.map()) items.push_back({Shown(key), Shown(item)});
      return {{"map", items}};
    }
    case Kind::kAbsent:
    case Kind::kError:
      break;
  }
  return {{"error", std::string(value.text())}};
}

class Evaluator {
 public:
  Evaluator() {
    for (Environment* environment : {&typed_, &untyped_}) {
      environment->AddVariable("i", Kind::kInt);
      environment->AddVariable("j", Kind::kInt);
      environment->AddVariable("d", Kind::kDouble);
      environment->AddVariable("s", Kind::kString);
      environment->AddVariable("t", Kind::kString);
      environment->AddVariable("b", Kind::kBool);
      environment->AddVariable("l", Type::List(Kind::kInt));
      environment->AddVariable("m", Type::Map(Kind::kString, Kind::kInt));
    }
    untyped_.ForgetTypes();
    list_ = {Value::Int(1), Value::Int(-2), Value::Int(3)};
    map_ = {{Value::String("a"), Value::Int(1)}, {Value::String("k\xc3\xb6"), Value::Int(0)}};
    variables_ = {Value::Int(7),     Value::Int(-3),    Value::Double(2.5),  Value::String("Köln"),
                  Value::String(""), Value::Bool(true), Value::List(&list_), Value::Map(&map_)};
  }

  json Evaluate(const json& asked) {
    const std::string text = asked["expression"].get<std::string>();
    const auto compiled = Program::Compile(text, asked["typed"].get<bool>() ? typed_ : untyped_);
    if (const auto* problems = std::get_if<std::vector<Problem>>(&compiled)) {
      return {{"refused", problems->front().message}};
    }
    scratch_.Reset();
    return Shown(std::get<Program>(compiled).Evaluate(variables_, scratch_));
  }

 private:
  Environment typed_, untyped_;
  ListValue list_;
  MapValue map_;
  std::vector<Value> variables_;
  Scratch scratch_;
};

}  // namespace
}  // namespace baton::expression

int main() {
  baton::expression::Evaluator evaluator;
  for (std::string line; std::getline(std::cin, line);) {
    const auto value = evaluator.Evaluate(nlohmann::json::parse(line));
    std::cout << value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
  }
  return 0;
}
