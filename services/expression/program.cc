#include "expression/program.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "expression/checker.h"
#include "expression/operators.h"

namespace baton::expression {
namespace {

// One evaluation. The stack holds the arguments of the calls and lists under way.
class Evaluation {
 public:
  Evaluation(const Syntax& syntax, absl::Span<const Value> variables, Scratch& scratch)
      : syntax_(syntax), variables_(variables), scratch_(scratch) {}

  Value Of(int index) { return Of(syntax_.nodes[static_cast<size_t>(index)]); }

  Value Of(const Node& node) {
    switch (node.op) {
      case Op::kLiteral:
        return node.literal;
      case Op::kVariable:
        return Variable(node);
      case Op::kLocal:
        return scratch_.locals()[static_cast<size_t>(node.slot)];
      case Op::kSelect:
        return Select(node);
      case Op::kHas:
        return Has(node);
      case Op::kHasVariable:
        return Value::Bool(At(node.slot).kind() != Kind::kAbsent);
      case Op::kNot:
        return Not(Of(node.args[0]));
      case Op::kAnd:
        return Logic(node, false);
      case Op::kOr:
        return Logic(node, true);
      case Op::kConditional:
        return Conditional(node);
      case Op::kNegate: {
        const Value value = Of(node.args[0]);
        return value.is_error() ? value : Negate(value);
      }
      case Op::kCall:
        return Call(node);
      case Op::kMatches:
        return Matches(node);
      case Op::kMakeList:
      case Op::kMakeMap:
        return Make(node);
      case Op::kAll:
      case Op::kExists:
      case Op::kExistsOne:
      case Op::kFilter:
      case Op::kTransform:
        return Comprehend(node);
      default:
        return TwoSides(node);
    }
  }

 private:
  const Value& At(int slot) const { return variables_[static_cast<size_t>(slot)]; }

  Value Variable(const Node& node) {
    const Value& value = At(node.slot);
    if (value.kind() != Kind::kAbsent) return value;
    return scratch_.Error(absl::StrCat("no such key: ", node.name));
  }

  Value TwoSides(const Node& node) {
    const Value left = Of(node.args[0]);
    if (left.is_error()) return left;
    const Value right = Of(node.args[1]);
    if (right.is_error()) return right;
    if (node.op == Op::kIndex) return Index(left, right, scratch_);
    return Operate(node.op, left, right, scratch_);
  }

  Value Select(const Node& node) {
    const Value left = Of(node.args[0]);
    if (left.is_error()) return left;
    if (left.kind() != Kind::kMap) return Value::Error(kNoOverload);
    return Index(left, Value::String(node.name), scratch_);
  }

  Value Has(const Node& node) {
    const Value left = Of(node.args[0]);
    if (left.is_error()) return left;
    if (left.kind() != Kind::kMap) return Value::Error(kNoOverload);
    return Value::Bool(Find(left.map(), Value::String(node.name)) != nullptr);
  }

  static Value Not(const Value& value) {
    if (value.is_error()) return value;
    if (value.kind() != Kind::kBool) return Value::Error(kNoOverload);
    return Value::Bool(!value.bool_value());
  }

  // `decides`: the value of one side that makes the other immaterial.
  Value Logic(const Node& node, bool decides) {
    const Value left = Of(node.args[0]);
    if (left.kind() == Kind::kBool && left.bool_value() == decides) return left;
    const Value right = Of(node.args[1]);
    if (right.kind() == Kind::kBool && right.bool_value() == decides) return right;
    if (left.is_error()) return left;
    if (right.is_error()) return right;
    const bool sound = left.kind() == Kind::kBool && right.kind() == Kind::kBool;
    return sound ? Value::Bool(!decides) : Value::Error(kNoOverload);
  }

  Value Conditional(const Node& node) {
    const Value condition = Of(node.args[0]);
    if (condition.is_error()) return condition;
    if (condition.kind() != Kind::kBool) return Value::Error(kNoOverload);
    return Of(node.args[condition.bool_value() ? 1 : 2]);
  }

  // Pushes the values of the arguments; the first error ends it.
  Value Push(const std::vector<int>& args) {
    for (const int arg : args) {
      const Value value = Of(arg);
      if (value.is_error()) return value;
      scratch_.stack().push_back(value);
    }
    return Value();
  }

  static bool Takes(const Function& function, const Value* args) {
    for (size_t i = 0; i < function.params.size(); ++i) {
      const Type& param = function.params[i];
      if (!param.is_dyn() && param.kind() != args[i].kind()) return false;
    }
    return true;
  }

  Value Call(const Node& node) {
    std::vector<Value>& stack = scratch_.stack();
    const size_t base = stack.size();
    Value result = Push(node.args);
    if (!result.is_error()) {
      // A copy: the stack may move while the function is at work.
      constexpr size_t kMost = 4;
      Value args[kMost];
      std::copy_n(stack.begin() + static_cast<std::ptrdiff_t>(base),
                  std::min(kMost, node.args.size()), args);
      const auto found =
          std::find_if(node.overloads.begin(), node.overloads.end(),
                       [&](const Function* function) { return Takes(*function, args); });
      result = found == node.overloads.end() ? Value::Error(kNoOverload)
                                             : (*found)->call(scratch_, args);
    }
    stack.resize(base);
    return result;
  }

