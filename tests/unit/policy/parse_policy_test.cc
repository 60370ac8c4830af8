#include "policy/parse_policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "policy_testing.h"

namespace baton::policy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

core::Policy Sample() {
  ParsedPolicy parsed = ParsePolicy(SamplePolicy(), "policy.yaml");
  for (const DocumentError& error : parsed.errors) ADD_FAILURE() << ToString(error);
  return std::move(parsed.policy);
}

TEST(ParsePolicyTest, ReadsTheHeadOfTheSample) {
  const core::Policy policy = Sample();
  EXPECT_EQ(policy.workspace.str(), "demo");
  EXPECT_EQ(policy.name, "inbound");
  EXPECT_EQ(policy.revision, 0);
  EXPECT_EQ(policy.attributes.at("product_interest"), core::AttributeType::kStringList);
  EXPECT_EQ(policy.attributes.at("budget"), core::AttributeType::kDouble);
}

TEST(ParsePolicyTest, ReadsScoring) {
  const core::Policy policy = Sample();
  ASSERT_EQ(policy.fit.size(), 6u);
  EXPECT_EQ(policy.fit[0].name, "mid-market");
  EXPECT_EQ(policy.fit[0].points, 30);
  EXPECT_EQ(policy.fit[5].points, -40);
  ASSERT_EQ(policy.intent.size(), 4u);
  EXPECT_EQ(policy.intent[0].activity, "demo_request");
  EXPECT_EQ(policy.intent[0].max, 0);
  EXPECT_EQ(policy.intent[0].half_life_ms, 0);
  EXPECT_EQ(policy.intent[2].max, 30);
  EXPECT_EQ(policy.intent[2].half_life_ms, 30 * core::kDayMs);
}

TEST(ParsePolicyTest, ReadsDefinitionAndDisqualification) {
  const core::Policy policy = Sample();
  EXPECT_EQ(policy.definition.size(), 4u);
  ASSERT_EQ(policy.disqualify.size(), 1u);
  EXPECT_EQ(policy.disqualify[0].reason, "COMPETITOR");
}

TEST(ParsePolicyTest, ReadsCalendars) {
  const core::Policy policy = Sample();
  ASSERT_EQ(policy.calendars.size(), 1u);
  EXPECT_EQ(policy.calendars.at("dach").rules().zone, "Europe/Berlin");
  EXPECT_EQ(policy.calendars.at("dach").rules().exceptions.size(), 4u);
}

TEST(ParsePolicyTest, ReadsRoutingAndQueues) {
  const core::Policy policy = Sample();
  ASSERT_EQ(policy.routing.size(), 5u);
  EXPECT_EQ(policy.routing[0].to.queue.str(), "dach-mid");
  EXPECT_EQ(policy.routing[0].to.priority, 5);
  EXPECT_THAT(policy.routing[0].to.skills, ElementsAre("german"));
  EXPECT_TRUE(policy.routing[4].is_default);
  EXPECT_EQ(policy.routing[4].name, "default");
  ASSERT_EQ(policy.queues.size(), 4u);
  const core::QueuePolicy& dach = policy.queues.at(core::QueueId::Trusted("dach-mid"));
  EXPECT_EQ(dach.mode, core::QueueMode::kOffer);
  EXPECT_THAT(dach.skills, ElementsAre("german"));
  EXPECT_EQ(policy.queues.at(core::QueueId::Trusted("triage")).mode, core::QueueMode::kDirect);
}

TEST(ParsePolicyTest, ReadsTheTimesOfAQueue) {
  const core::QueueId id = core::QueueId::Trusted("dach");
  const core::QueuePolicy usual = ParsePolicy(kSmallPolicy, "p").policy.queues.at(id);
  EXPECT_EQ(usual.accept_within_ms, 2 * core::kHourMs);
  EXPECT_EQ(usual.retry_after_ms, 5 * core::kMinuteMs);
  const core::QueuePolicy queue =
      ParsePolicy(Changed("mode: offer", "mode: offer, accept_within: 90s, retry_after: 1d"), "p")
          .policy.queues.at(id);
  EXPECT_EQ(queue.accept_within_ms, 90 * core::kSecondMs);
  EXPECT_EQ(queue.retry_after_ms, core::kDayMs);
}

TEST(ParsePolicyTest, ExtendsTheStandardReasons) {
  const core::Policy policy = Sample();
  EXPECT_EQ(policy.reasons.size(), core::StandardReasons().size() + 1);
  const core::Reason* reason = core::FindReason(policy.reasons, "NO_FIBRE_AREA");
  ASSERT_NE(reason, nullptr);
  EXPECT_EQ(reason->reason_class, core::ReasonClass::kReject);
  EXPECT_EQ(reason->fault, core::ReasonFault::kQuality);
  EXPECT_TRUE(reason->counts_in_acceptance);
}

