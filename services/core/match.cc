#include "core/match.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <compare>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/text.h"

namespace baton::core {
namespace {

using StringList = std::vector<std::string>;

// Exact: neither side is rounded. Unordered if `b` is not a number.
std::partial_ordering CompareNumbers(int64_t a, double b) {
  if (std::isnan(b)) return std::partial_ordering::unordered;
  if (b >= 0x1p63) return std::partial_ordering::less;
  if (b < -0x1p63) return std::partial_ordering::greater;
  const double whole = std::trunc(b);
  const auto order = a <=> static_cast<int64_t>(whole);
  return std::is_neq(order) ? std::partial_ordering(order) : 0.0 <=> b - whole;
}

std::partial_ordering Reversed(std::partial_ordering order) {
  if (std::is_lt(order)) return std::partial_ordering::greater;
  return std::is_gt(order) ? std::partial_ordering::less : order;
}

// Values of one kind (numbers count as one) by value; others are unordered.
std::partial_ordering Compare(const AttributeValue& a, const AttributeValue& b) {
  return std::visit(
      [](const auto& left, const auto& right) -> std::partial_ordering {
        using Left = std::decay_t<decltype(left)>;
        using Right = std::decay_t<decltype(right)>;
        if constexpr (std::is_same_v<Left, Right>) {
          return left <=> right;
        } else if constexpr (std::is_same_v<Left, int64_t> && std::is_same_v<Right, double>) {
          return CompareNumbers(left, right);
        } else if constexpr (std::is_same_v<Left, double> && std::is_same_v<Right, int64_t>) {
          return Reversed(CompareNumbers(right, left));
        } else {
          return std::partial_ordering::unordered;
        }
      },
      a, b);
}

enum class Verdict { kHolds, kFails, kWrongType };

Verdict VerdictOf(bool holds) {
  return holds ? Verdict::kHolds : Verdict::kFails;
}

// Whether `found` (for a list: one of its elements) equals one of `values`.
Verdict Contains(const AttributeValue& found, const std::vector<AttributeValue>& values) {
  if (const auto* list = std::get_if<StringList>(&found)) {
    const bool any = std::any_of(values.begin(), values.end(), [&](const AttributeValue& value) {
      const auto* text = std::get_if<std::string>(&value);
      return text != nullptr && std::find(list->begin(), list->end(), *text) != list->end();
    });
    return VerdictOf(any);
  }
  bool comparable = false;
  for (const AttributeValue& value : values) {
    const std::partial_ordering order = Compare(found, value);
    if (std::is_eq(order)) return Verdict::kHolds;
    comparable = comparable || order != std::partial_ordering::unordered;
  }
  return comparable || values.empty() ? Verdict::kFails : Verdict::kWrongType;
}

Verdict EndsWith(const AttributeValue& found, const std::vector<AttributeValue>& values) {
  const auto* text = std::get_if<std::string>(&found);
  if (text == nullptr) return Verdict::kWrongType;
  return VerdictOf(std::any_of(values.begin(), values.end(), [&](const AttributeValue& value) {
    const auto* ending = std::get_if<std::string>(&value);
    return ending != nullptr && text->ends_with(*ending);
  }));
}

Verdict Ordered(CompareOp op, const AttributeValue& found,
                const std::vector<AttributeValue>& values) {
  if (values.size() != 1) return Verdict::kFails;
  const std::partial_ordering order = Compare(found, values.front());
  if (order == std::partial_ordering::unordered) return Verdict::kWrongType;
  switch (op) {
    case CompareOp::kLess:
      return VerdictOf(std::is_lt(order));
    case CompareOp::kLessEqual:
      return VerdictOf(std::is_lteq(order));
    case CompareOp::kGreater:
      return VerdictOf(std::is_gt(order));
    default:
      return VerdictOf(std::is_gteq(order));
  }
}

Verdict Test(const Comparison& comparison, const AttributeValue* found) {
  if (comparison.op == CompareOp::kPresent) return VerdictOf(found != nullptr);
  if (comparison.op == CompareOp::kAbsent) return VerdictOf(found == nullptr);
  if (found == nullptr) return VerdictOf(comparison.op == CompareOp::kNotIn);
  switch (comparison.op) {
    case CompareOp::kIn:
      return Contains(*found, comparison.values);
    case CompareOp::kNotIn: {
      const Verdict contained = Contains(*found, comparison.values);
      return contained == Verdict::kWrongType ? contained : VerdictOf(contained == Verdict::kFails);
    }
    case CompareOp::kEndsWith:
      return EndsWith(*found, comparison.values);
    default:
      return Ordered(comparison.op, *found, comparison.values);
  }
}

Verdict TestField(const FieldMatch& field, const AttributeValue* found) {
  for (const Comparison& comparison : field.all) {
    const Verdict verdict = Test(comparison, found);
    if (verdict != Verdict::kHolds) return verdict;
  }
  return Verdict::kHolds;
}

// The shortest text that reads back as the same number.
std::string TextOf(double value) {
  std::array<char, 32> buffer;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  return {buffer.data(), end};
}

std::string TextOf(const AttributeValue& value) {
  return std::visit(
      [](const auto& v) -> std::string {
        using Value = std::decay_t<decltype(v)>;
        if constexpr (std::is_same_v<Value, bool>) {
          return v ? "true" : "false";
        } else if constexpr (std::is_same_v<Value, StringList>) {
          return absl::StrJoin(v, ", ");
        } else if constexpr (std::is_same_v<Value, double>) {
          return TextOf(v);
        } else {
          return absl::StrCat(v);
        }
      },
      value);
}

ConditionResult Explain(const FieldMatch& field, const Subjects& subjects) {
  // In the order of AttributeValue's alternatives.
  constexpr std::array<std::string_view, 5> kTypes = {"bool", "int", "double", "string",
                                                      "list(string)"};
  const AttributeValue* found = subjects.Find(field.subject);
  const Verdict verdict = TestField(field, found);
  ConditionResult result{field.text, "(absent)", verdict == Verdict::kHolds};
  if (found != nullptr) result.found = Shortened(TextOf(*found), kFoundBytesMax);
  if (verdict == Verdict::kWrongType) {
    result.found.append(" (type ").append(kTypes[found->index()]).append(" does not compare)");
  }
  return result;
}

}  // namespace

Subjects::Subjects(const Facts& facts, int32_t fit, int32_t intent)
    : facts_(facts),
      fit_(int64_t{fit}),
      intent_(int64_t{intent}),
      consent_(std::string(ConsentName(facts.consent))) {}

const AttributeValue* Subjects::Find(const std::string& subject) const {
  if (subject == "fit") return &fit_;
  if (subject == "intent") return &intent_;
  if (subject == "consent") return &consent_;
  const auto attribute = facts_.attributes.find(subject);
  return attribute == facts_.attributes.end() ? nullptr : &attribute->second.value;
}

bool Holds(const Match& match, const Subjects& subjects) {
  return std::all_of(match.fields.begin(), match.fields.end(), [&](const FieldMatch& field) {
    return TestField(field, subjects.Find(field.subject)) == Verdict::kHolds;
  });
}

bool HoldsExplained(const Match& match, const Subjects& subjects,
                    std::vector<ConditionResult>& results) {
  bool all_held = true;
  for (const FieldMatch& field : match.fields) {
    results.push_back(Explain(field, subjects));
    all_held = all_held && results.back().held;
  }
  return all_held;
}

bool HoldsUntilFirstFailure(const Match& match, const Subjects& subjects,
                            std::vector<ConditionResult>& results) {
  return std::all_of(match.fields.begin(), match.fields.end(), [&](const FieldMatch& field) {
    results.push_back(Explain(field, subjects));
    return results.back().held;
  });
}

}  // namespace baton::core
