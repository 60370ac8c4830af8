// Static types of expressions.
#ifndef BATON_EXPRESSION_TYPE_H_
#define BATON_EXPRESSION_TYPE_H_

#include <memory>
#include <string>

#include "expression/value.h"

namespace baton::expression {

// Known before anything is evaluated; dyn: anything, found out then. Value type.
class Type {
 public:
  Type() = default;                                 // dyn
  Type(Kind kind) : is_dyn_(false), kind_(kind) {}  // NOLINT: a kind is a type
  // Of the items of an empty list: dyn until it meets another type, then that one.
  static Type Open();
  static Type List(Type element);
  static Type Map(Type key, Type value);

  bool is_dyn() const { return is_dyn_; }
  bool is_open() const { return is_open_; }
  bool Is(Kind kind) const { return !is_dyn_ && kind_ == kind; }
  Kind kind() const { return kind_; }                                        // not of dyn
  Type key() const { return key_ == nullptr ? Type() : *key_; }              // of a map
  Type element() const { return element_ == nullptr ? Type() : *element_; }  // of a list or a map

  // "int", "list(string)", "dyn"
  std::string Name() const;

 private:
  bool is_dyn_ = true;
  bool is_open_ = false;
  Kind kind_ = Kind::kAbsent;
  std::shared_ptr<const Type> key_, element_;
};

// Whether a value of type `actual` may stand where `expected` is asked for: as far as both are
// known.
bool Fits(const Type& actual, const Type& expected);

// What both are: the same type, or dyn.
Type Join(const Type& one, const Type& other);

}  // namespace baton::expression

#endif  // BATON_EXPRESSION_TYPE_H_
