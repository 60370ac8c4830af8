#include "policy/condition_space.h"

namespace baton::policy {
namespace {

constexpr std::string_view kConsentValues[] = {"unknown", "granted", "withdrawn"};

ValueSet AnyOf(const expression::Type& type) {
  ValueSet any;
  any.nan = type.is_dyn() || type.Is(expression::Kind::kDouble);
  any.whole = type.Is(expression::Kind::kInt);
  if (type.Is(expression::Kind::kBool)) any.only = std::set<Scalar>{false, true};
  return any;
}

// What is computed is always there.
ValueSet Computed() {
  ValueSet values;
  values.absent = values.mistyped = false;
  return values;
}

ValueSet Score(ScoreRange range) {
  ValueSet score = Computed();
  score.whole = true;
  score.low = static_cast<Number>(range.low);
  score.high = static_cast<Number>(range.high);
  return score;
}

}  // namespace

ConditionSpace::ConditionSpace(const core::Policy& policy, ScoreRange fit, ScoreRange intent) {
  const expression::Environment& environment = policy.vocabulary->environment();
  for (size_t slot = 0; slot < environment.slots(); ++slot) {
    any_.push_back(AnyOf(environment.TypeOf(static_cast<int>(slot))));
  }
  for (const auto& field : policy.vocabulary->account_fields()) {
    any_[static_cast<size_t>(field.slot)].mistyped = false;
  }
  any_[core::Vocabulary::kFit] = Score(fit);
  any_[core::Vocabulary::kIntent] = Score(intent);
  ValueSet consent = Computed();
  consent.only.emplace();
  for (const std::string_view word : kConsentValues) consent.only->insert(std::string(word));
  any_[core::Vocabulary::kConsent] = std::move(consent);
}

MaybeCubes ConditionSpace::Holds(const core::Condition& condition) const {
  MaybeCubes all = Cubes(1);
  for (size_t i = 0; i < condition.size(); ++i) all = Both(all, TestHolds(condition, i));
  return all;
}

MaybeCubes ConditionSpace::HoldsNot(const core::Condition& condition) const {
  MaybeCubes any = Cubes();
  for (size_t i = 0; i < condition.size(); ++i) any = Either(any, TestHoldsNot(condition, i));
  return any;
}

MaybeCubes ConditionSpace::TestHolds(const core::Condition& condition, size_t test) const {
  return CubesOf(condition.program(test).syntax(), any_, Outcome::kTrue);
}

MaybeCubes ConditionSpace::TestHoldsNot(const core::Condition& condition, size_t test) const {
  return CubesOf(condition.program(test).syntax(), any_, Outcome::kNotTrue);
}

}  // namespace baton::policy
