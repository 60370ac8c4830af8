#include "expression/scratch.h"

namespace baton::expression {
namespace {

constexpr std::string_view kTooMuch = "the condition makes more than it may keep";

template <typename Pool>
auto& Take(Pool& pool, size_t& used) {
  if (used == pool.size()) pool.emplace_back();
  return pool[used++];
}

}  // namespace

bool Scratch::Spend(size_t bytes) {
  bytes_ += bytes;
  return bytes_ <= bytes_max_;
}

std::string_view Scratch::Keep(std::string_view text) {
  std::string& kept = Take(texts_, texts_used_);
  kept.assign(text);
  return kept;
}

Value Scratch::Text(std::string_view text) {
  return Spend(text.size()) ? Value::String(Keep(text)) : Value::Error(kTooMuch);
}

Value Scratch::List(const ListValue& items) {
  if (!Spend(items.size() * sizeof(Value))) return Value::Error(kTooMuch);
  ListValue& list = Take(lists_, lists_used_);
  list.assign(items.begin(), items.end());
  return Value::List(&list);
}

Value Scratch::Map(const MapValue& items) {
  if (!Spend(items.size() * 2 * sizeof(Value))) return Value::Error(kTooMuch);
  MapValue& map = Take(maps_, maps_used_);
  map.assign(items.begin(), items.end());
  return Value::Map(&map);
}

Value Scratch::Error(std::string_view why) {
  return Spend(why.size()) ? Value::Error(Keep(why)) : Value::Error(kTooMuch);
}

void Scratch::Reset() {
  texts_used_ = lists_used_ = maps_used_ = bytes_ = 0;
  locals_.clear();
  stack_.clear();
}

}  // namespace baton::expression
