#include "expression/checker.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "expression/operators.h"
#include "expression/utf8.h"

namespace baton::expression {
namespace {

constexpr int64_t kPatternCost = 100;       // for each KiB of the text
constexpr int64_t kJoinCost = 10;           // for each KiB of the result
constexpr int64_t kComparisonsPerStep = 4;  // of the items of a list with what is looked for

bool IsComprehension(Op op) {
  return op == Op::kAll || op == Op::kExists || op == Op::kExistsOne || op == Op::kFilter ||
         op == Op::kTransform;
}

int64_t Capped(int64_t cost) {
  constexpr int64_t kMost = int64_t{1} << 40;
  return std::min(cost, kMost);
}

class Checker {
 public:
  Checker(const Environment& environment, Syntax& syntax)
      : environment_(environment), syntax_(syntax) {}

  // Fills the node in; returns its cost.
  int64_t Visit(int index) {
    Node& node = At(index);
    const int64_t cost = IsComprehension(node.op) ? Comprehend(node) : 1 + VisitPlain(node);
    Measure(node);
    if (!environment_.typed()) node.type = Type();
    return Capped(cost);
  }

  std::vector<Problem> TakeProblems() { return std::move(problems_); }

 private:
  struct Local {
    std::string name;
    Type type;
    int64_t kib = 1;
  };

  Node& At(int index) { return syntax_.nodes[static_cast<size_t>(index)]; }
  const Type& TypeOf(const Node& node, size_t arg) { return At(node.args[arg]).type; }

  void Complain(const Node& node, std::string message) {
    problems_.push_back({node.offset, std::move(message)});
  }

  // The cost of the parts of the node.
  int64_t VisitPlain(Node& node) {
    if (node.op == Op::kName) {
      Name(node);
      return 0;
    }
    if ((node.op == Op::kSelect || node.op == Op::kHas) && Field(node)) return 0;
    if (node.op == Op::kCall && node.is_member) Unfold(node);
    int64_t cost = 0;
    for (const int arg : node.args) cost += Visit(arg);
    Judge(node);
    return cost + OwnCost(node);
  }

  // What the node takes besides its parts, beyond a step.
  int64_t OwnCost(const Node& node) {
    const int64_t kib = KibOfArgs(node);
    if (node.op == Op::kIn) return At(node.args[1]).items / kComparisonsPerStep;
    if (node.op == Op::kMatches) return kPatternCost * kib;
    if (node.op == Op::kCall) {
      int64_t dearest = 0;
      for (const Function* function : node.overloads) dearest = std::max(dearest, function->cost);
      return Capped(dearest * kib);
    }
    const bool is_number = node.type.Is(Kind::kInt) || node.type.Is(Kind::kDouble);
    if (node.op == Op::kAdd && !is_number) return kJoinCost * kib;
    return std::max<int64_t>(0, kib - static_cast<int64_t>(node.args.size()));
  }

  int64_t KibOfArgs(const Node& node) {
    int64_t kib = 0;
    for (const int arg : node.args) kib += arg < 0 ? 0 : At(arg).kib;
    return std::min(kib, kKibMade);
  }

  // How long the node's value can be.
  void Measure(Node& node) {
    constexpr int64_t kBytes = 1024;
    switch (node.op) {
      case Op::kLiteral:
        if (node.literal.kind() == Kind::kString) {
          node.kib = 1 + static_cast<int64_t>(node.literal.text().size()) / kBytes;
        }
        node.items = static_cast<int64_t>(node.args.size());
        return;
      case Op::kVariable:
      case Op::kLocal:  // whose kib it has
        node.items = kItemsAssumed;
        return;
      case Op::kMakeList:
      case Op::kMakeMap:
        node.items = static_cast<int64_t>(node.args.size());
        node.kib = KibOfArgs(node);
        return;
      case Op::kFilter:
        node.items = At(node.args[0]).items;
        node.kib = At(node.args[0]).kib;
        return;
      case Op::kTransform:
        node.items = At(node.args[0]).items;
        node.kib = kKibMade;
        return;
      case Op::kCall:
        node.items = kItemsMade;
        node.kib = KibOfArgs(node);
        for (const Function* function : node.overloads) {
          if (function->may_grow) node.kib = kKibMade;
        }
        return;
      case Op::kAdd:
      case Op::kConditional:
      case Op::kSelect:
      case Op::kIndex:
        node.items = kItemsMade;
        node.kib = KibOfArgs(node);
        return;
      default:
        return;
    }
  }

