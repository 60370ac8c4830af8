// The section tests: what it says, and what it is refused for.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policy_testing.h"

namespace baton::policy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

std::string WithTest(const std::string& given, const std::string& expect) {
  return Changed("  routing:\n", "  tests:\n    - {name: A, given: " + given +
                                     ", expect: " + expect + "}\n  routing:\n");
}

PolicyTest OnlyTest(const std::string& given, const std::string& expect) {
  const ParsedPolicy parsed = ParsePolicy(WithTest(given, expect), "policy.yaml");
  EXPECT_THAT(parsed.errors, SizeIs(0));
  EXPECT_THAT(parsed.tests, SizeIs(1));
  return parsed.tests.empty() ? PolicyTest() : parsed.tests.front();
}

std::string OnlyError(const std::string& given, const std::string& expect) {
  const std::vector<std::string> errors = ErrorsOf(WithTest(given, expect));
  EXPECT_THAT(errors, SizeIs(1));
  return errors.empty() ? "" : errors.front();
}

TEST(TestsParserTest, ReadsEveryKindOfAttribute) {
  const PolicyTest test =
      OnlyTest("{lead: {country: DE, employees: 300, vip: true, tags: [a, b], consent: granted}}",
               "{mql: false}");
  ASSERT_THAT(test.events, SizeIs(1));
  const core::LeadEvent& event = test.events[0];
  EXPECT_EQ(event.type, core::EventType::kCaptured);
  EXPECT_EQ(event.occurred_at_ms, kTestNowMs);
  EXPECT_EQ(event.consent, core::Consent::kGranted);
  EXPECT_EQ(event.attributes.at("country"), core::AttributeValue("DE"));
  EXPECT_EQ(event.attributes.at("employees"), core::AttributeValue(int64_t{300}));
  EXPECT_EQ(event.attributes.at("vip"), core::AttributeValue(true));
  EXPECT_EQ(event.attributes.at("tags"), core::AttributeValue(std::vector<std::string>{"a", "b"}));
}

TEST(TestsParserTest, ReadsEvents) {
  const PolicyTest test = OnlyTest(
      "{events: [demo_request, {activity: page_view, times: 3, ago: 2d}, "
      "{lead: {country: AT}, ago: 1h}, {consent: withdrawn}], now: 2026-11-02T10:00:00Z}",
      "{mql: false}");
  const core::TimeMs now = 1'793'613'600'000;
  EXPECT_EQ(test.now_ms, now);
  ASSERT_THAT(test.events, SizeIs(5));
  EXPECT_EQ(test.events[0].occurred_at_ms, now - 2 * core::kDayMs) << "known from the beginning";
  EXPECT_EQ(test.events[1].activity, "demo_request");
  EXPECT_EQ(test.events[1].occurred_at_ms, now);
  EXPECT_EQ(test.events[2].activity_count, 3);
  EXPECT_EQ(test.events[2].occurred_at_ms, now - 2 * core::kDayMs);
  EXPECT_EQ(test.events[3].type, core::EventType::kUpdated);
  EXPECT_EQ(test.events[4].consent, core::Consent::kWithdrawn);
}

TEST(TestsParserTest, ReadsExpectationsWithTheirPlaces) {
  const PolicyTest test =
      OnlyTest("{}",
               "{mql: true, queue: dach, rule: DACH, priority: 0, score: {fit: -3, intent: 4}, "
               "disqualified: false}");
  EXPECT_TRUE(test.mql->value);
  EXPECT_EQ(test.queue->value, "dach");
  EXPECT_EQ(test.queue->line, 14);
  EXPECT_EQ(test.queue->column, 55);
  EXPECT_EQ(test.rule->value, "DACH");
  EXPECT_EQ(test.priority->value, 0);
  EXPECT_EQ(test.fit->value, -3);
  EXPECT_EQ(test.intent->value, 4);
  EXPECT_EQ(test.disqualified->value, "");
}

TEST(TestsParserTest, RefusesWhatIsNotDeclared) {
  EXPECT_THAT(OnlyError("{lead: {contry: DE}}", "{mql: true}"),
              HasSubstr("attribute 'contry' in tests[0].given.lead is not declared in "
                        "spec.attributes; did you mean 'country'?"));
  EXPECT_THAT(OnlyError("{lead: {employees: many}}", "{mql: true}"),
              HasSubstr("tests[0].given.lead.employees must be a whole number"));
  EXPECT_THAT(OnlyError("{lead: {tags: a}}", "{mql: true}"), HasSubstr("must be a list"));
  EXPECT_THAT(OnlyError("{lead: {consent: yes}}", "{mql: true}"),
              HasSubstr("one of unknown, granted, withdrawn"));
  EXPECT_THAT(OnlyError("{}", "{queue: dahc}"), HasSubstr("did you mean 'dach'?"));
  EXPECT_THAT(OnlyError("{}", "{rule: DAHC}"), HasSubstr("did you mean 'DACH'?"));
  EXPECT_THAT(OnlyError("{}", "{disqualified: COMPETITR}"),
              HasSubstr("did you mean 'COMPETITOR'?"));
  EXPECT_THAT(OnlyError("{}", "{disqualified: NO_BUDGET}"), HasSubstr("of class reject"));
}

