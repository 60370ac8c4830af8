// What verify looked at and what it found wrong. Value types, not thread-safe.
#ifndef BATON_VERIFY_FINDINGS_H_
#define BATON_VERIFY_FINDINGS_H_

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace baton::verify {

enum class Check {
  kConservation,
  kDeadLetters,
  kCounters,
  kVersions,
  kMoves,
  kOwner,
  kCapacity,
  kTimers,
  kAssignments,
  kLeadState,
  kStore,
  kPlaces,
  kChoice,
  kOrder,
  kFairness,
  kDecisions,
  kSales,
};
inline constexpr size_t kChecks = 17;
inline constexpr size_t kExamplesMax = 10;  // violations told of each check

std::string_view CheckName(Check check);  // "conservation", "one-owner" ...
std::string_view CheckRule(Check check);  // what must hold, in one line

struct CheckResult {
  int64_t looked_at = 0;
  int64_t violations = 0;
  std::vector<std::string>
      examples;  // the first kExamplesMax, each a sentence that names the thing
};

class Findings {
 public:
  void LookedAt(Check check, int64_t count = 1) { at(check).looked_at += count; }
  void Violation(Check check, std::string sentence);
  void Add(const Findings& other);

  const CheckResult& of(Check check) const { return results_[static_cast<size_t>(check)]; }
  int64_t violations() const;

 private:
  CheckResult& at(Check check) { return results_[static_cast<size_t>(check)]; }
  std::array<CheckResult, kChecks> results_;
};

}  // namespace baton::verify

#endif  // BATON_VERIFY_FINDINGS_H_
