#include "policy/value_set.h"

#include <algorithm>
#include <cmath>

namespace baton::policy {
namespace {

bool Contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// No text passes both.
bool Contradict(const TextTest& one, const TextTest& other) {
  if (one.holds && other.holds) {
    if (one.kind != other.kind || one.kind == TextTest::Kind::kContains) return false;
    const std::string& longer = one.text.size() < other.text.size() ? other.text : one.text;
    const std::string& shorter = one.text.size() < other.text.size() ? one.text : other.text;
    return !Passes({one.kind, shorter, true}, longer);
  }
  if (!one.holds && !other.holds) return false;
  const TextTest& holds = one.holds ? one : other;
  const TextTest& fails = one.holds ? other : one;
  if (fails.kind == TextTest::Kind::kContains) return Contains(holds.text, fails.text);
  return fails.kind == holds.kind && Passes({fails.kind, fails.text, true}, holds.text);
}

template <typename T>
bool Meet(const std::set<T>& one, const std::set<T>& other) {
  return std::any_of(one.begin(), one.end(),
                     [&](const T& value) { return other.count(value) > 0; });
}

}  // namespace

bool Passes(const TextTest& test, std::string_view text) {
  switch (test.kind) {
    case TextTest::Kind::kStartsWith:
      return text.starts_with(test.text) == test.holds;
    case TextTest::Kind::kEndsWith:
      return text.ends_with(test.text) == test.holds;
    case TextTest::Kind::kContains:
      return Contains(text, test.text) == test.holds;
  }
  return true;
}

void ValueSet::Intersect(const ValueSet& other) {
  absent = absent && other.absent;
  mistyped = mistyped && other.mistyped;
  nan = nan && other.nan;
  valued = valued && other.valued;
  whole = whole || other.whole;
  if (other.low && (!low || *other.low > *low || (*other.low == *low && other.low_open))) {
    low = other.low;
    low_open = other.low_open;
  }
  if (other.high && (!high || *other.high < *high || (*other.high == *high && other.high_open))) {
    high = other.high;
    high_open = other.high_open;
  }
  if (!only.has_value()) {
    only = other.only;
  } else if (other.only.has_value()) {
    std::erase_if(*only, [&](const Scalar& value) { return other.only->count(value) == 0; });
  }
  except.insert(other.except.begin(), other.except.end());
  for (const TextTest& test : other.tests) {
    if (std::find(tests.begin(), tests.end(), test) == tests.end()) tests.push_back(test);
  }
  items.insert(other.items.begin(), other.items.end());
  no_items.insert(other.no_items.begin(), other.no_items.end());
}

bool ValueSet::IsEmpty() const {
  return !absent && !mistyped && !nan && (!valued || HasNoValue());
}

bool ValueSet::HasNoValue() const {
  if (only.has_value()) {
    return std::none_of(only->begin(), only->end(),
                        [this](const Scalar& value) { return Allows(value); });
  }
  if (Meet(items, no_items)) return true;
  for (size_t i = 0; i < tests.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (Contradict(tests[i], tests[j])) return true;
    }
  }
  return HasNoNumber();
}

bool ValueSet::HasNoNumber() const {
  if (!low || !high) return false;
  Number first = *low, last = *high;
  if (whole) {
    first = std::ceil(first) + (low_open && std::ceil(first) == first ? 1 : 0);
    last = std::floor(last) - (high_open && std::floor(last) == last ? 1 : 0);
    if (first > last) return true;
    // More numbers than there are exceptions.
    if (last - first >= static_cast<Number>(except.size())) return false;
    for (Number number = first; number <= last; ++number) {
      if (except.count(number) == 0) return false;
    }
    return true;
  }
  if (first > last) return true;
  return first == last && (low_open || high_open || except.count(first) > 0);
}

bool ValueSet::Allows(const Scalar& value) const {
  if (except.count(value) > 0) return false;
  if (const auto* number = std::get_if<Number>(&value)) {
    return !(low && (*number < *low || (*number == *low && low_open))) &&
           !(high && (*number > *high || (*number == *high && high_open))) &&
           !(whole && std::trunc(*number) != *number);
  }
  const auto* text = std::get_if<std::string>(&value);
  return text == nullptr || std::all_of(tests.begin(), tests.end(),
                                        [&](const TextTest& test) { return Passes(test, *text); });
}

}  // namespace baton::policy