TEST(TestsParserTest, ReadsAnAccountAndWhoHadTheLead) {
  const ParsedPolicy parsed = ParsePolicy(
      WithTest("{account: {domains: [acme.com, www.ACME.de], name: Acme, owner: ada, customer: "
               "true, group: acme-group}, last_owner: bob}",
               "{mql: false}"),
      "policy.yaml");
  EXPECT_THAT(parsed.errors, ElementsAre(testing::Field(
                                 &DocumentError::message,
                                 HasSubstr("tests[0].given.account is looked at by nothing"))));
  ASSERT_THAT(parsed.tests, SizeIs(1));
  const PolicyTest& test = parsed.tests.front();
  EXPECT_EQ(test.last_owner.str(), "bob");
  const core::Account& account = test.account->account;
  EXPECT_EQ(account.id.str(), "account");
  EXPECT_THAT(account.domains, ElementsAre("acme.com", "acme.de"));
  EXPECT_EQ(account.owner.str(), "ada");
  EXPECT_TRUE(account.customer);
  EXPECT_EQ(account.group.str(), "acme-group");
}

TEST(TestsParserTest, RefusesWhatNoAccountCanBe) {
  const auto errors = [](const std::string& account) {
    std::string text = WithTest("{account: " + account + "}", "{mql: false}");
    const std::string match = "match: {country: DE}";
    text.replace(text.find(match), match.size(), "when: account.customer");
    return ErrorsOf(text);
  };
  EXPECT_THAT(errors("{domain: acme.com}"), SizeIs(0));
  EXPECT_THAT(errors("{domain: gmail.com}"), ElementsAre(HasSubstr("mail provider's domain")));
  EXPECT_THAT(errors("{domains: [co.uk]}"), ElementsAre(HasSubstr("public suffix")));
  EXPECT_THAT(errors("{ower: ada}"), ElementsAre(HasSubstr("did you mean 'owner'?")));
  EXPECT_THAT(errors("{owner: 'a b'}"), ElementsAre(HasSubstr("tests[0].given.account.owner")));
}

TEST(TestsParserTest, RefusesContradictions) {
  EXPECT_THAT(OnlyError("{}", "{mql: false, queue: dach}"),
              HasSubstr("tests[0].expect.queue is of an MQL, but tests[0].expect.mql is false"));
  EXPECT_THAT(OnlyError("{}", "{}"), HasSubstr("expects nothing"));
  EXPECT_THAT(OnlyError("{events: [{activity: a, consent: granted}]}", "{mql: true}"),
              HasSubstr("this has 2 of them"));
  EXPECT_THAT(OnlyError("{events: [{ago: 1d}]}", "{mql: true}"), HasSubstr("this has 0 of them"));
  EXPECT_THAT(OnlyError("{events: [{consent: granted, times: 2}]}", "{mql: true}"),
              HasSubstr("times is of an activity"));
  EXPECT_THAT(OnlyError("{now: tomorrow}", "{mql: true}"),
              HasSubstr("an instant such as 2026-11-02T10:00:00Z"));
}

TEST(TestsParserTest, NamesAreUnique) {
  EXPECT_THAT(ErrorsOf(Changed("  routing:\n",
                               "  tests:\n    - {name: A, given: {}, expect: {mql: false}}\n"
                               "    - {name: A, given: {}, expect: {mql: false}}\n  routing:\n")),
              ElementsAre(HasSubstr("15:14: test 'A' exists already")));
}

TEST(TestsParserTest, HasCaps) {
  std::string tests = "  tests:\n";
  for (size_t i = 0; i <= kTestsMax; ++i) {
    tests += "    - {name: t" + std::to_string(i) + ", given: {}, expect: {mql: false}}\n";
  }
  EXPECT_THAT(ErrorsOf(Changed("  routing:\n", tests + "  routing:\n")),
              ElementsAre(HasSubstr("tests has 201 items, at most 200 are allowed")));
  std::string events = "{events: [";
  for (size_t i = 0; i <= kTestEventsMax; ++i) events += "a, ";
  EXPECT_THAT(OnlyError(events + "]}", "{mql: false}"), HasSubstr("at most 60 are allowed"));
}

TEST(TestsParserTest, ReadsThePropertiesOfActivities) {
  const std::string declared = "  event_properties: {path: string, seconds: int}\n  scoring:\n";
  const auto with = [&](const std::string& given) {
    std::string text = WithTest(given, "{mql: false}");
    return text.replace(text.find("  scoring:\n"), 11, declared);
  };
  const ParsedPolicy parsed = ParsePolicy(
      with("{events: [{activity: page_view, properties: {path: /pricing, seconds: 3}, times: 2}]}"),
      "p");
  ASSERT_TRUE(parsed.ok()) << ToString(parsed.errors.front());
  EXPECT_EQ(parsed.tests[0].events[1].properties,
            (core::Properties{{"path", "/pricing"}, {"seconds", int64_t{3}}}));
  EXPECT_THAT(ErrorsOf(with("{events: [{activity: page_view, properties: {pth: /}}]}")),
              ElementsAre(HasSubstr("property 'pth' in tests[0].given.events[0].properties is not "
                                    "declared in spec.event_properties; did you mean 'path'?")));
  EXPECT_THAT(ErrorsOf(with("{events: [{consent: granted, properties: {path: /}}]}")),
              ElementsAre(HasSubstr("properties is of an activity")));
}

}  // namespace
}  // namespace baton::policy
