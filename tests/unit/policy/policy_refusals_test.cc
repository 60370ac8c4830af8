// What a policy document is refused for.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policy_testing.h"

namespace baton::policy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// The only error of kSmallPolicy with `from` replaced by `to`.
std::string ErrorOf(const std::string& from, const std::string& to) {
  const std::vector<std::string> errors = ErrorsOf(Changed(from, to));
  if (errors.size() == 1) return errors.front();
  std::string all = std::to_string(errors.size()) + " errors";
  for (const std::string& error : errors) all += "\n" + error;
  return all;
}

TEST(PolicyRefusalsTest, TheSmallPolicyIsValid) {
  EXPECT_THAT(ErrorsOf(kSmallPolicy), ElementsAre());
}

TEST(PolicyRefusalsTest, WrongHead) {
  EXPECT_THAT(ErrorOf("baton.dev/v1", "baton.dev/v2"), HasSubstr("did you mean 'baton.dev/v1'?"));
  EXPECT_THAT(ErrorOf("HandoffPolicy", "Policy"), HasSubstr("kind must be one of HandoffPolicy"));
  EXPECT_THAT(ErrorOf("workspace: acme", "workspace: ac/me"), HasSubstr("metadata.workspace must"));
  EXPECT_THAT(ErrorOf("name: inbound", "name: " + std::string(65, 'a')),
              HasSubstr("metadata.name"));
  EXPECT_THAT(ErrorOf(", name: inbound", ""), HasSubstr("'name' is missing in metadata"));
  EXPECT_THAT(ErrorOf("kind: HandoffPolicy\n", ""), HasSubstr("'kind' is missing in the document"));
  EXPECT_THAT(ErrorsOf("[]"),
              ElementsAre("policy.yaml:1:1: the document must be a mapping, this is a list"));
  EXPECT_THAT(ErrorsOf(""), ElementsAre("policy.yaml:1:1: the document is empty"));
}

TEST(PolicyRefusalsTest, Owners) {
  EXPECT_THAT(ErrorOf("{queue: dach}", "{queue: dach, fallback: dach}"),
              HasSubstr("fallback is for a target with an owner"));
  EXPECT_THAT(ErrorOf("{queue: dach}", "{queue: dach, wait: 30m}"),
              HasSubstr("wait is for a target with an owner"));
  EXPECT_THAT(ErrorOf("{queue: dach}", "{owner: lead}"), HasSubstr("'fallback' is missing in"));
  EXPECT_THAT(ErrorOf("{queue: dach}", "{owner: lead, fallback: dahc}"),
              HasSubstr("queue 'dahc' of routing[0].to is not among spec.queues; did you mean"));
  EXPECT_THAT(ErrorOf("{queue: dach}", "{owner: lead, fallback: dach, queue: dach}"),
              HasSubstr("say fallback: NAME instead of queue"));
  EXPECT_THAT(ErrorOf("{queue: dach}", "{owner: contact, fallback: dach}"),
              HasSubstr("account, lead"));
}

TEST(PolicyRefusalsTest, WaitingInQueues) {
  const auto queue = [](const std::string& keys) {
    return ErrorOf("{mode: offer}", "{mode: offer, " + keys + "}");
  };
  EXPECT_THAT(queue("strategy: fairest"), HasSubstr("weighted_fair, least_loaded"));
  EXPECT_THAT(queue("widen: [{after: 30m, to: dach}]"), HasSubstr("is the queue itself"));
  EXPECT_THAT(queue("widen: [{after: 30m, to: emea}]"), HasSubstr("queue 'emea' of queues.dach"));
  EXPECT_THAT(queue("widen: [{after: 30m}]"), HasSubstr("'to' is missing in"));
  EXPECT_THAT(queue("escalate_to: dach"), HasSubstr("needs a max_wait"));
  EXPECT_THAT(queue("max_wait: 0s"), HasSubstr("max_wait"));
  EXPECT_THAT(queue("age: {every: 10s}"), HasSubstr("queues.dach.age.every"));
  EXPECT_THAT(queue("age: {every: 1h, by: 0}"), HasSubstr("queues.dach.age.by"));
  EXPECT_THAT(queue("age: {by: 1}"), HasSubstr("'every' is missing in queues.dach.age"));
  EXPECT_THAT(ErrorOf("mode: offer", "mode: pull, strategy: least_loaded"),
              HasSubstr("so no strategy chooses"));
  EXPECT_THAT(ErrorOf("mode: offer", "mode: pull, accept_within: 1h"),
              HasSubstr("queues.dach is claimed from"));
}