  Value Matches(const Node& node) {
    const Value text = Of(node.args[0]);
    if (text.is_error()) return text;
    if (text.kind() != Kind::kString) return Value::Error(kNoOverload);
    const re2::StringPiece piece(text.text().data(), text.text().size());
    return Value::Bool(RE2::PartialMatch(piece, *syntax_.patterns[static_cast<size_t>(node.slot)]));
  }

  Value Make(const Node& node) {
    std::vector<Value>& stack = scratch_.stack();
    const size_t base = stack.size();
    Value result = Push(node.args);
    if (!result.is_error()) {
      const auto first = stack.begin() + static_cast<std::ptrdiff_t>(base);
      result = node.op == Op::kMakeList ? scratch_.List(ListValue(first, stack.end()))
                                        : MakeMap(&*first, node.args.size());
    }
    stack.resize(base);
    return result;
  }

  Value MakeMap(const Value* items, size_t count) {
    MapValue map;
    for (size_t i = 0; i < count; i += 2) {
      const Kind kind = items[i].kind();
      const bool can_be = kind == Kind::kString || kind == Kind::kInt || kind == Kind::kBool;
      if (!can_be) return Value::Error("unsupported key type");
      if (Find(map, items[i]) != nullptr) {
        return scratch_.Error(absl::StrCat("repeated key: ", DebugString(items[i])));
      }
      map.emplace_back(items[i], items[i + 1]);
    }
    return scratch_.Map(map);
  }

  struct Progress {
    Value decided;  // of all and exists; absent: not yet
    Value error;    // the first one met
    int64_t matches = 0;
    ListValue items;
  };

  Value Comprehend(const Node& node) {
    const Value range = Of(node.args[0]);
    if (range.is_error()) return range;
    Progress progress;
    const auto take = [&](const Value& item) {
      scratch_.locals().push_back(item);
      const bool goes_on = Take(node, item, progress);
      scratch_.locals().pop_back();
      return goes_on;
    };
    if (range.kind() == Kind::kList) {
      static_cast<void>(std::all_of(range.list().begin(), range.list().end(), take));
    } else if (range.kind() == Kind::kMap) {
      static_cast<void>(std::all_of(range.map().begin(), range.map().end(),
                                    [&](const auto& item) { return take(item.first); }));
    } else {
      return Value::Error(kNoOverload);
    }
    return Conclude(node.op, progress);
  }

  // One item; false: the others do not matter.
  bool Take(const Node& node, const Value& item, Progress& progress) {
    const Value held = node.args[1] < 0 ? Value::Bool(true) : Of(node.args[1]);
    const bool absorbs = node.op == Op::kAll || node.op == Op::kExists;
    if (held.kind() != Kind::kBool) {
      const Value error = held.is_error() ? held : Value::Error(kNoOverload);
      if (!progress.error.is_error()) progress.error = error;
      return absorbs;
    }
    if (absorbs) {
      const bool decides = held.bool_value() == (node.op == Op::kExists);
      if (decides) progress.decided = held;
      return !decides;
    }
    if (!held.bool_value()) return true;
    ++progress.matches;
    if (node.op == Op::kFilter) progress.items.push_back(item);
    if (node.op != Op::kTransform) return true;
    const Value transformed = Of(node.args[2]);
    if (transformed.is_error()) progress.error = transformed;
    progress.items.push_back(transformed);
    return !transformed.is_error();
  }

  Value Conclude(Op op, const Progress& progress) {
    if (progress.decided.kind() == Kind::kBool) return progress.decided;
    if (progress.error.is_error()) return progress.error;
    if (op == Op::kAll || op == Op::kExists) return Value::Bool(op == Op::kAll);
    if (op == Op::kExistsOne) return Value::Bool(progress.matches == 1);
    return scratch_.List(progress.items);
  }

  const Syntax& syntax_;
  const absl::Span<const Value> variables_;
  Scratch& scratch_;
};

}  // namespace

std::variant<Program, std::vector<Problem>> Program::Compile(std::string_view text,
                                                             const Environment& environment,
                                                             const Limits& limits) {
  auto parsed = Parse(text, limits);
  if (auto* problem = std::get_if<Problem>(&parsed)) return std::vector<Problem>{*problem};
  Syntax syntax = std::get<Syntax>(std::move(parsed));
  Checked checked = Check(environment, limits, syntax);
  if (!checked.problems.empty()) return std::move(checked.problems);
  return Program(std::move(syntax), checked.cost);
}

std::vector<VariableUse> Program::Variables() const {
  std::vector<VariableUse> uses;
  for (const Node& node : syntax_.nodes) {
    if (node.op != Op::kVariable && node.op != Op::kHasVariable) continue;
    uses.push_back({node.slot, node.offset});
  }
  std::stable_sort(uses.begin(), uses.end(), [](const VariableUse& one, const VariableUse& other) {
    return one.offset < other.offset;
  });
  std::vector<VariableUse> first;
  for (const VariableUse& use : uses) {
    const bool known = std::any_of(first.begin(), first.end(), [&](const VariableUse& other) {
      return other.slot == use.slot;
    });
    if (!known) first.push_back(use);
  }
  return first;
}

Value Program::Evaluate(absl::Span<const Value> variables, Scratch& scratch) const {
  return Evaluation(syntax_, variables, scratch).Of(syntax_.root());
}

Value Program::EvaluatePart(int node, absl::Span<const Value> variables, Scratch& scratch) const {
  return Evaluation(syntax_, variables, scratch).Of(node);
}

}  // namespace baton::expression
