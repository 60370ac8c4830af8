#include "core/qualification.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "absl/types/span.h"
#include "core/activity_days.h"
#include "core/requirement.h"
#include "core/subjects.h"
#include "expression/checker.h"
#include "expression/scratch.h"

namespace baton::core {
namespace {

constexpr int32_t kScoreMax = 1'000'000;

// Adds a rule's points to `score`. Of points that would pass the limit only what fits is counted,
// so that the factors always sum to the score.
void AddFactor(Factor factor, int32_t& score, std::vector<Factor>& factors) {
  const int32_t before = score;
  score = std::clamp(before + factor.points, -kScoreMax, kScoreMax);
  factor.points = score - before;
  if (factor.points != 0) factors.push_back(std::move(factor));
}

std::vector<std::string> Union(const std::vector<std::string>& a,
                               const std::vector<std::string>& b) {
  std::vector<std::string> all(a);
  all.insert(all.end(), b.begin(), b.end());
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

size_t BytesOf(const RuleStep& step) {
  size_t bytes = step.rule.size();
  for (const ConditionResult& result : step.conditions) bytes += result.bytes();
  return bytes;
}

// An occasion whose properties are ready for conditions.
struct BoundOccasion {
  int32_t day = 0;
  int64_t count = 0;
  std::vector<expression::Value> properties;
};

// One judgment in the making.
class Judging {
 public:
  Judging(const Facts& facts, const Policy& policy, TimeMs now_ms,
          const std::map<std::string, AttributeValue>& account, expression::Scratch& scratch)
      : facts_(facts),
        account_(account),
        policy_(policy),
        subjects_(*policy.vocabulary, facts, account, now_ms, scratch) {
    judgment_.policy_revision = policy.revision;
    judgment_.judged_at_ms = now_ms;
  }

  Judgment Run() {
    Score();
    subjects_.SetScores(judgment_.fit, judgment_.intent);
    const bool defined = Define();
    Disqualify();
    judgment_.qualified = defined && judgment_.disqualified_by.empty();
    if (judgment_.qualified) {
      FindRoute();
      FindSlas();
      judgment_.inputs = InputsOf(facts_, policy_, account_);
      judgment_.inputs_hash = InputsHash(judgment_.inputs);
    }
    return std::move(judgment_);
  }

 private:
  // Whether there is room for the text of one more error.
  bool TellsErrors() const { return judgment_.errors.size() < kConditionErrorsMax; }

  // Whether `truth` is that the condition holds; an error is kept.
  bool Holds(Truth truth, RuleSection section, const std::string& rule, std::string& error) {
    if (truth == Truth::kErrs && TellsErrors()) {
      judgment_.errors.push_back({section, rule, std::move(error)});
    } else if (truth == Truth::kErrs) {
      judgment_.more_errors.push_back({section, rule, ""});
    }
    return truth == Truth::kHolds;
  }

  bool Holds(const Condition& condition, RuleSection section, const std::string& rule) {
    std::string error;
    const Truth truth = condition.Evaluate(subjects_, TellsErrors() ? &error : nullptr);
    return Holds(truth, section, rule, error);
  }

  const std::vector<BoundOccasion>& OccasionsOf(const std::string& activity) {
    const auto [bound, is_new] = occasions_.try_emplace(activity);
    const auto known = facts_.occasions.find(activity);
    if (!is_new || known == facts_.occasions.end()) return bound->second;
    bound->second.reserve(known->second.size());
    for (const auto& [occasion, count] : known->second) {
      bound->second.push_back({occasion.day, count, subjects_.Bind(occasion.properties)});
    }
    return bound->second;
  }

  // By day, the newest first, the occurrences for which the rule's condition holds. `oldest`: the
  // first day of which occurrences count. Of several errors the first by its text is kept, so that
  // the order of occasions does not matter.
  std::vector<std::pair<int32_t, int64_t>> Matching(const IntentRule& rule, int32_t oldest) {
    std::vector<std::pair<int32_t, int64_t>> days;
    std::string least, error;
    bool errs = false;
    const bool is_told = TellsErrors();
    for (const BoundOccasion& occasion : OccasionsOf(rule.activity)) {
      if (occasion.day < oldest) break;
      subjects_.SetEvent(occasion.properties);
      const Truth truth = rule.when.Evaluate(subjects_, is_told ? &error : nullptr);
      if (truth == Truth::kErrs && (!errs || error < least)) least = error;
      errs = errs || truth == Truth::kErrs;
      if (truth != Truth::kHolds) continue;
      if (days.empty() || days.back().first != occasion.day) days.emplace_back(occasion.day, 0);
      days.back().second += occasion.count;
    }
    if (errs) Holds(Truth::kErrs, RuleSection::kIntent, rule.name, least);
    return days;
  }

  // What is left of the occurrences that the rule counts; `occurrences`: see Factor.
  double Remaining(const IntentRule& rule, int64_t& occurrences) {
    const auto activity = facts_.activities.find(rule.activity);
    if (activity == facts_.activities.end() || activity->second.empty()) return 0;
    const DayCounts& by_day = activity->second;
    if (rule.when.reads_event()) {
      const int32_t oldest = by_day.back().first - static_cast<int32_t>(kActivityDaysMax);
      double remaining = 0;
      for (const auto& [day, count] : Matching(rule, oldest)) {
        occurrences += count;
        remaining +=
            static_cast<double>(count) * LeftOf(day, rule.half_life_ms, judgment_.judged_at_ms);
      }
      return remaining;
    }
    if (!Holds(rule.when, RuleSection::kIntent, rule.name)) return 0;
    auto known = days_.find(&activity->first);
    if (known == days_.end()) known = days_.emplace(&activity->first, ActivityDays(by_day)).first;
    return known->second.Remaining(rule.half_life_ms, judgment_.judged_at_ms);
  }

  Factor IntentFactor(const IntentRule& rule) {
    Factor factor{FactorKind::kIntent, rule.name, 0, 0};
    const double points = rule.points * Remaining(rule, factor.occurrences);
    const double limit = rule.max > 0 ? std::min(rule.max, kScoreMax) : kScoreMax;
    factor.points = static_cast<int32_t>(std::lround(std::clamp(points, -limit, limit)));
    return factor;
  }

  void Score() {
    for (const FitRule& rule : policy_.fit) {
      if (!Holds(rule.when, RuleSection::kFit, rule.name)) continue;
      AddFactor({FactorKind::kFit, rule.name, rule.points, 0}, judgment_.fit, judgment_.factors);
    }
    for (const IntentRule& rule : policy_.intent) {
      AddFactor(IntentFactor(rule), judgment_.intent, judgment_.factors);
    }
  }

  bool Define() {
    std::string error;
    const Truth truth = policy_.definition.Explain(subjects_, Condition::Extent::kAllTests,
                                                   judgment_.definition, error);
    return Holds(truth, RuleSection::kDefinition, "", error);
  }

  void Disqualify() {
    if (facts_.consent == Consent::kWithdrawn) {
      judgment_.disqualified_by = kConsentRule;
      judgment_.disqualified_reason = kDoNotContact;
      return;
    }
    for (const DisqualifyRule& rule : policy_.disqualify) {
      if (!Holds(rule.when, RuleSection::kDisqualify, rule.name)) continue;
      judgment_.disqualified_by = rule.name;
      judgment_.disqualified_reason = rule.reason;
      return;
    }
  }

  void FindRoute() {
    const std::vector<RouteRule>& rules = policy_.routing;
    const auto matching = std::find_if(rules.begin(), rules.end(), [this](const RouteRule& rule) {
      return rule.is_default || Holds(rule.when, RuleSection::kRouting, rule.name);
    });
    const bool matched = matching != rules.end();
    ExplainRoute({rules.data(), static_cast<size_t>(matching - rules.begin()) + (matched ? 1 : 0)},
                 matched);
    if (!matched) return;
    const RouteTarget& to = matching->to;
    const auto queue = policy_.queues.find(to.queue);
    const bool known = queue != policy_.queues.end();
    std::string error;
    const std::string requirement =
        known ? RequirementFor(queue->second.requirement, subjects_, error) : "";
    if (!error.empty()) Holds(Truth::kErrs, RuleSection::kRequires, to.queue.str(), error);
    judgment_.route = {
        matching->name, to.queue,
        to.priority,    Union(to.skills, known ? queue->second.skills : std::vector<std::string>()),
        /*owners=*/{},  to.owner_wait_ms,
        requirement};
  }

  // Looks at the last of these rules once more, to tell what was found; `matched`: the last one
  // did. All of them would take longer than to judge by them.
  void ExplainRoute(absl::Span<const RouteRule> looked_at, bool matched) {
    size_t first = looked_at.size();
    int64_t steps = 0;
    while (first > 0 && looked_at.size() - first < kRouteStepsMax) {
      steps += looked_at[first - 1].when.explain_cost();
      if (steps > kRouteExplainSteps && first < looked_at.size()) break;
      --first;
    }
    std::vector<RuleStep>& path = judgment_.route_path;
    for (const RouteRule& rule : looked_at.subspan(first)) {
      std::string error;
      path.push_back({rule.name, matched && &rule == &looked_at.back(), {}});
      rule.when.Explain(subjects_, Condition::Extent::kUntilFalse, path.back().conditions, error);
    }
    size_t kept = path.size();
    for (size_t bytes = 0; kept > 0; --kept) {
      if (kept < path.size()) bytes += BytesOf(path[kept - 1]);
      if (bytes > kRouteBytesMax) break;
    }
    path.erase(path.begin(), path.begin() + static_cast<ptrdiff_t>(kept));
    judgment_.route_left_out = static_cast<int32_t>(first + kept);
  }

  void FindSlas() {
    for (const Sla& sla : policy_.slas) {
      if (Holds(sla.applies, RuleSection::kSla, sla.name)) judgment_.slas.push_back(sla.name);
    }
  }

  const Facts& facts_;
  const std::map<std::string, AttributeValue>& account_;
  const Policy& policy_;
  Subjects subjects_;
  std::map<const std::string*, ActivityDays> days_;              // of the activities looked at
  std::map<std::string, std::vector<BoundOccasion>> occasions_;  // likewise
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
    case RuleSection::kSla:
      return "sla";
    case RuleSection::kRequires:
      return "requires";
  }
  return "unknown";
}

Judgment Judge(const Facts& facts, const Policy& policy, TimeMs now_ms,
               const std::map<std::string, AttributeValue>& account) {
  // One for each thread: it asks for memory once.
  static thread_local expression::Scratch scratch(expression::kKibMade * 1024);
  return Judging(facts, policy, now_ms, account, scratch).Run();
}

std::string RequirementIn(const QueuePolicy& queue, const Policy& policy, const Facts& facts,
                          const Judgment& judgment, TimeMs now_ms) {
  if (queue.requirement.empty()) return "";
  static const std::map<std::string, AttributeValue> none;
  expression::Scratch scratch(expression::kKibMade * 1024);
  Subjects subjects(*policy.vocabulary, facts, none, now_ms, scratch);
  subjects.SetScores(judgment.fit, judgment.intent);
  std::string error;  // of no judgment, which alone has a place for it
  return RequirementFor(queue.requirement, subjects, error);
}

}  // namespace baton::core