TEST(PolicyRefusalsTest, Attributes) {
  EXPECT_THAT(ErrorOf("vip: bool", "vip: boolean"), HasSubstr("did you mean 'bool'?"));
  EXPECT_THAT(ErrorOf("vip: bool", "fit: int"), HasSubstr("'fit' is what Baton computes"));
  EXPECT_THAT(ErrorOf("vip: bool", "my-vip: bool"), HasSubstr("attribute 'my-vip' must be"));
  EXPECT_THAT(ErrorOf("vip: bool", "vip: "), HasSubstr("this is nothing"));
  std::string many = "attributes: {";
  for (int i = 0; i < 65; ++i) many += "a" + std::to_string(i) + ": int, ";
  EXPECT_THAT(ErrorOf("attributes: {", many), HasSubstr("at most 64 are allowed"));
}

TEST(PolicyRefusalsTest, Scoring) {
  EXPECT_THAT(ErrorOf("points: 30", "points: 1001"), HasSubstr("from -1000 to 1000"));
  EXPECT_THAT(ErrorOf("points: 30", "points: '30'"), HasSubstr("a whole number"));
  EXPECT_THAT(ErrorOf("points: 30", "points: 1e2"), HasSubstr("a whole number"));
  EXPECT_THAT(ErrorOf("points: 60", "points: 60, half_life: 30"), HasSubstr("such as 90s, 5m, 2h"));
  EXPECT_THAT(ErrorOf("points: 60", "points: 60, half_life: 99999999999999999999d"),
              HasSubstr("a duration"));
  EXPECT_THAT(ErrorOf("points: 60", "points: 60, half_life: 5m"), HasSubstr("from 1h to 3650d"));
  EXPECT_THAT(ErrorOf("points: 60", "points: -6, max: 3"), HasSubstr("limits points above zero"));
  EXPECT_THAT(ErrorOf("demo_request", "demo request"), HasSubstr("the name of an activity"));
  EXPECT_THAT(ErrorOf("points: 30}\n",
                      "points: 30}\n      - {name: size, match: {vip: true}, points: 1}\n"),
              HasSubstr("rule 'size' exists already"));
  EXPECT_THAT(ErrorOf("match: {employees: \">= 200\"}", "match: {fit: \">= 200\"}"),
              HasSubstr("'fit' is what scoring computes"));
}

TEST(PolicyRefusalsTest, Disqualification) {
  const std::string mql = "    mql: {match: {fit: \">= 30\"}}\n";
  EXPECT_THAT(
      ErrorOf(mql, mql + "    disqualify: [{name: x, match: {vip: true}, reason: NO_BUDGET}]\n"),
      HasSubstr("must be a reason of class reject (COMPETITOR, "));
  EXPECT_THAT(ErrorOf(mql, mql + "    disqualify: [{match: {vip: true}, reason: VENDOR}]\n"),
              HasSubstr("'name' is missing in definition.disqualify[0]"));
}

TEST(PolicyRefusalsTest, Routing) {
  EXPECT_THAT(ErrorOf("    - {default: true, to: {queue: triage}}\n", ""),
              HasSubstr("routing needs a last rule {default: true"));
  EXPECT_THAT(ErrorOf("{name: DACH, match: {country: DE}, to", "{default: true, to"),
              HasSubstr("routing[0] is the default, so no rule after it can match"));
  EXPECT_THAT(ErrorOf("default: true,", "default: true, match: {vip: true},"),
              HasSubstr("matches always; give it no match"));
  EXPECT_THAT(ErrorOf("default: true,", "default: true, when: lead.vip,"),
              HasSubstr("matches always; give it no when"));
  EXPECT_THAT(ErrorOf("name: DACH, ", ""), HasSubstr("'name' is missing in routing[0]"));
  EXPECT_THAT(ErrorOf("name: DACH", "name: default"), HasSubstr("only the default rule"));
  EXPECT_THAT(ErrorOf("match: {country: DE}, ", ""),
              HasSubstr("'when' or 'match' is missing in routing[0]"));
  EXPECT_THAT(ErrorOf("{queue: dach}", "{queue: dahc}"), HasSubstr("did you mean 'dach'?"));
  EXPECT_THAT(ErrorOf("{queue: dach}", "{queue: dach, priority: 101}"), HasSubstr("from 0 to 100"));
  EXPECT_THAT(ErrorOf("{queue: dach}", "{queue: dach, skills: [a, a]}"),
              HasSubstr("appears twice"));
  EXPECT_THAT(ErrorOf("{queue: dach}", "{queue: dach, skills: a}"), HasSubstr("must be a list"));
  EXPECT_THAT(ErrorOf("{queue: dach}", "dach"), HasSubstr("routing[0].to must be a mapping"));
}

