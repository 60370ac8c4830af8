#include "policy/policy_tests.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/facts.h"
#include "core/owners.h"

namespace baton::policy {
namespace {

using core::ConditionResult;
using core::Judgment;

constexpr size_t kBecauseMax = 10;  // lines said of one mismatch
constexpr char kNoMql[] = "(no MQL)";
constexpr char kNothing[] = "(nothing)";

std::string ConditionLine(const ConditionResult& condition) {
  return absl::StrCat(condition.condition, condition.held ? " holds" : " does not hold",
                      condition.found.empty() ? "" : ", found ", condition.found,
                      condition.error.empty() ? "" : ": ", condition.error);
}

// The conditions that decided: those that failed, or all of them if none did.
std::vector<std::string> Deciding(const std::vector<ConditionResult>& conditions) {
  std::vector<std::string> failed, all;
  for (const ConditionResult& condition : conditions) {
    all.push_back(ConditionLine(condition));
    if (!condition.held) failed.push_back(all.back());
  }
  return failed.empty() ? all : failed;
}

std::vector<std::string> WhyQualified(const Judgment& judgment) {
  std::vector<std::string> why;
  if (!judgment.disqualified_by.empty()) {
    why.push_back(absl::StrCat("disqualified by ", Quoted(judgment.disqualified_by), " (",
                               judgment.disqualified_reason, ")"));
  }
  for (const std::string& line : Deciding(judgment.definition)) {
    why.push_back(absl::StrCat("definition: ", line));
  }
  return why;
}

std::vector<std::string> WhyRouted(const Judgment& judgment) {
  if (!judgment.qualified) return WhyQualified(judgment);
  std::vector<std::string> why;
  if (judgment.route_left_out > 0) {
    why.push_back(absl::StrCat(judgment.route_left_out, " rules before do not match"));
  }
  for (const core::RuleStep& step : judgment.route_path) {
    const std::string conditions = absl::StrJoin(Deciding(step.conditions), ", ");
    why.push_back(absl::StrCat("rule ", Quoted(step.rule),
                               step.matched ? " matches" : " does not match",
                               conditions.empty() ? "" : ": ", conditions));
  }
  return why;
}

std::vector<std::string> WhyScored(const Judgment& judgment, core::FactorKind kind) {
  std::vector<std::string> why;
  for (const core::Factor& factor : judgment.factors) {
    if (factor.kind != kind) continue;
    const std::string counted =
        factor.occurrences == 0 ? "" : absl::StrCat(" for ", factor.occurrences, " occurrences");
    why.push_back(absl::StrCat(Quoted(factor.rule), " gives ", factor.points, counted));
  }
  if (why.empty()) why.emplace_back("no rule gives points");
  return why;
}

// The first lines and the last, where the decision fell.
std::vector<std::string> Capped(std::vector<std::string> why) {
  if (why.size() <= kBecauseMax) return why;
  const size_t left_out = why.size() - kBecauseMax + 1;
  const auto from = why.begin() + static_cast<std::ptrdiff_t>(kBecauseMax - 2);
  *from = absl::StrCat("... ", left_out, " more");
  why.erase(from + 1, why.end() - 1);
  return why;
}

// Compares expectations with one judgment and keeps what differs.
class Comparer {
 public:
  explicit Comparer(const Judgment& judgment) : judgment_(judgment) {}

  template <typename T, typename Why>
  void Compare(const char* what, const std::optional<Expected<T>>& expected, const T& found,
               Why why) {
    if (!expected.has_value() || expected->value == found) return;
    Add(what, *expected, Text(found), why(judgment_));
  }

  // As Compare, for what only an MQL has.
  template <typename T>
  void CompareRoute(const char* what, const std::optional<Expected<T>>& expected, const T& found) {
    if (judgment_.qualified) {
      Compare(what, expected, found, WhyRouted);
    } else if (expected.has_value()) {
      Add(what, *expected, kNoMql, WhyRouted(judgment_));
    }
  }