  void Name(Node& node) {
    const bool is_global = node.name.front() == '.';
    const std::string name = node.name.substr(is_global ? 1 : 0);
    const auto local = std::find_if(locals_.rbegin(), locals_.rend(),
                                    [&](const Local& one) { return one.name == name; });
    if (!is_global && local != locals_.rend()) {
      node.op = Op::kLocal;
      node.slot = static_cast<int>(std::distance(local, locals_.rend())) - 1;
      node.type = local->type;
      node.kib = local->kib;
    } else if (const auto slot = environment_.SlotOf(name)) {
      node.op = Op::kVariable;
      node.slot = *slot;
      node.type = environment_.TypeOf(*slot);
    } else if (TakeType(node, name)) {
      return;
    } else if (environment_.IsObject(name)) {
      Complain(node, absl::StrCat(name, " has no value of its own; name one of its fields"));
    } else {
      Unknown(node, absl::StrCat("there is no ", name, DidYouMean(name, environment_.NamesIn(""))));
    }
  }

  // What is not checked fails when it is evaluated, and only if it matters.
  void Unknown(Node& node, std::string message) {
    if (environment_.typed()) return Complain(node, std::move(message));
    node.op = Op::kLiteral;
    node.args.clear();
    node.literal = Value::Error(syntax_.texts.emplace_back(std::move(message)));
  }

  // True if `name` is that of a type, which then is the node's value.
  static bool TakeType(Node& node, std::string_view name) {
    const auto type = TypeNamed(name);
    if (!type) return false;
    node.op = Op::kLiteral;
    node.literal = Value::TypeName(*type);
    node.type = Type(Kind::kType);
    return true;
  }

  static std::optional<std::string_view> TypeNamed(std::string_view name) {
    for (int i = static_cast<int>(Kind::kNull); i <= static_cast<int>(Kind::kType); ++i) {
      const std::string_view known = TypeNameOf(static_cast<Kind>(i));
      if (known == name) return known;
    }
    return std::nullopt;
  }

  // "lead.country" of nested selections of names; "": something else.
  std::string Dotted(const Node& node) {
    if (node.op == Op::kName) return node.name.substr(node.name.front() == '.' ? 1 : 0);
    if (node.op != Op::kSelect && node.op != Op::kHas) return "";
    const std::string left = Dotted(At(node.args[0]));
    return left.empty() ? "" : absl::StrCat(left, ".", node.name);
  }

  bool IsLocal(const Node& node) {
    if (node.op == Op::kName) {
      return std::any_of(locals_.begin(), locals_.end(),
                         [&](const Local& one) { return one.name == node.name; });
    }
    return node.op == Op::kSelect && IsLocal(At(node.args[0]));
  }

  // True if the selection is a variable of its own, or a mistake.
  bool Field(Node& node) {
    const std::string name = Dotted(node);
    if (name.empty() || IsLocal(At(node.args[0]))) return false;
    if (const auto slot = environment_.SlotOf(name)) {
      const bool asks = node.op == Op::kHas;
      node.op = asks ? Op::kHasVariable : Op::kVariable;
      node.slot = *slot;
      node.name = name;
      node.type = asks ? Type(Kind::kBool) : environment_.TypeOf(*slot);
      return true;
    }
    if (node.op == Op::kSelect && TakeType(node, name)) return true;
    const std::string object = name.substr(0, name.size() - node.name.size() - 1);
    const bool is_variable = environment_.SlotOf(object).has_value();
    if (is_variable || !environment_.IsObject(object) || environment_.IsObject(name)) return false;
    Unknown(node, absl::StrCat("there is no ", name,
                               DidYouMean(node.name, environment_.NamesIn(object))));
    return true;
  }

  // "strings" of strings.quote(x) is no receiver but a part of the function's name.
  void Unfold(Node& node) {
    const Node& receiver = At(node.args[0]);
    const std::string dotted = Dotted(receiver);
    if (dotted.empty() || IsLocal(receiver)) return;
    const std::string name = absl::StrCat(dotted, ".", node.name);
    if (environment_.Find(name, false, node.args.size() - 1).empty()) return;
    node.name = name;
    node.is_member = false;
    node.args.erase(node.args.begin());
  }

