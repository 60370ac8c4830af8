#include "core/activity_days.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/facts.h"

namespace baton::core {
namespace {

constexpr int32_t kToday = 20'000;
constexpr TimeMs kNoon = kToday * kDayMs + 12 * kHourMs;

using Days = DayCounts;

double Remaining(const Days& days, DurationMs half_life_ms) {
  return ActivityDays(days).Remaining(half_life_ms, kNoon);
}

// The formula itself.
double Expected(const Days& days, DurationMs half_life_ms) {
  double sum = 0;
  for (const auto& [day, count] : days) {
    const auto age = static_cast<double>(std::max<TimeMs>(0, kNoon - day * kDayMs));
    sum += static_cast<double>(count) * std::exp2(-age / static_cast<double>(half_life_ms));
  }
  return sum;
}

TEST(ActivityDaysTest, AgreesWithTheFormula) {
  for (int span = 1; span <= 401; span += 7) {
    Days days;
    for (int i = 0; i < span; i += 1 + i % 5) days[kToday - i] = 1 + i % 9;
    for (const DurationMs half_life : {kHourMs, kDayMs, 7 * kDayMs, 400 * kDayMs, 3650 * kDayMs}) {
      const double expected = Expected(days, half_life);
      EXPECT_NEAR(Remaining(days, half_life), expected, 1e-9 * expected)
          << span << " days, half-life " << half_life;
    }
  }
}

TEST(ActivityDaysTest, WhatIsDatedAheadHasNotAged) {
  const Days days = {{kToday - 1, 4}, {kToday + 3, 8}, {kToday + 90, 1}};
  EXPECT_NEAR(Remaining(days, kDayMs), Expected(days, kDayMs), 1e-9);
  EXPECT_EQ(Remaining({{kToday + 9, 5}}, kDayMs), 5);
}

TEST(ActivityDaysTest, NothingAgesWithoutAHalfLife) {
  EXPECT_EQ(Remaining({{kToday - 300, 4}, {kToday, 8}}, 0), 12);
  EXPECT_EQ(Remaining({}, 0), 0);
  EXPECT_EQ(Remaining({}, kDayMs), 0);
}

TEST(ActivityDaysTest, DaysThatFactsDoNotKeepAreLeftOut) {
  EXPECT_EQ(Remaining({{-2'000'000'000, 7}, {kToday, 8}}, 0), 8);
}

TEST(ActivityDaysTest, OneOccurrenceIsWorthWhatIsLeftOfItsDay) {
  for (const int32_t day : {kToday - 400, kToday - 3, kToday, kToday + 2}) {
    for (const DurationMs half_life : {DurationMs{0}, kHourMs, 7 * kDayMs}) {
      const double expected = ActivityDays(Days{{day, 1}}).Remaining(half_life, kNoon);
      EXPECT_NEAR(LeftOf(day, half_life, kNoon), expected, 1e-9 * expected);
    }
  }
}

}  // namespace
}  // namespace baton::core
