// Conditions that never or always hold; scores that cannot be reached or that nothing asks for.
#include <algorithm>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "core/text.h"
#include "policy/lint_rules.h"

namespace baton::policy {
namespace {

using core::Condition;
using core::Vocabulary;

constexpr size_t kTextBytesMax = 100;

std::string TextOf(const Condition& condition, size_t test) {
  return absl::StrCat("'", Printable(core::Shortened(condition.text(test), kTextBytesMax)), "'");
}

bool Reads(const Condition& condition, size_t test, int slot) {
  const auto uses = condition.program(test).Variables();
  return std::any_of(uses.begin(), uses.end(),
                     [slot](const expression::VariableUse& use) { return use.slot == slot; });
}

// A place in the policy that has a condition.
struct Place {
  std::string what;  // "rule 'DACH' of routing"
  const Condition& condition;
  const YamlNode& at;
};

// One test that can never hold, or two that can never hold together.
std::string Contradiction(const ConditionSpace& space, const Condition& condition) {
  for (size_t i = 0; i < condition.size(); ++i) {
    if (IsNothing(space.TestHolds(condition, i))) {
      return absl::StrCat(TextOf(condition, i), " never does");
    }
  }
  for (size_t i = 0; i < condition.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (IsNothing(Both(space.TestHolds(condition, i), space.TestHolds(condition, j)))) {
        return absl::StrCat(TextOf(condition, j), " and ", TextOf(condition, i),
                            " contradict each other");
      }
    }
  }
  return "its parts contradict each other";
}

std::string RangeText(std::string_view score, ScoreRange range) {
  return absl::StrCat("the rules give ", core::ToAbsl(score), " between ", range.low, " and ",
                      range.high);
}

// True if it never holds.
bool LintNever(LintReport& report, const Place& place) {
  if (!IsNothing(report.space().Holds(place.condition))) return false;
  if (IsNothing(report.unscored_space().Holds(place.condition))) {
    report.Add("condition-never-holds", Severity::kWarning, place.at,
               absl::StrCat("the condition of ", place.what, " can never hold: ",
                            Contradiction(report.unscored_space(), place.condition)),
               "Correct the condition, or remove what depends on it.");
    return true;
  }
  std::string ranges;
  for (size_t i = 0; i < place.condition.size(); ++i) {
    if (!ranges.empty() || !IsNothing(report.space().TestHolds(place.condition, i))) continue;
    const bool fit = Reads(place.condition, i, Vocabulary::kFit);
    ranges = absl::StrCat(
        TextOf(place.condition, i), " is out of reach, ",
        fit ? RangeText("fit", report.fit_range()) : RangeText("intent", report.intent_range()));
  }
  report.Add("score-out-of-reach", Severity::kWarning, place.at,
             absl::StrCat("no lead can get the points that ", place.what, " asks for: ",
                          ranges.empty() ? "the scores contradict each other" : ranges),
             "Ask for fewer points, or give more.");
  return true;
}

void LintAlways(LintReport& report, const Place& place) {
  for (size_t i = 0; i < place.condition.size(); ++i) {
    if (!IsNothing(report.space().TestHoldsNot(place.condition, i))) continue;
    report.Add("condition-always-holds", Severity::kWarning, place.at,
               absl::StrCat(place.condition.size() == 1 ? "the condition of " : "a part of ",
                            place.what, " holds for every lead: ", TextOf(place.condition, i)),
               "Remove it, or say what was meant.");
  }
}

void LintPlace(LintReport& report, const Place& place) {
  if (!LintNever(report, place)) LintAlways(report, place);
}

bool PolicyReads(const core::Policy& policy, int slot) {
  const auto reads = [slot](const Condition& condition) {
    for (size_t i = 0; i < condition.size(); ++i) {
      if (Reads(condition, i, slot)) return true;
    }
    return false;
  };
  return reads(policy.definition) ||
         std::any_of(policy.disqualify.begin(), policy.disqualify.end(),
                     [&](const core::DisqualifyRule& rule) { return reads(rule.when); }) ||
         std::any_of(policy.routing.begin(), policy.routing.end(),
                     [&](const core::RouteRule& rule) { return reads(rule.when); }) ||
         std::any_of(policy.queues.begin(), policy.queues.end(),
                     [&](const auto& queue) { return reads(queue.second.requirement); });
}

template <typename Rule>
void LintPoints(LintReport& report, const std::vector<Rule>& rules, const std::string& section,
                int slot) {
  if (rules.empty()) return;
  if (!PolicyReads(report.policy(), slot)) {
    report.Add("score-without-use", Severity::kWarning, report.At({"scoring", section}),
               absl::StrCat("nothing asks for ", section, ", so its ", rules.size(),
                            rules.size() == 1 ? " rule decides" : " rules decide", " nothing"),
               absl::StrCat("Ask for it in definition.mql, as in '", section,
                            " >= 30', or remove the rules."));
  }
  for (size_t i = 0; i < rules.size(); ++i) {
    if (rules[i].points != 0) continue;
    report.Add(
        "rule-without-points", Severity::kWarning, report.At({"scoring", section, absl::StrCat(i)}),
        absl::StrCat("rule ", Quoted(rules[i].name), " of scoring.", section, " gives no points"),
        "Give it points, or remove it.");
  }
}

}  // namespace

