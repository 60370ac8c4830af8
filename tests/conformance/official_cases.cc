// Runs CEL's official conformance cases (npm @bufbuild/cel-spec, as JSON by export_cases.mjs of
// tests/checks/slow/cel) through services/expression and prints, section by section, how many
// passed, failed, and were left out with the reason. Of each case the residual (residual.h) is
// evaluated, too.
//
//   official_cases CASES.json [--failures]
//
// Left out is only what lies outside the language of services/expression: unsigned numbers, bytes,
// messages and what belongs to them, and extensions that it does not have. Exit status 1 if a case
// failed or fewer than kLeast passed.
#include <algorithm>
#include <fstream>
#include <iostream>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "expression/number_text.h"
#include "expression/program.h"
#include "expression/residual.h"
#include "nlohmann/json.hpp"

namespace baton::expression {
namespace {

using nlohmann::json;

constexpr int kLeast = 1000;

// Owns what values refer to.
struct Store {
  std::deque<std::string> texts;
  std::deque<ListValue> lists;
  std::deque<MapValue> maps;
};

// nullopt: not a value of this language.
std::optional<Value> ValueOf(const json& value, Store& store);

std::optional<Value> ListOf(const json& items, Store& store) {
  ListValue list;
  for (const json& item : items) {
    const auto one = ValueOf(item, store);
    if (!one) return std::nullopt;
    list.push_back(*one);
  }
  store.lists.push_back(std::move(list));
  return Value::List(&store.lists.back());
}

std::optional<Value> MapOf(const json& entries, Store& store) {
  MapValue map;
  for (const json& entry : entries) {
    const auto key = ValueOf(entry["key"], store), value = ValueOf(entry["value"], store);
    if (!key || !value) return std::nullopt;
    map.emplace_back(*key, *value);
  }
  store.maps.push_back(std::move(map));
  return Value::Map(&store.maps.back());
}

std::optional<Value> MessageOf(const json& object) {
  const std::string type = object.value("@type", "");
  const std::string text = object.contains("value") && object["value"].is_string()
                               ? object["value"].get<std::string>()
                               : "";
  if (absl::EndsWith(type, "google.protobuf.Duration")) {
    absl::Duration duration;
    if (absl::ParseDuration(text, &duration)) return Value::Duration(duration);
  }
  if (absl::EndsWith(type, "google.protobuf.Timestamp")) {
    if (const auto timestamp = ParseTimestamp(text)) return Value::Timestamp(*timestamp);
  }
  return std::nullopt;
}

double NumberOf(const json& value) {
  if (value.is_number()) return value.get<double>();
  double number = 0;
  static_cast<void>(absl::SimpleAtod(value.get<std::string>(), &number));
  return number;
}

std::optional<Value> ValueOf(const json& value, Store& store) {
  const auto text = [&](const json& from) -> std::string_view {
    return store.texts.emplace_back(from.get<std::string>());
  };
  if (value.contains("nullValue")) return Value::Null();
  if (value.contains("boolValue")) return Value::Bool(value["boolValue"].get<bool>());
  if (value.contains("int64Value")) {
    int64_t number = 0;
    static_cast<void>(absl::SimpleAtoi(value["int64Value"].get<std::string>(), &number));
    return Value::Int(number);
  }
  if (value.contains("doubleValue")) return Value::Double(NumberOf(value["doubleValue"]));
  if (value.contains("stringValue")) return Value::String(text(value["stringValue"]));
  if (value.contains("typeValue")) return Value::TypeName(text(value["typeValue"]));
  if (value.contains("listValue")) {
    return ListOf(value["listValue"].value("values", json::array()), store);
  }
  if (value.contains("mapValue")) {
    return MapOf(value["mapValue"].value("entries", json::array()), store);
  }
  if (value.contains("objectValue")) return MessageOf(value["objectValue"]);
  return std::nullopt;
}

std::optional<Type> TypeOf(const json& type) {
  static const std::map<std::string, Kind> kinds = {
      {"BOOL", Kind::kBool},     {"INT64", Kind::kInt},         {"DOUBLE", Kind::kDouble},
      {"STRING", Kind::kString}, {"DURATION", Kind::kDuration}, {"TIMESTAMP", Kind::kTimestamp}};
  if (type.contains("dyn")) return Type();
  if (type.contains("null")) return Type(Kind::kNull);
  for (const char* name : {"primitive", "wellKnown"}) {
    if (!type.contains(name)) continue;
    const auto found = kinds.find(type[name].get<std::string>());
    if (found == kinds.end()) return std::nullopt;
    return Type(found->second);
  }
  if (type.contains("listType")) {
    const auto element = TypeOf(type["listType"].value("elemType", json::object({{"dyn", 1}})));
    if (!element) return std::nullopt;
    return Type::List(*element);
  }
  if (type.contains("mapType")) {
    const auto key = TypeOf(type["mapType"]["keyType"]);
    const auto value = TypeOf(type["mapType"]["valueType"]);
    if (!key || !value) return std::nullopt;
    return Type::Map(*key, *value);
  }
  return std::nullopt;
}

struct Outcome {
  bool passed = false;
  std::string left_out;  // why; "": it was run
  std::string found;     // of a failure
};

Outcome LeftOut(std::string why) {
  return {false, std::move(why), ""};
}

// What a text uses that the language does not have, or "".
std::string Foreign(const std::string& expression) {
  static const std::vector<std::pair<const char*, const char*>> kForeign = {
      {R"(\b(0x[0-9a-fA-F]+|\d+)[uU]\b|\buint\()", "unsigned numbers"},
      {R"(\buint\b)", "unsigned numbers"},
      {R"((^|[^a-zA-Z0-9_'"])[rR]?[bB][rR]?['"]|\bbytes\b)", "bytes"},
      {R"([A-Za-z_.]+\s*\{)", "messages"},
      {R"(\b(optional|opt[A-Z]\w*|orValue)\b|\.\?|\[\?)", "optional values"},
      {R"(\.format\()", "extension strings: format"},
      {R"(\bcel\.|\bproto\.)", "extensions block, bindings, protos"},
      {R"(\bbase64\.)", "extension encoders"},
      {R"(transform(List|Map|MapEntry)\()"
       R"(|\b(all|exists|exists_one|existsOne)\(\s*\w+\s*,\s*\w+\s*,)",
       "comprehensions with two variables"},
      {R"(google\.protobuf\.[^TD]|TestAll|NestedEnum|GlobalEnum)", "messages"}};
  for (const auto& [pattern, what] : kForeign) {
    static std::map<std::string, std::unique_ptr<RE2>> compiled;
    auto& one = compiled[pattern];
    if (one == nullptr) one = std::make_unique<RE2>(pattern);
    if (RE2::PartialMatch(expression, *one)) return what;
  }
  return "";
}

bool SameResult(const Value& one, const Value& other) {
  const bool both_nan = one.kind() == Kind::kDouble && other.kind() == Kind::kDouble &&
                        one.double_value() != one.double_value() &&
                        other.double_value() != other.double_value();
  return both_nan || (one.kind() == other.kind() && Equals(one, other));
}

// What is left when no variable is known, and when all are, must yield the same. "": it does.
std::string WrongResidual(const Program& program, const Environment& environment,
                          absl::Span<const Value> variables, const Value& found) {
  Environment untyped;
  untyped.ForgetTypes();
  for (size_t i = 0; i < environment.slots(); ++i) {
    untyped.AddVariable(environment.NameOf(static_cast<int>(i)), Type());
  }
  for (const bool open : {true, false}) {
    Scratch scratch;
    const std::string text = Residual(
        program, variables, [open](int) { return open; }, scratch);
    auto compiled = Program::Compile(text, untyped);
    if (const auto* problems = std::get_if<std::vector<Problem>>(&compiled)) {
      return absl::StrCat("residual: ", Describe(problems->front(), text));
    }
    Scratch other;
    const Value again = std::get<Program>(compiled).Evaluate(variables, other);
    if (found.is_error() ? again.is_error() : SameResult(found, again)) continue;
    return absl::StrCat("residual ", text, ": ", DebugString(again), " instead of ",
                        DebugString(found));
  }
  return "";
}

Outcome Run(const json& test) {
  const std::string text = test["expr"].get<std::string>();
  if (std::string foreign = Foreign(text); !foreign.empty()) return LeftOut(foreign);
  if (test.contains("container")) return LeftOut("names looked up in a container");
  Store store;
  Environment environment;
  std::map<std::string, Type> types;
  for (const json& declared : test.value("typeEnv", json::array())) {
    if (!declared.contains("ident")) return LeftOut("functions that only have a type");
    const auto type = TypeOf(declared["ident"]["type"]);
    if (!type) return LeftOut("messages");
    types.emplace(declared["name"].get<std::string>(), *type);
  }
  std::vector<Value> variables;
  const json bindings = test.value("bindings", json::object());
  for (const auto& [name, bound] : bindings.items()) {
    const auto value = ValueOf(bound["value"], store);
    if (!value) return LeftOut("messages");
    environment.AddVariable(name, types.count(name) > 0 ? types[name] : Type());
    types.erase(name);
    variables.push_back(*value);
  }
  for (const auto& [name, type] : types) environment.AddVariable(name, type);
  variables.resize(environment.slots());
  if (test.value("disableCheck", false)) environment.ForgetTypes();
  auto compiled = Program::Compile(text, environment);
  const bool fails = test.contains("evalError");
  if (const auto* problems = std::get_if<std::vector<Problem>>(&compiled)) {
    return {fails, "", Describe(problems->front(), text)};
  }
  const Program& program = std::get<Program>(compiled);
  if (test.value("checkOnly", false)) return {true, "", ""};
  Scratch scratch;
  const Value found = program.Evaluate(variables, scratch);
  std::string wrong = WrongResidual(program, environment, variables, found);
  if (!wrong.empty()) return {false, "", std::move(wrong)};
  if (fails || found.is_error()) return {fails && found.is_error(), "", DebugString(found)};
  std::optional<Value> expected = Value::Bool(true);
  if (test.contains("value")) expected = ValueOf(test["value"], store);
  if (test.contains("typedResult")) expected = ValueOf(test["typedResult"]["result"], store);
  if (!expected) return LeftOut("messages");
  return {SameResult(found, *expected), "",
          absl::StrCat(DebugString(found), " instead of ", DebugString(*expected))};
}

struct Tally {
  int passed = 0, failed = 0;
  std::map<std::string, int> left_out;
};

int Main(const std::string& path, bool show) {
  std::ifstream file(path);
  const json cases = json::parse(file);
  std::map<std::string, Tally> sections;
  Tally all;
  for (const json& test : cases) {
    const std::string section = test["section"].get<std::string>();
    Tally& tally = sections[section.substr(0, section.find('/'))];
    const Outcome outcome = Run(test);
    if (!outcome.left_out.empty()) {
      ++tally.left_out[outcome.left_out];
      ++all.left_out[outcome.left_out];
      continue;
    }
    ++(outcome.passed ? tally.passed : tally.failed);
    ++(outcome.passed ? all.passed : all.failed);
    if (outcome.passed || !show) continue;
    std::cout << section << "/" << test["name"].get<std::string>() << "\n  "
              << test["expr"].get<std::string>() << "\n  " << outcome.found << "\n";
  }
  const auto line = [](const std::string& name, const Tally& tally) {
    std::string why;
    int left_out = 0;
    for (const auto& [reason, count] : tally.left_out) {
      left_out += count;
      absl::StrAppend(&why, why.empty() ? "" : ", ", reason, " ", count);
    }
    std::cout << absl::StreamFormat("%-18s %6d %6d %8d  %s\n", name, tally.passed, tally.failed,
                                    left_out, why);
  };
  std::cout << "section            passed failed left out  why\n";
  for (const auto& [name, tally] : sections) line(name, tally);
  line("all", all);
  std::cout << all.passed << " passed, " << all.failed << " failed\n";
  return all.failed == 0 && all.passed >= kLeast ? 0 : 1;
}

}  // namespace
}  // namespace baton::expression

int main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "usage: official_cases CASES.json [--failures]\n";
    return 2;
  }
  return baton::expression::Main(argv[1], argc > 2);
}
