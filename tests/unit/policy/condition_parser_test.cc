// Conditions of rules in a whole document: what is accepted, and where errors point.
#include "policy/condition_parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/qualification.h"
#include "policy_testing.h"

namespace baton::policy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr char kMatch[] = "match: {employees: \">= 200\"}";
constexpr char kMql[] = "mql: {match: {fit: \">= 30\"}}";

// kSmallPolicy with `condition` (a line, or several) in place of its fit rule's match.
std::vector<std::string> ErrorsOfFit(const std::string& condition) {
  return ErrorsOf(Changed(kMatch, condition));
}

TEST(ConditionParserTest, EveryRuleCanHaveAnExpression) {
  std::string text = Changed(kMatch, "when: lead.employees >= 200 && lead.country != 'FR'");
  const auto change = [&](const std::string& from, const std::string& to) {
    text.replace(text.find(from), from.size(), to);
  };
  change(kMql,
         "mql: fit >= 30 && has(lead.email) && lead.consent != \"withdrawn\"\n"
         "    disqualify: [{name: vendor, when: lead.email.endsWith('@vendor.example'), "
         "reason: VENDOR}]");
  change("match: {country: DE}", "when: 'lead.country in [\"DE\", \"AT\"]'");
  EXPECT_THAT(ErrorsOf(text), ElementsAre());
}

TEST(ConditionParserTest, DefinitionCanBeATextOrAMappingOfOneCondition) {
  EXPECT_THAT(ErrorsOf(Changed(kMql, "mql: {when: fit >= 30}")), ElementsAre());
  EXPECT_THAT(ErrorsOf(Changed(kMql, "mql: {}")),
              ElementsAre(HasSubstr("'when' or 'match' is missing in definition.mql")));
  EXPECT_THAT(ErrorsOf(Changed(kMql, "mql: [fit >= 30]")),
              ElementsAre(HasSubstr("definition.mql must be a mapping")));
}

TEST(ConditionParserTest, MatchAndWhenMeanTheSame) {
  core::Facts facts;
  facts.attributes["employees"].value = int64_t{300};
  const auto fit_of = [&](const std::string& condition) {
    return core::Judge(facts, ParsePolicy(Changed(kMatch, condition), "p").policy, 0).fit;
  };
  EXPECT_EQ(fit_of(kMatch), 30);
  EXPECT_EQ(fit_of("when: has(lead.employees) && lead.employees >= 200"), 30);
  EXPECT_EQ(fit_of("when: lead.employees >= 301"), 0);
}

TEST(ConditionParserTest, EmailAndCompanyNeedNoDeclaration) {
  EXPECT_THAT(ErrorsOf(Changed(", email: string", "")), ElementsAre());
  EXPECT_THAT(ErrorsOfFit("when: lead.email.endsWith('.edu') || lead.company == 'x'"),
              ElementsAre());
  EXPECT_THAT(ErrorsOf(Changed("email: string", "email: string, company: int")), ElementsAre());
}

TEST(ConditionParserTest, OneConditionARule) {
  EXPECT_THAT(ErrorsOfFit("match: {vip: true}, when: lead.vip"),
              ElementsAre(HasSubstr("scoring.fit[0] has 'when' and 'match'; keep one of them")));
  EXPECT_THAT(ErrorsOfFit("when: {vip: true}"),
              ElementsAre(HasSubstr("scoring.fit[0].when must be a condition such as")));
}

TEST(ConditionParserTest, ErrorsNameTheirPlaceAndWhatIsNear) {
  EXPECT_THAT(ErrorsOfFit("when: lead.vip && lead.contry == 'DE'"),
              ElementsAre("policy.yaml:8:45: scoring.fit[0].when: there is no lead.contry; did you "
                          "mean 'country'?\n"
                          " | lead.vip && lead.contry == 'DE'\n"
                          " |                  ^"));
}

TEST(ConditionParserTest, ReportsEveryErrorOfAnExpression) {
  EXPECT_THAT(ErrorsOfFit("when: lead.contry == 'DE' && lead.employees >= 'many' && lead.vp"),
              ElementsAre(HasSubstr("8:33: scoring.fit[0].when: there is no lead.contry"),
                          HasSubstr("8:66: scoring.fit[0].when: there is no int >= string"),
                          HasSubstr("there is no lead.vp; did you mean 'vip'?")));
}

