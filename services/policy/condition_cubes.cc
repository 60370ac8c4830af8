// From an expression to the leads for which it has an outcome (cubes.h). CEL's own rules: an error
// on one side of && and || does not matter if the other side decides, and what reads an absent
// value is an error.
#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "policy/cubes.h"

namespace baton::policy {
namespace {

using expression::Node;
using expression::Op;
using expression::Syntax;
using expression::Value;

Outcome Opposite(Outcome outcome) {
  switch (outcome) {
    case Outcome::kTrue:
      return Outcome::kFalse;
    case Outcome::kFalse:
      return Outcome::kTrue;
    case Outcome::kNotTrue:
      return Outcome::kNotFalse;
    case Outcome::kNotFalse:
      return Outcome::kNotTrue;
  }
  return outcome;
}

bool TakesErrors(Outcome outcome) {
  return outcome == Outcome::kNotTrue || outcome == Outcome::kNotFalse;
}

// True, or not false.
bool IsPositive(Outcome outcome) {
  return outcome == Outcome::kTrue || outcome == Outcome::kNotFalse;
}

// `b op a` for `a op b`.
Op Mirrored(Op op) {
  switch (op) {
    case Op::kLess:
      return Op::kGreater;
    case Op::kLessEqual:
      return Op::kGreaterEqual;
    case Op::kGreater:
      return Op::kLess;
    case Op::kGreaterEqual:
      return Op::kLessEqual;
    default:
      return op;
  }
}

std::optional<Scalar> ScalarOf(const Value& value) {
  switch (value.kind()) {
    case expression::Kind::kBool:
      return value.bool_value();
    case expression::Kind::kInt:
      return static_cast<Number>(value.int_value());
    case expression::Kind::kDouble:
      if (!std::isfinite(value.double_value())) return std::nullopt;
      return static_cast<Number>(value.double_value());
    case expression::Kind::kString:
      return std::string(value.text());
    default:
      return std::nullopt;
  }
}

// Whether values of a variable of `type` compare with `value` as scalars do.
bool Suits(const expression::Type& type, const Scalar& value) {
  if (std::holds_alternative<bool>(value)) return type.Is(expression::Kind::kBool);
  if (std::holds_alternative<std::string>(value)) return type.Is(expression::Kind::kString);
  return type.Is(expression::Kind::kInt) || type.Is(expression::Kind::kDouble);
}

// The values of one variable for which a test of it is true, and those for which it is false.
struct Split {
  ValueSet yes, no;
  Split() { yes.absent = yes.mistyped = no.absent = no.mistyped = false; }
};

Split OneOf(std::set<Scalar> values) {
  Split split;
  split.no.except = values;
  split.no.nan = true;
  split.yes.only = std::move(values);
  return split;
}

std::optional<Split> Compared(Op op, const Scalar& value) {
  Split split;
  if (op == Op::kEqual || op == Op::kNotEqual) {
    split = OneOf({value});
    if (op == Op::kNotEqual) std::swap(split.yes, split.no);
    return split;
  }
  const auto* number = std::get_if<Number>(&value);
  if (number == nullptr) return std::nullopt;
  const bool below = op == Op::kLess || op == Op::kLessEqual;
  const bool open = op == Op::kLess || op == Op::kGreater;
  ValueSet& low_side = below ? split.yes : split.no;
  ValueSet& high_side = below ? split.no : split.yes;
  low_side.high = high_side.low = *number;
  low_side.high_open = below == open;
  high_side.low_open = below != open;
  split.no.nan = true;
  return split;
}

class Lowering {
 public:
  Lowering(const Syntax& syntax, const std::vector<ValueSet>& any) : syntax_(syntax), any_(any) {}

