#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include "batonctl/lead_view.h"

namespace baton::batonctl {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

v1::ExplainLeadResponse Parsed(const std::string& text) {
  v1::ExplainLeadResponse response;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &response));
  return response;
}

constexpr char kOffered[] = R"(
  lead { name: "workspaces/demo/leads/l1" stage: STAGE_OFFERED fit: 10 intent: 60 cycle: 1
         policy_revision: 3 queue: "workspaces/demo/queues/dach" rep: "workspaces/demo/reps/ada" }
  qualified: true
  judge_time { seconds: 1800000000 }
  factors { kind: "fit" rule: "mid-market" points: 30 }
  factors { kind: "fit" rule: "student" points: -20 }
  factors { kind: "intent" rule: "demo request" points: 60 occurrences: 3 }
  definition { condition: "fit: >= 10" found: "10" held: true }
  route_path { rule: "France" conditions { condition: "country: FR" found: "DE" held: false } }
  route_path { rule: "DACH" matched: true
               conditions { condition: "country: DE" found: "DE" held: true } }
  skills: "german"
  requirement: "\"DE\" in rep.territories"
  candidates { rep: "workspaces/demo/reps/ben" reason: "fairness" owed: -0.25 share: 0.4
               open_leads: 1 capacity: 5 }
  candidates { rep: "workspaces/demo/reps/ada" reason: "chosen" owed: 0.5 share: 0.6
               open_leads: 2 capacity: 5 }
  candidates { rep: "workspaces/demo/reps/cora" reason: "at_capacity" open_leads: 5 capacity: 5 }
  candidates { rep: "workspaces/demo/reps/dan" reason: "missing_skill" }
  candidates { rep: "workspaces/demo/reps/eve" reason: "away" }
  candidates { rep: "workspaces/demo/reps/finn" reason: "passed" }
)";

TEST(ExplainTextTest, TellsHowManyRoutingRulesAreLeftOut) {
  v1::ExplainLeadResponse explanation = Parsed(kOffered);
  explanation.set_route_left_out(412);
  EXPECT_THAT(ExplainText(explanation), HasSubstr("queue dach:\n"
                                                  "  412 rules before these did not match\n"
                                                  "  rule \"France\" did not match"));
}

TEST(ExplainTextTest, TellsWhyInSentences) {
  EXPECT_EQ(
      ExplainText(Parsed(kOffered)),
      "Lead l1 is OFFERED with rep ada in queue dach, handoff cycle 1.\n"
      "It is a qualified lead (MQL) by policy revision 3, judged 2027-01-15T08:00:00Z.\n"
      "  fit 10 = 30 mid-market - 20 student\n"
      "  intent 60 = 60 demo request (3x)\n"
      "  held: fit: >= 10 (found 10)\n"
      "It goes to queue dach:\n"
      "  rule \"France\" did not match, failed: country: FR (found DE)\n"
      "  rule \"DACH\" matched\n"
      "  A rep needs these skills: german\n"
      "  The queue requires of the rep: \"DE\" in rep.territories\n"
      "Of the reps of the queue:\n"
      "  ada was chosen: owed most (owed 0.50 leads before, share of this one 0.60, 2 of 5 leads "
      "open)\n"
      "  ben was not: another was owed more (owed -0.25 leads before, share of this one 0.40, 1 "
      "of 5 leads open)\n"
      "  cora was not: at capacity, 5 of 5 leads open\n"
      "  dan was not: lacks a skill that is needed\n"
      "  eve was not: away\n"
      "  finn was not: passed on this lead before (declined, silent or rerouted)\n");
}

TEST(ExplainTextTest, TellsWhyALeadIsNotQualified) {
  const std::string text = ExplainText(Parsed(R"(
    lead { name: "workspaces/demo/leads/l2" stage: STAGE_NURTURE fit: -40 policy_revision: 1 }
    judge_time { seconds: 1800000000 }
    factors { kind: "fit" rule: "student" points: -40 }
    definition { condition: "fit: >= 30" found: "-40" held: false }
    disqualified_by: "competitor" disqualified_reason: "COMPETITOR")"));
  EXPECT_THAT(text, HasSubstr("It is not a qualified lead (MQL)"));
  EXPECT_THAT(text, HasSubstr("  fit -40 = -40 student\n"));
  EXPECT_THAT(text, HasSubstr("  intent 0 = no rule gave points\n"));
  EXPECT_THAT(text, HasSubstr("  failed: fit: >= 30 (found -40)\n"));
  EXPECT_THAT(text, HasSubstr("disqualified by rule \"competitor\", reason COMPETITOR."));
  EXPECT_THAT(text, Not(HasSubstr("queue")));
}

TEST(ExplainTextTest, TellsWhyALeadWaits) {
  const std::string text = ExplainText(Parsed(R"(
    lead { name: "workspaces/demo/leads/l3" stage: STAGE_QUEUED queue: "workspaces/demo/queues/us" }
    qualified: true judge_time { seconds: 1800000000 }
    waiting_for: "every rep of us is at capacity; it ends when one closes a lead"
    retry_time { seconds: 1800000300 })"));
  EXPECT_THAT(text, HasSubstr("No rep is a member of the queue.\n"));
  EXPECT_THAT(text, HasSubstr("It waits: every rep of us is at capacity"));
  EXPECT_THAT(text, HasSubstr("offered again at 2027-01-15T08:05:00Z at the latest."));
}

TEST(ExplainTextTest, SaysThatNothingWasJudged) {
  EXPECT_THAT(ExplainText(Parsed("lead { name: \"workspaces/d/leads/l4\" stage: STAGE_NEW }")),
              HasSubstr("It was not judged yet: the workspace has no policy."));
}

TEST(ExplainTextTest, NeutralisesControlCharacters) {
  EXPECT_THAT(ExplainText(Parsed(R"(
    lead { name: "workspaces/d/leads/l5" }  judge_time { seconds: 1 }
    definition { condition: "x" found: "\033[2J" })")),
              HasSubstr("(found ?[2J)"));
}

}  // namespace
}  // namespace baton::batonctl
