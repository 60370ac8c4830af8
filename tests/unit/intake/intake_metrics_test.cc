#include "intake/intake_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

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

TEST(IntakeMetricsTest, DeadLettersOfEveryClassAreCountedFromZeroOn) {
  const auto metrics = platform::NewMetrics();
  IntakeMetrics marketing(store::InputFlow::kMarketing, *metrics);
  IntakeMetrics sales(store::InputFlow::kSales, *metrics);
  const auto beyond =
      static_cast<events::DeadLetterClass>(static_cast<int>(events::kLastDeadLetterClass) + 1);
  EXPECT_EQ(events::DeadLetterClassName(beyond), "");
  const std::string before = metrics->Expose();
  for (const char* flow : {"baton_input", "baton_sales_input"}) {
    EXPECT_THAT(before,
                HasSubstr(absl::StrCat(flow, "_dead_letters_total{class=\"not_parseable\"} 0")));
    EXPECT_THAT(before,
                HasSubstr(absl::StrCat(flow, "_dead_letters_total{class=\"wrong_stage\"} 0")));
  }
  marketing.CountDeadLetter(events::DeadLetterClass::kBadId);
  const std::string after = metrics->Expose();
  EXPECT_THAT(after, HasSubstr("baton_input_dead_letters_total{class=\"bad_id\"} 1"));
  EXPECT_THAT(after, HasSubstr("baton_sales_input_dead_letters_total{class=\"bad_id\"} 0"));
}

}  // namespace
}  // namespace baton::intake