TEST(ConditionParserTest, PlacesAreThoseOfTheDocumentHoweverItIsWritten) {
  EXPECT_THAT(ErrorsOfFit("when: 'lead.country == ''DE'' && lead.vp'"),
              ElementsAre(StartsWith("policy.yaml:8:60: ")));
  EXPECT_THAT(ErrorsOfFit("when: \"lead.country == \\\"D\\u00e4\\\" && lead.vp\""),
              ElementsAre(StartsWith("policy.yaml:8:65: ")));
  const std::string fit = "      - {name: size, match: {employees: \">= 200\"}, points: 30}\n";
  const auto block = [&](const std::string& when) {
    return ErrorsOf(Changed(fit, "      - name: size\n        points: 30\n        when: " + when));
  };
  EXPECT_THAT(block("|\n          lead.country == 'DE' &&\n            lead.vp\n"),
              ElementsAre(StartsWith("policy.yaml:12:18: ")));
  EXPECT_THAT(block(">-\n          lead.country == 'DE' &&\n          lead.vp\n"),
              ElementsAre(StartsWith("policy.yaml:12:16: ")));
  EXPECT_THAT(block("lead.country == 'DE' &&\n          lead.vp\n"),
              ElementsAre(StartsWith("policy.yaml:11:16: ")));
}

TEST(ConditionParserTest, ScoresAreNotThereWhileTheyAreAddedUp) {
  EXPECT_THAT(ErrorsOfFit("when: lead.vip && fit > 3"),
              ElementsAre(HasSubstr("8:40: scoring.fit[0].when: 'fit' is what scoring computes; it "
                                    "can stand in definition, routing and sla, not here")));
}

TEST(ConditionParserTest, ConditionsAreTrueOrFalse) {
  EXPECT_THAT(ErrorsOfFit("when: lead.employees"),
              ElementsAre(HasSubstr("a condition is true or false, this is int")));
  EXPECT_THAT(ErrorsOfFit("when: ''"), ElementsAre(HasSubstr("scoring.fit[0].when: ")));
}

TEST(ConditionParserTest, FunctionsKnowTheCalendarsOfThePolicy) {
  const std::string calendars =
      "  calendars: {dach: {zone: Europe/Berlin, hours: {mon-fri: [\"09:00-18:00\"]}}}\n  "
      "routing:\n";
  std::string text = Changed("  routing:\n", calendars);
  text.replace(text.find(kMatch), sizeof(kMatch) - 1,
               "when: 'business_minutes(last(\"demo\"), now, \"dach\") < 60'");
  EXPECT_THAT(ErrorsOf(text), ElementsAre());
  text.replace(text.find("\"dach\")"), 6, "\"emea\"");
  EXPECT_THAT(ErrorsOf(text), ElementsAre(HasSubstr("there is no calendar 'emea'")));
}

TEST(ConditionParserTest, CostOfAllConditionsIsBounded) {
  std::string rules;
  for (int i = 0; i < 300; ++i) {
    rules += "      - {name: r" + std::to_string(i) +
             ", when: 'lead.tags.all(a, lead.tags.exists(b, a == b))', points: 1}\n";
  }
  EXPECT_THAT(ErrorsOf(Changed("    intent:\n", rules + "    intent:\n")),
              ElementsAre(HasSubstr("steps for one lead, at most")));
}

constexpr char kDemoRule[] = "{name: demo, activity: demo_request, points: 60}";

// kSmallPolicy, whose intent rule has `condition` besides.
std::string Counting(const std::string& condition) {
  std::string text =
      Changed("  scoring:\n", "  event_properties: {path: string, in: int}\n  scoring:\n");
  return text.replace(text.find(kDemoRule), sizeof(kDemoRule) - 1,
                      "{name: demo, activity: demo_request, points: 60, " + condition + "}");
}

