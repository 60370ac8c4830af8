#include "expression/residual.h"

#include <cmath>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "expression/number_text.h"
#include "expression/operators.h"
#include "expression/utf8.h"

namespace baton::expression {
namespace {

// How tightly a text holds together, as in the parser.
constexpr int kLoosest = 0;
constexpr int kConditional = 1;
constexpr int kOr = 2;
constexpr int kAnd = 3;
constexpr int kRelation = 4;
constexpr int kSum = 5;
constexpr int kProduct = 6;
constexpr int kSigned = 7;
constexpr int kWhole = 8;

// A name that nobody has.
constexpr std::string_view kUndecided = "undecided";

struct Written {
  std::string text;
  int precedence = kWhole;
  std::optional<bool> decided;  // it is nothing but that
};

Written Decided(bool value) {
  return {value ? "true" : "false", kWhole, value};
}

std::string LiteralOf(const Value& value);

std::string DoubleText(double number) {
  if (std::isnan(number)) return "double(\"NaN\")";
  if (std::isinf(number)) return number > 0 ? "double(\"Infinity\")" : "double(\"-Infinity\")";
  std::string text = NumberText(number);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

std::string LiteralOf(const Value& value) {
  switch (value.kind()) {
    case Kind::kDouble:
      return DoubleText(value.double_value());
    case Kind::kList:
      return absl::StrCat("[",
                          absl::StrJoin(value.list(), ", ",
                                        [](std::string* out, const Value& item) {
                                          absl::StrAppend(out, LiteralOf(item));
                                        }),
                          "]");
    case Kind::kMap:
      return absl::StrCat("{",
                          absl::StrJoin(value.map(), ", ",
                                        [](std::string* out, const auto& item) {
                                          absl::StrAppend(out, LiteralOf(item.first), ": ",
                                                          LiteralOf(item.second));
                                        }),
                          "}");
    default:
      return DebugString(value);
  }
}

bool IsNegative(const Value& value) {
  if (value.kind() == Kind::kInt) return value.int_value() < 0;
  return value.kind() == Kind::kDouble && std::signbit(value.double_value());
}

Written LiteralPart(const Value& value) {
  if (value.kind() == Kind::kBool) return Decided(value.bool_value());
  return {LiteralOf(value), IsNegative(value) ? kSigned : kWhole, std::nullopt};
}

bool IsComprehension(Op op) {
  return op == Op::kAll || op == Op::kExists || op == Op::kExistsOne || op == Op::kFilter ||
         op == Op::kTransform;
}

std::string_view MacroName(Op op) {
  switch (op) {
    case Op::kAll:
      return "all";
    case Op::kExists:
      return "exists";
    case Op::kExistsOne:
      return "exists_one";
    case Op::kFilter:
      return "filter";
    default:
      return "map";
  }
}

int PrecedenceOf(Op op) {
  switch (op) {
    case Op::kAdd:
    case Op::kSubtract:
      return kSum;
    case Op::kMultiply:
    case Op::kDivide:
    case Op::kModulo:
      return kProduct;
    default:
      return kRelation;
  }
}

bool IsPlainName(std::string_view name) {
  for (const char c : name) {
    if (!absl::ascii_isalnum(static_cast<unsigned char>(c)) && c != '_') return false;
  }
  return !name.empty() && !absl::ascii_isdigit(static_cast<unsigned char>(name[0]));
}

class Writer {
 public:
  Writer(const Program& program, absl::Span<const Value> variables,
         const std::function<bool(int slot)>& is_open, Scratch& scratch)
      : program_(program), variables_(variables), scratch_(scratch) {
    for (const Node& node : program.syntax().nodes) {  // arguments stand before
      const bool is_variable = node.op == Op::kVariable || node.op == Op::kHasVariable;
      bool open = is_variable && is_open(node.slot);
      bool local = node.op == Op::kLocal;
      for (const int arg : node.args) {
        if (arg < 0) continue;
        open = open || open_[static_cast<size_t>(arg)];
        local = local || local_[static_cast<size_t>(arg)];
      }
      open_.push_back(open);
      local_.push_back(local);
    }
  }

  std::string Write() { return Of(static_cast<int>(open_.size()) - 1).text; }

  // Of the first known part that ended in one and was not left out; empty: there is none.
  const std::string& error() const { return error_; }

 private:
  const Node& At(int index) const { return program_.syntax().nodes[static_cast<size_t>(index)]; }

  // Within a comprehension its locals have no value here, nor have those of one inside it a place.
  bool IsKnown(int index) const {
    const auto at = static_cast<size_t>(index);
    return !open_[at] && (within_ == 0 || !local_[at]);
  }

  Written Of(int index) {
    if (IsKnown(index)) {
      const Value value = program_.EvaluatePart(index, variables_, scratch_);
      if (!value.is_error()) return LiteralPart(value);
      if (error_.empty()) error_ = value.text();
    }
    const Node& node = At(index);
    switch (node.op) {
      case Op::kLiteral:  // of what an environment without types does not know
        return {std::string(kUndecided), kWhole, std::nullopt};
      case Op::kName:
      case Op::kLocal:
        return {node.name, kWhole, std::nullopt};
      case Op::kVariable:
        return Variable(node);
      case Op::kHasVariable:
        return {absl::StrCat("has(", node.name, ")"), kWhole, std::nullopt};
      case Op::kSelect:
        return {Field(node), kWhole, std::nullopt};
      case Op::kHas:
        return {absl::StrCat("has(", Field(node), ")"), kWhole, std::nullopt};
      case Op::kIndex:
        return {absl::StrCat(Tight(node.args[0], kWhole), "[", Of(node.args[1]).text, "]"), kWhole,
                std::nullopt};
      case Op::kNot:
        return Not(node);
      case Op::kNegate:
        return {absl::StrCat("-", Tight(node.args[0], kWhole)), kSigned, std::nullopt};
      case Op::kAnd:
        return Logic(node, false, kAnd, " && ");
      case Op::kOr:
        return Logic(node, true, kOr, " || ");
      case Op::kConditional:
        return Conditional(node);
      default:
        return Compound(node);
    }
  }

  Written Compound(const Node& node) {
    if (IsComprehension(node.op)) return {Comprehension(node), kWhole, std::nullopt};
    if (node.op == Op::kCall) return {Call(node), kWhole, std::nullopt};
    if (node.op == Op::kMatches) {
      const std::string& pattern =
          program_.syntax().patterns[static_cast<size_t>(node.slot)]->pattern();
      return {absl::StrCat(Tight(node.args[0], kWhole), ".matches(",
                           LiteralOf(Value::String(pattern)), ")"),
              kWhole, std::nullopt};
    }
    if (node.op == Op::kMakeList) {
      return {absl::StrCat("[", List(node.args, 0, ", "), "]"), kWhole, std::nullopt};
    }
    if (node.op == Op::kMakeMap) return {Map(node), kWhole, std::nullopt};
    const int precedence = PrecedenceOf(node.op);
    // Operators of one kind are taken from the left.
    return {absl::StrCat(Tight(node.args[0], precedence), " ", AbslView(SymbolOf(node.op)), " ",
                         Tight(node.args[1], precedence + 1)),
            precedence, std::nullopt};
  }

  // In parentheses if it does not hold together as tightly as that.
  std::string Tight(int index, int precedence) { return Tight(Of(index), precedence); }
  static std::string Tight(const Written& part, int precedence) {
    return part.precedence >= precedence ? part.text : absl::StrCat("(", part.text, ")");
  }

  static Written Variable(const Node& node) {
    if (!node.type.Is(Kind::kDouble)) return {node.name, kWhole, std::nullopt};
    return {absl::StrCat("double(", node.name, ")"), kWhole, std::nullopt};
  }

  std::string Field(const Node& node) {
    const std::string left = Tight(node.args[0], kWhole);
    if (IsPlainName(node.name)) return absl::StrCat(left, ".", node.name);
    return absl::StrCat(left, ".`", node.name, "`");
  }

  Written Not(const Node& node) {
    const Written arg = Of(node.args[0]);
    if (arg.decided.has_value()) return Decided(!*arg.decided);
    return {absl::StrCat("!", Tight(arg, kWhole)), kSigned, std::nullopt};
  }

  // `decides`: the value of one side that makes the other immaterial.
  Written Logic(const Node& node, bool decides, int precedence, absl::string_view symbol) {
    const std::string error_before = error_;
    const Written left = Of(node.args[0]);
    if (left.decided == decides) return left;
    const Written right = Of(node.args[1]);
    if (right.decided == decides) {
      error_ = error_before;  // that of the left does not matter any more
      return right;
    }
    if (left.decided.has_value()) return right;
    if (right.decided.has_value()) return left;
    return {absl::StrCat(Tight(left, precedence), symbol, Tight(right, precedence + 1)), precedence,
            std::nullopt};
  }

  Written Conditional(const Node& node) {
    const Written condition = Of(node.args[0]);
    if (condition.decided.has_value()) return Of(node.args[*condition.decided ? 1 : 2]);
    return {absl::StrCat(Tight(condition, kConditional + 1), " ? ",
                         Tight(node.args[1], kConditional + 1), " : ",
                         Tight(node.args[2], kConditional)),
            kConditional, std::nullopt};
  }

  std::string List(const std::vector<int>& args, size_t first, absl::string_view between) {
    std::vector<std::string> items;
    for (size_t i = first; i < args.size(); ++i) items.push_back(Tight(args[i], kLoosest));
    return absl::StrJoin(items, between);
  }

  std::string Map(const Node& node) {
    std::vector<std::string> items;
    for (size_t i = 0; i + 1 < node.args.size(); i += 2) {
      items.push_back(absl::StrCat(Of(node.args[i]).text, ": ", Of(node.args[i + 1]).text));
    }
    return absl::StrCat("{", absl::StrJoin(items, ", "), "}");
  }

  std::string Call(const Node& node) {
    if (!node.is_member) return absl::StrCat(node.name, "(", List(node.args, 0, ", "), ")");
    return absl::StrCat(Tight(node.args[0], kWhole), ".", node.name, "(", List(node.args, 1, ", "),
                        ")");
  }

  std::string Comprehension(const Node& node) {
    std::string text = absl::StrCat(Tight(node.args[0], kWhole), ".", AbslView(MacroName(node.op)),
                                    "(", node.name);
    ++within_;
    for (size_t i = 1; i < node.args.size(); ++i) {
      if (node.args[i] >= 0) absl::StrAppend(&text, ", ", Of(node.args[i]).text);
    }
    --within_;
    return absl::StrCat(text, ")");
  }

  const Program& program_;
  const absl::Span<const Value> variables_;
  Scratch& scratch_;
  std::vector<bool> open_;   // by node: reads an open variable
  std::vector<bool> local_;  // reads a local
  int within_ = 0;           // comprehensions around the part at hand
  std::string error_;
};

}  // namespace

std::string Residual(const Program& program, absl::Span<const Value> variables,
                     const std::function<bool(int slot)>& is_open, Scratch& scratch,
                     std::string* error) {
  Writer writer(program, variables, is_open, scratch);
  std::string text = writer.Write();
  if (error != nullptr && !writer.error().empty()) *error = writer.error();
  return text;
}

}  // namespace baton::expression