void LintConditions(LintReport& report) {
  const core::Policy& policy = report.policy();
  for (size_t i = 0; i < policy.fit.size(); ++i) {
    LintPlace(report,
              {absl::StrCat("rule ", Quoted(policy.fit[i].name), " of scoring.fit"),
               policy.fit[i].when, report.ConditionAt({"scoring", "fit", absl::StrCat(i)})});
  }
  for (size_t i = 0; i < policy.intent.size(); ++i) {
    if (policy.intent[i].when.empty()) continue;
    LintPlace(report,
              {absl::StrCat("rule ", Quoted(policy.intent[i].name), " of scoring.intent"),
               policy.intent[i].when, report.ConditionAt({"scoring", "intent", absl::StrCat(i)})});
  }
  const YamlNode& mql = report.At({"definition", "mql"});
  LintPlace(report,
            {"definition.mql", policy.definition,
             mql.kind == YamlNode::Kind::kMap ? report.ConditionAt({"definition", "mql"}) : mql});
  for (size_t i = 0; i < policy.disqualify.size(); ++i) {
    LintPlace(report, {absl::StrCat("rule ", Quoted(policy.disqualify[i].name),
                                    " of definition.disqualify"),
                       policy.disqualify[i].when,
                       report.ConditionAt({"definition", "disqualify", absl::StrCat(i)})});
  }
  for (size_t i = 0; i < policy.routing.size(); ++i) {
    LintPlace(report, {absl::StrCat("rule ", Quoted(policy.routing[i].name), " of routing"),
                       policy.routing[i].when, report.ConditionAt({"routing", absl::StrCat(i)})});
  }
  for (const auto& [id, queue] : policy.queues) {
    if (queue.requirement.empty()) continue;
    const YamlNode& at = report.At({"queues", id.str(), "requires"});
    LintPlace(report,
              {absl::StrCat("queue '", id.str(), "'"), queue.requirement,
               at.kind == YamlNode::Kind::kMap ? report.At({"queues", id.str(), "requires", "when"})
                                               : at});
  }
  for (size_t i = 0; i < policy.slas.size(); ++i) {
    if (policy.slas[i].applies.empty()) continue;
    LintPlace(report, {absl::StrCat("service level ", Quoted(policy.slas[i].name)),
                       policy.slas[i].applies, report.At({"sla", absl::StrCat(i), "applies"})});
  }
  LintPoints(report, policy.fit, "fit", Vocabulary::kFit);
  LintPoints(report, policy.intent, "intent", Vocabulary::kIntent);
}

}  // namespace baton::policy
