// Conditions of a policy: CEL, compiled once and evaluated over the subjects of one lead.
//
// A condition is the parts that && joins. Each is a test of its own, so that an explanation shows
// which of them failed and what it found. By CEL one that is false outweighs one that fails with an
// error; a condition that ends in an error does not hold.
#ifndef BATON_CORE_CONDITION_H_
#define BATON_CORE_CONDITION_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/subjects.h"
#include "core/vocabulary.h"
#include "expression/program.h"

namespace baton::core {

inline constexpr size_t kConditionTextBytesMax = 200;   // longer ones are cut in explanations
inline constexpr size_t kConditionErrorBytesMax = 200;  // likewise, of what an evaluation ended in
inline constexpr size_t kExplanationBytesMax = 16'384;  // of one condition, but for its last result
inline constexpr int64_t kResultSteps = 20;             // to write down what one test found

// One test that was looked at, with the values found and whether it held.
struct ConditionResult {
  std::string condition;  // CEL: "lead.employees >= 200"
  // "120", "(absent)"; of several, and of calls, "lead.country DE, count(page_view) 3"
  std::string found;
  bool held = false;
  std::string error;  // why it could not be decided, else empty
  size_t bytes() const { return condition.size() + found.size() + error.size(); }
  bool operator==(const ConditionResult&) const = default;
};

enum class Truth { kHolds, kFails, kErrs };

// Immutable, thread-safe, cheap to copy. An empty one holds. Refers to its vocabulary.
class Condition {
 public:
  Condition() = default;

  // All that is wrong with `text`, by its bytes, or the condition: one test for each part.
  static std::variant<Condition, std::vector<expression::Problem>> Compile(
      std::string_view text, const Vocabulary& vocabulary, const expression::Limits& limits = {});

  // Adds `text` as one test, whatever it consists of; empty: done.
  std::vector<expression::Problem> AddTest(std::string_view text, const Vocabulary& vocabulary,
                                           const expression::Limits& limits);

  bool empty() const { return tests_.empty(); }
  size_t size() const { return tests_.size(); }
  const std::string& text(size_t test) const { return tests_[test].text; }  // CEL
  const expression::Program& program(size_t test) const { return *tests_[test].program; }
  // Steps of an evaluation at most (expression/checker.h).
  int64_t cost() const { return cost_; }
  // Likewise of an Explain.
  int64_t explain_cost() const {
    return cost_ + kResultSteps * static_cast<int64_t>(tests_.size());
  }
  bool reads_account() const { return reads_account_; }
  bool reads_event() const { return reads_event_; }

  // kErrs: `error`, if given, says why. Stops at the first test that decides.
  Truth Evaluate(const Subjects& subjects, std::string* error = nullptr) const;

  enum class Extent { kAllTests, kUntilFalse };
  // Likewise, with the result of each test looked at appended to `results`; once they have
  // kExplanationBytesMax, the tests behind them only count.
  Truth Explain(Subjects& subjects, Extent extent, std::vector<ConditionResult>& results,
                std::string& error) const;

 private:
  struct Test {
    std::string text;
    std::shared_ptr<const expression::Program> program;
    std::vector<int> slots;  // of what it names
  };

  static ConditionResult ResultOf(const Test& test, const expression::Value& value,
                                  Subjects& subjects, const std::vector<std::string>& calls);

  std::vector<Test> tests_;
  int64_t cost_ = 0;
  bool reads_account_ = false;
  bool reads_event_ = false;
};

}  // namespace baton::core

#endif  // BATON_CORE_CONDITION_H_
