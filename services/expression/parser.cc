#include "expression/parser.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "expression/lexer.h"
#include "expression/utf8.h"

namespace baton::expression {
namespace {

struct Infix {
  std::string_view symbol;
  int precedence;
  Op op;
};

constexpr int kConditionalPrecedence = 1;
constexpr std::array<Infix, 14> kInfixes = {{{"||", 2, Op::kOr},
                                             {"&&", 3, Op::kAnd},
                                             {"==", 4, Op::kEqual},
                                             {"!=", 4, Op::kNotEqual},
                                             {"<=", 4, Op::kLessEqual},
                                             {"<", 4, Op::kLess},
                                             {">=", 4, Op::kGreaterEqual},
                                             {">", 4, Op::kGreater},
                                             {"in", 4, Op::kIn},
                                             {"+", 5, Op::kAdd},
                                             {"-", 5, Op::kSubtract},
                                             {"*", 6, Op::kMultiply},
                                             {"/", 6, Op::kDivide},
                                             {"%", 6, Op::kModulo}}};

constexpr std::array<std::string_view, 17> kReserved = {
    "as",  "break", "const",   "continue",  "else",   "for", "function", "if",   "import",
    "let", "loop",  "package", "namespace", "return", "var", "void",     "while"};

struct Macro {
  std::string_view name;
  size_t args;
  Op op;
};
constexpr std::array<Macro, 6> kMacros = {{{"all", 2, Op::kAll},
                                           {"exists", 2, Op::kExists},
                                           {"exists_one", 2, Op::kExistsOne},
                                           {"filter", 2, Op::kFilter},
                                           {"map", 2, Op::kTransform},
                                           {"map", 3, Op::kTransform}}};

// Every function that parses gives the index of a node, or nullopt with problem_ set.
class Parser {
 public:
  Parser(std::string_view text, const Limits& limits)
      : text_(text), limits_(limits), lexer_(text) {}

  std::variant<Syntax, Problem> Run() {
    if (text_.size() > limits_.bytes_max) {
      return Problem{0, absl::StrCat("the expression has ", text_.size(), " bytes, at most ",
                                     limits_.bytes_max, " are allowed")};
    }
    if (!Advance()) return problem_;
    const std::optional<int> root = Expression(0);
    if (!root) return problem_;
    if (token_.kind != TokenKind::kEnd) {
      Fail(token_.offset, absl::StrCat("an operator is missing before ", Shown()));
      return problem_;
    }
    return std::move(syntax_);
  }

 private:
  bool Advance() {
    std::optional<Token> next = lexer_.Next();
    if (!next) problem_ = lexer_.problem();
    if (next) token_ = *std::move(next);
    return next.has_value();
  }

  std::optional<int> Fail(size_t offset, std::string message) {
    problem_ = {offset, std::move(message)};
    return std::nullopt;
  }

  // The token at hand, for people.
  std::string Shown() const {
    if (token_.kind == TokenKind::kEnd) return "the end";
    if (token_.kind == TokenKind::kString) return "this string";
    return absl::StrCat("'", AbslView(token_.text), "'");
  }

  bool Expect(std::string_view symbol) {
    if (token_.Is(symbol)) return Advance();
    Fail(token_.offset, absl::StrCat("expected '", AbslView(symbol), "', found ", Shown()));
    return false;
  }

  std::optional<int> Add(Node node) {
    for (const int arg : node.args) {
      if (arg >= 0)
        node.depth = std::max(node.depth, syntax_.nodes[static_cast<size_t>(arg)].depth + 1);
    }
    if (node.depth > limits_.depth_max) {
      return Fail(node.offset, absl::StrCat("nested deeper than ", limits_.depth_max, " levels"));
    }
    if (syntax_.nodes.size() == limits_.nodes_max) {
      return Fail(node.offset, absl::StrCat("more than ", limits_.nodes_max, " parts"));
    }
    syntax_.nodes.push_back(std::move(node));
    return static_cast<int>(syntax_.nodes.size()) - 1;
  }

  std::optional<int> AddOp(Op op, size_t offset, std::vector<int> args) {
    Node node;
    node.op = op;
    node.offset = offset;
    node.args = std::move(args);
    return Add(std::move(node));
  }

  std::optional<int> AddLiteral(size_t offset, Value value) {
    Node node;
    node.offset = offset;
    node.literal = value;
    return Add(std::move(node));
  }

  // Everything whose operators bind tighter than `precedence`.
  std::optional<int> Expression(int precedence) {
    if (++nesting_ > limits_.depth_max) {
      return Fail(token_.offset, absl::StrCat("nested deeper than ", limits_.depth_max, " levels"));
    }
    std::optional<int> left = Unary();
    while (left) {
      if (token_.Is("?") && precedence < kConditionalPrecedence) {
        left = Conditional(*left);
        continue;
      }
      const Infix* infix = InfixAtHand();
      if (infix == nullptr || infix->precedence <= precedence) break;
      const size_t offset = token_.offset;
      if (!Advance()) return std::nullopt;
      const std::optional<int> right = Expression(infix->precedence);
      if (!right) return std::nullopt;
      left = AddOp(infix->op, offset, {*left, *right});
    }
    --nesting_;
    return left;
  }

