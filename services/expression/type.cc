#include "expression/type.h"

#include <utility>

namespace baton::expression {

Type Type::Open() {
  Type open;
  open.is_open_ = true;
  return open;
}

Type Type::List(Type element) {
  Type list(Kind::kList);
  list.element_ = std::make_shared<const Type>(std::move(element));
  return list;
}

Type Type::Map(Type key, Type value) {
  Type map(Kind::kMap);
  map.key_ = std::make_shared<const Type>(std::move(key));
  map.element_ = std::make_shared<const Type>(std::move(value));
  return map;
}

std::string Type::Name() const {
  if (is_dyn_) return "dyn";
  if (kind_ == Kind::kList) return "list(" + element().Name() + ")";
  if (kind_ == Kind::kMap) return "map(" + key().Name() + ", " + element().Name() + ")";
  return std::string(TypeNameOf(kind_));
}

bool Fits(const Type& actual, const Type& expected) {
  if (actual.is_dyn() || expected.is_dyn()) return true;
  if (actual.kind() != expected.kind()) return false;
  return Fits(actual.key(), expected.key()) && Fits(actual.element(), expected.element());
}

Type Join(const Type& one, const Type& other) {
  if (one.is_open()) return other;
  if (other.is_open()) return one;
  if (one.is_dyn() || other.is_dyn() || one.kind() != other.kind()) return Type();
  if (one.kind() == Kind::kList) return Type::List(Join(one.element(), other.element()));
  if (one.kind() == Kind::kMap) {
    return Type::Map(Join(one.key(), other.key()), Join(one.element(), other.element()));
  }
  return one;
}

}  // namespace baton::expression