  TestResult Take() && { return std::move(result_); }

 private:
  template <typename T>
  void Add(const char* what, const Expected<T>& expected, std::string found,
           std::vector<std::string> why) {
    result_.mismatches.push_back({expected.line, expected.column, what, Text(expected.value),
                                  std::move(found), Capped(std::move(why))});
  }

  static std::string Text(bool value) { return value ? "true" : "false"; }
  static std::string Text(int32_t value) { return absl::StrCat(value); }
  static std::string Text(const std::string& value) { return value.empty() ? kNothing : value; }

  const Judgment& judgment_;
  TestResult result_;
};

// An account that says nothing of domains has that of the lead.
void MatchByDomain(const core::Facts& facts, core::AccountView& view) {
  const std::vector<std::string> domains = core::AccountDomains(facts);
  if (domains.empty()) return;
  view.domain = domains.back();
  if (view.account.domains.empty()) view.account.domains = {view.domain};
}

std::string FirstOwner(const Judgment& judgment) {
  return judgment.route.owners.empty() ? "" : judgment.route.owners.front().str();
}

}  // namespace

core::Judgment JudgeTest(const core::Policy& policy, const PolicyTest& test) {
  core::LeadRecord lead;
  lead.last_owner = test.last_owner;
  lead.cycle = test.last_owner.empty() ? 0 : 1;  // it has an owner of a cycle that is over
  for (const core::LeadEvent& event : test.events) core::Fold(event, lead.facts);
  std::optional<core::AccountView> account = test.account;
  if (account.has_value() && account->domain.empty()) MatchByDomain(lead.facts, *account);
  const core::AccountView* view = account.has_value() ? &*account : nullptr;
  return core::JudgeWithOwners(policy, lead, view, test.now_ms);
}

TestResult RunTest(const core::Policy& policy, const PolicyTest& test) {
  const Judgment judgment = JudgeTest(policy, test);
  Comparer comparer(judgment);
  comparer.Compare("mql", test.mql, judgment.qualified, WhyQualified);
  comparer.CompareRoute("queue", test.queue, judgment.route.queue.str());
  comparer.CompareRoute("rule", test.rule, judgment.route.rule);
  comparer.CompareRoute("owner", test.owner, FirstOwner(judgment));
  comparer.CompareRoute("requires", test.requirement, judgment.route.requirement);
  comparer.CompareRoute("priority", test.priority, judgment.route.priority);
  comparer.Compare("score.fit", test.fit, judgment.fit, [](const Judgment& scored) {
    return WhyScored(scored, core::FactorKind::kFit);
  });
  comparer.Compare("score.intent", test.intent, judgment.intent, [](const Judgment& scored) {
    return WhyScored(scored, core::FactorKind::kIntent);
  });
  comparer.Compare("disqualified", test.disqualified, judgment.disqualified_reason, WhyQualified);
  return std::move(comparer).Take();
}

std::vector<TestResult> RunTests(const core::Policy& policy, absl::Span<const PolicyTest> tests) {
  std::vector<TestResult> results;
  results.reserve(tests.size());
  for (const PolicyTest& test : tests) results.push_back(RunTest(policy, test));
  return results;
}

std::string ToString(const PolicyTest& test, const TestMismatch& mismatch) {
  return absl::StrCat("test ", Quoted(test.name), " expects ", mismatch.what, " ",
                      mismatch.expected, ", found ", mismatch.found,
                      mismatch.because.empty() ? "" : "; ", absl::StrJoin(mismatch.because, "; "));
}

void AddMismatches(absl::Span<const PolicyTest> tests, absl::Span<const TestResult> results,
                   ErrorList& errors) {
  for (size_t i = 0; i < results.size(); ++i) {
    for (const TestMismatch& mismatch : results[i].mismatches) {
      errors.Add(mismatch.line, mismatch.column, ToString(tests[i], mismatch));
    }
  }
}

}  // namespace baton::policy