  const Infix* InfixAtHand() const {
    if (token_.kind != TokenKind::kSymbol && token_.kind != TokenKind::kName) return nullptr;
    const auto found = std::find_if(kInfixes.begin(), kInfixes.end(), [&](const Infix& infix) {
      return infix.symbol == token_.text;
    });
    return found == kInfixes.end() ? nullptr : &*found;
  }

  std::optional<int> Conditional(int condition) {
    const size_t offset = token_.offset;
    if (!Advance()) return std::nullopt;
    const std::optional<int> yes = Expression(kConditionalPrecedence);
    if (!yes || !Expect(":")) return std::nullopt;
    const std::optional<int> no = Expression(0);
    if (!no) return std::nullopt;
    return AddOp(Op::kConditional, offset, {condition, *yes, *no});
  }

  std::optional<int> Unary() {
    const size_t offset = token_.offset;
    if (token_.Is("!")) return Signed("!", Op::kNot, offset);
    if (token_.Is("-")) return Signed("-", Op::kNegate, offset);
    return Member();
  }

  // A run of one sign; two of them are none, as the grammar of CEL has it.
  std::optional<int> Signed(std::string_view sign, Op op, size_t offset) {
    bool applies = false;
    for (; token_.Is(sign); applies = !applies) {
      if (!Advance()) return std::nullopt;
    }
    // A literal with its sign: the least number has no positive counterpart.
    const bool is_number = token_.kind == TokenKind::kInt || token_.kind == TokenKind::kDouble;
    if (op == Op::kNegate && is_number) return Suffixes(Number(offset, applies));
    if (++nesting_ > limits_.depth_max) {
      return Fail(offset, absl::StrCat("nested deeper than ", limits_.depth_max, " levels"));
    }
    const std::optional<int> arg = Unary();
    --nesting_;
    if (!arg || !applies) return arg;
    return AddOp(op, offset, {*arg});
  }

  std::optional<int> Member() { return Suffixes(Primary()); }

  std::optional<int> Suffixes(std::optional<int> left) {
    while (left) {
      const size_t offset = token_.offset;
      if (token_.Is("[")) {
        if (!Advance()) return std::nullopt;
        const std::optional<int> index = Expression(0);
        if (!index || !Expect("]")) return std::nullopt;
        left = AddOp(Op::kIndex, offset, {*left, *index});
      } else if (token_.Is(".")) {
        left = Dot(*left);
      } else {
        break;
      }
    }
    return left;
  }

  std::optional<int> Dot(int left) {
    if (!Advance()) return std::nullopt;
    if (token_.kind != TokenKind::kName) {
      return Fail(token_.offset, absl::StrCat("expected a name behind '.', found ", Shown()));
    }
    Node node;
    node.op = Op::kSelect;
    node.offset = token_.offset;
    node.name = std::string(token_.text);
    node.args = {left};
    const bool is_quoted = token_.is_quoted;
    if (!Advance()) return std::nullopt;
    if (is_quoted || !token_.Is("(")) return Add(std::move(node));
    const std::optional<std::vector<int>> args = List("(", ")");
    if (!args) return std::nullopt;
    if (const Macro* macro = MacroOf(node.name, args->size()))
      return Comprehend(*macro, node, *args);
    node.op = Op::kCall;
    node.is_member = true;
    node.args.insert(node.args.end(), args->begin(), args->end());
    return Add(std::move(node));
  }

  static const Macro* MacroOf(std::string_view name, size_t args) {
    const auto found = std::find_if(kMacros.begin(), kMacros.end(), [&](const Macro& macro) {
      return macro.name == name && macro.args == args;
    });
    return found == kMacros.end() ? nullptr : &*found;
  }

  // range.all(name, body)
  std::optional<int> Comprehend(const Macro& macro, const Node& call,
                                const std::vector<int>& args) {
    const Node& variable = syntax_.nodes[static_cast<size_t>(args[0])];
    if (variable.op != Op::kName || variable.name.front() == '.') {
      return Fail(variable.offset,
                  absl::StrCat("the first argument of ", call.name, " is the name of its items"));
    }
    Node node;
    node.op = macro.op;
    node.offset = call.offset;
    node.name = variable.name;
    node.args = {call.args[0]};
    if (macro.op == Op::kTransform && args.size() == 2) node.args.push_back(-1);
    node.args.insert(node.args.end(), args.begin() + 1, args.end());
    return Add(std::move(node));
  }

