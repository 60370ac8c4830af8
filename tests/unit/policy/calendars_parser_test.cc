// The section calendars of a policy.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policy/parse_policy.h"
#include "policy_testing.h"

namespace baton::policy {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string With(const std::string& calendars) {
  return Changed("  queues:\n", "  calendars: " + calendars + "\n  queues:\n");
}

core::CalendarRules RulesOf(const std::string& calendar) {
  const ParsedPolicy parsed = ParsePolicy(With("{a: " + calendar + "}"), "policy.yaml");
  for (const DocumentError& error : parsed.errors) ADD_FAILURE() << ToString(error);
  const auto found = parsed.policy.calendars.find("a");
  return found != parsed.policy.calendars.end() ? found->second.rules() : core::CalendarRules{};
}

std::vector<std::string> ErrorsIn(const std::string& calendar) {
  return ErrorsOf(With("{a: " + calendar + "}"));
}

TEST(CalendarsParserTest, ReadsTheWeekTheHolidaysAndTheExceptions) {
  const core::CalendarRules rules = RulesOf(
      "{zone: Europe/Berlin, hours: {mon-thu: [\"09:00-12:30\", \"13:30-18:00\"], "
      "fri: [\"09:00-15:00\"]}, holidays: [2026-12-25], "
      "exceptions: {2026-12-24: [\"09:00-12:00\"], \"2026-12-31\": []}}");
  EXPECT_EQ(rules.zone, "Europe/Berlin");
  EXPECT_EQ(rules.week[0], (core::DayWindows{{540, 750}, {810, 1080}}));
  EXPECT_EQ(rules.week[3], rules.week[0]);
  EXPECT_EQ(rules.week[4], (core::DayWindows{{540, 900}}));
  EXPECT_TRUE(rules.week[5].empty());
  EXPECT_THAT(rules.exceptions,
              ElementsAre(std::pair(*core::ParseDate("2026-12-24"), core::DayWindows{{540, 720}}),
                          std::pair(*core::ParseDate("2026-12-25"), core::DayWindows{}),
                          std::pair(*core::ParseDate("2026-12-31"), core::DayWindows{})));
}

TEST(CalendarsParserTest, ARangeMayGoOverSunday) {
  const core::CalendarRules rules = RulesOf("{zone: UTC, hours: {sat-mon: [\"00:00-24:00\"]}}");
  EXPECT_EQ(rules.week[5], (core::DayWindows{{0, 1440}}));
  EXPECT_EQ(rules.week[0], rules.week[5]);
  EXPECT_TRUE(rules.week[1].empty());
}

TEST(CalendarsParserTest, EachErrorHasItsPlace) {
  const std::vector<std::string> errors = ErrorsOf(
      With("\n    a:\n      zone: Europe/Berln\n      hours: {mon-fry: [\"9-18\"], sat: 3}\n"
           "      holidays: [2026-02-30]\n      exceptions: {2026-12-24: [\"09:00-25:00\"]}\n"
           "      colour: red"));
  EXPECT_THAT(
      errors,
      ElementsAre(
          HasSubstr("policy.yaml:18:13: calendars.a.zone: 'Europe/Berln' is no time zone"),
          HasSubstr("policy.yaml:19:14: calendars.a.hours must open on at least one day"),
          HasSubstr("policy.yaml:19:15: calendars.a.hours names days as mon or mon-fri, this is "
                    "'mon-fry'; did you mean"),
          HasSubstr("policy.yaml:19:25: calendars.a.hours.mon-fry[0] must be hours as"),
          HasSubstr("calendars.a.hours.sat must be a list, this is '3'"),
          HasSubstr("calendars.a.holidays[0] must be a date from 1970 to 2170, as 2026-12-25, this "
                    "is '2026-02-30'"),
          HasSubstr("calendars.a.exceptions.2026-12-24[0] must be hours as"),
          HasSubstr("unknown key 'colour' in calendars.a")));
}

TEST(CalendarsParserTest, WindowsAreInOrderAndApart) {
  EXPECT_THAT(
      ErrorsIn("{zone: UTC, hours: {mon: [\"09:00-12:00\", \"12:00-13:00\"]}}"),
      ElementsAre(HasSubstr("hours.mon[1] must begin behind the end of the one before it")));
  EXPECT_THAT(ErrorsIn("{zone: UTC, hours: {mon: [\"22:00-06:00\"], tue: [\"09:00-10:00\"]}}"),
              ElementsAre(HasSubstr("ends before it begins: '22:00-06:00'; what goes past midnight "
                                    "is \"22:00-24:00\"")));
}

TEST(CalendarsParserTest, WhatIsSaidTwiceIsRefused) {
  EXPECT_THAT(ErrorsIn("{zone: UTC, hours: {mon-fri: [\"09:00-12:00\"], wed: []}}"),
              ElementsAre(HasSubstr("calendars.a.hours says wed twice")));
  EXPECT_THAT(ErrorsIn("{zone: UTC, hours: {mon: [\"09:00-12:00\"]}, holidays: [2026-12-25], "
                       "exceptions: {2026-12-25: []}}"),
              ElementsAre(HasSubstr("2026-12-25 appears twice in calendars.a.exceptions")));
}

TEST(CalendarsParserTest, ZoneAndHoursAreRequired) {
  EXPECT_THAT(ErrorsIn("{}"), ElementsAre(HasSubstr("'zone'"), HasSubstr("'hours'")));
  EXPECT_THAT(ErrorsIn("{zone: [x], hours: x}"), Contains(HasSubstr("must be a mapping, as")));
}

TEST(CalendarsParserTest, ThereAreCaps) {
  std::string many = "{", windows = "[";
  for (int i = 0; i <= 64; ++i) {
    many += "c" + std::to_string(i) + ": {zone: UTC, hours: {mon: [\"09:00-10:00\"]}}, ";
  }
  EXPECT_THAT(ErrorsOf(With(many + "}")),
              ElementsAre(HasSubstr("calendars has 65 calendars, at most 64 are allowed")));
  for (int hour = 10; hour < 19; ++hour) {
    windows += "\"" + std::to_string(hour) + ":00-" + std::to_string(hour) + ":30\", ";
  }
  EXPECT_THAT(ErrorsIn("{zone: UTC, hours: {mon: [\"09:00-10:00\"], tue: " + windows + "]}}"),
              ElementsAre(HasSubstr("hours.tue has 9 windows, at most 8 are allowed")));
}

TEST(RepAttributesTest, AreDeclaredLikeThoseOfLeads) {
  const ParsedPolicy parsed =
      ParsePolicy(Changed("  queues:\n",
                          "  rep_attributes: {languages: list(string), level: int}\n  queues:\n"),
                  "policy.yaml");
  ASSERT_TRUE(parsed.ok()) << ToString(parsed.errors[0]);
  EXPECT_THAT(parsed.policy.rep_attributes,
              ElementsAre(std::pair("languages", core::AttributeType::kStringList),
                          std::pair("level", core::AttributeType::kInt)));
  EXPECT_THAT(ErrorsOf(Changed("  queues:\n", "  rep_attributes: {level: inte}\n  queues:\n")),
              ElementsAre(HasSubstr("the type of 'level' must be one of")));
  EXPECT_THAT(ErrorsOf(Changed("  queues:\n", "  rep_attributes: [a]\n  queues:\n")),
              ElementsAre(HasSubstr("rep_attributes must be a mapping of names to types")));
}

TEST(SkillLevelsTest, ARouteMayAskForALevel) {
  const ParsedPolicy parsed =
      ParsePolicy(Changed("{queue: dach}", "{queue: dach, skills: [\"german>=3\", \"french>=1\"]}"),
                  "policy.yaml");
  ASSERT_TRUE(parsed.ok()) << ToString(parsed.errors[0]);
  EXPECT_THAT(parsed.policy.routing[0].to.skills, ElementsAre("french", "german>=3"));
  EXPECT_THAT(
      ErrorsOf(Changed("{queue: dach}", "{queue: dach, skills: [\"german>=7\"]}")),
      ElementsAre(HasSubstr("must be a skill, as german or german>=3 (levels are 1 to 5)")));
}

}  // namespace
}  // namespace baton::policy
