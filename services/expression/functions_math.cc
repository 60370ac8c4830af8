// CEL's math extension (cel-go, ext/math.go): the greatest and the least, rounding, signs, bits.
#include <cmath>
#include <cstdint>

#include "expression/functions.h"
#include "expression/operators.h"

namespace baton::expression {
namespace {

constexpr int64_t kBits = 64;

// The first of the numbers, or one that lies on the wanted side of it and of all others.
Value Extreme(const Value* first, const Value* end, Order wanted) {
  if (first == end) return Value::Error("there is no number to choose from");
  Value best = *first;
  for (const Value* one = first; one != end; ++one) {
    if (!one->is_number()) return Value::Error(kNoOverload);
    if (Compare(*one, best) == wanted) best = *one;
  }
  return best;
}

template <Order kWanted>
Value ExtremeOfList(Scratch&, const Value* args) {
  const ListValue& list = args[0].list();
  return Extreme(list.data(), list.data() + list.size(), kWanted);
}

template <Order kWanted>
void AddExtreme(const char* name, std::vector<Function>& out) {
  constexpr size_t kArgumentsMax = 4;
  for (size_t count = 1; count <= kArgumentsMax; ++count) {
    out.push_back({name, false, std::vector<Type>(count), Type(),
                   [count](Scratch& scratch, const Value* args) {
                     const bool is_list = count == 1 && args[0].kind() == Kind::kList;
                     return is_list ? ExtremeOfList<kWanted>(scratch, args)
                                    : Extreme(args, args + count, kWanted);
                   },
                   static_cast<int64_t>(count)});
  }
}

Value AbsOfInt(Scratch&, const Value* args) {
  return args[0].int_value() < 0 ? Negate(args[0]) : args[0];
}

Value SignOfInt(Scratch&, const Value* args) {
  const int64_t number = args[0].int_value();
  return Value::Int(number > 0 ? 1 : number < 0 ? -1 : 0);
}

Value SignOfDouble(Scratch&, const Value* args) {
  const double number = args[0].double_value();
  return Value::Double(number > 0 ? 1.0 : number < 0 ? -1.0 : number);
}

// Bits that are moved out are gone, and zeros come in, also on the left.
Value ShiftLeft(Scratch&, const Value* args) {
  const int64_t by = args[1].int_value();
  if (by < 0) return Value::Error("negative offset of a shift");
  const auto bits = static_cast<uint64_t>(args[0].int_value());
  return Value::Int(by >= kBits ? 0 : static_cast<int64_t>(bits << by));
}

Value ShiftRight(Scratch&, const Value* args) {
  const int64_t by = args[1].int_value();
  if (by < 0) return Value::Error("negative offset of a shift");
  const auto bits = static_cast<uint64_t>(args[0].int_value());
  return Value::Int(by >= kBits ? 0 : static_cast<int64_t>(bits >> by));
}

}  // namespace

void AddMathFunctions(std::vector<Function>& out) {
  AddExtreme<Order::kGreater>("math.greatest", out);
  AddExtreme<Order::kLess>("math.least", out);
  const auto add = [&out](const char* name, std::vector<Type> params, Kind result, auto call) {
    out.push_back({name, false, std::move(params), result, call});
  };
  const auto add_rounding = [&](const char* name, double (*round)(double)) {
    add(name, {Kind::kDouble}, Kind::kDouble, [round](Scratch&, const Value* args) {
      return Value::Double(round(args[0].double_value()));
    });
  };
  const auto add_question = [&](const char* name, bool (*asks)(double)) {
    add(name, {Kind::kDouble}, Kind::kBool,
        [asks](Scratch&, const Value* args) { return Value::Bool(asks(args[0].double_value())); });
  };
  const auto add_bits = [&](const char* name, int64_t (*combine)(int64_t, int64_t)) {
    add(name, {Kind::kInt, Kind::kInt}, Kind::kInt, [combine](Scratch&, const Value* args) {
      return Value::Int(combine(args[0].int_value(), args[1].int_value()));
    });
  };
  add_rounding("math.ceil", [](double number) { return std::ceil(number); });
  add_rounding("math.floor", [](double number) { return std::floor(number); });
  add_rounding("math.round", [](double number) { return std::round(number); });
  add_rounding("math.trunc", [](double number) { return std::trunc(number); });
  add_rounding("math.abs", [](double number) { return std::fabs(number); });
  add("math.abs", {Kind::kInt}, Kind::kInt, AbsOfInt);
  add("math.sign", {Kind::kInt}, Kind::kInt, SignOfInt);
  add("math.sign", {Kind::kDouble}, Kind::kDouble, SignOfDouble);
  add_question("math.isNaN", [](double number) { return std::isnan(number); });
  add_question("math.isInf", [](double number) { return std::isinf(number); });
  add_question("math.isFinite", [](double number) { return std::isfinite(number); });
  add_bits("math.bitAnd", [](int64_t one, int64_t other) { return one & other; });
  add_bits("math.bitOr", [](int64_t one, int64_t other) { return one | other; });
  add_bits("math.bitXor", [](int64_t one, int64_t other) { return one ^ other; });
  add("math.bitNot", {Kind::kInt}, Kind::kInt,
      [](Scratch&, const Value* args) { return Value::Int(~args[0].int_value()); });
  add("math.bitShiftLeft", {Kind::kInt, Kind::kInt}, Kind::kInt, ShiftLeft);
  add("math.bitShiftRight", {Kind::kInt, Kind::kInt}, Kind::kInt, ShiftRight);
}

}  // namespace baton::expression
