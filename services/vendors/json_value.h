// A JSON document as a value of expressions: whole numbers are int, others double, objects maps.
#ifndef BATON_VENDORS_JSON_VALUE_H_
#define BATON_VENDORS_JSON_VALUE_H_

#include <simdjson.h>

#include <deque>

#include "expression/value.h"

namespace baton::vendors {

// Keeps the lists and maps of a document; texts belong to the document's parser, so a value lives
// until the parser's next document or Clear. Not thread-safe.
class JsonValues {
 public:
  expression::Value Of(const simdjson::dom::element& element);
  void Clear();

 private:
  std::deque<expression::ListValue> lists_;
  std::deque<expression::MapValue> maps_;
};

}  // namespace baton::vendors

#endif  // BATON_VENDORS_JSON_VALUE_H_
