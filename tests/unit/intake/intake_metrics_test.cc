#include "intake/intake_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace baton::intake {
namespace {

using core::RuleSection;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(IntakeMetricsTest, CountsConditionErrorsByRule) {
  const auto metrics = platform::NewMetrics();
  IntakeMetrics intake(store::InputFlow::kMarketing, *metrics);
  const auto acme = core::WorkspaceId::Trusted("acme");
  intake.CountConditionErrors(acme, {{RuleSection::kFit, "size", "no such key"},
                                     {RuleSection::kDefinition, "", "no such key"}});
  intake.CountConditionErrors(acme, {{RuleSection::kFit, "size", "of another type"}});
  const std::string text = metrics->Expose();
  EXPECT_THAT(text, HasSubstr("baton_policy_condition_errors_total{rule=\"size\",section=\"fit\","
                              "workspace=\"acme\"} 2"));
  EXPECT_THAT(text, HasSubstr("{rule=\"\",section=\"definition\",workspace=\"acme\"} 1"));
}

TEST(IntakeMetricsTest, RulesBeyondTheCapAreCountedTogether) {
  const auto metrics = platform::NewMetrics();
  IntakeMetrics intake(store::InputFlow::kMarketing, *metrics);
  const auto acme = core::WorkspaceId::Trusted("acme");
  for (size_t i = 0; i < IntakeMetrics::kErringRulesMax + 7; ++i) {
    intake.CountConditionErrors(acme, {{RuleSection::kRouting, "r" + std::to_string(i), ""}});
  }
  const std::string text = metrics->Expose();
  EXPECT_THAT(text, HasSubstr("rule=\"r499\""));
  EXPECT_THAT(text, Not(HasSubstr("rule=\"r500\"")));
  EXPECT_THAT(text, HasSubstr("{rule=\"other\",section=\"routing\",workspace=\"other\"} 7"));
}

}  // namespace
}  // namespace baton::intake