  MaybeCubes Of(const Node& node, Outcome outcome) const {
    switch (node.op) {
      case Op::kLiteral:
        return Constant(node.literal, outcome);
      case Op::kNot:
        return Of(Arg(node, 0), Opposite(outcome));
      case Op::kAnd:
      case Op::kOr: {
        const MaybeCubes left = Of(Arg(node, 0), outcome), right = Of(Arg(node, 1), outcome);
        return IsPositive(outcome) == (node.op == Op::kAnd) ? Both(left, right)
                                                            : Either(left, right);
      }
      case Op::kConditional:
        return Conditional(node, outcome);
      case Op::kHasVariable:
        return Presence(node, outcome);
      default:
        break;
    }
    const std::optional<std::pair<const Node*, Split>> test = TestOfVariable(node);
    return test.has_value() ? Tested(*test->first, test->second, outcome) : Unknown(node, outcome);
  }

 private:
  const Node& Arg(const Node& node, size_t i) const {
    return syntax_.nodes[static_cast<size_t>(node.args[i])];
  }

  static Cubes Constant(const Value& value, Outcome outcome) {
    const bool met = value.kind() == expression::Kind::kBool
                         ? value.bool_value() == IsPositive(outcome)
                         : TakesErrors(outcome);
    return met ? Cubes(1) : Cubes();
  }

  MaybeCubes Conditional(const Node& node, Outcome outcome) const {
    const Node &condition = Arg(node, 0), &yes = Arg(node, 1), &no = Arg(node, 2);
    if (TakesErrors(outcome)) {
      return Both(Either(Of(condition, Outcome::kNotTrue), Of(yes, outcome)),
                  Either(Of(condition, Outcome::kNotFalse), Of(no, outcome)));
    }
    return Either(Both(Of(condition, Outcome::kTrue), Of(yes, outcome)),
                  Both(Of(condition, Outcome::kFalse), Of(no, outcome)));
  }

  Cubes OfVariable(int slot, ValueSet values) const {
    values.Intersect(any_[static_cast<size_t>(slot)]);
    if (values.IsEmpty()) return {};
    Cube cube;
    cube.variables.emplace(slot, std::move(values));
    return {std::move(cube)};
  }

  Cubes Presence(const Node& node, Outcome outcome) const {
    ValueSet values;
    values.nan = true;
    if (IsPositive(outcome)) {
      values.absent = false;
    } else {
      values.mistyped = values.nan = values.valued = false;
    }
    return OfVariable(node.slot, std::move(values));
  }

  Cubes Tested(const Node& variable, const Split& split, Outcome outcome) const {
    ValueSet values = IsPositive(outcome) ? split.yes : split.no;
    values.absent = values.mistyped = TakesErrors(outcome);
    return OfVariable(variable.slot, std::move(values));
  }

  // `node` as a test of one variable, if it is one that is understood.
  std::optional<std::pair<const Node*, Split>> TestOfVariable(const Node& node) const {
    switch (node.op) {
      case Op::kVariable:
        if (!node.type.Is(expression::Kind::kBool)) return std::nullopt;
        return std::pair(&node, OneOf({true}));
      case Op::kEqual:
      case Op::kNotEqual:
      case Op::kLess:
      case Op::kLessEqual:
      case Op::kGreater:
      case Op::kGreaterEqual:
        return Comparison(node);
      case Op::kIn:
        return Membership(node);
      case Op::kExists:
        return Exists(node);
      case Op::kCall:
        return TextCall(node);
      default:
        return std::nullopt;
    }
  }

  std::optional<std::pair<const Node*, Split>> Comparison(const Node& node) const {
    const bool mirrored = Arg(node, 0).op == Op::kLiteral;
    const Node& variable = Arg(node, mirrored ? 1 : 0);
    const Node& literal = Arg(node, mirrored ? 0 : 1);
    if (variable.op != Op::kVariable || literal.op != Op::kLiteral) return std::nullopt;
    const std::optional<Scalar> value = ScalarOf(literal.literal);
    if (!value.has_value() || !Suits(variable.type, *value)) return std::nullopt;
    std::optional<Split> split = Compared(mirrored ? Mirrored(node.op) : node.op, *value);
    if (!split.has_value()) return std::nullopt;
    return std::pair(&variable, *std::move(split));
  }

