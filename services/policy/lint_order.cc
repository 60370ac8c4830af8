// Rules that an earlier one leaves nothing, or only a part: where the first match wins.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "policy/lint_rules.h"

namespace baton::policy {
namespace {

constexpr size_t kNamesShown = 3;

// A list of rules of which the first match wins, as sets of leads.
struct Ordered {
  struct Rule {
    std::string name;
    MaybeCubes holds, holds_not;
    const YamlNode& at;
  };
  std::vector<Rule> rules;
};

// `leads` without those of `rule`; where that is too much to look at, more than those.
MaybeCubes Without(const MaybeCubes& leads, const Ordered::Rule& rule) {
  if (!leads || !rule.holds || AreDisjoint(*leads, *rule.holds)) return leads;
  MaybeCubes rest = Both(leads, rule.holds_not);
  return rest ? rest : leads;
}

bool TakesAllOf(const Ordered::Rule& wide, const Ordered::Rule& narrow) {
  return IsNothing(Both(narrow.holds, wide.holds_not));
}

// Whether the rules of `takers` leave nothing of what rule `index` holds.
bool TakeAll(const Ordered& ordered, const std::vector<size_t>& takers, size_t index) {
  MaybeCubes rest = ordered.rules[index].holds;
  for (const size_t taker : takers) rest = Without(rest, ordered.rules[taker]);
  return IsNothing(rest);
}

// "rule 'DACH' before it takes": who leaves nothing to a rule, and nobody who does not matter.
std::string TakenBy(const Ordered& ordered, size_t index) {
  std::vector<size_t> takers;
  for (size_t i = 0; i < index; ++i) {
    if (TakesAllOf(ordered.rules[i], ordered.rules[index])) {
      return absl::StrCat("rule ", Quoted(ordered.rules[i].name), " before it takes");
    }
    takers.push_back(i);
  }
  for (size_t i = takers.size(); i > 0; --i) {
    std::vector<size_t> fewer = takers;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i - 1));
    if (TakeAll(ordered, fewer, index)) takers = std::move(fewer);
  }
  std::vector<std::string> names;
  for (size_t i = 0; i < std::min(takers.size(), kNamesShown); ++i) {
    names.push_back(Quoted(ordered.rules[takers[i]].name));
  }
  if (takers.size() > kNamesShown) {
    names.push_back(absl::StrCat(takers.size() - kNamesShown, " more"));
  }
  return absl::StrCat("rules ", absl::StrJoin(names, ", "), " before it together take");
}

// A condition that is understood from end to end, so that what it leaves open is really open.
bool IsUnderstood(const MaybeCubes& cubes) {
  if (!cubes.has_value()) return false;
  for (const Cube& cube : *cubes) {
    if (!cube.unknown.empty()) return false;
  }
  return true;
}

void LintOverlaps(LintReport& report, const Ordered& ordered, size_t index) {
  const Ordered::Rule& rule = ordered.rules[index];
  std::vector<std::string> names;
  size_t count = 0;
  for (size_t i = 0; i < index; ++i) {
    const Ordered::Rule& earlier = ordered.rules[i];
    const bool both_known = IsUnderstood(rule.holds) && IsUnderstood(earlier.holds);
    // A special case before the general one is how rules are meant to be written.
    if (!both_known || AreDisjoint(*earlier.holds, *rule.holds) || TakesAllOf(rule, earlier))
      continue;
    if (++count <= kNamesShown) names.push_back(Quoted(earlier.name));
  }
  if (count == 0) return;
  if (count > kNamesShown) names.push_back(absl::StrCat(count - kNamesShown, " more"));
  report.Add("overlapping-rules", Severity::kNote, rule.at,
             absl::StrCat("a lead of rule ", Quoted(rule.name), " can also match ",
                          absl::StrJoin(names, ", "), "; what stands first wins"),
             "See that the order is meant so.");
}

// Of `candidates`, the leads that get to the list at all.
void LintList(LintReport& report, const Ordered& ordered, const MaybeCubes& candidates,
              const std::string& section, std::string_view code) {
  for (size_t i = 0; i < ordered.rules.size(); ++i) {
    const Ordered::Rule& rule = ordered.rules[i];
    if (!rule.holds || rule.holds->empty()) continue;  // said by LintConditions
    MaybeCubes rest = rule.holds;
    for (size_t j = 0; j < i; ++j) rest = Without(rest, ordered.rules[j]);
    if (IsNothing(rest)) {
      report.Add(code, Severity::kWarning, rule.at,
                 absl::StrCat("rule ", Quoted(rule.name), " of ", section,
                              " can never match: ", TakenBy(ordered, i), " all its leads"),
                 "Move it up, or remove it.");
    } else if (IsNothing(Both(rest, candidates))) {
      report.Add(code, Severity::kWarning, rule.at,
                 absl::StrCat("rule ", Quoted(rule.name), " of ", section,
                              " can never match: no lead that meets the definition gets to it"),
                 "Correct its condition, or remove it.");
    }
  }
}

}  // namespace

void LintOrder(LintReport& report) {
  const core::Policy& policy = report.policy();
  const ConditionSpace& space = report.space();
  Ordered disqualify, routing;
  MaybeCubes qualified = space.Holds(policy.definition);
  for (size_t i = 0; i < policy.disqualify.size(); ++i) {
    const core::DisqualifyRule& rule = policy.disqualify[i];
    disqualify.rules.push_back({rule.name, space.Holds(rule.when), space.HoldsNot(rule.when),
                                report.At({"definition", "disqualify", absl::StrCat(i)})});
    qualified = Without(qualified, disqualify.rules.back());
  }
  for (size_t i = 0; i < policy.routing.size(); ++i) {
    const core::RouteRule& rule = policy.routing[i];
    if (rule.is_default) continue;
    routing.rules.push_back({rule.name, space.Holds(rule.when), space.HoldsNot(rule.when),
                             report.At({"routing", absl::StrCat(i)})});
  }
  if (IsNothing(qualified)) {
    if (!IsNothing(space.Holds(policy.definition))) {
      report.Add("no-lead-qualifies", Severity::kWarning, report.KeyAt({"definition", "mql"}),
                 "every lead that meets definition.mql is disqualified",
                 "Correct the definition, or what disqualifies.");
    }
    qualified = std::nullopt;  // said once, not of each rule
  }
  LintList(report, disqualify, std::nullopt, "definition.disqualify", "shadowed-disqualification");
  LintList(report, routing, qualified, "routing", "unreachable-rule");
  for (size_t i = 0; i < routing.rules.size(); ++i) LintOverlaps(report, routing, i);
}

}  // namespace baton::policy
