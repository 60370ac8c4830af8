// Which values a variable of a condition may have: sets that stay exact under intersection, for
// proofs about conditions (condition_space.h).
#ifndef BATON_POLICY_VALUE_SET_H_
#define BATON_POLICY_VALUE_SET_H_

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace baton::policy {

// Holds every int64 and every double exactly.
using Number = long double;
using Scalar = std::variant<bool, Number, std::string>;

// What a text begins with, ends with or contains; or does not.
struct TextTest {
  enum class Kind { kStartsWith, kEndsWith, kContains };
  Kind kind = Kind::kStartsWith;
  std::string text;
  bool holds = true;
  bool operator==(const TextTest&) const = default;
};

// The states of one variable that all its constraints allow. Value type.
struct ValueSet {
  // Without a value; reading it is an error.
  bool absent = true;
  // With a value of another type than is declared; reading it is an error, but it is there.
  bool mistyped = true;
  bool nan = false;  // doubles: neither less, equal nor greater
  // With a value that satisfies all of the following.
  bool valued = true;
  bool whole = false;  // numbers only: without fraction
  std::optional<Number> low, high;
  bool low_open = false, high_open = false;
  std::optional<std::set<Scalar>> only;
  std::set<Scalar> except;
  std::vector<TextTest> tests;
  std::set<Scalar> items, no_items;  // of lists: what they contain, and what not

  // Keeps what is in both.
  void Intersect(const ValueSet& other);
  bool IsEmpty() const;

 private:
  bool HasNoValue() const;
  bool HasNoNumber() const;
  bool Allows(const Scalar& value) const;
};

// Whether `text` passes.
bool Passes(const TextTest& test, std::string_view text);

}  // namespace baton::policy

#endif  // BATON_POLICY_VALUE_SET_H_
