// Running the tests inside a policy.
#include "policy/policy_tests.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policy_testing.h"

namespace baton::policy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr char kBerlin[] = "{lead: {country: DE, employees: 300}, events: [demo_request]}";

// The errors of kSmallPolicy with one test of `given` and `expect`.
std::vector<std::string> Failures(const std::string& given, const std::string& expect,
                                  const std::string& policy = kSmallPolicy) {
  std::string text = policy;
  text.insert(text.find("  routing:\n"),
              "  tests:\n    - {name: A, given: " + given + ", expect: " + expect + "}\n");
  std::vector<std::string> failures;
  for (const DocumentError& error : CheckPolicy(text, "policy.yaml").errors) {
    failures.push_back(ToString(error));
  }
  return failures;
}

TEST(PolicyTestsTest, PassWhenTheDocumentDoesAsExpected) {
  EXPECT_THAT(Failures(kBerlin,
                       "{mql: true, queue: dach, rule: DACH, priority: 0, score: {fit: 30, "
                       "intent: 60}, disqualified: false}"),
              SizeIs(0));
  EXPECT_THAT(Failures("{}", "{mql: false, score: {fit: 0}}"), SizeIs(0));
}

// kSmallPolicy whose first rule is for accounts that somebody owns.
std::string AccountsPolicy() {
  return Changed("match: {country: DE}, to: {queue: dach}",
                 "when: has(account.owner), to: {owner: account, fallback: dach, wait: 30m}");
}

TEST(PolicyTestsTest, GiveLeadsAnAccountAndExpectItsOwner) {
  const std::string lead = "lead: {employees: 300, email: a@lab.acme.de}";
  EXPECT_THAT(Failures("{" + lead + ", account: {owner: ada}}",
                       "{rule: DACH, queue: dach, owner: ada}", AccountsPolicy()),
              SizeIs(0));
  EXPECT_THAT(Failures("{" + lead + ", account: {owner: ada, customer: true, customer_owner: bob}}",
                       "{owner: bob}", AccountsPolicy()),
              SizeIs(0));
  EXPECT_THAT(Failures("{" + lead + ", account: {}, last_owner: cy}",
                       "{rule: default, owner: false}", AccountsPolicy()),
              SizeIs(0));
  EXPECT_THAT(Failures("{" + lead + "}", "{owner: ada}", AccountsPolicy()),
              ElementsAre(HasSubstr("expects owner ada, found (nothing); rule 'DACH' does not "
                                    "match: has(account.owner) does not hold, found (absent)")));
}

TEST(PolicyTestsTest, AnAccountMatchesByTheLeadsDomainUnlessTheTestSaysAnother) {
  const std::string policy =
      Changed("match: {country: DE}", "when: 'account.domain == \"acme.de\"'");
  const std::string lead = "lead: {employees: 300, email: a@lab.acme.de}";
  EXPECT_THAT(Failures("{" + lead + ", account: {}}", "{rule: DACH}", policy), SizeIs(0));
  EXPECT_THAT(Failures("{" + lead + ", account: {domain: acme.com}}", "{rule: default}", policy),
              SizeIs(0));
}

TEST(PolicyTestsTest, OwnersOfLeadsAreThoseWhoHadThem) {
  const std::string policy = Changed("to: {queue: dach}", "to: {owner: lead, fallback: dach}");
  EXPECT_THAT(
      Failures("{lead: {country: DE, employees: 300}, last_owner: cy}", "{owner: cy}", policy),
      SizeIs(0));
}

TEST(PolicyTestsTest, ALeadThatQualifiesAgainGoesToTheRepWhoHadIt) {
  const std::string policy =
      Changed("  routing:\n", "  recycle: {requalify: same_rep}\n  routing:\n");
  const std::string lead = "{lead: {country: DE, employees: 300}, last_owner: cy}";
  EXPECT_THAT(Failures(lead, "{owner: cy, queue: dach}", policy), SizeIs(0));
  EXPECT_THAT(Failures("{lead: {country: DE, employees: 300}}", "{owner: false}", policy),
              SizeIs(0));
}

