#include "core/recompute.h"

#include <algorithm>

#include "absl/numeric/int128.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "core/text.h"

namespace baton::core {
namespace {

constexpr int64_t kNanoOfALead = 1'000'000'000;

void Tell(std::string sentence, std::vector<std::string>& differences) {
  if (differences.size() < kDifferencesMax) differences.push_back(std::move(sentence));
}

// "<what> was <recorded>, is <now>" unless both are the same.
template <typename Value>
void Compare(absl::string_view what, const Value& recorded, const Value& now,
             std::vector<std::string>& differences) {
  if (recorded == now) return;
  Tell(absl::StrCat(what, ": recorded ", recorded, ", recomputed ", now), differences);
}

std::string RepOrNobody(const RepId& rep) {
  return rep.empty() ? "nobody" : rep.str();
}

// Nothing was in the rep's way.
bool CouldHaveIt(const Candidate& candidate) {
  switch (candidate.reason) {
    case CandidateReason::kChosen:
    case CandidateReason::kFairness:
    case CandidateReason::kNotOwner:
    case CandidateReason::kBusier:
    case CandidateReason::kLessIdle:
      return true;
    default:
      return false;
  }
}

// What a reason says must be what the record shows.
void CheckReason(const Candidate& candidate, const AssignmentDecision& decision,
                 std::vector<std::string>& differences) {
  const bool passed = std::find(decision.passed.begin(), decision.passed.end(), candidate.rep) !=
                      decision.passed.end();
  const bool full = candidate.open >= candidate.capacity;
  bool fits = !passed;
  if (candidate.reason == CandidateReason::kPassed) fits = passed;
  if (candidate.reason == CandidateReason::kAtCapacity) fits = !passed && full;
  if (candidate.reason == CandidateReason::kMissingSkill) {
    fits = !passed && !(decision.skills.empty() && decision.requirement.empty());
  }
  if (CouldHaveIt(candidate)) fits = !passed && !full;
  if (fits) return;
  Tell(absl::StrCat("rep ", candidate.rep.str(), " is recorded as ",
                    ToAbsl(CandidateReasonName(candidate.reason)), " with ", candidate.open, " of ",
                    candidate.capacity, " leads open, having ", passed ? "" : "not ", "passed"),
       differences);
}

// The least weight whose share is at least that: share = floor(10^9 * weight / weights).
int64_t LeastWeight(int64_t share_nano, int64_t weights) {
  const absl::int128 product = absl::int128(share_nano) * weights + kNanoOfALead - 1;
  return static_cast<int64_t>(product / kNanoOfALead);
}

// Reasons, and shares as the weights give them.
void CheckCandidates(const AssignmentDecision& decision, std::vector<std::string>& differences) {
  const int64_t all_weights = decision.choice.weights;
  int64_t least = 0;  // the weights together are at least that
  int64_t most = 0;   // and at most that
  for (const Candidate& candidate : decision.pool.candidates) {
    CheckReason(candidate, decision, differences);
    const int64_t weight = WeightOf(candidate, all_weights);
    const absl::int128 product = absl::int128(weight) * kNanoOfALead;
    const int64_t share = all_weights == 0 ? 0 : static_cast<int64_t>(product / all_weights);
    least += weight;
    if (weight != 0) most += LeastWeight(candidate.share_nano + 1, all_weights) - 1;
    Compare(absl::StrCat("rep ", candidate.rep.str(), ", share of 10^9"), candidate.share_nano,
            share, differences);
  }
  const bool adds_up = all_weights >= least && (!decision.pool.is_whole() || all_weights <= most);
  if (!adds_up) Compare("sum of the weights", all_weights, least, differences);
}

// The first of the owners who could have it.
const Candidate* OwnerWhoCould(absl::Span<const RepId> owners,
                               const std::vector<Candidate>& candidates) {
  for (const RepId& owner : owners) {
    const auto found =
        std::find_if(candidates.begin(), candidates.end(),
                     [&owner](const Candidate& candidate) { return candidate.rep == owner; });
    if (found != candidates.end() && CouldHaveIt(*found)) return &*found;
  }
  return nullptr;
}

// The recorded winner, if it is a delegate, whom the lead does not name: asked behind the owner who
// is on leave, so not before the first one.
const Candidate* StandIn(const AssignmentDecision& decision) {
  const absl::Span<const RepId> owners = decision.owners;
  const Candidate* chosen = decision.pool.chosen();
  if (decision.choice.basis != ChoiceBasis::kOwner || owners.empty() || chosen == nullptr) {
    return nullptr;
  }
  if (std::find(owners.begin(), owners.end(), chosen->rep) != owners.end()) return nullptr;
  const Candidate* first = OwnerWhoCould(owners.first(1), decision.pool.candidates);
  return first == nullptr ? chosen : nullptr;
}

// Whether the strategy leaves the candidate to the ledger; that one had waited longest for a lead
// is taken from the record.
bool IsLeft(const Candidate& candidate, const AssignmentDecision& decision) {
  if (!CouldHaveIt(candidate)) return false;
  if (decision.choice.basis == ChoiceBasis::kLongestIdle) {
    return candidate.reason != CandidateReason::kLessIdle;
  }
  if (decision.choice.basis != ChoiceBasis::kLeastLoaded) return true;
  const std::vector<Candidate>& all = decision.pool.candidates;
  return std::none_of(all.begin(), all.end(), [&candidate](const Candidate& other) {
    return CouldHaveIt(other) && other.open < candidate.open;
  });
}

// Who gets the lead by the rules of ChooseFrom.
const Candidate* Choose(const AssignmentDecision& decision) {
  if (const Candidate* delegate = StandIn(decision); delegate != nullptr) return delegate;
  const Candidate* owner = OwnerWhoCould(decision.owners, decision.pool.candidates);
  if (owner != nullptr) return owner;
  const Candidate* best = nullptr;
  for (const Candidate& candidate : decision.pool.candidates) {
    if (!IsLeft(candidate, decision)) continue;
    const int64_t claim = candidate.deviation_nano + candidate.share_nano;
    const int64_t most = best == nullptr ? 0 : best->deviation_nano + best->share_nano;
    const bool wins =
        best == nullptr || claim > most || (claim == most && candidate.rep < best->rep);
    if (wins) best = &candidate;
  }
  return best;
}

std::string Described(const Factor& factor) {
  const std::string counted =
      factor.occurrences == 0 ? "" : absl::StrCat(" for ", factor.occurrences, " occurrences");
  return absl::StrCat(factor.kind == FactorKind::kFit ? "fit " : "intent ", factor.rule, " ",
                      factor.points, counted);
}

std::string Described(const ConditionResult& result) {
  return absl::StrCat(result.condition, " ", result.held ? "held" : "failed", " (found ",
                      result.found, ")");
}

std::string Described(const RuleStep& step) {
  std::string text =
      absl::StrCat("rule ", step.rule, " ", step.matched ? "matched" : "did not match");
  for (const ConditionResult& result : step.conditions) {
    absl::StrAppend(&text, ", ", Described(result));
  }
  return text;
}

// Item by item; an item that only one list has is a difference.
template <typename Item>
void CompareLists(absl::string_view what, absl::Span<const Item> recorded,
                  absl::Span<const Item> now, std::vector<std::string>& differences) {
  for (size_t i = 0; i < std::max(recorded.size(), now.size()); ++i) {
    const std::string before = i < recorded.size() ? Described(recorded[i]) : "none";
    const std::string after = i < now.size() ? Described(now[i]) : "none";
    Compare(what, before, after, differences);
  }
}

// How many rules were looked at, and the last of them: an earlier release kept all.
void CompareRoutes(const Judgment& recorded, const Judgment& now,
                   std::vector<std::string>& differences) {
  const absl::Span<const RuleStep> before = recorded.route_path, after = now.route_path;
  Compare("routing rules looked at", before.size() + static_cast<size_t>(recorded.route_left_out),
          after.size() + static_cast<size_t>(now.route_left_out), differences);
  const size_t both = std::min(before.size(), after.size());
  CompareLists("route", before.last(both), after.last(both), differences);
}

}  // namespace

int64_t WeightOf(const Candidate& candidate, int64_t weights) {
  return LeastWeight(candidate.share_nano, weights);
}

RecomputedChoice RecomputeChoice(const AssignmentDecision& decision) {
  RecomputedChoice recomputed;
  const Candidate* recorded = decision.pool.chosen();
  const Candidate* winner = Choose(decision);
  CheckCandidates(decision, recomputed.differences);
  if (recorded != nullptr) recomputed.recorded = recorded->rep;
  if (winner != nullptr) recomputed.winner = winner->rep;
  Compare("winner", RepOrNobody(recomputed.recorded), RepOrNobody(recomputed.winner),
          recomputed.differences);
  return recomputed;
}

std::vector<std::string> RecomputeJudgment(const Judgment& recorded, const Policy& policy) {
  std::vector<std::string> differences;
  if (recorded.inputs_hash.empty()) {
    Tell("the record does not keep what was judged: an earlier release wrote it", differences);
    return differences;
  }
  if (InputsHash(recorded.inputs) != recorded.inputs_hash) {
    Tell("the inputs are not those that were judged: their hash is another one", differences);
  }
  const Judgment now =
      Judge(FactsFrom(recorded.inputs), policy, recorded.judged_at_ms, recorded.inputs.account);
  Compare("policy revision", recorded.policy_revision, now.policy_revision, differences);
  Compare("fit", recorded.fit, now.fit, differences);
  Compare("intent", recorded.intent, now.intent, differences);
  CompareLists<Factor>("factor", recorded.factors, now.factors, differences);
  CompareLists<ConditionResult>("definition", recorded.definition, now.definition, differences);
  Compare("disqualified by", recorded.disqualified_by, now.disqualified_by, differences);
  Compare("qualified", recorded.qualified, now.qualified, differences);
  CompareRoutes(recorded, now, differences);
  Compare("queue", recorded.route.queue.str(), now.route.queue.str(), differences);
  Compare("priority", recorded.route.priority, now.route.priority, differences);
  Compare("requirement", recorded.route.requirement, now.route.requirement, differences);
  return differences;
}

}  // namespace baton::core