  void Judge(Node& node) {
    switch (node.op) {
      case Op::kLiteral:
        node.type = node.literal.is_error() ? Type() : Type(node.literal.kind());
        return;
      case Op::kSelect:
      case Op::kHas:
        return Select(node);
      case Op::kIndex:
        return Index(node);
      case Op::kNot:
      case Op::kAnd:
      case Op::kOr:
        return Logic(node);
      case Op::kNegate:
        node.type = TypeOf(node, 0);
        if (!node.type.is_dyn() && !node.type.Is(Kind::kInt) && !node.type.Is(Kind::kDouble)) {
          Complain(node, absl::StrCat("- is for numbers, not for ", node.type.Name()));
        }
        return;
      case Op::kConditional:
        if (!Fits(TypeOf(node, 0), Type(Kind::kBool))) {
          Complain(node, absl::StrCat("? asks for a bool, not ", TypeOf(node, 0).Name()));
        }
        if (!Fits(TypeOf(node, 1), TypeOf(node, 2))) {
          Complain(node, absl::StrCat("either ", TypeOf(node, 1).Name(), " or ",
                                      TypeOf(node, 2).Name(), ": both must be of one type"));
        }
        node.type = Join(TypeOf(node, 1), TypeOf(node, 2));
        return;
      case Op::kCall:
        return Call(node);
      case Op::kMakeList:
        return MakeList(node);
      case Op::kMakeMap:
        return MakeMap(node);
      default:
        return Operator(node);
    }
  }

  void Select(Node& node) {
    const Type& left = TypeOf(node, 0);
    if (!Fits(left, Type(Kind::kMap))) {
      Complain(node, absl::StrCat(left.Name(), " has no fields"));
    }
    node.type = node.op == Op::kHas ? Type(Kind::kBool) : left.element();
  }

  void Index(Node& node) {
    const Type &left = TypeOf(node, 0), &key = TypeOf(node, 1);
    const bool in_list = Fits(left, Type(Kind::kList)) && Fits(key, Type(Kind::kInt));
    const bool in_map = Fits(left, Type(Kind::kMap)) && Fits(key, left.key());
    if (!in_list && !in_map) {
      Complain(node, absl::StrCat(left.Name(), " has no index of type ", key.Name()));
    }
    node.type = left.element();
  }

  void Logic(Node& node) {
    for (const int arg : node.args) {
      if (Fits(At(arg).type, Type(Kind::kBool))) continue;
      Complain(node, absl::StrCat(node.op == Op::kNot   ? "!"
                                  : node.op == Op::kAnd ? "&&"
                                                        : "||",
                                  " asks for a bool, not ", At(arg).type.Name()));
    }
    node.type = Type(Kind::kBool);
  }

  void Operator(Node& node) {
    const Type &left = TypeOf(node, 0), &right = TypeOf(node, 1);
    const auto result = ResultOf(node.op, left, right);
    if (!result) {
      Complain(node, absl::StrCat("there is no ", left.Name(), " ", AbslView(SymbolOf(node.op)),
                                  " ", right.Name()));
    }
    node.type = result.value_or(Type());
  }

  // What every `step`th argument from `first` on is.
  Type JoinOf(const Node& node, size_t first, size_t step) {
    if (first >= node.args.size()) return Type::Open();
    Type type = TypeOf(node, first);
    for (size_t i = first; i < node.args.size(); i += step) type = Join(type, TypeOf(node, i));
    return type;
  }

  // One that is written out is made once.
  void MakeList(Node& node) {
    node.type = Type::List(JoinOf(node, 0, 1));
    ListValue items;
    for (const int arg : node.args) {
      if (At(arg).op != Op::kLiteral || At(arg).literal.is_error()) return;
      items.push_back(At(arg).literal);
    }
    node.op = Op::kLiteral;
    node.literal = Value::List(&syntax_.lists.emplace_back(std::move(items)));
  }

  void MakeMap(Node& node) {
    for (size_t i = 0; i < node.args.size(); i += 2) {
      const Type& key = TypeOf(node, i);
      const bool can_be =
          key.is_dyn() || key.Is(Kind::kString) || key.Is(Kind::kInt) || key.Is(Kind::kBool);
      if (!can_be) Complain(At(node.args[i]), absl::StrCat(key.Name(), " cannot be a key"));
    }
    node.type = Type::Map(JoinOf(node, 0, 2), JoinOf(node, 1, 2));
  }