TEST(ParsePolicyTest, LearnsReasonsBeforeTheRulesThatUseThem) {
  EXPECT_THAT(
      ErrorsOf(Changed("    mql: {match: {fit: \">= 30\"}}\n",
                       "    mql: {match: {fit: \">= 30\"}}\n"
                       "    disqualify: [{name: fibre, match: {country: FR}, reason: NO_FIBRE}]\n"
                       "  reasons: {extend: [{code: NO_FIBRE, class: reject}]}\n")),
      ElementsAre());
}

TEST(ParsePolicyTest, ReadsEveryReasonWord) {
  const ParsedPolicy parsed = ParsePolicy(
      Changed("  routing:\n",
              "  reasons: {extend: [{code: A1, class: recycle, fault: timing, cool_down: 14d, "
              "needs_revisit_at: true, counts_in_acceptance: false}, {code: B, class: lost}, "
              "{code: C, class: decline}, {code: D, class: reroute, fault: none}]}\n  routing:\n"),
      "p");
  EXPECT_TRUE(parsed.ok());
  const core::Reason* reason = core::FindReason(parsed.policy.reasons, "A1");
  ASSERT_NE(reason, nullptr);
  EXPECT_EQ(reason->reason_class, core::ReasonClass::kRecycle);
  EXPECT_EQ(reason->fault, core::ReasonFault::kTiming);
  EXPECT_EQ(reason->cool_down_ms, 14 * core::kDayMs);
  EXPECT_TRUE(reason->needs_revisit_at);
  EXPECT_FALSE(reason->counts_in_acceptance);
  EXPECT_EQ(core::FindReason(parsed.policy.reasons, "B")->reason_class, core::ReasonClass::kLost);
  EXPECT_EQ(core::FindReason(parsed.policy.reasons, "D")->fault, core::ReasonFault::kNone);
}

TEST(ParsePolicyTest, AcceptsJsonToo) {
  EXPECT_THAT(ErrorsOf(R"({"apiVersion": "baton.dev/v1", "kind": "HandoffPolicy",
        "metadata": {"workspace": "acme", "name": "inbound"},
        "spec": {"attributes": {"email": "string"},
          "definition": {"mql": {"match": {"email": "present"}}},
          "routing": [{"default": true, "to": {"queue": "triage"}}],
          "queues": {"triage": {"mode": "direct"}}}})"),
              ElementsAre());
}

TEST(ParsePolicyTest, ReportsAllErrorsInTheOrderOfTheText) {
  std::string text = Changed("points: 30", "pionts: 30");
  text.replace(text.find("{queue: triage}"), 15, "{queue: triag, wieght: 3}");
  text.replace(text.find("mode: direct"), 12, "mode: pulled");
  const std::vector<std::string> errors = ErrorsOf(text);
  ASSERT_EQ(errors.size(), 5u);
  EXPECT_THAT(errors[0], "policy.yaml:8:9: 'points' is missing in scoring.fit[0]");
  EXPECT_THAT(errors[1], HasSubstr("unknown key 'pionts' in scoring.fit[0]; did you mean "
                                   "'points'?"));
  EXPECT_THAT(errors[2], HasSubstr("queue 'triag' of routing[1].to is not among spec.queues; did "
                                   "you mean 'triage'?"));
  EXPECT_THAT(errors[3], HasSubstr("policy.yaml:15:42: unknown key 'wieght' in routing[1].to"));
  EXPECT_THAT(errors[4], HasSubstr("offer, direct, pull"));
}

TEST(InvalidPolicyTest, IsOneStatusWithEveryLine) {
  const absl::Status status = InvalidPolicy({{"p", 1, 2, "first"}, {"p", 3, 4, "second"}});
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(core::ErrorReason(status), "INVALID_POLICY");
  EXPECT_EQ(status.message(), "p:1:2: first\np:3:4: second");
  EXPECT_EQ(core::ErrorVariables(status).at("errors"), "2");
}

TEST(InvalidPolicyTest, FitsAMessage) {
  const std::vector<DocumentError> errors(100, {"p", 1, 1, std::string(90, 'x')});
  const absl::Status status = InvalidPolicy(errors);
  EXPECT_LT(status.message().size(), 500u);
  EXPECT_THAT(std::string(status.message()), HasSubstr("more errors"));
  EXPECT_LT(InvalidPolicy({{std::string(9000, 'f'), 1, 1, "x"}}).message().size(), 500u);
}

}  // namespace
}  // namespace baton::policy
