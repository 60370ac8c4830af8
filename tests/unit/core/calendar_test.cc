#include "core/calendar.h"

#include <gtest/gtest.h>

#include "absl/time/time.h"
#include "core/errors.h"

namespace baton::core {
namespace {

const DayWindows kNineToSix = {{9 * 60, 18 * 60}};

CalendarRules Office(const std::string& zone) {
  CalendarRules rules{.zone = zone};
  for (int day = 0; day < 5; ++day) rules.week[day] = kNineToSix;
  return rules;
}

Calendar Made(CalendarRules rules) {
  absl::StatusOr<Calendar> calendar = Calendar::Make(std::move(rules));
  EXPECT_TRUE(calendar.ok()) << calendar.status();
  return *std::move(calendar);
}

TimeMs At(const std::string& text) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, text, &time, &error)) << error;
  return absl::ToUnixMillis(time);
}

std::string Message(const CalendarRules& rules) {
  return std::string(Calendar::Make(rules).status().message());
}

TEST(CalendarTest, OfficeHoursAreThoseOfTheZone) {
  const Calendar calendar = Made(Office("Europe/Berlin"));
  EXPECT_TRUE(calendar.IsOpen(At("2026-01-05T08:00:00Z")));  // Monday 09:00
  EXPECT_FALSE(calendar.IsOpen(At("2026-01-05T07:59:59.999Z")));
  EXPECT_TRUE(calendar.IsOpen(At("2026-07-06T07:00:00Z")));  // in summer an hour earlier
  EXPECT_FALSE(calendar.IsOpen(At("2026-01-05T17:00:00Z")));
  EXPECT_FALSE(calendar.IsOpen(At("2026-01-04T12:00:00Z")));  // Sunday
}

TEST(CalendarTest, AWeekendIsNoBusinessTime) {
  const Calendar calendar = Made(Office("Europe/Berlin"));
  const TimeMs friday = At("2026-01-09T16:00:00Z");  // 17:00
  EXPECT_EQ(calendar.BusinessTime(friday, At("2026-01-12T09:00:00Z")), 2 * kHourMs);
  EXPECT_EQ(calendar.Due(friday, kHourMs), At("2026-01-09T17:00:00Z"));
  EXPECT_EQ(calendar.Due(friday, kHourMs + 1), At("2026-01-12T08:00:00.001Z"));
  EXPECT_EQ(calendar.NextOpening(At("2026-01-10T00:00:00Z")), At("2026-01-12T08:00:00Z"));
  EXPECT_EQ(calendar.NextChange(friday), At("2026-01-09T17:00:00Z"));
}

TEST(CalendarTest, BackwardsThereIsNoBusinessTime) {
  const Calendar calendar = Made(Office("Europe/Berlin"));
  const TimeMs friday = At("2026-01-09T16:00:00Z");
  EXPECT_EQ(calendar.BusinessTime(friday, friday), 0);
  EXPECT_EQ(calendar.BusinessTime(friday, friday - kDayMs), 0);
  EXPECT_EQ(calendar.Due(friday, 0), friday);
  EXPECT_EQ(calendar.Due(friday, -kHourMs), friday);
}

TEST(CalendarTest, AHolidayIsClosedAndAnExceptionHasItsOwnHours) {
  CalendarRules rules = Office("Europe/Berlin");
  rules.exceptions[*ParseDate("2026-12-24")] = {{9 * 60, 12 * 60}};
  rules.exceptions[*ParseDate("2026-12-25")] = {};
  rules.exceptions[*ParseDate("2026-12-27")] = {{10 * 60, 12 * 60}};  // a Sunday
  const Calendar calendar = Made(rules);
  EXPECT_EQ(calendar.BusinessTime(At("2026-12-24T00:00:00Z"), At("2026-12-28T00:00:00Z")),
            5 * kHourMs);
  EXPECT_EQ(calendar.Due(At("2026-12-24T10:00:00Z"), 2 * kHourMs), At("2026-12-27T10:00:00Z"));
}

TEST(CalendarTest, AnHourThatIsSkippedDoesNotCount) {
  CalendarRules rules{.zone = "Europe/Berlin"};
  rules.week[6] = {{60, 4 * 60}};  // Sunday 01:00-04:00
  const Calendar calendar = Made(rules);
  const TimeMs midnight = At("2026-03-28T23:00:00Z");
  EXPECT_EQ(calendar.BusinessTime(midnight, midnight + kDayMs), 2 * kHourMs);
  EXPECT_EQ(calendar.NextChange(midnight + kHourMs), At("2026-03-29T02:00:00Z"));
}