TEST(EventConditionTest, IntentRulesCanReadTheEventAndTheLead) {
  const ParsedPolicy parsed =
      ParsePolicy(Counting("when: 'event.path == \"/x\" && lead.employees > 3'"), "p");
  ASSERT_TRUE(parsed.ok()) << ToString(parsed.errors.front());
  EXPECT_TRUE(parsed.policy.intent[0].when.reads_event());
  EXPECT_EQ(parsed.policy.event_properties.size(), 2u);
}

TEST(EventConditionTest, MatchIsShortForIt) {
  const ParsedPolicy parsed =
      ParsePolicy(Counting("match: {event.path: [/a, /b], event.in: \"> 2\", country: DE}"), "p");
  ASSERT_TRUE(parsed.ok()) << ToString(parsed.errors.front());
  const core::Condition& when = parsed.policy.intent[0].when;
  ASSERT_EQ(when.size(), 3u);
  EXPECT_EQ(when.text(0), "has(event.path) && event.path in [\"/a\", \"/b\"]");
  EXPECT_EQ(when.text(1), "has(event.`in`) && event.`in` > 2");
  EXPECT_EQ(when.text(2), "has(lead.country) && lead.country == \"DE\"");
}

TEST(EventConditionTest, OtherRulesHaveNoEvent) {
  std::string text = Counting("max: 60");
  text.replace(text.find(kMatch), sizeof(kMatch) - 1, "when: 'event.path == \"/\"'");
  EXPECT_THAT(ErrorsOf(text),
              ElementsAre(HasSubstr("scoring.fit[0].when: 'event.path' is a property of one "
                                    "activity; it can stand in rules of scoring.intent, which "
                                    "count activities, not here")));
  text = Counting("max: 60");
  text.replace(text.find("match: {country: DE}"), 20, "match: {event.path: /}");
  EXPECT_THAT(ErrorsOf(text), ElementsAre(HasSubstr("'event.path' is a property of one activity")));
}

TEST(EventConditionTest, ErrorsNameWhatIsNear) {
  EXPECT_THAT(ErrorsOf(Counting("when: 'event.pth == \"/\"'")),
              ElementsAre(HasSubstr("did you mean 'path'")));
  EXPECT_THAT(ErrorsOf(Counting("match: {event.pth: /}")),
              ElementsAre(HasSubstr("property 'event.pth' in scoring.intent[0].match is not "
                                    "declared in spec.event_properties; did you mean "
                                    "'event.path'?")));
  EXPECT_THAT(ErrorsOf(Counting("when: event.path > 3")), ElementsAre(HasSubstr("event.path")));
  EXPECT_THAT(ErrorsOf(Counting("when: intent > 3")),
              ElementsAre(HasSubstr("'intent' is what scoring computes")));
  EXPECT_THAT(ErrorsOf(Changed("  scoring:\n",
                               "  event_properties: {a: list(string)}\n  "
                               "scoring:\n")),
              ElementsAre(HasSubstr("a property of an activity is no list")));
}

TEST(EventConditionTest, CostsAsOftenAsItIsLookedAt) {
  std::string rules;
  for (int i = 0; i < 300; ++i) {
    rules += "      - {name: r" + std::to_string(i) +
             ", activity: a, points: 1, when: 'event.path == \"/\"'}\n";
  }
  std::string text = Counting("max: 60");
  text.insert(text.find("      - {name: demo"), rules);
  EXPECT_THAT(ErrorsOf(text), ElementsAre(HasSubstr("fewer rules that read event, whose "
                                                    "conditions count 64 times")));
}

TEST(ConditionParserTest, IntentRulesCountStepsOfTheirOwn) {
  std::string rules;
  for (int i = 0; i < 900; ++i) {
    rules += "      - {name: r" + std::to_string(i) +
             ", activity: a, points: 1, when: " + "'[1, 2, 3, 4].exists(n, lead.employees > n)'}\n";
  }
  std::string text = Counting("max: 60");
  text.insert(text.find("      - {name: demo"), rules);
  EXPECT_THAT(ErrorsOf(text),
              ElementsAre(HasSubstr("fewer intent rules, which count 5 steps each")));
}

}  // namespace
}  // namespace baton::policy
