// What an expression may name: variables with their types, and functions.
#ifndef BATON_EXPRESSION_ENVIRONMENT_H_
#define BATON_EXPRESSION_ENVIRONMENT_H_

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "expression/scratch.h"
#include "expression/type.h"

namespace baton::expression {

// One overload. `call` gets as many arguments as there are params, of their kinds, and never
// absent ones or errors; thread-safe.
struct Function {
  std::string name;
  bool is_member = false;  // args[0].name(rest)
  std::vector<Type> params;
  Type result;
  std::function<Value(Scratch&, const Value* args)> call;
  int64_t cost = 1;       // steps for each KiB of its arguments
  bool may_grow = false;  // its result may be longer than its arguments together
  // What is wrong with arguments that are written out (the others are absent), or "".
  std::function<std::string(const std::vector<Value>& literals)> check = nullptr;
};

// The functions of the language itself: conversions, text, time (README.md lists them).
const std::vector<Function>& StandardFunctions();

// Built once, then only read, by any number of threads. Outlives the programs compiled in it.
class Environment {
 public:
  // Slots count from 0 in the order of declaration. A name with dots ("lead.country") is a field of
  // an object that is nothing but its fields.
  int AddVariable(std::string name, Type type);
  void AddFunction(Function function);
  // Everything is dyn, as CEL evaluates what it has not checked.
  void ForgetTypes() { typed_ = false; }

  bool typed() const { return typed_; }
  size_t slots() const { return types_.size(); }
  std::optional<int> SlotOf(std::string_view name) const;
  const Type& TypeOf(int slot) const { return types_[static_cast<size_t>(slot)]; }
  const std::string& NameOf(int slot) const { return names_[static_cast<size_t>(slot)]; }
  bool IsObject(std::string_view name) const;  // fields of it are declared
  // Of an object ("lead"), or of everything ("").
  std::vector<std::string_view> NamesIn(std::string_view object) const;

  // Overloads with this name and number of arguments, the receiver of a member included.
  std::vector<const Function*> Find(std::string_view name, bool is_member, size_t args) const;
  std::vector<std::string_view> FunctionNames() const;

 private:
  std::map<std::string, int, std::less<>> slots_;
  std::vector<Type> types_;         // by slot
  std::vector<std::string> names_;  // by slot
  std::deque<Function> functions_;
  bool typed_ = true;
};

}  // namespace baton::expression

#endif  // BATON_EXPRESSION_ENVIRONMENT_H_
