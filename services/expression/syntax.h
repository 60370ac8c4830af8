// An expression as a tree.
#ifndef BATON_EXPRESSION_SYNTAX_H_
#define BATON_EXPRESSION_SYNTAX_H_

#include <re2/re2.h>

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "expression/type.h"
#include "expression/value.h"

namespace baton::expression {

struct Function;  // function.h

enum class Op : uint8_t {
  kLiteral,      // literal
  kName,         // name; the checker makes it a kVariable, a kLocal or a literal
  kVariable,     // slot: of the environment
  kLocal,        // slot: of the comprehensions around it, outermost 0
  kSelect,       // args[0].name
  kHas,          // has(args[0].name)
  kHasVariable,  // has() of what is a variable of its own; slot
  kIndex,        // args[0][args[1]]
  kNot,
  kNegate,
  kAnd,
  kOr,
  kConditional,  // args[0] ? args[1] : args[2]
  kEqual,
  kNotEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kIn,
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kModulo,
  kCall,      // name(args), or args[0].name(rest) if is_member
  kMatches,   // args[0] matches patterns[slot]
  kMakeList,  // args
  kMakeMap,   // args: key, value, key, value ...
  // Of the list, or the keys of the map, args[0]; args[1] is evaluated with each item as the local
  // `name`.
  kAll,
  kExists,
  kExistsOne,
  kFilter,
  kTransform,  // args[2] of each item for which args[1] holds
};

struct Node {
  Op op = Op::kLiteral;
  size_t offset = 0;  // of the operator or the first character
  std::string name;
  bool is_member = false;
  Value literal;          // what it refers to belongs to the Syntax
  std::vector<int> args;  // indices of nodes, which stand before this one
  int depth = 1;          // levels of the tree below and with this node
  // The checker's:
  Type type;
  int slot = -1;
  int64_t kib = 1;                         // KiB that its value takes at most, as far as is known
  int64_t items = 0;                       // of a list or map, likewise
  std::vector<const Function*> overloads;  // of a kCall: those that may be meant
};

struct Syntax {
  std::vector<Node> nodes;  // the last one is the whole
  std::deque<std::string> texts;
  std::deque<ListValue> lists;
  std::vector<std::unique_ptr<const RE2>> patterns;

  const Node& root() const { return nodes.back(); }
};

}  // namespace baton::expression

#endif  // BATON_EXPRESSION_SYNTAX_H_
