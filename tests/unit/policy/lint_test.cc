// What lint says of policies.
#include "policy/lint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lint_testing.h"
#include "support/walk_length.h"

namespace baton::policy {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kDach[] = "'lead.country in [\"DE\", \"AT\"]'";
constexpr char kKey[] = "'lead.vip || \"key\" in lead.tags'";

TEST(LintTest, ACleanPolicyHasNoFindings) {
  EXPECT_THAT(Lines(FindingsOf(kCleanPolicy)), IsEmpty());
}

TEST(LintTest, AConditionWhosePartsContradictNeverHolds) {
  EXPECT_THAT(Warnings(kDach, "lead.employees > 300 && lead.employees < 301"),
              ElementsAre("condition-never-holds 16:26: the condition of rule 'DACH' of routing "
                          "can never hold: 'lead.employees > 300' and 'lead.employees < 301' "
                          "contradict each other"));
  for (const char* never :
       {"'lead.country == \"DE\" && lead.country == \"AT\"'",
        "'lead.country == \"DE\" && !has(lead.country)'", "lead.vip && !lead.vip",
        "'lead.country in [\"DE\"] && lead.country.startsWith(\"A\")'",
        "'lead.country.startsWith(\"AB\") && !lead.country.startsWith(\"A\")'",
        "'\"a\" in lead.tags && !lead.tags.exists(t, t == \"a\")'",
        "lead.budget > 1.5 && lead.budget <= 1.5", "'lead.consent == \"maybe\"'",
        "'size(lead.tags) > 3 && !(size(lead.tags) > 3)'",
        "lead.budget == 11.5 && lead.budget == 11.6",
        "'lead.employees > 3 && lead.employees < 6 && !(lead.employees in [4, 5])'",
        "'(lead.vip ? lead.employees > 9 : lead.employees > 7) && lead.employees < 5'"}) {
    EXPECT_THAT(Warnings(kDach, never), ElementsAre(StartsWith("condition-never-holds"))) << never;
  }
}

TEST(LintTest, ConditionsOnAccountsAreUnderstood) {
  EXPECT_THAT(Warnings(kDach, "'account.owner == \"ada\" && !has(account.owner)'"),
              ElementsAre(StartsWith("condition-never-holds")));
  EXPECT_THAT(Warnings(kDach, "has(account.owner) && !account.customer"), IsEmpty());
}

TEST(LintTest, WhatMayHoldIsNotReported) {
  for (const char* may :
       {"lead.employees > 300 && lead.employees < 302", "lead.budget > 11.5 && lead.budget < 11.6",
        "'lead.country == \"DE\" || lead.country == \"AT\"'", "'lead.consent == \"withdrawn\"'",
        "'size(lead.tags) > 3 && size(lead.tags) < 2'",  // beyond what is understood
        "'lead.country.startsWith(\"D\") && lead.country.endsWith(\"E\")'",
        "'\"a\" in lead.tags && \"b\" in lead.tags'"}) {
    EXPECT_THAT(Warnings(kDach, may), IsEmpty()) << may;
  }
}

TEST(LintTest, AConditionThatEveryLeadMeetsAlwaysHolds) {
  EXPECT_THAT(Warnings(kKey, "fit > -1"),
              ElementsAre("condition-always-holds 17:25: the condition of rule 'key' of routing "
                          "holds for every lead: 'fit > -1'"));
  EXPECT_THAT(Warnings(kKey, "'has(lead.vip) || !has(lead.vip)'"),
              ElementsAre(StartsWith("condition-always-holds")));
  EXPECT_THAT(Warnings("fit >= 30 && intent >= 40", "fit >= 30 && intent >= 0"),
              Contains("condition-always-holds 12:10: a part of definition.mql holds for every "
                       "lead: 'intent >= 0'"));
  EXPECT_THAT(Warnings(kKey, "lead.vip || !lead.vip"), IsEmpty())
      << "not of a lead of which it is not known";
}

TEST(LintTest, PointsThatNoLeadCanGetAreOutOfReach) {
  EXPECT_THAT(Warnings("fit >= 30 &&", "fit >= 50 &&"),
              ElementsAre("score-out-of-reach 12:10: no lead can get the points that "
                          "definition.mql asks for: 'fit >= 50' is out of reach, the rules give "
                          "fit between 0 and 30"));
  EXPECT_THAT(Warnings("intent >= 40", "intent >= 61"),
              ElementsAre(HasSubstr("the rules give intent between 0 and 60")));
  EXPECT_THAT(Warnings("points: 60, max: 60", "points: 60"), IsEmpty());
}

TEST(LintTest, ScoresThatNothingAsksForAreWithoutUse) {
  EXPECT_THAT(Warnings("mql: fit >= 30 && intent >= 40", "mql: intent >= 40"),
              ElementsAre("score-without-use 8:7: nothing asks for fit, so its 1 rule decides "
                          "nothing"));
  EXPECT_THAT(Warnings("points: 60, max: 60", "points: 0"),
              Contains(StartsWith("rule-without-points 10:9: rule 'demo' of scoring.intent")));
}

TEST(LintTest, ARuleThatAnEarlierOneCoversIsUnreachable) {
  EXPECT_THAT(Warnings(kKey, "'lead.country == \"AT\" && lead.vip'"),
              ElementsAre("unreachable-rule 17:7: rule 'key' of routing can never match: rule "
                          "'DACH' before it takes all its leads"));
  const std::string two =
      ChangedClean("    - {name: key",
                   "    - {name: large, match: {employees: \">= 500\"}, to: {queue: dach}}\n"
                   "    - {name: other, match: {employees: \"< 500\"}, to: {queue: dach}}\n"
                   "    - {name: any size, match: {employees: present}, to: {queue: dach}}\n"
                   "    - {name: key");
  EXPECT_THAT(Lines(FindingsOf(two)), IsEmpty())
      << "an employees of another type gets to the third";
  std::string typed = two;
  typed.replace(typed.find("{employees: present}"), 20, "{employees: \">= 0\"}");
  EXPECT_THAT(Lines(FindingsOf(typed)),
              ElementsAre("unreachable-rule 19:7: rule 'any size' of routing can never match: "
                          "rules 'large', 'other' before it together take all its leads"));
}

TEST(LintTest, ARuleThatNoQualifiedLeadGetsToIsUnreachable) {
  EXPECT_THAT(Warnings(kKey, "intent < 40"),
              ElementsAre("unreachable-rule 17:7: rule 'key' of routing can never match: no lead "
                          "that meets the definition gets to it"));
  EXPECT_THAT(Warnings(kKey, "lead.budget < 5.0"), ElementsAre(StartsWith("unreachable-rule")))
      << "they are disqualified";
  EXPECT_THAT(Warnings("lead.budget < 10.0", "fit >= 20"),
              ElementsAre("no-lead-qualifies 12:5: every lead that meets definition.mql is "
                          "disqualified"));
}

TEST(LintTest, ADisqualificationIsShadowedByAnEarlierOne) {
  EXPECT_THAT(Warnings("  routing:\n",
                       "      - {name: poor, when: lead.budget < 5.0, reason: NO_NEED}\n"
                       "  routing:\n"),
              ElementsAre(StartsWith("shadowed-disqualification 15:9: rule 'poor' of "
                                     "definition.disqualify can never match: rule 'tiny'")));
}

TEST(LintTest, OverlapsAreNotes) {
  const auto notes = [](const std::string& condition) {
    return Lines(FindingsOf(ChangedClean(kKey, condition), Severity::kNote));
  };
  EXPECT_THAT(notes("lead.employees > 1000"),
              Contains("overlapping-rules 17:7: a lead of rule 'key' can also match 'DACH'; what "
                       "stands first wins"));
  EXPECT_THAT(notes("'lead.country == \"FR\"'"), Not(Contains(StartsWith("overlapping-rules"))));
  EXPECT_THAT(notes("'lead.country != \"FR\"'"), Not(Contains(StartsWith("overlapping-rules"))))
      << "the special case stands before the general one";
}

TEST(LintTest, ServiceLevelsAreLookedAt) {
  const auto notes = [](const std::string& level) {
    return Lines(FindingsOf(ChangedClean("  queues:\n",
                                         "  sla:\n    - {name: a, metric: accept, "
                                         "target: 1h, " +
                                             level + "}\n  queues:\n"),
                            Severity::kNote));
  };
  EXPECT_THAT(notes("applies: intent > 60"),
              Contains(AllOf(StartsWith("score-out-of-reach 20:"),
                             HasSubstr("points that service level 'a' asks for"))));
  EXPECT_THAT(notes("calendar: queue"),
              Contains(AllOf(StartsWith("sla-without-calendar 20:"),
                             HasSubstr("service level 'a' counts every hour of leads in queues "
                                       "without calendar: dach, triage"))));
  EXPECT_THAT(notes("warn: 50%"), Not(Contains(StartsWith("sla-without-calendar"))));
}

TEST(LintTest, QueuesNeedLeadsAndReps) {
  EXPECT_THAT(
      Warnings("    dach: {mode: offer}\n", "    dach: {mode: offer}\n    us: {mode: offer}\n"),
      ElementsAre("queue-never-routed 21:5: nothing sends leads to queue 'us'"));
  const std::string skilled =
      ChangedClean("{mode: offer}", "{mode: offer, requires: {skills: [german]}}");
  const LintRep ada{"ada", {"dach", "triage"}, {"german"}, ""};
  const LintRep bob{"bob", {"triage"}, {}, ""};
  EXPECT_THAT(Lines(FindingsOf(skilled, Severity::kWarning, {{ada}})), IsEmpty());
  EXPECT_THAT(Lines(FindingsOf(skilled, Severity::kWarning, {{bob}})),
              ElementsAre("queue-without-reps 20:5: no rep serves queue 'dach', so its leads wait "
                          "for ever"));
  const LintRep eve{"eve", {"dach", "triage"}, {}, ""};
  EXPECT_THAT(Lines(FindingsOf(skilled, Severity::kWarning, {{eve}})),
              ElementsAre(StartsWith("queue-without-skills 20:5: no rep of queue 'dach' has all "
                                     "the skills it requires: german")));
  const std::string asked = ChangedClean("{queue: dach}}", "{queue: dach, skills: [legal]}}");
  EXPECT_THAT(Lines(FindingsOf(asked, Severity::kWarning, {{ada}})),
              ElementsAre(StartsWith("route-without-skills 16:")));
}

TEST(LintTest, DeclarationsWithoutUseAreNotes) {
  const auto notes = [](const std::string& from, const std::string& to) {
    return Lines(FindingsOf(ChangedClean(from, to), Severity::kNote));
  };
  EXPECT_THAT(notes("{country:", "{fax: string, country:"),
              Contains("unused-attribute 5:16: no rule reads attribute 'fax'"));
  EXPECT_THAT(notes("  queues:\n",
                    "  reasons: {extend: [{code: NO_FIBRE, class: reject}]}\n"
                    "  queues:\n"),
              Contains("unused-reason 19:22: no rule gives reason NO_FIBRE"));
  EXPECT_THAT(notes("  queues:\n",
                    "  calendars: {berlin: {zone: Europe/Berlin, hours: {mon: "
                    "[\"09:00-17:00\"]}}}\n  queues:\n"),
              Contains(StartsWith("unused-calendar 19:15: ")));
}

TEST(LintTest, PoliciesHaveTestsThatReachTheirRules) {
  std::string untested = kCleanPolicy;
  untested.resize(untested.find("  tests:"));
  EXPECT_THAT(Lines(FindingsOf(untested)), ElementsAre(StartsWith("no-tests 15:3: ")));
  EXPECT_THAT(
      Lines(FindingsOf(ChangedClean("lead: {vip: true", "lead: {vip: false"), Severity::kNote)),
      Contains("untested-rule 17:7: no test has a lead that rule 'key' of routing "
               "matches"));
}

TEST(LintTest, TheSampleIsClean) {
  EXPECT_THAT(Lines(FindingsOf(SamplePolicy())), IsEmpty());
}

TEST(LintTest, ManyRulesTakeNoTime) {
  std::string rules;
  for (int i = 0; i < support::WalkLength(300); ++i) {
    rules += "    - {name: r" + std::to_string(i) + ", match: {employees: \"> " +
             std::to_string(i) + "\", country: \"!= C" + std::to_string(i) +
             "\"}, to: {queue: dach}}\n";
  }
  EXPECT_THAT(FindingsOf(ChangedClean("    - {default", rules + "    - {default")), Not(IsEmpty()));
}

TEST(LintTest, ConditionsOnEventsAreUnderstood) {
  const auto with = [](const std::string& when) {
    std::string text =
        ChangedClean("  scoring:\n", "  event_properties: {path: string}\n  scoring:\n");
    const size_t intent = text.find("    intent:\n");
    EXPECT_NE(intent, std::string::npos);
    return text.insert(intent + 12, "      - {name: page, activity: page_view, points: 9, when: '" +
                                        when + "'}\n");
  };
  EXPECT_THAT(Lines(FindingsOf(with("event.path == \"/a\""))), IsEmpty());
  EXPECT_THAT(Lines(FindingsOf(with("event.path == \"/a\" && event.path == \"/b\""))),
              ElementsAre(HasSubstr("rule 'page' of scoring.intent can never hold")));
  EXPECT_THAT(Lines(FindingsOf(with("lead.employees > 1"), Severity::kNote)),
              Contains(StartsWith("unused-property")));
}

}  // namespace
}  // namespace baton::policy
