#include "expression/operators.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "absl/strings/str_cat.h"
#include "expression/number_text.h"

namespace baton::expression {
namespace {

constexpr std::string_view kOverflow = "overflow: the result is out of range";

struct Arithmetic {
  Op op;
  Kind left, right, result;
};

constexpr std::array<Arithmetic, 17> kArithmetic = {{
    {Op::kAdd, Kind::kInt, Kind::kInt, Kind::kInt},
    {Op::kAdd, Kind::kDouble, Kind::kDouble, Kind::kDouble},
    {Op::kAdd, Kind::kString, Kind::kString, Kind::kString},
    {Op::kAdd, Kind::kDuration, Kind::kDuration, Kind::kDuration},
    {Op::kAdd, Kind::kTimestamp, Kind::kDuration, Kind::kTimestamp},
    {Op::kAdd, Kind::kDuration, Kind::kTimestamp, Kind::kTimestamp},
    {Op::kSubtract, Kind::kInt, Kind::kInt, Kind::kInt},
    {Op::kSubtract, Kind::kDouble, Kind::kDouble, Kind::kDouble},
    {Op::kSubtract, Kind::kDuration, Kind::kDuration, Kind::kDuration},
    {Op::kSubtract, Kind::kTimestamp, Kind::kDuration, Kind::kTimestamp},
    {Op::kSubtract, Kind::kTimestamp, Kind::kTimestamp, Kind::kDuration},
    {Op::kMultiply, Kind::kInt, Kind::kInt, Kind::kInt},
    {Op::kMultiply, Kind::kDouble, Kind::kDouble, Kind::kDouble},
    {Op::kDivide, Kind::kInt, Kind::kInt, Kind::kInt},
    {Op::kDivide, Kind::kDouble, Kind::kDouble, Kind::kDouble},
    {Op::kModulo, Kind::kInt, Kind::kInt, Kind::kInt},
    {Op::kAdd, Kind::kList, Kind::kList, Kind::kList},
}};

bool IsOrder(Op op) {
  return op == Op::kLess || op == Op::kLessEqual || op == Op::kGreater || op == Op::kGreaterEqual;
}

bool HasOrder(Kind kind) {
  switch (kind) {
    case Kind::kBool:
    case Kind::kInt:
    case Kind::kDouble:
    case Kind::kString:
    case Kind::kDuration:
    case Kind::kTimestamp:
      return true;
    default:
      return false;
  }
}

bool AreNumbers(const Type& one, const Type& other) {
  const auto is_number = [](const Type& type) {
    return type.Is(Kind::kInt) || type.Is(Kind::kDouble);
  };
  return is_number(one) && is_number(other);
}

std::optional<Type> ResultOfArithmetic(Op op, const Type& left, const Type& right) {
  std::optional<Type> result;
  for (const Arithmetic& rule : kArithmetic) {
    if (rule.op != op || !Fits(left, Type(rule.left)) || !Fits(right, Type(rule.right))) continue;
    if (rule.left == Kind::kList && !Fits(left, right)) continue;
    if (result.has_value()) return Type();  // a dyn side leaves it open
    result = rule.result == Kind::kList ? Join(left, right) : Type(rule.result);
  }
  return result;
}

Value OperateInts(Op op, int64_t left, int64_t right) {
  int64_t result = 0;
  bool overflow = false;
  switch (op) {
    case Op::kAdd:
      overflow = __builtin_add_overflow(left, right, &result);
      break;
    case Op::kSubtract:
      overflow = __builtin_sub_overflow(left, right, &result);
      break;
    case Op::kMultiply:
      overflow = __builtin_mul_overflow(left, right, &result);
      break;
    default:
      if (right == 0) {
        return Value::Error(op == Op::kDivide ? "divide by zero" : "modulus by zero");
      }
      overflow = left == INT64_MIN && right == -1;
      if (!overflow) result = op == Op::kDivide ? left / right : left % right;
  }
  return overflow ? Value::Error(kOverflow) : Value::Int(result);
}

Value OperateDoubles(Op op, double left, double right) {
  switch (op) {
    case Op::kAdd:
      return Value::Double(left + right);
    case Op::kSubtract:
      return Value::Double(left - right);
    case Op::kMultiply:
      return Value::Double(left * right);
    case Op::kDivide:
      return Value::Double(left / right);
    default:
      return Value::Error(kNoOverload);
  }
}

Value InRange(absl::Duration duration) {
  return IsInRange(duration) ? Value::Duration(duration) : Value::Error(kOverflow);
}

Value InRange(absl::Time timestamp) {
  return IsInRange(timestamp) ? Value::Timestamp(timestamp) : Value::Error(kOverflow);
}

Value OperateTimes(Op op, const Value& left, const Value& right) {
  const bool adds = op == Op::kAdd;
  if (!adds && op != Op::kSubtract) return Value::Error(kNoOverload);
  if (left.kind() == Kind::kDuration && right.kind() == Kind::kDuration) {
    return InRange(adds ? left.duration() + right.duration() : left.duration() - right.duration());
  }
  if (left.kind() == Kind::kTimestamp && right.kind() == Kind::kDuration) {
    return InRange(adds ? left.timestamp() + right.duration()
                        : left.timestamp() - right.duration());
  }
  if (adds && left.kind() == Kind::kDuration && right.kind() == Kind::kTimestamp) {
    return InRange(right.timestamp() + left.duration());
  }
  if (!adds && left.kind() == Kind::kTimestamp && right.kind() == Kind::kTimestamp) {
    return InRange(left.timestamp() - right.timestamp());
  }
  return Value::Error(kNoOverload);
}

Value Joined(const Value& left, const Value& right, Scratch& scratch) {
  if (left.kind() == Kind::kString) {
    std::string text(left.text());
    return scratch.Text(text.append(right.text()));
  }
  ListValue items = left.list();
  items.insert(items.end(), right.list().begin(), right.list().end());
  return scratch.List(items);
}

Value OperateOrder(Op op, const Value& left, const Value& right) {
  const Order order = Compare(left, right);
  switch (order) {
    case Order::kUnordered:
      return Value::Error(kNoOverload);
    case Order::kNone:
      return Value::Bool(false);
    case Order::kLess:
      return Value::Bool(op == Op::kLess || op == Op::kLessEqual);
    case Order::kEqual:
      return Value::Bool(op == Op::kLessEqual || op == Op::kGreaterEqual);
    case Order::kGreater:
      break;
  }
  return Value::Bool(op == Op::kGreater || op == Op::kGreaterEqual);
}

Value Contains(const Value& container, const Value& item) {
  if (container.kind() == Kind::kMap) {
    const bool can_be =
        item.is_number() || item.kind() == Kind::kBool || item.kind() == Kind::kString;
    if (!can_be) return Value::Error(kNoOverload);
    return Value::Bool(Find(container.map(), item) != nullptr);
  }
  if (container.kind() != Kind::kList) return Value::Error(kNoOverload);
  const ListValue& list = container.list();
  return Value::Bool(
      std::any_of(list.begin(), list.end(), [&](const Value& one) { return Equals(one, item); }));
}

}  // namespace

std::string_view SymbolOf(Op op) {
  switch (op) {
    case Op::kEqual:
      return "==";
    case Op::kNotEqual:
      return "!=";
    case Op::kLess:
      return "<";
    case Op::kLessEqual:
      return "<=";
    case Op::kGreater:
      return ">";
    case Op::kGreaterEqual:
      return ">=";
    case Op::kIn:
      return "in";
    case Op::kAdd:
      return "+";
    case Op::kSubtract:
      return "-";
    case Op::kMultiply:
      return "*";
    case Op::kDivide:
      return "/";
    case Op::kModulo:
      return "%";
    default:
      return "";
  }
}

std::optional<Type> ResultOf(Op op, const Type& left, const Type& right) {
  if (op == Op::kEqual || op == Op::kNotEqual) {
    if (Fits(left, right)) return Type(Kind::kBool);
    return std::nullopt;
  }
  if (op == Op::kIn) {
    const bool is_list = Fits(right, Type(Kind::kList)) && Fits(left, right.element());
    const bool is_map = Fits(right, Type(Kind::kMap)) && Fits(left, right.key());
    if (is_list || is_map) return Type(Kind::kBool);
    return std::nullopt;
  }
  if (!IsOrder(op)) return ResultOfArithmetic(op, left, right);
  const bool ordered = (left.is_dyn() || HasOrder(left.kind())) &&
                       (right.is_dyn() || HasOrder(right.kind())) &&
                       (Fits(left, right) || AreNumbers(left, right));
  if (ordered) return Type(Kind::kBool);
  return std::nullopt;
}

Value Operate(Op op, const Value& left, const Value& right, Scratch& scratch) {
  if (op == Op::kEqual) return Value::Bool(Equals(left, right));
  if (op == Op::kNotEqual) return Value::Bool(!Equals(left, right));
  if (op == Op::kIn) return Contains(right, left);
  if (IsOrder(op)) return OperateOrder(op, left, right);
  if (left.kind() == Kind::kDuration || left.kind() == Kind::kTimestamp) {
    return OperateTimes(op, left, right);
  }
  if (left.kind() != right.kind()) return Value::Error(kNoOverload);
  if (left.kind() == Kind::kInt) return OperateInts(op, left.int_value(), right.int_value());
  if (left.kind() == Kind::kDouble) {
    return OperateDoubles(op, left.double_value(), right.double_value());
  }
  const bool joins = left.kind() == Kind::kString || left.kind() == Kind::kList;
  return joins && op == Op::kAdd ? Joined(left, right, scratch) : Value::Error(kNoOverload);
}

Value Negate(const Value& value) {
  if (value.kind() == Kind::kDouble) return Value::Double(-value.double_value());
  if (value.kind() != Kind::kInt) return Value::Error(kNoOverload);
  if (value.int_value() == INT64_MIN) return Value::Error(kOverflow);
  return Value::Int(-value.int_value());
}

Value Index(const Value& container, const Value& key, Scratch& scratch) {
  if (container.kind() == Kind::kMap) {
    const Value* found = Find(container.map(), key);
    if (found != nullptr) return *found;
    return scratch.Error(absl::StrCat("no such key: ", DebugString(key)));
  }
  if (container.kind() != Kind::kList || !key.is_number()) return Value::Error(kNoOverload);
  const int64_t index = key.kind() == Kind::kInt ? key.int_value() : -1;
  const double number = key.kind() == Kind::kDouble ? key.double_value() : 0;
  const auto size = static_cast<int64_t>(container.list().size());
  const bool is_whole = key.kind() == Kind::kInt || std::trunc(number) == number;
  const int64_t at = key.kind() == Kind::kInt || !(number >= 0 && number < 1e15)
                         ? index
                         : static_cast<int64_t>(number);
  if (!is_whole || at < 0 || at >= size) {
    return scratch.Error(absl::StrCat("index out of bounds: ", DebugString(key), " of ", size));
  }
  return container.list()[static_cast<size_t>(at)];
}

}  // namespace baton::expression
