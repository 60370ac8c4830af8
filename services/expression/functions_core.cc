// Conversions, sizes, and the table of all standard functions.
#include <cmath>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "expression/functions.h"
#include "expression/number_text.h"
#include "expression/operators.h"
#include "expression/utf8.h"

namespace baton::expression {
namespace {

Value Quoting(Scratch& scratch, std::string_view why, const Value& value) {
  return scratch.Error(absl::StrCat(AbslView(why), ": ", DebugString(value)));
}

Value Same(Scratch&, const Value* args) {
  return args[0];
}

Value SizeOf(Scratch&, const Value* args) {
  switch (args[0].kind()) {
    case Kind::kString:
      return Value::Int(CountCharacters(args[0].text()));
    case Kind::kList:
      return Value::Int(static_cast<int64_t>(args[0].list().size()));
    default:
      return Value::Int(static_cast<int64_t>(args[0].map().size()));
  }
}

Value IntOfDouble(Scratch& scratch, const Value* args) {
  const double number = args[0].double_value();
  const bool fits = number > -9223372036854775808.0 && number < 9223372036854775808.0;
  return fits ? Value::Int(static_cast<int64_t>(number))
              : Quoting(scratch, "range: not an int", args[0]);
}

Value IntOfString(Scratch& scratch, const Value* args) {
  int64_t number = 0;
  const std::string_view text = args[0].text();
  const bool plain = !text.empty() && text.find_first_not_of("-0123456789") == text.npos;
  const bool read = plain && absl::SimpleAtoi(AbslView(text), &number);
  return read ? Value::Int(number) : Quoting(scratch, "not an int", args[0]);
}

Value IntOfTimestamp(Scratch&, const Value* args) {
  return Value::Int(absl::ToUnixSeconds(args[0].timestamp()));
}

Value DoubleOfInt(Scratch&, const Value* args) {
  return Value::Double(static_cast<double>(args[0].int_value()));
}

Value DoubleOfString(Scratch& scratch, const Value* args) {
  double number = 0;
  const std::string_view text = args[0].text();
  const bool plain = !text.empty() && text.find_first_of(" \t\n") == text.npos;
  const bool read = plain && absl::SimpleAtod(AbslView(text), &number);
  return read ? Value::Double(number) : Quoting(scratch, "not a double", args[0]);
}

Value BoolOfString(Scratch& scratch, const Value* args) {
  const std::string_view text = args[0].text();
  for (const std::string_view word : {"1", "t", "true", "TRUE", "True"}) {
    if (text == word) return Value::Bool(true);
  }
  for (const std::string_view word : {"0", "f", "false", "FALSE", "False"}) {
    if (text == word) return Value::Bool(false);
  }
  return Quoting(scratch, "Type conversion error: not a bool", args[0]);
}

Value StringOf(Scratch& scratch, const Value* args) {
  const Value& value = args[0];
  switch (value.kind()) {
    case Kind::kBool:
      return Value::String(value.bool_value() ? "true" : "false");
    case Kind::kInt:
      return scratch.Text(std::to_string(value.int_value()));
    case Kind::kDouble:
      return scratch.Text(NumberText(value.double_value()));
    case Kind::kDuration:
      return scratch.Text(DurationText(value.duration()));
    case Kind::kTimestamp:
      return scratch.Text(TimestampText(value.timestamp()));
    default:
      return value;
  }
}

Value TypeOfValue(Scratch&, const Value* args) {
  return Value::TypeName(TypeNameOf(args[0].kind()));
}

Value DurationOfString(Scratch& scratch, const Value* args) {
  const auto duration = ParseDuration(args[0].text());
  return duration ? Value::Duration(*duration)
                  : Quoting(scratch, "not a duration in range", args[0]);
}

Value TimestampOfString(Scratch& scratch, const Value* args) {
  const auto timestamp = ParseTimestamp(args[0].text());
  return timestamp ? Value::Timestamp(*timestamp)
                   : Quoting(scratch, "not a timestamp in range", args[0]);
}

Value TimestampOfInt(Scratch& scratch, const Value* args) {
  constexpr int64_t kFarEnough = 300'000'000'000;
  const int64_t seconds = args[0].int_value();
  const absl::Time timestamp = absl::FromUnixSeconds(seconds);
  const bool fits = seconds > -kFarEnough && seconds < kFarEnough && IsInRange(timestamp);
  return fits ? Value::Timestamp(timestamp) : Quoting(scratch, "range: not a timestamp", args[0]);
}

void AddConversions(std::vector<Function>& out) {
  const auto add = [&out](const char* name, Type from, Type to, auto call) {
    constexpr int64_t kReads = 60;  // a text, or writes one
    const bool is_text = from.Is(Kind::kString) || to.Is(Kind::kString);
    out.push_back(
        {name, false, {std::move(from)}, std::move(to), call, is_text ? kReads : int64_t{1}});
  };
  for (const Kind kind :
       {Kind::kBool, Kind::kInt, Kind::kDouble, Kind::kString, Kind::kDuration, Kind::kTimestamp}) {
    add("string", kind, Kind::kString, StringOf);
  }
  add("int", Kind::kInt, Kind::kInt, Same);
  add("int", Kind::kDouble, Kind::kInt, IntOfDouble);
  add("int", Kind::kString, Kind::kInt, IntOfString);
  add("int", Kind::kTimestamp, Kind::kInt, IntOfTimestamp);
  add("double", Kind::kDouble, Kind::kDouble, Same);
  add("double", Kind::kInt, Kind::kDouble, DoubleOfInt);
  add("double", Kind::kString, Kind::kDouble, DoubleOfString);
  add("bool", Kind::kBool, Kind::kBool, Same);
  add("bool", Kind::kString, Kind::kBool, BoolOfString);
  add("duration", Kind::kDuration, Kind::kDuration, Same);
  add("duration", Kind::kString, Kind::kDuration, DurationOfString);
  add("timestamp", Kind::kTimestamp, Kind::kTimestamp, Same);
  add("timestamp", Kind::kString, Kind::kTimestamp, TimestampOfString);
  add("timestamp", Kind::kInt, Kind::kTimestamp, TimestampOfInt);
  add("dyn", Type(), Type(), Same);
  add("type", Type(), Kind::kType, TypeOfValue);
  for (const bool is_member : {false, true}) {
    for (const Kind kind : {Kind::kString, Kind::kList, Kind::kMap}) {
      const int64_t cost = kind == Kind::kString ? 20 : 1;  // its characters are counted
      out.push_back({"size", is_member, {Type(kind)}, Kind::kInt, SizeOf, cost});
    }
  }
}

}  // namespace

const std::vector<Function>& StandardFunctions() {
  static const auto& functions = *new std::vector<Function>([] {
    std::vector<Function> all;
    AddConversions(all);
    AddTextFunctions(all);
    AddTimeFunctions(all);
    AddMathFunctions(all);
    return all;
  }());
  return functions;
}

}  // namespace baton::expression
