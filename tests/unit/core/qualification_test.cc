#include "core/qualification.h"

#include <gtest/gtest.h>

#include <limits>

#include "absl/strings/str_cat.h"
#include "support/builders.h"

namespace baton::core {
namespace {

using support::Activity;
using support::ActivityWith;
using support::ConsentEvent;
using support::kNow;
using support::QualifyingCapture;
using support::QueueNamed;
using support::SamplePolicy;
using support::Updated;
using support::When;

constexpr TimeMs kMidnight = kNow - 9 * kHourMs;

Facts FactsOf(const std::vector<LeadEvent>& events) {
  Facts facts;
  for (const LeadEvent& event : events) Fold(event, facts);
  return facts;
}

int32_t SumOf(const Judgment& judgment, FactorKind kind) {
  int32_t sum = 0;
  for (const Factor& factor : judgment.factors) {
    if (factor.kind == kind) sum += factor.points;
  }
  return sum;
}

// Intent of `events` by one rule, at `now_ms`.
int32_t IntentOf(const IntentRule& rule, const std::vector<LeadEvent>& events, TimeMs now_ms) {
  Policy policy;
  policy.intent = {rule};
  return Judge(FactsOf(events), policy, now_ms).intent;
}

TEST(JudgeTest, QualifiesAndRoutesTheSampleLead) {
  const Judgment judgment = Judge(FactsOf({QualifyingCapture()}), SamplePolicy(), kNow);
  EXPECT_TRUE(judgment.qualified);
  EXPECT_EQ(judgment.policy_revision, 1);
  EXPECT_EQ(judgment.judged_at_ms, kNow);
  EXPECT_EQ(judgment.fit, 50);
  EXPECT_EQ(judgment.intent, 60);
  EXPECT_EQ(judgment.factors, (std::vector<Factor>{{FactorKind::kFit, "mid-market", 30},
                                                   {FactorKind::kFit, "target industry", 20},
                                                   {FactorKind::kIntent, "demo request", 60}}));
  EXPECT_EQ(judgment.definition.size(), 4u);
  EXPECT_EQ(judgment.route, (Route{"DACH", QueueNamed("dach"), 5, {"de"}}));
  EXPECT_EQ(judgment.route_path,
            (std::vector<RuleStep>{{"DACH",
                                    true,
                                    {{"has(lead.country)", "DE", true},
                                     {"lead.country in ['DE', 'AT', 'CH']", "DE", true}}}}));
  EXPECT_TRUE(judgment.errors.empty());
}

TEST(JudgeTest, UnqualifiedLeadShowsEveryConditionAndHasNoRoute) {
  const Judgment judgment =
      Judge(FactsOf({Updated("e1", {{"employees", int64_t{300}}})}), SamplePolicy(), kNow);
  EXPECT_FALSE(judgment.qualified);
  EXPECT_EQ(judgment.definition,
            (std::vector<ConditionResult>{{"fit >= 30", "30", true},
                                          {"intent >= 40", "0", false},
                                          {"has(lead.email)", "(absent)", false},
                                          {"lead.consent != 'withdrawn'", "unknown", true}}));
  EXPECT_EQ(judgment.route, Route());
  EXPECT_TRUE(judgment.route_path.empty());
}

TEST(JudgeTest, WithdrawnConsentDoesNotQualify) {
  EXPECT_FALSE(
      Judge(FactsOf({QualifyingCapture(), ConsentEvent("e2", Consent::kWithdrawn, kNow + 1)}),
            SamplePolicy(), kNow)
          .qualified);
}

TEST(JudgeTest, FirstDisqualifyingRuleWins) {
  Policy policy = SamplePolicy();
  const Condition german = When(policy, "lead.country == 'DE'");
  policy.disqualify = {{"never", When(policy, "!has(lead.country)"), "VENDOR"},
                       {"first", german, "NO_NEED"},
                       {"second", german, "COMPETITOR"}};
  const Judgment judgment = Judge(FactsOf({QualifyingCapture()}), policy, kNow);
  EXPECT_FALSE(judgment.qualified);
  EXPECT_EQ(judgment.disqualified_by, "first");
  EXPECT_EQ(judgment.disqualified_reason, "NO_NEED");
}

TEST(JudgeTest, RoutePathStopsAtTheMatchAndConditionsAtTheFirstFailure) {
  Policy policy = SamplePolicy();
  RouteRule nordics = policy.routing[0];
  nordics.name = "nordics";
  nordics.when = When(policy, "lead.country == 'SE' && has(lead.employees)");
  policy.routing.insert(policy.routing.begin(), nordics);
  const Judgment judgment = Judge(FactsOf({QualifyingCapture()}), policy, kNow);
  ASSERT_EQ(judgment.route_path.size(), 2u);
  EXPECT_EQ(judgment.route_path[0],
            (RuleStep{"nordics", false, {{"lead.country == 'SE'", "DE", false}}}));
  EXPECT_TRUE(judgment.route_path[1].matched);
  EXPECT_EQ(judgment.route.rule, "DACH");
}

// The sample policy with so many rules in front of its routes.
Policy WithRoutes(int count, const std::string& when) {
  Policy policy = SamplePolicy();
  RouteRule rule = policy.routing[0];
  rule.when = When(policy, when);
  for (int i = 0; i < count; ++i) {
    rule.name = absl::StrCat("r", count - i);
    policy.routing.insert(policy.routing.begin(), rule);
  }
  return policy;
}

TEST(JudgeTest, RoutePathHasTheLastRulesAndTellsHowManyWereBefore) {
  const Policy policy = WithRoutes(200, "lead.country == 'SE'");
  const Judgment judgment = Judge(FactsOf({QualifyingCapture()}), policy, kNow);
  EXPECT_EQ(judgment.route.rule, "DACH");
  EXPECT_EQ(judgment.route_path.size(), kRouteStepsMax);
  EXPECT_EQ(judgment.route_left_out, 201 - static_cast<int>(kRouteStepsMax));
  EXPECT_EQ(judgment.route_path[0],
            (RuleStep{"r152", false, {{"lead.country == 'SE'", "DE", false}}}));
  EXPECT_TRUE(judgment.route_path.back().matched);
}

TEST(JudgeTest, RoutePathHasFewerRulesWhereTheyAreLong) {
  const std::string longer =
      "has(lead.country) && has(lead.country) && has(lead.country) && "
      "has(lead.country) && has(lead.country) && lead.country == 'SE'";
  const Policy policy = WithRoutes(40, longer);
  const Judgment judgment = Judge(FactsOf({QualifyingCapture()}), policy, kNow);
  int64_t steps = 0;
  for (size_t i = 0; i < judgment.route_path.size(); ++i) {
    steps += policy.routing[40 - i].when.explain_cost();
  }
  EXPECT_LE(steps, kRouteExplainSteps);
  EXPECT_GT(steps + policy.routing[0].when.explain_cost(), kRouteExplainSteps);
  EXPECT_EQ(judgment.route_path.size() + static_cast<size_t>(judgment.route_left_out), 41u);
}

TEST(JudgeTest, RoutePathIsCappedInBytes) {
  LeadEvent event = QualifyingCapture();
  event.attributes["industry"] = std::string(1000, 'x');
  const std::string text(200, 'y');
  const Policy policy =
      WithRoutes(49, absl::StrCat("lead.industry == '", text, "' || lead.country == '", text, "'"));
  const Judgment judgment = Judge(FactsOf({event}), policy, kNow);
  size_t bytes = 0;
  for (const RuleStep& step : judgment.route_path) bytes += step.conditions.front().bytes();
  EXPECT_LE(bytes, kRouteBytesMax);
  EXPECT_GT(judgment.route_left_out, 0);
  EXPECT_EQ(judgment.route_path.size() + static_cast<size_t>(judgment.route_left_out), 50u);
}

TEST(JudgeTest, DefaultRouteTakesWhatNoRuleMatches) {
  LeadEvent event = QualifyingCapture();
  event.attributes["country"] = std::string("FR");
  const Judgment judgment = Judge(FactsOf({event}), SamplePolicy(), kNow);
  EXPECT_EQ(judgment.route, (Route{"default", QueueNamed("triage"), 0, {}}));
  EXPECT_EQ(judgment.route_path.back(), (RuleStep{"default", true, {}}));
}

TEST(JudgeTest, RouteNeedsTheSkillsOfTargetAndQueueOnce) {
  Policy policy = SamplePolicy();
  policy.routing[0].to.skills = {"de", "enterprise"};
  policy.queues[QueueNamed("dach")].skills = {"b2b", "de"};
  EXPECT_EQ(Judge(FactsOf({QualifyingCapture()}), policy, kNow).route.skills,
            (std::vector<std::string>{"b2b", "de", "enterprise"}));
}

TEST(JudgeTest, EmptyPolicyQualifiesNothingIntoNoQueue) {
  const Judgment judgment = Judge({}, Policy(), kNow);
  EXPECT_TRUE(judgment.route.queue.empty());
  EXPECT_TRUE(judgment.factors.empty());
}

TEST(JudgeTest, FactorsSumToTheScoreAlsoAtTheLimit) {
  Policy policy;
  for (int i = 0; i < 1500; ++i) policy.fit.push_back({"up", {}, 1000});
  policy.fit.push_back({"down", {}, -10});
  const Judgment judgment = Judge({}, policy, kNow);
  EXPECT_EQ(judgment.fit, 999'990);
  EXPECT_EQ(SumOf(judgment, FactorKind::kFit), judgment.fit);
}

TEST(JudgeTest, ScoreIsHeldAtTheLowerLimit) {
  Policy policy;
  for (int i = 0; i < 1500; ++i) policy.fit.push_back({"down", {}, -1000});
  const Judgment judgment = Judge({}, policy, kNow);
  EXPECT_EQ(judgment.fit, -1'000'000);
  EXPECT_EQ(SumOf(judgment, FactorKind::kFit), judgment.fit);
}

TEST(JudgeTest, RulesWithoutPointsAreNoFactors) {
  Policy policy;
  policy.fit = {{"nothing", {}, 0}};
  EXPECT_TRUE(Judge({}, policy, kNow).factors.empty());
}

// The sample lead without an industry, and with a text for its employees.
Judgment OfDoubtfulLead(const Policy& policy) {
  LeadEvent event = QualifyingCapture();
  event.attributes["employees"] = std::string("many");
  event.attributes.erase("industry");
  return Judge(FactsOf({event}), policy, kNow);
}

TEST(JudgeTest, ConditionThatCannotBeDecidedDoesNotMatchAndIsKept) {
  Policy policy = SamplePolicy();
  policy.fit[1].when = When(policy, "lead.industry == 'saas'");
  const Judgment judgment = OfDoubtfulLead(policy);
  EXPECT_EQ(judgment.fit, 0);
  EXPECT_EQ(judgment.errors,
            (std::vector<ConditionError>{
                {RuleSection::kFit, "mid-market", "lead.employees is of type string, declared int"},
                {RuleSection::kFit, "target industry", "no such key: lead.industry"}}));
}

TEST(JudgeTest, ErrorsOfTheDefinitionStandBesideItsConditions) {
  Policy policy = SamplePolicy();
  policy.definition = When(policy, "intent >= 40 && lead.employees > 5");
  const Judgment judgment = OfDoubtfulLead(policy);
  EXPECT_FALSE(judgment.qualified);
  EXPECT_EQ(judgment.definition.at(1).found, "many (of type string, declared int)");
  EXPECT_EQ(judgment.definition.at(1).error, "lead.employees is of type string, declared int");
  EXPECT_EQ(judgment.errors.back().section, RuleSection::kDefinition);
}

TEST(JudgeTest, ErrorsOfRoutesStandBesideTheirConditions) {
  Policy policy = SamplePolicy();
  policy.definition = When(policy, "intent >= 40");
  policy.routing[0].when = When(policy, "lead.industry == 'saas'");
  const Judgment judgment = OfDoubtfulLead(policy);
  EXPECT_EQ(judgment.route.rule, "default");
  EXPECT_EQ(judgment.route_path.at(0).conditions,
            (std::vector<ConditionResult>{
                {"lead.industry == 'saas'", "(absent)", false, "no such key: lead.industry"}}));
  EXPECT_EQ(judgment.errors.back(),
            (ConditionError{RuleSection::kRouting, "DACH", "no such key: lead.industry"}));
}

TEST(JudgeTest, KeepsTheTextsOfAFewErrorsAndNamesAllOthers) {
  Policy policy = SamplePolicy();
  policy.definition = Condition();
  for (int i = 0; i < 100; ++i) {
    policy.fit.push_back({absl::StrCat("size", i), When(policy, "lead.employees > 5"), 1});
  }
  policy.routing[0].when = When(policy, "lead.industry == 'saas'");
  const Judgment judgment = OfDoubtfulLead(policy);
  ASSERT_EQ(judgment.errors.size(), kConditionErrorsMax);
  EXPECT_EQ(judgment.errors.back().error, "lead.employees is of type string, declared int");
  EXPECT_EQ(judgment.more_errors.front(), (ConditionError{RuleSection::kFit, "size15", ""}));
  EXPECT_EQ(judgment.more_errors.back(), (ConditionError{RuleSection::kRouting, "DACH", ""}));
  EXPECT_EQ(judgment.errors.size() + judgment.more_errors.size(), 102u);
}

TEST(IntentTest, EachOccurrenceCountsUpToTheRulesMax) {
  const IntentRule rule{"visits", "page_view", 10, 30, 0};
  EXPECT_EQ(IntentOf(rule, {Activity("e1", "page_view", kNow, 2)}, kNow), 20);
  EXPECT_EQ(IntentOf(rule, {Activity("e1", "page_view", kNow, 9)}, kNow), 30);
  EXPECT_EQ(IntentOf(rule, {Activity("e1", "webinar", kNow)}, kNow), 0);
}

TEST(IntentTest, MaxLimitsNegativePointsToo) {
  const IntentRule rule{"bounces", "bounce", -10, 30, 0};
  EXPECT_EQ(IntentOf(rule, {Activity("e1", "bounce", kNow, 2)}, kNow), -20);
  EXPECT_EQ(IntentOf(rule, {Activity("e1", "bounce", kNow, 9)}, kNow), -30);
}

TEST(IntentTest, HalvesWithEachHalfLifeFromTheStartOfTheDay) {
  const IntentRule rule{"visits", "page_view", 16, 0, 7 * kDayMs};
  const std::vector<LeadEvent> events = {Activity("e1", "page_view", kNow)};
  EXPECT_EQ(IntentOf(rule, events, kMidnight), 16);
  EXPECT_EQ(IntentOf(rule, events, kMidnight + 7 * kDayMs), 8);
  EXPECT_EQ(IntentOf(rule, events, kMidnight + 21 * kDayMs), 2);
  EXPECT_EQ(IntentOf(rule, events, kMidnight + 700 * kDayMs), 0);
}

TEST(IntentTest, RoundsHalfAwayFromZero) {
  const std::vector<LeadEvent> events = {Activity("e1", "page_view", kNow)};
  const TimeMs one_half_life = kMidnight + 7 * kDayMs;
  EXPECT_EQ(IntentOf({"r", "page_view", 5, 0, 7 * kDayMs}, events, one_half_life), 3);
  EXPECT_EQ(IntentOf({"r", "page_view", -5, 0, 7 * kDayMs}, events, one_half_life), -3);
}

TEST(IntentTest, DaysAddUpBeforeRounding) {
  const IntentRule rule{"visits", "page_view", 1, 0, 7 * kDayMs};
  const std::vector<LeadEvent> events = {Activity("e1", "page_view", kNow - 7 * kDayMs),
                                         Activity("e2", "page_view", kNow - 14 * kDayMs),
                                         Activity("e3", "page_view", kNow - 21 * kDayMs)};
  EXPECT_EQ(IntentOf(rule, events, kMidnight), 1);  // 0.5 + 0.25 + 0.125
}

TEST(IntentTest, ActivityDatedAheadHasNotAgedYet) {
  const IntentRule rule{"visits", "page_view", 10, 0, kDayMs};
  EXPECT_EQ(IntentOf(rule, {Activity("e1", "page_view", kNow + 100 * kDayMs)}, kNow), 10);
}

TEST(IntentTest, HugeCountsAreHeldAtTheLimit) {
  Facts facts;
  facts.activities["page_view"][0] = std::numeric_limits<int64_t>::max();
  Policy policy;
  policy.intent = {{"a", "page_view", 1000, 0, 0}, {"b", "page_view", 1000, 0, 0}};
  const Judgment judgment = Judge(facts, policy, kNow);
  EXPECT_EQ(judgment.intent, 1'000'000);
  EXPECT_EQ(SumOf(judgment, FactorKind::kIntent), judgment.intent);
}

// One rule of page views.
Policy CountingPages(const std::string& when, DurationMs half_life_ms = 0) {
  Policy policy;
  support::Declare(policy, {{"country", AttributeType::kString}},
                   {{"path", AttributeType::kString}, {"seconds", AttributeType::kInt}});
  policy.intent = {{"pages", "page_view", 10, 0, half_life_ms, When(policy, when)}};
  return policy;
}

TEST(EventConditionTest, OnlyOccurrencesThatMeetItCount) {
  const Policy policy = CountingPages("event.path == '/pricing'");
  const Facts facts = FactsOf({ActivityWith("e1", {{"path", "/pricing"}}, kNow, 2),
                               ActivityWith("e2", {{"path", "/pricing"}}, kNow - kDayMs),
                               ActivityWith("e3", {{"path", "/docs"}}, kNow, 7),
                               Activity("e4", "page_view", kNow, 9)});
  const Judgment judgment = Judge(facts, policy, kNow);
  EXPECT_EQ(judgment.factors, (std::vector<Factor>{{FactorKind::kIntent, "pages", 30, 3}}));
  EXPECT_TRUE(judgment.errors.empty());
}

TEST(EventConditionTest, TheyDecayLikeAnyOther) {
  const Policy policy = CountingPages("event.path == '/pricing'", 7 * kDayMs);
  const Facts facts = FactsOf({ActivityWith("e1", {{"path", "/pricing"}}, kNow, 2),
                               ActivityWith("e2", {{"path", "/pricing"}}, kNow - 7 * kDayMs, 4),
                               ActivityWith("e3", {{"path", "/docs"}}, kNow, 7)});
  EXPECT_EQ(Judge(facts, policy, kMidnight).intent, 40);
  EXPECT_EQ(Judge(facts, policy, kMidnight + 7 * kDayMs).intent, 20);
}

TEST(EventConditionTest, PropertiesThatAreMissingOrMistypedErrAndDoNotMatch) {
  const Policy policy = CountingPages("event.seconds > 30");
  const Facts facts =
      FactsOf({ActivityWith("e1", {{"seconds", int64_t{60}}}),
               ActivityWith("e2", {{"seconds", "long"}}), ActivityWith("e3", {{"path", "/"}})});
  const Judgment judgment = Judge(facts, policy, kNow);
  EXPECT_EQ(judgment.intent, 10);
  ASSERT_EQ(judgment.errors.size(), 1u) << "one for each rule, however many occasions err";
  EXPECT_EQ(judgment.errors[0].section, RuleSection::kIntent);
  EXPECT_EQ(judgment.errors[0].rule, "pages");
  EXPECT_EQ(judgment.errors[0].error, "event.seconds is of type string, declared int");
}

TEST(EventConditionTest, WhatReadsTheLeadAloneHoldsForAllOrNone) {
  const Policy policy = CountingPages("lead.country == 'DE'");
  const std::vector<LeadEvent> events = {Updated("e1", {{"country", "DE"}}),
                                         Activity("e2", "page_view", kNow, 3)};
  const Judgment judgment = Judge(FactsOf(events), policy, kNow);
  EXPECT_EQ(judgment.factors, (std::vector<Factor>{{FactorKind::kIntent, "pages", 30, 0}}));
  EXPECT_EQ(Judge(FactsOf({events[1]}), policy, kNow).intent, 0);
}

TEST(EventConditionTest, DaysThatFactsNoLongerKeepDoNotCount) {
  const Policy policy = CountingPages("event.path == '/pricing'");
  const Facts facts = FactsOf({ActivityWith("e1", {{"path", "/pricing"}}, kNow - 401 * kDayMs),
                               ActivityWith("e2", {{"path", "/pricing"}}, kNow - 400 * kDayMs),
                               Activity("e3", "page_view", kNow)});
  EXPECT_EQ(Judge(facts, policy, kNow).intent, 10);
}

}  // namespace
}  // namespace baton::core
