#include "policy/policy_diff.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "policy_testing.h"
#include "support/source_tree.h"

namespace baton::policy {
namespace {

using ::testing::ElementsAre;
using ::testing::Not;
using ::testing::SizeIs;

YamlNode Tree(const std::string& yaml) {
  ErrorList errors("policy.yaml");
  std::optional<YamlNode> root = ParseYaml(yaml, errors);
  EXPECT_TRUE(errors.empty());
  return root.value_or(YamlNode());
}

// "changed routing/DACH to.queue: dach -> triage"
std::vector<std::string> Diff(const std::string& before, const std::string& after) {
  std::vector<std::string> lines;
  for (const PolicyChange& change : DiffPolicies(Tree(before), Tree(after))) {
    lines.push_back(std::string(ChangeKindName(change.kind)) + " " + change.section + "/" +
                    change.item + " " + change.field + ": " + change.before + " -> " +
                    change.after);
  }
  return lines;
}

// What differs when `from` in kSmallPolicy becomes `to`.
std::vector<std::string> Edit(const std::string& from, const std::string& to) {
  return Diff(kSmallPolicy, Changed(from, to));
}

TEST(PolicyDiffTest, ADocumentSaysTheSameAsItself) {
  EXPECT_THAT(Diff(SamplePolicy(), SamplePolicy()), SizeIs(0));
}

TEST(PolicyDiffTest, TheWayOfWritingMakesNoDifference) {
  EXPECT_THAT(Edit("{name: size, match: {employees: \">= 200\"}, points: 30}",
                   "# a comment\n        points: 30\n        name: size\n        match:\n"
                   "          employees: '>= 200'"),
              SizeIs(0));
  EXPECT_THAT(Edit("dach: {mode: offer}", "dach: {accept_within: 120m, mode: offer}"), SizeIs(0));
  EXPECT_THAT(Edit("to: {queue: dach}", "to: {priority: 0, queue: dach}"), SizeIs(0));
  EXPECT_THAT(Diff(Changed("country: DE}", "country: [DE, AT]}"),
                   Changed("country: DE}", "country: [AT, DE]}")),
              SizeIs(0));
  EXPECT_THAT(Diff(Changed("match: {country: DE}", "when: 'lead.a == \"x y\"&& b'"),
                   Changed("match: {country: DE}", "when: 'lead.a==\"x y\" &&  b'")),
              SizeIs(0));
}

TEST(PolicyDiffTest, WhatAConditionSaysMakesADifference) {
  EXPECT_THAT(Diff(Changed("match: {country: DE}", "when: 'lead.a == \"x y\"'"),
                   Changed("match: {country: DE}", "when: 'lead.a == \"xy\"'")),
              SizeIs(1));
  EXPECT_THAT(Diff(Changed("country: DE}", "priority: 0}"), Changed("country: DE}", "vip: true}")),
              SizeIs(2))
      << "an attribute may be called like a key that has a default";
}

TEST(PolicyDiffTest, ShowsOldAndNewValues) {
  EXPECT_THAT(Edit("{queue: dach}", "{queue: triage, priority: 5}"),
              ElementsAre("changed routing/DACH to.queue: dach -> triage",
                          "added routing/DACH to.priority:  -> 5"));
  EXPECT_THAT(Edit(">= 200", ">= 300"),
              ElementsAre("changed scoring.fit/size match.employees: \">= 200\" -> \">= 300\""));
  EXPECT_THAT(Edit("{fit: \">= 30\"}", "{fit: \">= 40\"}"),
              ElementsAre("changed definition/ mql.match.fit: \">= 30\" -> \">= 40\""));
  EXPECT_THAT(Edit("name: inbound", "name: outbound"),
              ElementsAre("changed metadata/ name: inbound -> outbound"));
  EXPECT_THAT(Edit("vip: bool", "vip: string"),
              ElementsAre("changed attributes/vip : bool -> string"));
}

TEST(PolicyDiffTest, ShowsWhatCameAndWent) {
  EXPECT_THAT(
      Edit("    dach: {mode: offer}\n", "    dach: {mode: offer}\n    us: {mode: direct}\n"),
      ElementsAre("added queues/us :  -> {mode: direct}"));
  EXPECT_THAT(Edit("    intent:\n      - {name: demo, activity: demo_request, points: 60}\n", ""),
              ElementsAre("removed scoring.intent/demo : {name: demo, activity: demo_request, "
                          "points: 60} -> "));
  EXPECT_THAT(Edit("  routing:\n",
                   "  tests: [{name: A, given: {}, expect: {mql: false}}]\n"
                   "  routing:\n"),
              ElementsAre("added tests/A :  -> {name: A, given: {}, expect: {mql: false}}"));
}

TEST(PolicyDiffTest, KnowsARuleThatGotAnotherName) {
  EXPECT_THAT(Edit("{name: size,", "{name: company size,"),
              ElementsAre("renamed scoring.fit/size : size -> company size"));
}

TEST(PolicyDiffTest, OrderMattersWhereTheFirstMatchWins) {
  const std::string dach = "    - {name: DACH, match: {country: DE}, to: {queue: dach}}\n";
  const std::string us = "    - {name: US, match: {country: US}, to: {queue: triage}}\n";
  const std::string fr = "    - {name: FR, match: {country: FR}, to: {queue: triage}}\n";
  EXPECT_THAT(Diff(Changed(dach, dach + us + fr), Changed(dach, fr + dach + us)),
              ElementsAre("moved routing/FR : 3 of 4 -> 1 of 4"));
  EXPECT_THAT(Diff(Changed(dach, dach + us), Changed(dach, fr + dach + us)), SizeIs(1))
      << "what comes before moves nothing";
  const std::string size = "      - {name: size, match: {employees: \">= 200\"}, points: 30}\n";
  const std::string vip = "      - {name: vip, match: {vip: true}, points: 30}\n";
  EXPECT_THAT(Diff(Changed(size, size + vip), Changed(size, vip + size)), SizeIs(0))
      << "points are summed in any order";
}

TEST(PolicyDiffTest, NamesTheLinesOfBoth) {
  const std::vector<PolicyChange> changes =
      DiffPolicies(Tree(kSmallPolicy), Tree(Changed("spec:\n", "# new\nspec:\n") + "    q: {}\n"));
  ASSERT_THAT(changes, SizeIs(1));
  EXPECT_EQ(changes[0].before_line, 0);
  EXPECT_EQ(changes[0].after_line, 20);
}

TEST(PolicyDiffTest, KnowsTheDefaultsOfTheSchema) {
  const auto schema = nlohmann::json::parse(
      support::SourceText("services/policy/schema/handoff-policy.schema.json"));
  const auto of = [&](const char* definition, const char* key) {
    return schema.at("$defs").at(definition).at("properties").at(key).at("default").dump();
  };
  const std::string reasons = Changed("  routing:\n",
                                      "  reasons: {extend: [{code: A, class: reject}]}\n"
                                      "  routing:\n");
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = reasons;
    return text.replace(text.find(from), from.size(), to);
  };
  const std::string target = "{queue: dach, priority: " + of("route_target", "priority") + "}";
  EXPECT_THAT(Diff(reasons, with("{queue: dach}", target)), SizeIs(0));
  const std::string queue = "{mode: offer, accept_within: " + of("queue", "accept_within") +
                            ", retry_after: " + of("queue", "retry_after") +
                            ", away_after: " + of("queue", "away_after") + "}";
  EXPECT_THAT(Diff(reasons, with("{mode: offer}", queue)), SizeIs(0));
  const std::string reason = "class: reject, fault: " + of("reason", "fault") +
                             ", counts_in_acceptance: " + of("reason", "counts_in_acceptance") +
                             ", needs_revisit_at: " + of("reason", "needs_revisit_at");
  EXPECT_THAT(Diff(reasons, with("class: reject", reason)), SizeIs(0));
  const std::string aged = Changed("{mode: offer}", "{mode: offer, age: {every: 1h}}");
  const std::string age =
      "age: {every: 60m, by: " + of("age", "by") + ", max: " + of("age", "max") + "}";
  EXPECT_THAT(Diff(aged, Changed("{mode: offer}", "{mode: offer, " + age + "}")), SizeIs(0));
  const auto agreed = [](const std::string& level, const std::string& recycle,
                         const std::string& retention) {
    return Changed("  routing:\n", "  sla: [{name: A, metric: accept, target: " + level +
                                       "}]\n  recycle: {cool_down: {TIMING: " + recycle +
                                       "}\n  retention: {won: " + retention + "}\n  routing:\n");
  };
  EXPECT_THAT(Diff(agreed("1h", "1d}", "48h"),
                   agreed("60m, breach: " + of("sla", "breach"),
                          "24h}, requalify: " + of("recycle", "requalify"),
                          "2d, erased_may_return: " + of("retention", "erased_may_return"))),
              SizeIs(0));
  EXPECT_THAT(Diff(agreed("1h", "1d}", "48h"), agreed("61m", "2d}", "49h")), SizeIs(3));
  const auto tested = [](const std::string& event) {
    return Changed("  routing:\n", "  tests: [{name: A, given: {events: [{activity: a" + event +
                                       "}]}, expect: {mql: false}}]\n  routing:\n");
  };
  EXPECT_THAT(Diff(tested(""), tested(", times: " + of("test_event", "times") +
                                      ", ago: " + of("test_event", "ago"))),
              SizeIs(0));
  const auto of_account = [](const std::string& account) {
    return Changed("  routing:\n", "  tests: [{name: A, given: {account: {" + account +
                                       "}}, expect: {mql: false}}]\n  routing:\n");
  };
  EXPECT_THAT(Diff(of_account("owner: ada"),
                   of_account("owner: ada, id: " + of("test_account", "id") +
                              ", customer: " + of("test_account", "customer") +
                              ", open_opportunity: " + of("test_account", "open_opportunity"))),
              SizeIs(0));
}

TEST(PolicyDiffTest, DocumentsThatAreNoPoliciesDoNoHarm) {
  EXPECT_THAT(Diff("[]", kSmallPolicy), Not(SizeIs(0)));
  EXPECT_THAT(Diff(kSmallPolicy, "spec: {routing: {a: 1}, queues: [], scoring: 3}"),
              Not(SizeIs(0)));
}

}  // namespace
}  // namespace baton::policy
