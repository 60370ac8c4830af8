// What queues require of reps: what is accepted, where errors point, what it means to a lead.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/qualification.h"
#include "lint_testing.h"
#include "policy_testing.h"

namespace baton::policy {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kQueue[] = "dach: {mode: offer}";

std::string Declared(std::string text) {
  const std::string section = "  scoring:\n";
  return text.insert(text.find(section),
                     "  rep_attributes: {languages: list(string), level: int, territories: "
                     "list(string)}\n");
}

// kSmallPolicy with what its queue "dach" requires.
std::string Requiring(const std::string& what) {
  return Declared(Changed(kQueue, "dach: {mode: offer, requires: " + what + "}"));
}

std::string RequirementOf(const std::string& yaml, const std::string& country) {
  const ParsedPolicy parsed = ParsePolicy(yaml, "policy.yaml");
  for (const DocumentError& error : parsed.errors) ADD_FAILURE() << ToString(error);
  core::Facts facts;
  facts.attributes["country"].value = country;
  facts.attributes["employees"].value = int64_t{300};
  return core::Judge(facts, parsed.policy, 0).route.requirement;
}

TEST(RequiresTest, AConditionIsAskedForTheLead) {
  EXPECT_EQ(RequirementOf(Requiring("'lead.country in rep.territories'"), "DE"),
            "\"DE\" in rep.territories");
  EXPECT_EQ(RequirementOf(Requiring("'rep.languages.exists(l, l == \"de\")'"), "DE"),
            "rep.languages.exists(l, l == \"de\")");
  EXPECT_EQ(
      RequirementOf(Requiring("{when: 'intent < 60 || rep.level >= 3', skills: [german]}"), "DE"),
      "");
}

TEST(RequiresTest, SkillsAndAConditionMayBeAskedTogether) {
  const ParsedPolicy parsed =
      ParsePolicy(Requiring("{when: rep.level >= 3, skills: [german]}"), "policy.yaml");
  ASSERT_TRUE(parsed.ok());
  const core::QueuePolicy& dach = parsed.policy.queues.at(core::QueueId::Trusted("dach"));
  EXPECT_THAT(dach.skills, ElementsAre("german"));
  EXPECT_EQ(dach.requirement.text(0), "rep.level >= 3");
}

TEST(RequiresTest, NothingRequiredIsAnError) {
  EXPECT_THAT(ErrorsOf(Requiring("{}")),
              ElementsAre(HasSubstr("'skills' or 'when' is missing in queues.dach.requires")));
  EXPECT_THAT(ErrorsOf(Requiring("[a]")),
              ElementsAre(HasSubstr("queues.dach.requires must be a mapping")));
}

TEST(RequiresTest, ErrorsPointIntoTheCondition) {
  EXPECT_THAT(ErrorsOf(Requiring("'lead.country in rep.teritories'")),
              ElementsAre(HasSubstr("18:56: queues.dach.requires: there is no rep.teritories; did "
                                    "you mean 'territories'?")));
  EXPECT_THAT(ErrorsOf(Requiring("'rep.level > \"1\"'")),
              ElementsAre(HasSubstr("there is no int > string")));
  EXPECT_THAT(ErrorsOf(Requiring("rep.level")), ElementsAre(HasSubstr("true or false")));
}

TEST(RequiresTest, WhatIsNotOfTheLeadOrTheRepIsRefused) {
  EXPECT_THAT(ErrorsOf(Requiring("'now > timestamp(\"2026-01-01T00:00:00Z\") && rep.level > 1'")),
              ElementsAre(HasSubstr("'now' is another one each moment")));
  EXPECT_THAT(ErrorsOf(Requiring("account.customer && rep.level > 1")),
              ElementsAre(HasSubstr("'account.customer' is of the account")));
  EXPECT_THAT(ErrorsOf(Requiring("'rep.languages.exists(l, is_freemail(l))'")),
              Contains(HasSubstr("is_freemail can be asked about the lead here")));
  EXPECT_THAT(ErrorsOf(Requiring("is_freemail(lead.email) || rep.level > 1")), IsEmpty());
}

TEST(RequiresTest, OtherConditionsCannotAskAboutReps) {
  EXPECT_THAT(ErrorsOf(Declared(Changed("match: {country: DE}", "when: rep.level > 1"))),
              ElementsAre(HasSubstr("'rep.level' is an attribute of reps; it can stand in what "
                                    "queues require, not here")));
}

TEST(RequiresTest, WhatTakesTooLongForEachRepIsRefused) {
  const std::string items = "'rep.languages.exists(a, rep.territories.exists(b, a == b + a))'";
  EXPECT_THAT(ErrorsOf(Requiring(items)),
              Contains(HasSubstr("steps for one rep, at most 10000 are allowed")));
}

TEST(RequiresTest, OneThatCanNeverHoldIsFound) {
  const std::string text = Declared(
      ChangedClean(kQueue, "dach: {mode: offer, requires: rep.level > 3 && rep.level < 2}"));
  EXPECT_THAT(
      Lines(FindingsOf(text)),
      ElementsAre(HasSubstr("condition-never-holds 21:35: the condition of queue 'dach' can "
                            "never hold")));
}

TEST(RequiresTest, OneThatNoRepOfTheQueueCanMeetIsFound) {
  const std::string text = Declared(ChangedClean(
      kQueue, "dach: {mode: offer, requires: rep.level > 3 && lead.country in rep.territories}"));
  LintRep ada = {"ada", {"dach", "triage"}, {}, "", {{"level", int64_t{3}}}};
  EXPECT_THAT(Lines(FindingsOf(text, Severity::kWarning, {{ada}})),
              ElementsAre(HasSubstr("queue-without-fitting-reps")));
  ada.attributes["level"] = int64_t{4};
  EXPECT_THAT(Lines(FindingsOf(text, Severity::kWarning, {{ada}})), IsEmpty());
}

TEST(RequiresTest, AScoreThatOnlyAQueueAsksForIsUsed) {
  std::string text = Declared(ChangedClean("mql: fit >= 30 && intent >= 40", "mql: fit >= 30"));
  const std::string queue = kQueue;
  text.replace(text.find(queue), queue.size(),
               "dach: {mode: offer, requires: intent < 40 || rep.level > 1}");
  EXPECT_THAT(Lines(FindingsOf(text)), IsEmpty());
}

}  // namespace
}  // namespace baton::policy
