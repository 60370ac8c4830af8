// Legal policies that take longest to judge a lead by, as far as found, and the lead for it: what
// measures and what holds them to a bound use the same.
#ifndef BATON_SUPPORT_WORST_POLICIES_H_
#define BATON_SUPPORT_WORST_POLICIES_H_

#include <cstdint>
#include <string_view>

#include "absl/types/span.h"
#include "core/facts.h"
#include "core/policy.h"

namespace baton::support {

// Where the rules stand whose condition makes the policy expensive.
enum class WorstSection { kFit, kIntent, kDefinition, kRouting };

struct WorstPolicy {
  std::string_view name;  // what it spends its steps on
  WorstSection section = WorstSection::kFit;
  std::string_view when;  // kDefinition: as often as it may, joined by &&
};

// FullLead() qualifies by each of them.
absl::Span<const WorstPolicy> WorstPolicies();

// As many rules with this condition as are legal, and intent rules up to 1,000. Of an illegal one
// it throws what is wrong.
core::Policy Made(const WorstPolicy& worst);

// A lead with all that facts can hold, of what the policies read; they judge it at kFullLeadNow.
core::Facts FullLead();
inline constexpr core::TimeMs kFullLeadNow = 20'400 * core::kDayMs;

}  // namespace baton::support

#endif  // BATON_SUPPORT_WORST_POLICIES_H_
