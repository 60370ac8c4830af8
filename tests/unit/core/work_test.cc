#include "core/work.h"

#include <gtest/gtest.h>

#include "absl/time/time.h"
#include "support/builders.h"

namespace baton::core {
namespace {

using support::RepNamed;

Calendar OfficeCalendar(const std::string& zone) {
  CalendarRules rules{.zone = zone};
  for (int day = 0; day < 5; ++day) rules.week[day] = {{9 * 60, 18 * 60}};
  return *Calendar::Make(rules);
}

TimeMs Instant(const std::string& text) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, text, &time, &error)) << error;
  return absl::ToUnixMillis(time);
}

const TimeMs kMonday = 1'767'603'600'000;  // 2026-01-05T09:00:00Z

TEST(WorkTest, HoursAreTheWindowsAndDaysOfTwoWeeks) {
  const Calendar office = OfficeCalendar("Europe/Berlin");
  const absl::StatusOr<Hours> hours = MakeHours(&office, "", kMonday);
  ASSERT_TRUE(hours.ok()) << hours.status();
  EXPECT_FALSE(hours->always);
  EXPECT_EQ(hours->open.size(), 11u);  // Monday to Monday in two weeks; nothing of the Sunday
  EXPECT_EQ(hours->open[0].from_ms, Instant("2026-01-05T08:00:00Z"));
  EXPECT_EQ(hours->open[0].until_ms, Instant("2026-01-05T17:00:00Z"));
  EXPECT_EQ(hours->open.back().until_ms, kMonday + 14 * kDayMs);
  EXPECT_EQ(hours->days.front(), Instant("2026-01-03T23:00:00Z"));
  EXPECT_GE(hours->days.back(), kMonday + 14 * kDayMs);
}

TEST(WorkTest, ARepMayWorkByTheCalendarOfAnotherZone) {
  const Calendar office = OfficeCalendar("Europe/Berlin");
  WorkRules rules{.calendar = "office", .zone = "America/New_York"};
  EXPECT_EQ(HoursName(rules), "office@America/New_York");
  const absl::StatusOr<Hours> hours = MakeHours(&office, rules.zone, kMonday);
  ASSERT_TRUE(hours.ok()) << hours.status();
  EXPECT_FALSE(IsAtWork(rules, &*hours, Instant("2026-01-05T13:59:59Z")));
  EXPECT_TRUE(IsAtWork(rules, &*hours, Instant("2026-01-05T14:00:00Z")));
}

// "nothing", or how long after kMonday.
std::string NextChange(const WorkRules& rules, const Hours* hours = nullptr,
                       DurationMs after_ms = 0) {
  const std::optional<TimeMs> next = NextWorkChange(rules, hours, kMonday + after_ms);
  return next.has_value() ? absl::FormatDuration(absl::Milliseconds(*next - kMonday)) : "nothing";
}

TEST(WorkTest, TheNextChangeIsTheFirstOfHoursLeaveDaysAndRamps) {
  const Hours hours{.open = {{kMonday + kHourMs, kMonday + 3 * kHourMs}},
                    .days = {kMonday - 9 * kHourMs, kMonday + 15 * kHourMs}};
  EXPECT_EQ(NextChange({}), "nothing");
  EXPECT_EQ(NextChange({.zone = "UTC"}, &hours), "nothing");
  EXPECT_EQ(NextChange({.calendar = "office"}), "nothing") << "hours that are not known";
  EXPECT_EQ(NextChange({.calendar = "office"}, &hours), "1h");
  EXPECT_EQ(NextChange({.calendar = "office"}, &hours, kHourMs), "3h") << "not now, but behind it";
  EXPECT_EQ(NextChange({.calendar = "office"}, &hours, 3 * kHourMs), "nothing");
  const std::vector<Absence> leave = {{kMonday + 2 * kHourMs, kMonday + 5 * kHourMs, {}}};
  EXPECT_EQ(NextChange({.absences = leave}), "2h");
  EXPECT_EQ(NextChange({.absences = leave}, nullptr, 2 * kHourMs), "5h");
  EXPECT_EQ(NextChange({.absences = leave}, nullptr, 5 * kHourMs), "nothing");
  EXPECT_EQ(NextChange({.daily_cap = 3}, &hours), "15h");
  EXPECT_EQ(NextChange({.daily_cap = 3}, &hours, 15 * kHourMs), "39h") << "the day after the last";
  EXPECT_EQ(NextChange({.daily_cap = 3}), "15h") << "of UTC";
  const RampUp ramp{kMonday - 7 * kHourMs, 2, 50};
  EXPECT_EQ(NextChange({.ramp = ramp}), "17h");
  EXPECT_EQ(NextChange({.ramp = ramp}, nullptr, 17 * kHourMs), "41h");
  EXPECT_EQ(NextChange({.ramp = ramp}, nullptr, 41 * kHourMs), "nothing");
  EXPECT_EQ(NextChange({.daily_cap = 3, .calendar = "office", .absences = leave}, &hours), "1h");
}