  // lead.country in ["DE", "AT"], or "saas" in lead.tags.
  std::optional<std::pair<const Node*, Split>> Membership(const Node& node) const {
    const Node &item = Arg(node, 0), &container = Arg(node, 1);
    if (item.op == Op::kLiteral && container.op == Op::kVariable) {
      return Contains(container, item);
    }
    const bool is_list =
        container.op == Op::kLiteral && container.literal.kind() == expression::Kind::kList;
    if (item.op != Op::kVariable || !is_list) return std::nullopt;
    std::set<Scalar> values;
    for (const Value& one : container.literal.list()) {
      const std::optional<Scalar> value = ScalarOf(one);
      if (!value.has_value() || !Suits(item.type, *value)) return std::nullopt;
      values.insert(*value);
    }
    return std::pair(&item, OneOf(std::move(values)));
  }

  // lead.tags.exists(t, t == "saas") says the same as "saas" in lead.tags.
  std::optional<std::pair<const Node*, Split>> Exists(const Node& node) const {
    const Node &container = Arg(node, 0), &body = Arg(node, 1);
    if (container.op != Op::kVariable || body.op != Op::kEqual) return std::nullopt;
    const bool mirrored = Arg(body, 0).op == Op::kLiteral;
    const Node& local = Arg(body, mirrored ? 1 : 0);
    const Node& literal = Arg(body, mirrored ? 0 : 1);
    if (local.op != Op::kLocal || literal.op != Op::kLiteral) return std::nullopt;
    return Contains(container, literal);
  }

  static std::optional<std::pair<const Node*, Split>> Contains(const Node& list, const Node& item) {
    const std::optional<Scalar> value = ScalarOf(item.literal);
    const bool is_list = list.type.Is(expression::Kind::kList);
    if (!is_list || !value.has_value() || !Suits(list.type.element(), *value)) return std::nullopt;
    Split split;
    split.yes.items = split.no.no_items = {*value};
    return std::pair(&list, std::move(split));
  }

  std::optional<std::pair<const Node*, Split>> TextCall(const Node& node) const {
    using Test = TextTest::Kind;
    constexpr std::pair<std::string_view, Test> kTests[] = {{"startsWith", Test::kStartsWith},
                                                            {"endsWith", Test::kEndsWith},
                                                            {"contains", Test::kContains}};
    const auto* found = std::find_if(std::begin(kTests), std::end(kTests),
                                     [&](const auto& test) { return test.first == node.name; });
    if (found == std::end(kTests) || !node.is_member || node.args.size() != 2) return std::nullopt;
    const Node &variable = Arg(node, 0), &text = Arg(node, 1);
    const bool understood =
        variable.op == Op::kVariable && variable.type.Is(expression::Kind::kString) &&
        text.op == Op::kLiteral && text.literal.kind() == expression::Kind::kString;
    if (!understood) return std::nullopt;
    Split split;
    const std::string part(text.literal.text());
    split.yes.tests = {{found->second, part, true}};
    split.no.tests = {{found->second, part, false}};
    return std::pair(&variable, std::move(split));
  }

  Cubes Unknown(const Node& node, Outcome outcome) const {
    const uint8_t errors = TakesErrors(outcome) ? kIsError : 0;
    Cube cube;
    cube.unknown[TextOf(node)] =
        static_cast<uint8_t>((IsPositive(outcome) ? kIsTrue : kIsFalse) | errors);
    return {std::move(cube)};
  }

  // The same for the same expression.
  std::string TextOf(const Node& node) const {
    std::string text = absl::StrCat(static_cast<int>(node.op), " ", node.name, " ", node.slot);
    if (node.op == Op::kLiteral) text = expression::DebugString(node.literal);
    if (node.op == Op::kMatches) {
      text = absl::StrCat("matches ", syntax_.patterns[static_cast<size_t>(node.slot)]->pattern());
    }
    text += "(";
    for (const int arg : node.args) {
      absl::StrAppend(&text, arg < 0 ? "" : TextOf(syntax_.nodes[static_cast<size_t>(arg)]), ",");
    }
    return text + ")";
  }

  const Syntax& syntax_;
  const std::vector<ValueSet>& any_;
};

}  // namespace

MaybeCubes CubesOf(const Syntax& syntax, const std::vector<ValueSet>& any, Outcome outcome) {
  return Lowering(syntax, any).Of(syntax.root(), outcome);
}

}  // namespace baton::policy
