#include "policy/lint.h"

#include <algorithm>
#include <tuple>

#include "absl/strings/numbers.h"
#include "core/text.h"
#include "policy/lint_rules.h"

namespace baton::policy {
namespace {

constexpr int64_t kScoreLimit = 1'000'000;  // where core clamps a score
constexpr ScoreRange kAnyScore = {-kScoreLimit, kScoreLimit};

ScoreRange Clamped(ScoreRange range) {
  return {std::max(range.low, -kScoreLimit), std::min(range.high, kScoreLimit)};
}

ScoreRange FitRange(const core::Policy& policy) {
  ScoreRange range;
  for (const core::FitRule& rule : policy.fit) {
    (rule.points < 0 ? range.low : range.high) += rule.points;
  }
  return Clamped(range);
}

ScoreRange IntentRange(const core::Policy& policy) {
  ScoreRange range;
  for (const core::IntentRule& rule : policy.intent) {
    if (rule.points < 0) range.low = -kScoreLimit;
    if (rule.points > 0) range.high += rule.max > 0 ? rule.max : kScoreLimit;
  }
  return Clamped(range);
}

}  // namespace

LintReport::LintReport(const LintInput& input)
    : input_(input),
      fit_(FitRange(input.parsed.policy)),
      intent_(IntentRange(input.parsed.policy)),
      space_(input.parsed.policy, fit_, intent_),
      unscored_space_(input.parsed.policy, kAnyScore, kAnyScore) {}

const YamlNode& LintReport::At(const std::vector<std::string>& path) const {
  const YamlNode* node = &input_.root;
  const auto step = [&node](const std::string& key) {
    size_t index = 0;
    if (node->kind == YamlNode::Kind::kList && absl::SimpleAtoi(key, &index) &&
        index < node->items.size()) {
      node = &node->items[index];
    }
    for (const auto& [name, value] : node->entries) {
      if (name.text != key) continue;
      node = &value;
      return;
    }
  };
  step("spec");
  for (const std::string& key : path) step(key);
  return *node;
}

const YamlNode& LintReport::KeyAt(const std::vector<std::string>& path) const {
  const YamlNode& parent = At({path.begin(), path.end() - 1});
  for (const auto& [name, value] : parent.entries) {
    if (name.text == path.back()) return name;
  }
  return parent;
}

const YamlNode& LintReport::ConditionAt(std::vector<std::string> path) const {
  const YamlNode& rule = At(path);
  for (const auto& [name, value] : rule.entries) {
    if (name.text == "when" || name.text == "match") return value;
  }
  return rule;
}

void LintReport::Add(std::string_view code, Severity severity, const YamlNode& at,
                     std::string message, std::string advice) {
  findings_.push_back(
      {std::string(code), severity, at.line, at.column, std::move(message), std::move(advice)});
}

std::vector<Finding> LintReport::Take() && {
  std::stable_sort(findings_.begin(), findings_.end(), [](const Finding& a, const Finding& b) {
    return std::tie(a.line, a.column) < std::tie(b.line, b.column);
  });
  return std::move(findings_);
}

std::vector<Finding> Lint(const LintInput& input) {
  LintReport report(input);
  LintConditions(report);
  LintOrder(report);
  LintUsage(report);
  return std::move(report).Take();
}

std::string_view SeverityName(Severity severity) {
  return severity == Severity::kWarning ? "warning" : "note";
}

}  // namespace baton::policy
