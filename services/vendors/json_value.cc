#include "vendors/json_value.h"

#include <string_view>
#include <utility>

namespace baton::vendors {

using expression::ListValue;
using expression::MapValue;
using expression::Value;
using simdjson::dom::element;
using simdjson::dom::element_type;

Value JsonValues::Of(const element& value) {
  switch (value.type()) {
    case element_type::NULL_VALUE:
      return Value::Null();
    case element_type::BOOL:
      return Value::Bool(value.get_bool().value_unsafe());
    case element_type::INT64:
      return Value::Int(value.get_int64().value_unsafe());
    case element_type::UINT64:  // what does not fit an int
      return Value::Double(static_cast<double>(value.get_uint64().value_unsafe()));
    case element_type::DOUBLE:
      return Value::Double(value.get_double().value_unsafe());
    case element_type::STRING:
      return Value::String(value.get_string().value_unsafe());
    case element_type::ARRAY: {
      ListValue items;
      const simdjson::dom::array array = value.get_array().value_unsafe();
      for (const element item : array) items.push_back(Of(item));
      lists_.push_back(std::move(items));
      return Value::List(&lists_.back());
    }
    case element_type::OBJECT: {
      MapValue entries;
      const simdjson::dom::object object = value.get_object().value_unsafe();
      for (const auto& [key, item] : object) {
        entries.emplace_back(Value::String(key), Of(item));
      }
      maps_.push_back(std::move(entries));
      return Value::Map(&maps_.back());
    }
  }
  return Value::Null();
}

void JsonValues::Clear() {
  lists_.clear();
  maps_.clear();
}

}  // namespace baton::vendors