TEST(PolicyTestsTest, FailuresSayWhatWasExpectedFoundAndWhy) {
  EXPECT_THAT(
      Failures(kBerlin, "{queue: triage}"),
      ElementsAre(AllOf(
          HasSubstr("policy.yaml:14:"),
          HasSubstr("test 'A' expects queue triage, found dach; rule 'DACH' "
                    "matches: has(lead.country) && lead.country == \"DE\" holds, found DE"))));
  EXPECT_THAT(Failures("{lead: {country: FR, employees: 300}}", "{rule: DACH}"),
              ElementsAre(HasSubstr("expects rule DACH, found default; rule 'DACH' does not match: "
                                    "has(lead.country) && lead.country == \"DE\" does not hold, "
                                    "found FR; rule 'default' matches")));
  EXPECT_THAT(Failures("{lead: {employees: 20}}", "{mql: true}"),
              ElementsAre(HasSubstr("expects mql true, found false; definition: fit >= 30 does "
                                    "not hold, found 0")));
  EXPECT_THAT(Failures("{lead: {employees: 20}}", "{queue: dach}"),
              ElementsAre(HasSubstr("expects queue dach, found (no MQL); definition: fit")));
  EXPECT_THAT(Failures(kBerlin, "{score: {fit: 31, intent: 0}}"),
              ElementsAre(HasSubstr("score.fit 31, found 30; 'size' gives 30"),
                          HasSubstr("score.intent 0, found 60; 'demo' gives 60")));
  EXPECT_THAT(Failures("{}", "{score: {intent: 5}}"),
              ElementsAre(HasSubstr("found 0; no rule gives points")));
}

TEST(PolicyTestsTest, KnowDisqualification) {
  const std::string policy =
      Changed("    mql: {match: {fit: \">= 30\"}}\n",
              "    mql: {match: {fit: \">= 30\"}}\n"
              "    disqualify: [{name: ours, match: {vip: true}, reason: COMPETITOR}]\n");
  EXPECT_THAT(Failures("{lead: {vip: true}}", "{disqualified: COMPETITOR, mql: false}", policy),
              SizeIs(0));
  EXPECT_THAT(Failures("{lead: {vip: true}}", "{disqualified: false}", policy),
              ElementsAre(HasSubstr("disqualified (nothing), found COMPETITOR; disqualified by "
                                    "'ours' (COMPETITOR)")));
  EXPECT_THAT(Failures("{lead: {vip: false}}", "{disqualified: VENDOR}", policy),
              ElementsAre(HasSubstr("disqualified VENDOR, found (nothing)")));
}

TEST(PolicyTestsTest, FoldInTimeAndAgeWithIt) {
  const std::string policy = Changed("points: 60", "points: 60, half_life: 7d");
  EXPECT_THAT(Failures("{events: [{activity: demo_request, times: 2, ago: 7d}]}",
                       "{score: {intent: 60}}", policy),
              SizeIs(0));
  EXPECT_THAT(Failures("{lead: {country: FR}, events: [{lead: {country: DE, employees: 200}}]}",
                       "{queue: dach}"),
              SizeIs(0))
      << "what came later stands";
}

TEST(PolicyTestsTest, SayOnlyTheLinesThatDecided) {
  std::string rules;
  for (int i = 0; i < 50; ++i) {
    rules += "    - {name: r" + std::to_string(i) + ", match: {country: US}, to: {queue: dach}}\n";
  }
  const std::string policy = Changed("  routing:\n", "  routing:\n" + rules);
  EXPECT_THAT(Failures(kBerlin, "{queue: triage}", policy),
              ElementsAre(AllOf(HasSubstr("; ... 42 more; rule 'DACH' matches"),
                                HasSubstr("'r7' does not"), Not(HasSubstr("'r8'")))));
}

TEST(PolicyTestsTest, AreNotRunForAPolicyInForce) {
  std::string text = kSmallPolicy;
  text.insert(text.find("  routing:\n"), "  tests: [{name: A, given: {}, expect: {mql: true}}]\n");
  EXPECT_TRUE(ParsePolicy(text, "p").ok());
  EXPECT_FALSE(CheckPolicy(text, "p").ok());
}

TEST(PolicyTestsTest, TheSampleTestsItself) {
  const ParsedPolicy sample = CheckPolicy(SamplePolicy(), "policy.yaml");
  EXPECT_TRUE(sample.ok());
  EXPECT_GE(sample.tests.size(), 5u);
}

}  // namespace
}  // namespace baton::policy
