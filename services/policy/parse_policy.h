// The handoff policy that marketing and sales sign: from YAML to a checked core::Policy.
//
// The language: metadata {workspace, name, owner} and spec with attributes, rep_attributes and
// event_properties (declared types), scoring (fit by match, intent by activity and its properties),
// definition (mql, disqualify), routing (first match wins, a default comes last; to a queue, or to
// an owner with a fallback), queues (mode, strategy, what they require of reps, how long leads wait
// and where they go then), calendars (zone, hours, holidays, exceptions), tables (lookup tables by
// name and content), reasons (extend) and tests (policy_tests.h). A rule's condition is `when:`,
// CEL over what core/vocabulary.h names, or `match:`, which is short for it (match_parser.h). Keys
// of the language that Baton does not act on yet are refused: never accepted and ignored.
//
// Pure functions, thread-safe, never throw; hostile documents are bounded by the caps here and in
// yaml_tree.h.
#ifndef BATON_POLICY_PARSE_POLICY_H_
#define BATON_POLICY_PARSE_POLICY_H_

#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "core/policy.h"
#include "core/qualification.h"
#include "policy/document_error.h"
#include "policy/given_tables.h"
#include "policy/policy_tests.h"

namespace baton::policy {

inline constexpr size_t kRulesMax = 1000;  // fit, intent, disqualify and routing together
inline constexpr size_t kAttributesDeclaredMax = 64;
// Of all conditions for one lead, as core::Condition::cost() counts them: a lead is decided in less
// than a millisecond (tests/bench/run --only core).
inline constexpr int64_t kStepsMax = 10'000;
// So many more are granted for explaining the judgment; what that takes beyond them counts as well.
inline constexpr int64_t kExplainSteps = 2 * core::kRouteExplainSteps;
// Of a condition that reads event: so often it is looked at, with so many steps more each time.
inline constexpr auto kEventTimes = static_cast<int64_t>(core::kOccasionsMax);
inline constexpr int64_t kEventSteps = 3;
// Of an intent rule, whose occurrences are added up as they have aged.
inline constexpr int64_t kIntentSteps = 5;
inline constexpr size_t kQueuesMax = 200;
inline constexpr size_t kCalendarsMax = 64;
inline constexpr size_t kTablesMax = 16;
inline constexpr size_t kTableBytesTogetherMax = 16'000'000;  // of the tables of one policy

struct ParsedPolicy {
  core::Policy policy;                // whole only if ok(); its revision is 0
  std::vector<PolicyTest> tests;      // likewise; not run yet
  std::vector<DocumentError> errors;  // all of them, in the order of the text

  bool ok() const { return errors.empty(); }
};

// `file_name` is how the errors name the document; `tables` are those that TablePinsOf it names.
ParsedPolicy ParsePolicy(std::string_view yaml, std::string_view file_name,
                         const GivenTables& tables = {});

// ParsePolicy, and the document's tests are run: each expectation that is not met is an error too.
// What becomes a revision is checked so; a revision that is in force is not tested again.
ParsedPolicy CheckPolicy(std::string_view yaml, std::string_view file_name,
                         const GivenTables& tables = {});

// The errors (at least one) as one INVALID_ARGUMENT, reason INVALID_POLICY: a line each, as many as
// fit a message (440 bytes, then the number of the others); "errors" says how many there are. Where
// there is room for more, an answer's field violations for instance, send ToString of each besides.
absl::Status InvalidPolicy(const std::vector<DocumentError>& errors);

}  // namespace baton::policy

#endif  // BATON_POLICY_PARSE_POLICY_H_
