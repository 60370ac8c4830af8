#include "core/requirement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/decide.h"
#include "core/recompute.h"
#include "core/waiting.h"
#include "support/builders.h"

namespace baton::core {
namespace {

using support::kNow;
using support::QueueNamed;
using support::RepNamed;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Attributes = std::map<std::string, AttributeValue>;

// Leads go to "dach", whose reps need the lead's country among their territories, and widen to
// "inside", where that is no matter.
Policy TerritoryPolicy() {
  Policy policy = support::SamplePolicy();
  support::Declare(policy, AttributeTypes(policy.attributes), {},
                   {{"territories", AttributeType::kStringList},
                    {"level", AttributeType::kInt},
                    {"quota", AttributeType::kDouble}});
  policy.fit = {{"all", {}, 50}};
  policy.definition = support::When(policy, "fit >= 30");
  policy.disqualify.clear();
  policy.routing = {{"default", true, {}, {QueueNamed("dach"), 5, {"de"}}}};
  QueuePolicy& dach = policy.queues.at(QueueNamed("dach"));
  dach.requirement = support::When(policy, "lead.country in rep.territories");
  dach.widen = {{kMinuteMs, QueueNamed("inside")}};
  return policy;
}

LeadRecord Qualified(const Policy& policy, const std::string& country) {
  LeadRecord record;
  record.key = support::Key();
  const Plan plan =
      DecideEvents(record, {{support::Updated("e1", {{"country", country}})}}, &policy, kNow);
  return plan.after;
}

bool Meets(const std::string& requirement, const Attributes& attributes) {
  return Requirement(requirement).IsMetBy(attributes);
}

TEST(RequirementTest, TheQueueOfARouteRequiresWhatTheLeadMakesOfItsCondition) {
  const LeadRecord lead = Qualified(TerritoryPolicy(), "DE");
  EXPECT_EQ(lead.judgment.route.requirement, "\"DE\" in rep.territories");
  EXPECT_EQ(lead.requirement, "\"DE\" in rep.territories");
  EXPECT_THAT(lead.judgment.route.skills, ElementsAre("de"));
  EXPECT_THAT(RecomputeJudgment(lead.judgment, TerritoryPolicy()), IsEmpty());
}

TEST(RequirementTest, WhatALeadMakesAnErrorOfIsAnErrorOfItsJudgment) {
  LeadRecord record;
  record.key = support::Key();
  const Policy policy = TerritoryPolicy();
  const Plan plan = DecideEvents(record, {{support::Updated("e1", {})}}, &policy, kNow);
  const std::vector<ConditionError>& errors = plan.after.judgment.errors;
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_EQ(errors[0].section, RuleSection::kRequires);
  EXPECT_EQ(errors[0].rule, "dach");
  EXPECT_THAT(errors[0].error, HasSubstr("lead.country"));
  EXPECT_THAT(Qualified(policy, "DE").judgment.errors, IsEmpty());
}

TEST(RequirementTest, AnotherRequirementIsADifferenceToTheRecord) {
  LeadRecord lead = Qualified(TerritoryPolicy(), "DE");
  lead.judgment.route.requirement = "rep.level > 1";
  EXPECT_THAT(RecomputeJudgment(lead.judgment, TerritoryPolicy()),
              ElementsAre(HasSubstr("requirement: recorded rep.level > 1")));
}

TEST(RequirementTest, ALeadThatWidensLeavesTheRequirementBehind) {
  const Policy policy = TerritoryPolicy();
  Plan plan;
  plan.after = Qualified(policy, "DE");
  plan.after.stage = Stage::kQueued;
  Outwait(&policy, kNow + kMinuteMs, plan);
  EXPECT_EQ(plan.after.queue, QueueNamed("inside"));
  EXPECT_EQ(plan.after.requirement, "");
}

TEST(RequirementTest, ALeadThatIsReroutedMeetsTheRequirementOfItsNewQueue) {
  const Policy policy = TerritoryPolicy();
  LeadRecord lead = Qualified(policy, "AT");
  lead.requirement.clear();
  lead.revision = 1;
  lead.stage = Stage::kOffered;
  lead.queue = QueueNamed("inside");
  lead.rep = RepNamed("ada");
  lead.generation = 1;
  Action action;
  action.type = ActionType::kReroute;
  action.generation = 1;
  action.reason = "WRONG_TERRITORY";
  action.queue = QueueNamed("dach");
  const auto decision = DecideAction(lead, action, &policy, kNow + 1);
  ASSERT_TRUE(decision.ok()) << decision.status();
  EXPECT_EQ(std::get<Plan>(*decision).after.requirement, "\"AT\" in rep.territories");
}

TEST(RequirementTest, ALeadThatNeedNotBeAskedAboutHasNone) {
  Policy policy = TerritoryPolicy();
  policy.queues.at(QueueNamed("dach")).requirement =
      support::When(policy, "lead.country != 'DE' || 'de' in rep.territories");
  EXPECT_EQ(Qualified(policy, "FR").requirement, "");
  EXPECT_EQ(Qualified(policy, "DE").requirement, "\"de\" in rep.territories");
}

TEST(RequirementTest, PartsJoinedByAndStayApart) {
  Policy policy = TerritoryPolicy();
  policy.queues.at(QueueNamed("dach")).requirement = support::When(
      policy,
      "(rep.level > 1 || lead.country == 'FR' || fit > 60) && rep.level < 9 && fit > 40 && "
      "(rep.level > 4 || rep.level < 2)");
  const std::string requirement = Qualified(policy, "DE").requirement;
  EXPECT_EQ(requirement, "rep.level > 1 && rep.level < 9 && (rep.level > 4 || rep.level < 2)");
  EXPECT_TRUE(Meets(requirement, {{"level", int64_t{5}}}));
  EXPECT_FALSE(Meets(requirement, {{"level", int64_t{1}}}));
}

TEST(RequirementTest, OneThatGrowsTooLongIsMetByNobody) {
  Policy policy = TerritoryPolicy();
  policy.queues.at(QueueNamed("dach")).requirement =
      support::When(policy,
                    "rep.territories.exists(t, t == lead.country + lead.country + "
                    "lead.country + lead.country + lead.country)");
  const std::string requirement = Qualified(policy, std::string(1000, 'x')).requirement;
  EXPECT_EQ(requirement, "longer_than_4096_bytes");
  EXPECT_FALSE(Meets(requirement, {}));
}

TEST(RequirementTest, ARepMeetsItByItsAttributes) {
  const std::string requirement = "\"DE\" in rep.territories";
  EXPECT_TRUE(Meets(requirement, {{"territories", std::vector<std::string>{"AT", "DE"}}}));
  EXPECT_FALSE(Meets(requirement, {{"territories", std::vector<std::string>{"AT"}}}));
  EXPECT_TRUE(Meets("double(rep.quota) > 2.5", {{"quota", int64_t{3}}}));
  EXPECT_TRUE(Meets("rep.senior && rep.name == \"A\"", {{"senior", true}, {"name", "A"}}));
}

TEST(RequirementTest, WhatCannotBeDecidedIsNotMet) {
  EXPECT_FALSE(Meets("rep.level > 1", {}));
  EXPECT_FALSE(Meets("rep.level > 1", {{"level", "two"}}));
  EXPECT_FALSE(
      Meets("lead.country in rep.territories", {{"territories", std::vector<std::string>{"DE"}}}));
  EXPECT_FALSE(Meets("not CEL at all", {{"level", int64_t{1}}}));
  EXPECT_FALSE(Meets("", {}));
  EXPECT_TRUE(Meets("rep.level > 1 || rep.senior", {{"senior", true}})) << "errors are absorbed";
  EXPECT_TRUE(Meets("!has(rep.level)", {{"senior", true}}));
  EXPECT_TRUE(Meets("!has(rep.level)", {}));
}

TEST(RequirementTest, TheWordStandsAmongSkillsInTheirOrder) {
  EXPECT_THAT(WantedWords({"1", "german"}, "rep.a"), ElementsAre("1", "?rep.a", "german"));
  EXPECT_THAT(WantedWords({"german"}, ""), ElementsAre("german"));
  const Wanted wanted = SplitWanted({"1", "?rep.a", "german"});
  EXPECT_THAT(wanted.skills, ElementsAre("1", "german"));
  EXPECT_EQ(wanted.requirement, "rep.a");
}

TEST(RequirementTest, RepsWithTheSameAttributesHaveOneProfile) {
  const std::string one = ProfileWord({{"level", int64_t{1}}});
  EXPECT_EQ(one, ProfileWord({{"level", int64_t{1}}}));
  EXPECT_NE(one, ProfileWord({{"level", 1.0}}));
  EXPECT_EQ(ProfileWord({}), "@0");
  EXPECT_TRUE(IsProfileWord(one));
  EXPECT_FALSE(IsProfileWord("german"));
}

TEST(RequirementTest, ThatARepCanNeverMeetItIsProvenOnly) {
  const Policy policy = TerritoryPolicy();
  const auto may = [&policy](const Attributes& attributes, const std::string& condition) {
    return MayMeet(attributes, support::When(policy, condition), *policy.vocabulary);
  };
  EXPECT_FALSE(may({{"level", int64_t{1}}}, "rep.level > 2 && lead.country == 'DE'"));
  EXPECT_TRUE(may({{"level", int64_t{3}}}, "rep.level > 2 && lead.country == 'DE'"));
  EXPECT_FALSE(may({}, "rep.level > 2"));
  EXPECT_TRUE(may({{"level", int64_t{1}}}, "rep.level > 2 || lead.country == 'DE'"));
  EXPECT_TRUE(may({}, "count('page_view', duration('24h')) > 3 || rep.level > 2"));
}

}  // namespace
}  // namespace baton::core