  void Call(Node& node) {
    const auto known = environment_.Find(node.name, node.is_member, node.args.size());
    for (const Function* function : known) {
      bool fits = true;
      for (size_t i = 0; i < node.args.size(); ++i) {
        fits = fits && Fits(TypeOf(node, i), function->params[i]);
      }
      if (fits) node.overloads.push_back(function);
    }
    if (node.overloads.empty()) return NoOverload(node);
    node.type = node.overloads[0]->result;
    for (const Function* function : node.overloads) node.type = Join(node.type, function->result);
    if (node.name == "matches") Pattern(node);
    if (node.overloads.size() == 1 && node.overloads[0]->check) CheckLiterals(node);
  }

  void NoOverload(Node& node) {
    const bool known = !environment_.Find(node.name, true, node.args.size()).empty() ||
                       !environment_.Find(node.name, false, node.args.size()).empty();
    std::string types = absl::StrJoin(node.args, ", ", [this](std::string* out, int arg) {
      absl::StrAppend(out, At(arg).type.Name());
    });
    const auto names = environment_.FunctionNames();
    const bool named = std::find(names.begin(), names.end(), node.name) != names.end();
    Unknown(node, known || named ? absl::StrCat(node.name, " does not take (", types, ")")
                                 : absl::StrCat("there is no function ", node.name,
                                                DidYouMean(node.name, names)));
  }

  void CheckLiterals(const Node& node) {
    std::vector<Value> literals;
    for (const int arg : node.args) {
      literals.push_back(At(arg).op == Op::kLiteral ? At(arg).literal : Value());
    }
    std::string problem = node.overloads[0]->check(literals);
    if (!problem.empty()) Complain(node, std::move(problem));
  }

  // A pattern that is written out is read once.
  void Pattern(Node& node) {
    const Node& pattern = At(node.args[1]);
    if (pattern.op != Op::kLiteral || pattern.literal.kind() != Kind::kString) return;
    const std::string_view text = pattern.literal.text();
    auto compiled =
        std::make_unique<const RE2>(re2::StringPiece(text.data(), text.size()), RE2::Quiet);
    if (!compiled->ok()) return Complain(pattern, "not a pattern: " + compiled->error());
    node.op = Op::kMatches;
    node.slot = static_cast<int>(syntax_.patterns.size());
    syntax_.patterns.push_back(std::move(compiled));
  }

  int64_t Comprehend(Node& node) {
    const int64_t range_cost = Visit(node.args[0]);
    const Node& range = At(node.args[0]);
    Type item;
    if (range.type.Is(Kind::kMap)) {
      item = range.type.key();
    } else {
      item = range.type.element();
      if (!Fits(range.type, Type(Kind::kList))) {
        Complain(node, absl::StrCat(range.type.Name(), " has no items"));
      }
    }
    const int64_t items = range.items;
    node.slot = static_cast<int>(locals_.size());
    locals_.push_back({node.name, item, range.kib});
    int64_t each = 0;
    for (size_t i = 1; i < node.args.size(); ++i) {
      if (node.args[i] >= 0) each += Visit(node.args[i]);
    }
    locals_.pop_back();
    const bool has_condition = node.args[1] >= 0;
    if (has_condition && !Fits(TypeOf(node, 1), Type(Kind::kBool))) {
      Complain(node,
               absl::StrCat("the items' condition must be a bool, not ", TypeOf(node, 1).Name()));
    }
    node.type = node.op == Op::kFilter      ? Type::List(item)
                : node.op == Op::kTransform ? Type::List(TypeOf(node, 2))
                                            : Type(Kind::kBool);
    return Capped(1 + range_cost + Capped(items * each));
  }

  const Environment& environment_;
  Syntax& syntax_;
  std::vector<Local> locals_;
  std::vector<Problem> problems_;
};

}  // namespace

Checked Check(const Environment& environment, const Limits& limits, Syntax& syntax) {
  Checker checker(environment, syntax);
  Checked checked;
  checked.cost = checker.Visit(static_cast<int>(syntax.nodes.size()) - 1);
  checked.problems = checker.TakeProblems();
  if (checked.problems.empty() && checked.cost > limits.cost_max) {
    checked.problems.push_back(
        {0, absl::StrCat("takes up to ", checked.cost, " steps, at most ", limits.cost_max,
                         " are allowed; have fewer items looked at inside each other")});
  }
  return checked;
}

}  // namespace baton::expression