TEST(WorkTest, WithoutACalendarTheZoneOnlySaysWhenDaysBegin) {
  const WorkRules rules{.daily_cap = 3, .zone = "Europe/Berlin"};
  EXPECT_EQ(HoursName(rules), "@Europe/Berlin");
  const absl::StatusOr<Hours> hours = MakeHours(nullptr, rules.zone, kMonday);
  ASSERT_TRUE(hours.ok()) << hours.status();
  EXPECT_TRUE(hours->always);
  EXPECT_TRUE(IsAtWork(rules, nullptr, kMonday));
  EXPECT_EQ(DayBegin(&*hours, Instant("2026-01-05T22:59:59Z")), Instant("2026-01-04T23:00:00Z"));
  EXPECT_EQ(DayBegin(&*hours, Instant("2026-01-05T23:00:00Z")), Instant("2026-01-05T23:00:00Z"));
}

TEST(WorkTest, ADayOfTwentyThreeHoursIsADay) {
  const absl::StatusOr<Hours> hours =
      MakeHours(nullptr, "Europe/Berlin", Instant("2026-03-28T12:00:00Z"));
  ASSERT_TRUE(hours.ok()) << hours.status();
  EXPECT_EQ(DayBegin(&*hours, Instant("2026-03-29T12:00:00Z")), Instant("2026-03-28T23:00:00Z"));
  EXPECT_EQ(DayBegin(&*hours, Instant("2026-03-29T22:00:00Z")), Instant("2026-03-29T22:00:00Z"));
}

TEST(WorkTest, DaysAreThoseOfUtcWithoutHoursAndGoOnBehindThem) {
  EXPECT_EQ(DayBegin(nullptr, Instant("2026-01-05T23:00:00Z")), Instant("2026-01-05T00:00:00Z"));
  const Hours short_hours{.always = true, .open = {}, .days = {kMonday}};
  EXPECT_EQ(DayBegin(&short_hours, kMonday + kHourMs), kMonday);
  EXPECT_EQ(DayBegin(&short_hours, kMonday + 3 * kDayMs + 5), kMonday + 3 * kDayMs);
}

TEST(WorkTest, ACalendarOfWhichNothingIsKnownIsClosed) {
  const WorkRules rules{.calendar = "office"};
  EXPECT_FALSE(IsAtWork(rules, nullptr, kMonday));
  const Hours over{.open = {{kMonday, kMonday + 1}}, .days = {}};
  EXPECT_TRUE(IsAtWork(rules, &over, kMonday));
  EXPECT_FALSE(IsAtWork(rules, &over, kMonday + 1));
}

TEST(WorkTest, AnAbsenceEndsByItself) {
  const WorkRules rules{.absences = {{kMonday, kMonday + kDayMs, RepNamed("bob")}}};
  EXPECT_EQ(AbsenceAt(rules, kMonday - 1), nullptr);
  ASSERT_NE(AbsenceAt(rules, kMonday), nullptr);
  EXPECT_EQ(AbsenceAt(rules, kMonday)->delegate, RepNamed("bob"));
  EXPECT_EQ(AbsenceAt(rules, kMonday + kDayMs), nullptr);
}

TEST(WorkTest, ARampGrowsDayByDay) {
  const RampUp ramp{.start_ms = kMonday, .days = 4, .from_percent = 20};
  EXPECT_EQ(RampPermille(ramp, kMonday - kDayMs), 200);
  EXPECT_EQ(RampPermille(ramp, kMonday), 200);
  EXPECT_EQ(RampPermille(ramp, kMonday + kDayMs - 1), 200);
  EXPECT_EQ(RampPermille(ramp, kMonday + kDayMs), 400);
  EXPECT_EQ(RampPermille(ramp, kMonday + 4 * kDayMs), 1000);
  EXPECT_EQ(RampPermille(ramp, kMonday + 400 * kDayMs), 1000);
  EXPECT_EQ(RampPermille({}, kMonday), 1000);
}

TEST(WorkTest, ARampedCapacityIsNeverNothing) {
  EXPECT_EQ(RampedCapacity(5, 200), 1);
  EXPECT_EQ(RampedCapacity(5, 199), 1);
  EXPECT_EQ(RampedCapacity(10, 250), 2);
  EXPECT_EQ(RampedCapacity(0, 500), 0);
  EXPECT_EQ(RampedCapacity(7, 1000), 7);
}

}  // namespace
}  // namespace baton::core
