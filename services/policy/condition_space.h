// Proofs about conditions: for which leads one holds, as a union of cubes, each a set of values for
// some of the variables. Comparisons of a variable with values that are written out, has(), in,
// startsWith and the like are understood; whatever else is taken as something that may be true,
// false or an error, each way the same wherever the same is written. What is proven so is true;
// what is not proven may be true all the same.
#ifndef BATON_POLICY_CONDITION_SPACE_H_
#define BATON_POLICY_CONDITION_SPACE_H_

#include <cstdint>
#include <vector>

#include "core/policy.h"
#include "policy/cubes.h"
#include "policy/value_set.h"

namespace baton::policy {

// Lowest and highest score that scoring can give.
struct ScoreRange {
  int64_t low = 0, high = 0;
};

// Immutable, thread-safe. Refers to the policy's vocabulary, which must outlive it.
class ConditionSpace {
 public:
  // Of leads whose scores are within the ranges.
  ConditionSpace(const core::Policy& policy, ScoreRange fit, ScoreRange intent);

  // The leads for which the condition, or one test of it, holds; does not hold (is false or an
  // error).
  MaybeCubes Holds(const core::Condition& condition) const;
  MaybeCubes HoldsNot(const core::Condition& condition) const;
  MaybeCubes TestHolds(const core::Condition& condition, size_t test) const;
  MaybeCubes TestHoldsNot(const core::Condition& condition, size_t test) const;

 private:
  std::vector<ValueSet> any_;  // by slot: what the variable's type allows
};

}  // namespace baton::policy

#endif  // BATON_POLICY_CONDITION_SPACE_H_
