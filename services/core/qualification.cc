#include "core/qualification.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <utility>

#include "core/subjects.h"
#include "expression/scratch.h"

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

// What `occurrences` by day are worth at `now_ms`: each as much as is left of it.
double Remaining(const std::map<int32_t, int64_t>& occurrences, DurationMs half_life_ms,
                 TimeMs now_ms) {
  if (half_life_ms == 0) {
    return std::accumulate(
        occurrences.begin(), occurrences.end(), 0.0,
        [](double sum, const auto& day) { return sum + static_cast<double>(day.second); });
  }
  const auto left_after = [&](DurationMs age_ms) {
    return std::exp2(-static_cast<double>(age_ms) / static_cast<double>(half_life_ms));
  };
  // From one day to the next: a power for each day would cost most of a judgment.
  const double left_after_a_day = left_after(kDayMs);
  double sum = 0, ahead = 0;
  int32_t last = occurrences.empty() ? 0 : occurrences.begin()->first;
  for (const auto& [day, count] : occurrences) {
    // An activity that its sender dates ahead of us has not aged yet.
    if (day * kDayMs > now_ms) {
      ahead += static_cast<double>(count);
      continue;
    }
    if (day - last == 1) sum *= left_after_a_day;
    if (day - last > 1) sum *= left_after((day - last) * kDayMs);
    sum += static_cast<double>(count);
    last = day;
  }
  return sum * left_after(std::max<DurationMs>(0, now_ms - last * kDayMs)) + ahead;
}

int32_t IntentPoints(const IntentRule& rule, const Facts& facts, TimeMs now_ms) {
  const auto activity = facts.activities.find(rule.activity);
  if (activity == facts.activities.end()) return 0;
  const double points = rule.points * Remaining(activity->second, rule.half_life_ms, now_ms);
  const double limit = rule.max > 0 ? std::min(rule.max, kScoreMax) : kScoreMax;
  return static_cast<int32_t>(std::lround(std::clamp(points, -limit, limit)));
}

std::vector<std::string> Union(const std::vector<std::string>& a,
                               const std::vector<std::string>& b) {
  std::vector<std::string> all(a);
  all.insert(all.end(), b.begin(), b.end());
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

// One judgment in the making.
class Judging {
 public:
  Judging(const Facts& facts, const Policy& policy, TimeMs now_ms, expression::Scratch& scratch)
      : facts_(facts), policy_(policy), subjects_(*policy.vocabulary, facts, scratch) {
    judgment_.policy_revision = policy.revision;
    judgment_.judged_at_ms = now_ms;
  }

  Judgment Run() {
    Score();
    subjects_.SetScores(judgment_.fit, judgment_.intent);
    const bool defined = Define();
    Disqualify();
    judgment_.qualified = defined && judgment_.disqualified_by.empty();
    if (judgment_.qualified) FindRoute();
    return std::move(judgment_);
  }

 private:
  // Whether `truth` is that the condition holds; an error is kept.
  bool Holds(Truth truth, RuleSection section, const std::string& rule, std::string& error) {
    if (truth == Truth::kErrs && judgment_.errors.size() < kConditionErrorsMax) {
      judgment_.errors.push_back({section, rule, std::move(error)});
    }
    return truth == Truth::kHolds;
  }

  bool Holds(const Condition& condition, RuleSection section, const std::string& rule) {
    std::string error;
    return Holds(condition.Evaluate(subjects_, &error), section, rule, error);
  }

  void Score() {
    for (const FitRule& rule : policy_.fit) {
      if (!Holds(rule.when, RuleSection::kFit, rule.name)) continue;
      AddFactor(FactorKind::kFit, rule.name, rule.points, judgment_.fit, judgment_.factors);
    }
    for (const IntentRule& rule : policy_.intent) {
      AddFactor(FactorKind::kIntent, rule.name, IntentPoints(rule, facts_, judgment_.judged_at_ms),
                judgment_.intent, judgment_.factors);
    }
  }

  bool Define() {
    std::string error;
    const Truth truth = policy_.definition.Explain(subjects_, Condition::Extent::kAllTests,
                                                   judgment_.definition, error);
    return Holds(truth, RuleSection::kDefinition, "", error);
  }

  void Disqualify() {
    for (const DisqualifyRule& rule : policy_.disqualify) {
      if (!Holds(rule.when, RuleSection::kDisqualify, rule.name)) continue;
      judgment_.disqualified_by = rule.name;
      judgment_.disqualified_reason = rule.reason;
      return;
    }
  }

  void FindRoute() {
    for (const RouteRule& rule : policy_.routing) {
      RuleStep step{rule.name, rule.is_default, {}};
      if (!rule.is_default) {
        std::string error;
        const Truth truth =
            rule.when.Explain(subjects_, Condition::Extent::kUntilFalse, step.conditions, error);
        step.matched = Holds(truth, RuleSection::kRouting, rule.name, error);
      }
      judgment_.route_path.push_back(std::move(step));
      if (!judgment_.route_path.back().matched) continue;
      const auto queue = policy_.queues.find(rule.to.queue);
      judgment_.route = {
          rule.name,
          rule.to.queue,
          rule.to.priority,
          Union(rule.to.skills,
                queue == policy_.queues.end() ? std::vector<std::string>() : queue->second.skills),
          /*owners=*/{},
          rule.to.owner_wait_ms};
      return;
    }
  }

  const Facts& facts_;
  const Policy& policy_;
  Subjects subjects_;
  Judgment judgment_;
};

}  // namespace

std::string_view RuleSectionName(RuleSection section) {
  switch (section) {
    case RuleSection::kFit:
      return "fit";
    case RuleSection::kIntent:
      return "intent";
    case RuleSection::kDefinition:
      return "definition";
    case RuleSection::kDisqualify:
      return "disqualify";
    case RuleSection::kRouting:
      return "routing";
  }
  return "unknown";
}

Judgment Judge(const Facts& facts, const Policy& policy, TimeMs now_ms) {
  // One for each thread: it asks for memory once.
  static thread_local expression::Scratch scratch;
  return Judging(facts, policy, now_ms, scratch).Run();
}

}  // namespace baton::core
