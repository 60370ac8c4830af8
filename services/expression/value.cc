#include "expression/value.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "expression/number_text.h"
#include "expression/utf8.h"

namespace baton::expression {
namespace {

constexpr int64_t kNanos = 1'000'000'000;

Order OrderOf(bool less, bool equal) {
  if (less) return Order::kLess;
  return equal ? Order::kEqual : Order::kGreater;
}

Order CompareDoubles(double one, double other) {
  if (std::isnan(one) || std::isnan(other)) return Order::kNone;
  return OrderOf(one < other, one == other);
}

// As the official cases have it: the int becomes a double, which may lose its last digits.
Order CompareNumbers(int64_t integer, double number) {
  return CompareDoubles(static_cast<double>(integer), number);
}

Order Reversed(Order order) {
  if (order == Order::kLess) return Order::kGreater;
  return order == Order::kGreater ? Order::kLess : order;
}

bool EqualLists(const ListValue& one, const ListValue& other) {
  return std::equal(one.begin(), one.end(), other.begin(), other.end(), Equals);
}

bool EqualMaps(const MapValue& one, const MapValue& other) {
  if (one.size() != other.size()) return false;
  return std::all_of(one.begin(), one.end(), [&](const auto& item) {
    const Value* found = Find(other, item.first);
    return found != nullptr && Equals(item.second, *found);
  });
}

std::string ItemString(const std::pair<Value, Value>& item) {
  return absl::StrCat(DebugString(item.first), ": ", DebugString(item.second));
}

}  // namespace

Value Value::OfText(Kind kind, std::string_view text) {
  Value value(kind);
  value.text_ = {text.data(), text.size()};
  return value;
}

Value Value::Bool(bool value) {
  Value made(Kind::kBool);
  made.bool_ = value;
  return made;
}

Value Value::Int(int64_t value) {
  Value made(Kind::kInt);
  made.int_ = value;
  return made;
}

Value Value::Double(double value) {
  Value made(Kind::kDouble);
  made.double_ = value;
  return made;
}

Value Value::Duration(absl::Duration value) {
  Value made(Kind::kDuration);
  absl::Duration rest;
  int64_t seconds = absl::IDivDuration(value, absl::Seconds(1), &rest);
  int64_t nanos = absl::ToInt64Nanoseconds(rest);
  if (nanos < 0) {
    nanos += kNanos;
    --seconds;
  }
  made.instant_ = {seconds, nanos};
  return made;
}

Value Value::Timestamp(absl::Time value) {
  Value made = Duration(value - absl::UnixEpoch());
  made.kind_ = Kind::kTimestamp;
  return made;
}

Value Value::List(const ListValue* value) {
  Value made(Kind::kList);
  made.list_ = value;
  return made;
}

Value Value::Map(const MapValue* value) {
  Value made(Kind::kMap);
  made.map_ = value;
  return made;
}

absl::Duration Value::duration() const {
  return absl::Seconds(instant_.seconds) + absl::Nanoseconds(instant_.nanos);
}

absl::Time Value::timestamp() const {
  return absl::UnixEpoch() + duration();
}

std::string_view TypeNameOf(Kind kind) {
  switch (kind) {
    case Kind::kNull:
      return "null_type";
    case Kind::kBool:
      return "bool";
    case Kind::kInt:
      return "int";
    case Kind::kDouble:
      return "double";
    case Kind::kString:
      return "string";
    case Kind::kDuration:
      return "google.protobuf.Duration";
    case Kind::kTimestamp:
      return "google.protobuf.Timestamp";
    case Kind::kList:
      return "list";
    case Kind::kMap:
      return "map";
    case Kind::kType:
      return "type";
    case Kind::kAbsent:
    case Kind::kError:
      break;
  }
  return "error";
}

bool Equals(const Value& one, const Value& other) {
  if (one.is_number() && other.is_number()) return Compare(one, other) == Order::kEqual;
  if (one.kind() != other.kind()) return false;
  switch (one.kind()) {
    case Kind::kNull:
      return true;
    case Kind::kString:
    case Kind::kType:
      return one.text() == other.text();
    case Kind::kList:
      return EqualLists(one.list(), other.list());
    case Kind::kMap:
      return EqualMaps(one.map(), other.map());
    default:
      return Compare(one, other) == Order::kEqual;
  }
}

Order Compare(const Value& one, const Value& other) {
  if (one.kind() == Kind::kInt && other.kind() == Kind::kDouble) {
    return CompareNumbers(one.int_value(), other.double_value());
  }
  if (one.kind() == Kind::kDouble && other.kind() == Kind::kInt) {
    return Reversed(CompareNumbers(other.int_value(), one.double_value()));
  }
  if (one.kind() != other.kind()) return Order::kUnordered;
  switch (one.kind()) {
    case Kind::kBool:
      return OrderOf(one.bool_value() < other.bool_value(), one.bool_value() == other.bool_value());
    case Kind::kInt:
      return OrderOf(one.int_value() < other.int_value(), one.int_value() == other.int_value());
    case Kind::kDouble:
      return CompareDoubles(one.double_value(), other.double_value());
    case Kind::kString:
      return OrderOf(one.text() < other.text(), one.text() == other.text());
    case Kind::kDuration:
    case Kind::kTimestamp:
      return OrderOf(one.duration() < other.duration(), one.duration() == other.duration());
    default:
      return Order::kUnordered;
  }
}

const Value* Find(const MapValue& map, const Value& key) {
  const auto found = std::find_if(map.begin(), map.end(),
                                  [&](const auto& item) { return Equals(item.first, key); });
  return found == map.end() ? nullptr : &found->second;
}

std::string DebugString(const Value& value) {
  switch (value.kind()) {
    case Kind::kAbsent:
      return "(absent)";
    case Kind::kError:
      return absl::StrCat("error: ", AbslView(value.text()));
    case Kind::kNull:
      return "null";
    case Kind::kBool:
      return value.bool_value() ? "true" : "false";
    case Kind::kInt:
      return absl::StrCat(value.int_value());
    case Kind::kDouble:
      return NumberText(value.double_value());
    case Kind::kString:
      return absl::StrCat("\"", absl::Utf8SafeCEscape(AbslView(value.text())), "\"");
    case Kind::kDuration:
      return absl::StrCat("duration(\"", DurationText(value.duration()), "\")");
    case Kind::kTimestamp:
      return absl::StrCat("timestamp(\"", TimestampText(value.timestamp()), "\")");
    case Kind::kType:
      return std::string(value.text());
    case Kind::kList:
      return absl::StrCat(
          "[",
          absl::StrJoin(value.list(), ", ",
                        [](std::string* out, const Value& item) { *out += DebugString(item); }),
          "]");
    case Kind::kMap:
      return absl::StrCat(
          "{",
          absl::StrJoin(value.map(), ", ",
                        [](std::string* out, const auto& item) { *out += ItemString(item); }),
          "}");
  }
  return "";
}

}  // namespace baton::expression
