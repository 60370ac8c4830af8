// The families of lint's rules, each in a file of its own (lint.h).
#ifndef BATON_POLICY_LINT_RULES_H_
#define BATON_POLICY_LINT_RULES_H_

#include <string>
#include <string_view>
#include <vector>

#include "policy/condition_space.h"
#include "policy/lint.h"

namespace baton::policy {

// The policy, the places of its parts, and what has been found. Not thread-safe.
class LintReport {
 public:
  explicit LintReport(const LintInput& input);

  const LintInput& input() const { return input_; }
  const core::Policy& policy() const { return input_.parsed.policy; }
  // Scores as the rules can give them, and whatever they could be.
  const ConditionSpace& space() const { return space_; }
  const ConditionSpace& unscored_space() const { return unscored_space_; }
  ScoreRange fit_range() const { return fit_; }
  ScoreRange intent_range() const { return intent_; }

  // The part of the spec at `path`, keys and indices: {"routing", "2"}; what is nearest to it if
  // there is none.
  const YamlNode& At(const std::vector<std::string>& path) const;
  // The key of an entry, rather than its value.
  const YamlNode& KeyAt(const std::vector<std::string>& path) const;
  // Where the condition of the rule at `path` is written.
  const YamlNode& ConditionAt(std::vector<std::string> path) const;

  void Add(std::string_view code, Severity severity, const YamlNode& at, std::string message,
           std::string advice);
  std::vector<Finding> Take() &&;

 private:
  const LintInput& input_;
  ScoreRange fit_, intent_;
  ConditionSpace space_, unscored_space_;
  std::vector<Finding> findings_;
};

// Conditions that never or always hold; scores that cannot be reached or that nothing asks for.
void LintConditions(LintReport& report);
// Rules that an earlier one leaves nothing, or only a part.
void LintOrder(LintReport& report);
// Queues, reps, and declarations without use; tests.
void LintUsage(LintReport& report);

}  // namespace baton::policy

#endif  // BATON_POLICY_LINT_RULES_H_