TEST(CalendarTest, AnHourThatComesTwiceCountsTwice) {
  CalendarRules rules{.zone = "Europe/Berlin"};
  rules.week[6] = {{60, 2 * 60 + 30}};  // Sunday 01:00-02:30
  const Calendar calendar = Made(rules);
  const TimeMs one = At("2026-10-24T23:00:00Z");  // 01:00
  EXPECT_EQ(calendar.BusinessTime(one, one + kDayMs), 2 * kHourMs);
  EXPECT_EQ(calendar.NextChange(one), At("2026-10-25T00:30:00Z"));
  EXPECT_EQ(calendar.NextOpening(At("2026-10-25T00:30:00Z")), At("2026-10-25T01:00:00Z"));
}

TEST(CalendarTest, ADayThatNeverWasIsNoBusinessTime) {
  const Calendar calendar = Made(Office("Pacific/Apia"));  // it had no Friday 2011-12-30
  const TimeMs thursday = At("2011-12-30T04:00:00Z");      // 18:00, offset -10
  EXPECT_EQ(calendar.NextOpening(thursday), At("2012-01-01T19:00:00Z"));  // Monday 09:00, +14
}

TEST(CalendarTest, AlwaysOpenNeverChanges) {
  CalendarRules rules{.zone = "America/New_York"};
  rules.week.fill({{0, kMinutesPerDay}});
  const Calendar calendar = Made(rules);
  const TimeMs start = At("2026-01-01T00:00:00Z");
  EXPECT_EQ(calendar.NextChange(start), std::nullopt);
  EXPECT_EQ(calendar.NextOpening(start), start);
  EXPECT_EQ(calendar.BusinessTime(start, start + 1000 * kDayMs), 1000 * kDayMs);
  EXPECT_EQ(calendar.Due(start, 1000 * kDayMs), start + 1000 * kDayMs);
}

TEST(CalendarTest, CenturiesAreAsCheapAsHours) {
  const Calendar calendar = Made(Office("Europe/Berlin"));
  const TimeMs start = At("2026-01-05T08:00:00Z");
  for (int i = 0; i < 10'000; ++i) {
    ASSERT_EQ(calendar.Due(start + i * kDayMs, 100 * 52 * 45 * kHourMs).has_value(), true);
  }
}

TEST(CalendarTest, WhatIsBehindAllTimeIsNeverDue) {
  const Calendar calendar = Made(Office("Europe/Berlin"));
  EXPECT_EQ(calendar.Due(kTimeMsMax - kHourMs, kDayMs), std::nullopt);
  EXPECT_EQ(calendar.NextOpening(kTimeMsMax), std::nullopt);
}

TEST(CalendarTest, DatesAreRealOnes) {
  EXPECT_EQ(ParseDate("1970-01-01"), 0);
  EXPECT_EQ(ParseDate("2026-12-25"), 20812);
  for (const char* text : {"2026-02-30", "2026-2-3", "26-12-25", "2026-12-25 ", "1969-12-31", "x",
                           "2171-01-01", "2026/12/25", "+226-12-25", ""}) {
    EXPECT_EQ(ParseDate(text), std::nullopt) << text;
  }
}

TEST(CalendarTest, OnlyNamesOfZonesReachTheDatabase) {
  for (const char* zone : {"Europe/Berlin", "UTC", "America/Argentina/Buenos_Aires", "Etc/GMT+5"}) {
    EXPECT_TRUE(CheckZone(zone).ok()) << zone;
  }
  for (const char* zone : {"", "Europe/Berln", "../../../etc/passwd", "/etc/localtime", "localtime",
                           "right/Europe/Berlin", "file:Europe/Berlin", "Europe/", "europe/berlin",
                           "Europe//Berlin", "Fixed/UTC+01:00:00"}) {
    EXPECT_EQ(ErrorReason(CheckZone(zone)), "INVALID_FIELD") << zone;
  }
  EXPECT_FALSE(CheckZone(std::string(65, 'A')).ok());
}

TEST(CalendarTest, WindowsMustBeInOrderAndApart) {
  CalendarRules rules = Office("UTC");
  for (const DayWindows& wrong : {DayWindows{{600, 600}}, DayWindows{{600, 540}},
                                  DayWindows{{0, 60}, {60, 90}}, DayWindows{{600, 660}, {0, 60}},
                                  DayWindows{{0, kMinutesPerDay + 1}}, DayWindows{{-1, 9}}}) {
    rules.week[0] = wrong;
    EXPECT_THAT(Message(rules), testing::HasSubstr("in order and apart"));
  }
}

TEST(CalendarTest, SomeDayOfTheWeekMustOpen) {
  EXPECT_THAT(Message({.zone = "UTC"}), testing::HasSubstr("at least one day"));
}

TEST(CalendarTest, DatesHaveACap) {
  CalendarRules rules = Office("UTC");
  for (size_t day = 0; day <= kCalendarDatesMax; ++day) rules.exceptions[day] = {};
  EXPECT_THAT(Message(rules), testing::HasSubstr("1001 dates, at most 1000"));
}

}  // namespace
}  // namespace baton::core
