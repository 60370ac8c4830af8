// The most expensive legal policies found, held to a bound. The bound is generous, as other work
// of the machine slows caches down: what they really take is measured by tests/bench/core_bench.cc.
#include "support/worst_policies.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <ctime>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/decide.h"
#include "core/qualification.h"
#include "core/recompute.h"
#include "support/builders.h"
#include "support/walk_length.h"

namespace baton::policy {
namespace {

constexpr double kMillisecondsMax = support::kIsSanitized ? 500 : 25;
constexpr int kRuns = support::WalkLength(20);

double ThreadMilliseconds() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

// Of the fastest of some runs.
template <typename Work>
double MillisecondsOf(const Work& work) {
  double least = std::numeric_limits<double>::infinity();
  for (int run = 0; run < kRuns; ++run) {
    const double begin = ThreadMilliseconds();
    work();
    least = std::min(least, ThreadMilliseconds() - begin);
  }
  return least;
}

size_t BytesOf(const std::vector<core::ConditionResult>& results) {
  size_t bytes = 0;
  for (const core::ConditionResult& result : results) bytes += result.bytes();
  return bytes;
}

class WorstPoliciesTest : public testing::TestWithParam<support::WorstPolicy> {
 protected:
  // Made once: there are a thousand rules.
  static const core::Policy& PolicyOf(const support::WorstPolicy& worst) {
    static std::map<std::string_view, core::Policy> made;
    const auto [policy, is_new] = made.try_emplace(worst.name);
    if (is_new) policy->second = support::Made(worst);
    return policy->second;
  }

  const core::Policy& policy_ = PolicyOf(GetParam());
  const core::Facts facts_ = support::FullLead();
};

TEST_P(WorstPoliciesTest, AreJudgedByWithinTheBound) {
  const auto judge = [this] { core::Judge(facts_, policy_, support::kFullLeadNow); };
  EXPECT_LT(MillisecondsOf(judge), kMillisecondsMax);
}

TEST_P(WorstPoliciesTest, ALeadIsDecidedWithinTheBound) {
  core::LeadRecord record;
  record.key = support::Key();
  record.facts = facts_;
  const core::LeadEvent event =
      support::Activity("e1", "activity0", support::kFullLeadNow - core::kHourMs);
  const auto decide = [&] {
    core::DecideEvents(record, {&event, 1}, &policy_, support::kFullLeadNow);
  };
  EXPECT_LT(MillisecondsOf(decide), kMillisecondsMax);
}

TEST_P(WorstPoliciesTest, QualifyTheLeadAndLeaveARecordOfBoundedSizeThatIsTrue) {
  const core::Judgment judgment = core::Judge(facts_, policy_, support::kFullLeadNow);
  ASSERT_TRUE(judgment.qualified);
  size_t path_bytes = 0;
  for (const core::RuleStep& step : judgment.route_path) path_bytes += BytesOf(step.conditions);
  EXPECT_LE(path_bytes, 2 * core::kRouteBytesMax);
  EXPECT_LE(BytesOf(judgment.definition), core::kExplanationBytesMax + 1024);
  EXPECT_EQ(judgment.route_path.back().rule, judgment.route.rule);
  EXPECT_EQ(judgment.route_path.size() + static_cast<size_t>(judgment.route_left_out),
            policy_.routing.size());
  EXPECT_EQ(core::RecomputeJudgment(judgment, policy_), std::vector<std::string>());
}

INSTANTIATE_TEST_SUITE_P(AllFound, WorstPoliciesTest,
                         testing::ValuesIn(support::WorstPolicies().begin(),
                                           support::WorstPolicies().end()),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace baton::policy
