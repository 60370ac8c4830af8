// Qualification and routing: pure functions of (facts, account, policy, now).
#ifndef BATON_CORE_QUALIFICATION_H_
#define BATON_CORE_QUALIFICATION_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/account_match.h"
#include "core/condition.h"
#include "core/facts.h"
#include "core/inputs.h"
#include "core/policy.h"

namespace baton::core {

enum class FactorKind { kFit, kIntent };

// One rule's contribution. The factors of a kind sum exactly to that kind's score.
struct Factor {
  FactorKind kind = FactorKind::kFit;
  std::string rule;
  int32_t points = 0;
  int64_t occurrences = 0;  // of a rule that counts by event: how many met its condition; else 0
  bool operator==(const Factor&) const = default;
};

// Where a rule stands in the policy.
enum class RuleSection { kFit, kIntent, kDefinition, kDisqualify, kRouting, kSla, kRequires };
std::string_view RuleSectionName(RuleSection section);  // "fit" ...

// What disqualifies whoever withdrew consent, before every rule of the policy.
inline constexpr char kConsentRule[] = "consent withdrawn";

inline constexpr size_t kConditionErrorsMax = 16;  // kept with a judgment
inline constexpr size_t kRouteStepsMax = 50;       // likewise, of Judgment::route_path
inline constexpr size_t kRouteBytesMax = 16'384;   // texts of route_path but for its last step's
// Steps that its conditions take (Condition::explain_cost), unless the last one alone takes more.
inline constexpr int64_t kRouteExplainSteps = 2'000;

// A condition that could not be decided and so did not hold.
struct ConditionError {
  RuleSection section = RuleSection::kFit;
  std::string rule;   // its name; empty for the definition; kSla: service level; kRequires: queue
  std::string error;  // "lead.employees is of type string, declared int"
  bool operator==(const ConditionError&) const = default;
};

struct RuleStep {
  std::string rule;
  bool matched = false;
  std::vector<ConditionResult> conditions;
  bool operator==(const RuleStep&) const = default;
};

inline constexpr size_t kOwnersMax = 8;

struct Route {
  std::string rule;  // the rule that matched
  QueueId queue;
  int32_t priority = 0;
  std::vector<std::string> skills;  // of the target and of the queue; sorted, no repetition
  // Whom the lead belongs to, the one asked first in front, none twice; at most kOwnersMax.
  std::vector<RepId> owners;
  DurationMs owner_wait_ms = 0;  // so long it waits for one of them before others are asked
  std::string requirement;       // of the queue, for this lead (requirement.h); empty: none
  bool operator==(const Route&) const = default;
};

// What a policy says of facts at an instant. Kept with the cycle that it opened.
struct Judgment {
  int64_t policy_revision = 0;
  TimeMs judged_at_ms = 0;
  int32_t fit = 0;              // sum of fit factors, clamped to +-1,000,000
  int32_t intent = 0;           // sum of intent factors, likewise
  std::vector<Factor> factors;  // only rules that contributed (points != 0), in policy order
  std::vector<ConditionResult> definition;  // each condition of the definition
  std::string disqualified_by;              // rule name, empty if none
  std::string disqualified_reason;          // reason code, empty if none
  bool qualified = false;                   // definition holds and nothing disqualifies
  Route route;                              // set when qualified
  // The last rules looked at, in order, up to the one that matched: as many as the caps allow.
  std::vector<RuleStep> route_path;         // filled when qualified
  int32_t route_left_out = 0;               // rules looked at before those
  std::vector<std::string> slas;            // service levels that apply; filled when qualified
  AccountFinding account;                   // set when the policy asks for accounts
  std::vector<ConditionError> errors;       // the first kConditionErrorsMax, in policy order
  std::vector<ConditionError> more_errors;  // the others, without texts; not kept with the lead
  Inputs inputs;                            // what was judged; filled when qualified
  std::string inputs_hash;                  // InputsHash of it; empty unless qualified
  bool operator==(const Judgment&) const = default;
};

// Intent points of one rule decay continuously from the start of each activity's UTC day:
// points * count * 2^(-(age / half_life)), summed, capped by `max`, rounded half away from zero.
// `account`: AccountFields() of the lead's account; empty: it has none.
Judgment Judge(const Facts& facts, const Policy& policy, TimeMs now_ms,
               const std::map<std::string, AttributeValue>& account = {});

// What `queue` requires of reps for a lead with these facts, which was judged so; empty: nothing.
std::string RequirementIn(const QueuePolicy& queue, const Policy& policy, const Facts& facts,
                          const Judgment& judgment, TimeMs now_ms);

}  // namespace baton::core

#endif  // BATON_CORE_QUALIFICATION_H_
