// Values of conditions: what an expression reads and yields. CEL's values without uint, bytes and
// messages (https://github.com/google/cel-spec, doc/langdef.md).
#ifndef BATON_EXPRESSION_VALUE_H_
#define BATON_EXPRESSION_VALUE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/time.h"

namespace baton::expression {

class Value;
using ListValue = std::vector<Value>;
// In the order of making; keys differ. Keys are bool, int or string.
using MapValue = std::vector<std::pair<Value, Value>>;

enum class Kind : uint8_t {
  kAbsent,  // a variable that has no value; reading it is an error
  kError,   // text: why
  kNull,
  kBool,
  kInt,
  kDouble,
  kString,
  kDuration,
  kTimestamp,
  kList,
  kMap,
  kType,  // text: the name of a type
};

// Small and copied freely. Text, lists and maps are not owned: they belong to the program
// (constants), to who supplied a variable, or to the Scratch of the evaluation.
class Value {
 public:
  Value() = default;  // kAbsent
  static Value Error(std::string_view why) { return OfText(Kind::kError, why); }
  static Value Null() { return Value(Kind::kNull); }
  static Value Bool(bool value);
  static Value Int(int64_t value);
  static Value Double(double value);
  static Value String(std::string_view value) { return OfText(Kind::kString, value); }
  static Value TypeName(std::string_view value) { return OfText(Kind::kType, value); }
  static Value Duration(absl::Duration value);
  static Value Timestamp(absl::Time value);
  static Value List(const ListValue* value);
  static Value Map(const MapValue* value);

  Kind kind() const { return kind_; }
  bool is_error() const { return kind_ == Kind::kError; }
  bool is_number() const { return kind_ == Kind::kInt || kind_ == Kind::kDouble; }
  bool IsTrue() const { return kind_ == Kind::kBool && bool_; }
  bool IsFalse() const { return kind_ == Kind::kBool && !bool_; }

  // Each only for its kind.
  bool bool_value() const { return bool_; }
  int64_t int_value() const { return int_; }
  double double_value() const { return double_; }
  std::string_view text() const { return {text_.data, text_.size}; }
  absl::Duration duration() const;
  absl::Time timestamp() const;
  const ListValue& list() const { return *list_; }
  const MapValue& map() const { return *map_; }

 private:
  struct Text {
    const char* data;
    size_t size;
  };
  struct Instant {
    int64_t seconds;
    int64_t nanos;  // 0..999,999,999
  };

  explicit Value(Kind kind) : kind_(kind) {}
  static Value OfText(Kind kind, std::string_view text);

  Kind kind_ = Kind::kAbsent;
  union {
    bool bool_;
    int64_t int_ = 0;
    double double_;
    Text text_;
    Instant instant_;
    const ListValue* list_;
    const MapValue* map_;
  };
};

// "int", "google.protobuf.Duration" ...: CEL's name of a kind.
std::string_view TypeNameOf(Kind kind);

// CEL's equality: values of different kinds differ, but numbers compare by what they stand for. Not
// for errors.
bool Equals(const Value& one, const Value& other);

// CEL's order: less, equal or greater as with <=>; kNone for NaN; kUnordered for kinds that have no
// order between them.
enum class Order { kLess, kEqual, kGreater, kNone, kUnordered };
Order Compare(const Value& one, const Value& other);

// The value of `key`, or nullptr.
const Value* Find(const MapValue& map, const Value& key);

// For people: as a literal of the language.
std::string DebugString(const Value& value);

}  // namespace baton::expression

#endif  // BATON_EXPRESSION_VALUE_H_
