// The sections sla and recycle of a policy, and what queues say for them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policy/parse_policy.h"
#include "policy_testing.h"

namespace baton::policy {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string WithLevels(const std::string& sections) {
  return Changed(
      "  queues:\n",
      "  calendars: {dach: {zone: Europe/Berlin, hours: {mon-fri: [\"09:00-17:00\"]}}}\n" +
          sections + "\n  queues:\n");
}

core::Policy PolicyWithLevels(const std::string& sections) {
  ParsedPolicy parsed = ParsePolicy(WithLevels(sections), "policy.yaml");
  for (const DocumentError& error : parsed.errors) ADD_FAILURE() << ToString(error);
  return std::move(parsed.policy);
}

std::vector<std::string> LevelErrors(const std::string& level) {
  return ErrorsOf(WithLevels("  sla: [{name: a, " + level + "}]"));
}

TEST(SlaParserTest, ReadsALevelInFull) {
  const core::Policy policy = PolicyWithLevels(
      "  sla:\n    - {name: hot first touch, applies: intent >= 60, metric: first_touch, target: "
      "5m, calendar: queue, warn: 60%, tiers: [{at: 100%, notify: rep}, {at: 150%, notify: "
      "manager}], breach: return, return_to: triage, on_reassign: keep}");
  ASSERT_EQ(policy.slas.size(), 1u);
  const core::Sla& sla = policy.slas[0];
  EXPECT_EQ(sla.name, "hot first touch");
  EXPECT_EQ(sla.applies.text(0), "intent >= 60");
  EXPECT_EQ(sla.metric, core::SlaMetric::kFirstTouch);
  EXPECT_EQ(sla.target_ms, 5 * core::kMinuteMs);
  EXPECT_EQ(sla.hours, core::SlaCalendar::kQueue);
  EXPECT_EQ(sla.warn_percent, 60);
  EXPECT_EQ(sla.tiers, (std::vector<core::SlaTier>{{100, "rep"}, {150, "manager"}}));
  EXPECT_EQ(sla.breach, core::SlaBreach::kReturn);
  EXPECT_EQ(sla.return_to.str(), "triage");
  EXPECT_FALSE(sla.restarts);
}

TEST(SlaParserTest, AcceptAndFirstTouchBeginAnewWithTheNextRepAndOthersGoOn) {
  const core::Policy policy = PolicyWithLevels(
      "  sla:\n    - {name: a, metric: accept, target: 2h}\n    - {name: b, metric: decision, "
      "target: 1d, calendar: dach}\n    - {name: c, metric: cadence, target: 14d, touches: 7}");
  EXPECT_TRUE(policy.slas[0].restarts);
  EXPECT_FALSE(policy.slas[1].restarts);
  EXPECT_EQ(policy.slas[1].hours, core::SlaCalendar::kNamed);
  EXPECT_EQ(policy.slas[1].calendar, "dach");
  EXPECT_EQ(policy.slas[2].touches, 7);
}

TEST(SlaParserTest, SaysWhatIsWrong) {
  const auto fails = [](const std::string& level, const std::string& why) {
    EXPECT_THAT(LevelErrors(level), Contains(HasSubstr(why))) << level;
  };
  fails("target: 5m", "'metric' is missing");
  fails("metric: first_tuch, target: 5m", "did you mean 'first_touch'");
  fails("metric: accept, target: 0s", "sla[0].target");
  fails("metric: accept, target: 5m, warn: 60", "must be a part of the target");
  fails("metric: accept, target: 5m, warn: 100%", "from 1% to 99%");
  fails("metric: accept, target: 5m, tiers: [{at: 1001%, notify: rep}]", "from 1% to 1000%");
  fails("metric: accept, target: 5m, tiers: [{at: 90%, notify: Rep}]", "must be a word");
  fails("metric: accept, target: 5m, tiers: [{at: 90%, notify: a}, {at: 90%, notify: b}]",
        "must be more than that of the tier before");
  fails("metric: accept, target: 5m, warn: 90%, tiers: [{at: 90%, notify: a}]",
        "is the same as warn");
  fails("metric: accept, target: 5m, calendar: dahc", "did you mean 'dach'");
  fails("metric: accept, target: 5m, calendar: lead", "needs the attribute time_zone: string");
  fails("metric: assign, target: 5m, breach: reassign", "can only notify");
  fails("metric: accept, target: 5m, return_to: triage", "is for breach: return");
  fails("metric: accept, target: 5m, breach: return, return_to: tirage", "did you mean 'triage'");
  fails("metric: accept, target: 5m, touches: 3", "is for metric cadence");
  fails("metric: cadence, target: 5d", "'touches' is missing");
  fails("metric: accept, target: 5m, applies: intent >=", "sla[0].applies");
  EXPECT_THAT(
      ErrorsOf(WithLevels("  sla: [{name: a, metric: accept, target: 1h}, {name: a, metric: "
                          "accept, target: 2h}]")),
      Contains(HasSubstr("'a'")));
}

TEST(SlaParserTest, RecyclingSaysHowLongLeadsStayAwayAndWhoHasThemAgain) {
  const core::Policy policy =
      PolicyWithLevels("  recycle: {cool_down: {NO_BUDGET: 30d}, requalify: same_rep}");
  EXPECT_EQ(core::FindReason(policy.reasons, "NO_BUDGET")->cool_down_ms, 30 * core::kDayMs);
  EXPECT_TRUE(policy.same_rep_again);
  EXPECT_FALSE(PolicyWithLevels("").same_rep_again);
  EXPECT_THAT(ErrorsOf(WithLevels("  recycle: {cool_down: {NO_NEED: 30d}}")),
              Contains(HasSubstr("names reasons of class recycle (BAD_TIMING")));
  EXPECT_THAT(ErrorsOf(WithLevels("  recycle: {requalify: nobody}")),
              Contains(HasSubstr("requalify")));
}

TEST(RetentionParserTest, SaysHowLongPeopleAreKept) {
  EXPECT_EQ(PolicyWithLevels("").retention, core::Retention());
  core::Retention expected;
  expected.closed_ms = 365 * core::kDayMs;
  expected.won_ms = 3650 * core::kDayMs;
  expected.inactive_ms = 730 * core::kDayMs;
  expected.may_return = false;
  EXPECT_EQ(PolicyWithLevels("  retention: {closed: 365d, won: 3650d, inactive: 730d, "
                             "erased_may_return: false}")
                .retention,
            expected);
  EXPECT_THAT(ErrorsOf(WithLevels("  retention: {closed: 23h}")), Contains(HasSubstr("1d")));
  EXPECT_THAT(ErrorsOf(WithLevels("  retention: {lost: 30d}")), Contains(HasSubstr("lost")));
}

TEST(SlaParserTest, AQueueNamesACalendarThatExists) {
  EXPECT_THAT(ErrorsOf(Changed("dach: {mode: offer}", "dach: {mode: offer, calendar: dach}")),
              Contains(HasSubstr("is not among spec.calendars")));
  const ParsedPolicy parsed = ParsePolicy(
      Changed("dach: {mode: offer}", "dach: {mode: offer, away_after: 2}"), "policy.yaml");
  EXPECT_THAT(parsed.errors, IsEmpty());
  EXPECT_EQ(parsed.policy.queues.begin()->second.away_after, 2);
}

}  // namespace
}  // namespace baton::policy
