#include "core/qualification.h"

#include <algorithm>
#include <cmath>

#include "core/match.h"

namespace baton::core {
namespace {

constexpr int32_t kScoreMax = 1'000'000;

// Adds a rule's points to `score`. Of points that would pass the limit only what fits is counted,
// so that the factors always sum to the score.
void AddFactor(FactorKind kind, const std::string& rule, int32_t points, int32_t& score,
               std::vector<Factor>& factors) {
  const int32_t before = score;
  score = std::clamp(before + points, -kScoreMax, kScoreMax);
  if (score != before) factors.push_back({kind, rule, score - before});
}

int32_t IntentPoints(const IntentRule& rule, const Facts& facts, TimeMs now_ms) {
  const auto activity = facts.activities.find(rule.activity);
  if (activity == facts.activities.end()) return 0;
  double sum = 0;
  for (const auto& [day, count] : activity->second) {
    double points = static_cast<double>(rule.points) * static_cast<double>(count);
    if (rule.half_life_ms > 0) {
      // An activity that its sender dates ahead of us has not aged yet.
      const TimeMs age_ms = std::max<TimeMs>(0, now_ms - day * kDayMs);
      points *= std::exp2(-static_cast<double>(age_ms) / static_cast<double>(rule.half_life_ms));
    }
    sum += points;
  }
  const double limit = rule.max > 0 ? std::min(rule.max, kScoreMax) : kScoreMax;
  return static_cast<int32_t>(std::lround(std::clamp(sum, -limit, limit)));
}

void Disqualify(const Policy& policy, const Subjects& subjects, Judgment& judgment) {
  for (const DisqualifyRule& rule : policy.disqualify) {
    if (!Holds(rule.when, subjects)) continue;
    judgment.disqualified_by = rule.name;
    judgment.disqualified_reason = rule.reason;
    return;
  }
}

std::vector<std::string> Union(const std::vector<std::string>& a,
                               const std::vector<std::string>& b) {
  std::vector<std::string> all(a);
  all.insert(all.end(), b.begin(), b.end());
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

void FindRoute(const Policy& policy, const Subjects& subjects, Judgment& judgment) {
  for (const RouteRule& rule : policy.routing) {
    RuleStep step{rule.name, rule.is_default, {}};
    if (!rule.is_default)
      step.matched = HoldsUntilFirstFailure(rule.when, subjects, step.conditions);
    judgment.route_path.push_back(step);
    if (!step.matched) continue;
    const auto queue = policy.queues.find(rule.to.queue);
    judgment.route = {
        rule.name,
        rule.to.queue,
        rule.to.priority,
        Union(rule.to.skills,
              queue == policy.queues.end() ? std::vector<std::string>() : queue->second.skills),
        /*owners=*/{},
        rule.to.owner_wait_ms};
    return;
  }
}

}  // namespace

Judgment Judge(const Facts& facts, const Policy& policy, TimeMs now_ms) {
  Judgment judgment;
  judgment.policy_revision = policy.revision;
  judgment.judged_at_ms = now_ms;
  const Subjects unscored(facts);
  for (const FitRule& rule : policy.fit) {
    if (!Holds(rule.when, unscored)) continue;
    AddFactor(FactorKind::kFit, rule.name, rule.points, judgment.fit, judgment.factors);
  }
  for (const IntentRule& rule : policy.intent) {
    AddFactor(FactorKind::kIntent, rule.name, IntentPoints(rule, facts, now_ms), judgment.intent,
              judgment.factors);
  }

  const Subjects subjects(facts, judgment.fit, judgment.intent);
  const bool defined = HoldsExplained(policy.definition, subjects, judgment.definition);
  Disqualify(policy, subjects, judgment);
  judgment.qualified = defined && judgment.disqualified_by.empty();
  if (judgment.qualified) FindRoute(policy, subjects, judgment);
  return judgment;
}

}  // namespace baton::core