TEST(PolicyRefusalsTest, Queues) {
  EXPECT_THAT(ErrorOf("mode: direct", "mode: direct, accept_within: 2h"),
              HasSubstr("assigns directly"));
  EXPECT_THAT(ErrorOf("mode: offer", "mode: offer, accept_within: 31d"),
              HasSubstr("from 1s to 30d"));
  EXPECT_THAT(ErrorOf("mode: offer", "mode: offer, accept_within: 0s"), HasSubstr("this is '0s'"));
  EXPECT_THAT(ErrorOf("mode: offer", "mode: ofer"), HasSubstr("did you mean 'offer'?"));
  EXPECT_THAT(ErrorOf("    triage: {mode: direct}\n",
                      "    triage: {mode: direct}\n    a b: {mode: offer}\n"),
              HasSubstr("the name of a queue must be"));
  EXPECT_THAT(ErrorOf("    triage: {mode: direct}\n",
                      "    triage: {mode: direct}\n    triage: {mode: offer}\n"),
              HasSubstr("key 'triage' appears twice"));
}

TEST(PolicyRefusalsTest, Reasons) {
  const auto extended = [](const std::string& reason) {
    return ErrorOf("  queues:\n", "  reasons: {extend: [" + reason + "]}\n  queues:\n");
  };
  EXPECT_THAT(extended("{code: VENDOR, class: reject}"), HasSubstr("'VENDOR' exists already"));
  EXPECT_THAT(extended("{code: A, class: reject}, {code: A, class: lost}"),
              HasSubstr("exists already"));
  EXPECT_THAT(extended("{code: no-fibre, class: reject}"), HasSubstr("must be like NO_FIBRE_AREA"));
  EXPECT_THAT(extended("{code: A, class: rejct}"), HasSubstr("did you mean 'reject'?"));
  EXPECT_THAT(extended("{code: A, class: reject, cool_down: 5d}"), HasSubstr("of class recycle"));
  EXPECT_THAT(extended("{code: A, class: reject, fault: x}"), HasSubstr("none, quality, data"));
}

TEST(PolicyRefusalsTest, DurationsHaveBounds) {
  for (const std::string wrong : {"0s", "-5m", "31d", "99999999999999999999d",
                                  "9223372036854775807s", "1.5h", "1e9s", "NaN", "9999-12-31"}) {
    EXPECT_THAT(ErrorOf("mode: offer", "mode: offer, accept_within: " + wrong),
                HasSubstr("accept_within must be a duration from 1s to 30d"))
        << wrong;
  }
}

TEST(PolicyRefusalsTest, Caps) {
  std::string rules;
  for (int i = 0; i < 998; ++i) {
    rules += "      - {name: r" + std::to_string(i) + ", match: {vip: true}, points: 1}\n";
  }
  EXPECT_THAT(ErrorOf("    intent:\n", rules + "    intent:\n"),
              HasSubstr("the policy has 1002 rules, at most 1000 are allowed"));
  std::string queues;
  for (int i = 0; i < 199; ++i) queues += "    q" + std::to_string(i) + ": {mode: offer}\n";
  EXPECT_THAT(ErrorOf("    triage: ", queues + "    triage: "),
              HasSubstr("the policy has 201 queues, at most 200 are allowed"));
}

}  // namespace
}  // namespace baton::policy