  std::optional<int> Primary() {
    const size_t offset = token_.offset;
    switch (token_.kind) {
      case TokenKind::kInt:
      case TokenKind::kDouble:
        return Number(offset, false);
      case TokenKind::kString: {
        syntax_.texts.push_back(std::move(token_.string));
        const Value text = Value::String(syntax_.texts.back());
        if (!Advance()) return std::nullopt;
        return AddLiteral(offset, text);
      }
      case TokenKind::kName:
        return Name(offset, "");
      case TokenKind::kEnd:
        return Fail(offset, "something is missing here");
      case TokenKind::kSymbol:
        break;
    }
    if (token_.Is("(")) {
      if (!Advance()) return std::nullopt;
      const std::optional<int> inner = Expression(0);
      if (!inner || !Expect(")")) return std::nullopt;
      return inner;
    }
    if (token_.Is("[")) return Written(Op::kMakeList, "[", "]");
    if (token_.Is("{")) return Written(Op::kMakeMap, "{", "}");
    if (!token_.Is(".")) return Fail(offset, absl::StrCat(Shown(), " cannot stand here"));
    if (!Advance()) return std::nullopt;
    if (token_.kind != TokenKind::kName) return Fail(offset, "expected a name behind '.'");
    return Name(offset, ".");
  }

  std::optional<int> Written(Op op, std::string_view open, std::string_view close) {
    const size_t offset = token_.offset;
    const std::optional<std::vector<int>> items = List(open, close);
    if (!items) return std::nullopt;
    return AddOp(op, offset, *items);
  }

  // Items up to `close`, those of a map as key : value. At `open`.
  std::optional<std::vector<int>> List(std::string_view open, std::string_view close) {
    const bool is_map = open == "{";
    if (!Advance()) return std::nullopt;
    std::vector<int> items;
    while (!token_.Is(close)) {
      if (items.size() >= limits_.items_max) {
        Fail(token_.offset, absl::StrCat("more than ", limits_.items_max, " items"));
        return std::nullopt;
      }
      for (int part = 0; part < (is_map ? 2 : 1); ++part) {
        if (part == 1 && !Expect(":")) return std::nullopt;
        const std::optional<int> item = Expression(0);
        if (!item) return std::nullopt;
        items.push_back(*item);
      }
      if (token_.Is(close)) break;
      if (!Expect(",")) return std::nullopt;
      if (token_.Is(close) && open == "(") {
        Fail(token_.offset, "an argument is missing");
        return std::nullopt;
      }
    }
    if (!Advance()) return std::nullopt;
    return items;
  }

  // `dot`: "." for a name that means no local.
  std::optional<int> Name(size_t offset, std::string_view dot) {
    Node node;
    node.offset = offset;
    node.name = absl::StrCat(AbslView(dot), AbslView(token_.text));
    if (token_.is_quoted) return Fail(offset, "only a field may stand between backquotes");
    const bool reserved =
        std::find(kReserved.begin(), kReserved.end(), token_.text) != kReserved.end();
    if (reserved || token_.text == "in") {
      return Fail(offset, absl::StrCat(Shown(), " is a reserved word"));
    }
    if (!Advance()) return std::nullopt;
    if (dot.empty() && (node.name == "true" || node.name == "false")) {
      return AddLiteral(offset, Value::Bool(node.name == "true"));
    }
    if (dot.empty() && node.name == "null") return AddLiteral(offset, Value::Null());
    if (token_.Is("{")) return Fail(token_.offset, "there are no messages here");
    node.op = Op::kName;
    if (!token_.Is("(")) return Add(std::move(node));
    const std::optional<std::vector<int>> args = List("(", ")");
    if (!args) return std::nullopt;
    if (node.name == "has") return Has(offset, *args);
    node.op = Op::kCall;
    node.args = *args;
    return Add(std::move(node));
  }

  std::optional<int> Has(size_t offset, const std::vector<int>& args) {
    if (args.size() != 1 || syntax_.nodes[static_cast<size_t>(args[0])].op != Op::kSelect) {
      return Fail(offset, "has() takes one field: has(lead.email)");
    }
    // The last node: nothing else refers to it.
    Node& field = syntax_.nodes[static_cast<size_t>(args[0])];
    field.op = Op::kHas;
    return args[0];
  }

  // At a number; `offset` is that of its sign.
  std::optional<int> Number(size_t offset, bool is_negative) {
    const std::string text = absl::StrCat(is_negative ? "-" : "", AbslView(token_.text));
    if (token_.kind == TokenKind::kDouble) {
      double number = 0;
      if (!absl::SimpleAtod(text, &number)) return Fail(offset, "this number is too great");
      if (!Advance()) return std::nullopt;
      return AddLiteral(offset, Value::Double(number));
    }
    const bool is_hex = token_.text.size() > 1 && (token_.text[1] == 'x' || token_.text[1] == 'X');
    const std::string digits =
        is_hex ? absl::StrCat(is_negative ? "-" : "", std::string(token_.text.substr(2))) : text;
    int64_t number = 0;
    const auto read =
        std::from_chars(digits.data(), digits.data() + digits.size(), number, is_hex ? 16 : 10);
    if (read.ec != std::errc() || read.ptr != digits.data() + digits.size()) {
      return Fail(offset, "this number is too great for an int of 64 bits");
    }
    if (!Advance()) return std::nullopt;
    return AddLiteral(offset, Value::Int(number));
  }

  std::string_view text_;
  const Limits& limits_;
  Lexer lexer_;
  Token token_;
  Problem problem_;
  Syntax syntax_;
  int nesting_ = 0;
};

}  // namespace

std::variant<Syntax, Problem> Parse(std::string_view text, const Limits& limits) {
  return Parser(text, limits).Run();
}

}  // namespace baton::expression
