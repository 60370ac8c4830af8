// Calendars against an oracle that knows nothing but the definition: it looks at every minute of 11
// months of a zone and asks the zone what the local time is. Zones and years are those in which
// clocks did odd things, and years ahead. The seed is printed; BATON_SEED repeats it.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <random>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "core/calendar.h"
#include "support/walk_length.h"

namespace baton::core {
namespace {

struct Place {
  const char* zone;
  int year;  // 0: any
};
constexpr Place kPlaces[] = {
    {"Pacific/Apia", 2011},       // a day skipped
    {"Africa/Casablanca", 2026},  // clocks go back for Ramadan
    {"America/Sao_Paulo", 2018},  // midnight skipped
    {"Asia/Beirut", 2026},        // midnight skipped, and repeated
    {"America/Havana", 2027},     // midnight skipped
    {"Africa/Cairo", 2026},       // midnight repeated
    {"Australia/Lord_Howe", 0},   // half an hour
    {"America/Caracas", 2007},    // an offset of half an hour begins
    {"Asia/Pyongyang", 2018},     // half an hour, at midnight
    {"Europe/Istanbul", 2016},    // summer stayed
    {"Antarctica/Troll", 2026},   // two hours
    {"Asia/Kathmandu", 1985},     // +05:30 to +05:45
    {"Pacific/Kwajalein", 1993},  // another day skipped
    {"Europe/Dublin", 0},         // winter time is the special one
    {"America/St_Johns", 1988},   // two hours, and offsets with half an hour
    {"Pacific/Chatham", 0},       // +12:45
    {"Asia/Kolkata", 0},          // no transitions
    {"Europe/Berlin", 0},        {"America/New_York", 0}, {"Australia/Sydney", 0},
};
constexpr int kCalendars = 4, kCases = support::WalkLength(1250);  // per zone
constexpr int kMinutes = 330 * kMinutesPerDay;

// Every minute of some time of a zone.
struct Minutes {
  TimeMs start = 0;
  std::vector<int64_t> local;  // minutes since 1970-01-01 by the clocks there
};

Minutes LookAt(const Place& place, std::mt19937_64& random) {
  const int year = place.year != 0 ? place.year : 1975 + static_cast<int>(random() % 190);
  absl::TimeZone zone;
  EXPECT_TRUE(absl::LoadTimeZone(place.zone, &zone)) << place.zone;
  const absl::Time start = absl::FromCivil(absl::CivilDay(year, 1, 1), absl::UTCTimeZone());
  Minutes minutes{absl::ToUnixMillis(start), {}};
  minutes.local.reserve(kMinutes);
  const absl::CivilMinute epoch(1970, 1, 1);
  for (int i = 0; i < kMinutes; ++i) {
    minutes.local.push_back(absl::CivilMinute(zone.At(start + absl::Minutes(i)).cs) - epoch);
  }
  return minutes;
}

DayWindows SomeWindows(std::mt19937_64& random) {
  std::vector<int> ends(2 * (random() % 4));
  for (int& end : ends) end = static_cast<int>(random() % (kMinutesPerDay + 1));
  if (!ends.empty() && random() % 4 == 0) ends[0] = 0;
  if (!ends.empty() && random() % 4 == 0) ends[1] = kMinutesPerDay;
  std::sort(ends.begin(), ends.end());
  ends.erase(std::unique(ends.begin(), ends.end()), ends.end());
  DayWindows windows;
  for (size_t i = 0; i + 1 < ends.size(); i += 2) windows.push_back({ends[i], ends[i + 1]});
  return windows;
}

CalendarRules SomeRules(const Place& place, const Minutes& minutes, std::mt19937_64& random) {
  CalendarRules rules{.zone = place.zone};
  for (DayWindows& day : rules.week) day = SomeWindows(random);
  rules.week[random() % 7] = {{9 * 60, 18 * 60}};
  const int64_t first = minutes.local.front() / kMinutesPerDay;
  for (uint64_t i = random() % 20; i > 0; --i) {
    rules.exceptions[first + static_cast<int64_t>(random() % 400)] = SomeWindows(random);
  }
  return rules;
}

// What a calendar says, from the definition.
class Oracle {
 public:
  Oracle(const Minutes& minutes, const CalendarRules& rules) : start_(minutes.start) {
    before_.reserve(minutes.local.size() + 1);
    before_.push_back(0);
    int64_t day = -1;
    const DayWindows* windows = nullptr;
    for (const int64_t local : minutes.local) {
      if (local / kMinutesPerDay != day) {
        day = local / kMinutesPerDay;
        const auto exception = rules.exceptions.find(day);
        windows =
            exception != rules.exceptions.end() ? &exception->second : &rules.week[(day + 3) % 7];
      }
      bool open = false;
      for (const auto& [from, to] : *windows) {
        open = open || (from <= local % kMinutesPerDay && local % kMinutesPerDay < to);
      }
      before_.push_back(before_.back() + (open ? kMinuteMs : 0));
    }
    change_.assign(minutes.local.size(), 0);
    for (size_t minute = minutes.local.size() - 1; minute-- > 0;) {
      const bool same = IsOpenIn(minute) == IsOpenIn(minute + 1);
      change_[minute] = same ? change_[minute + 1] : start_ + (minute + 1) * kMinuteMs;
    }
  }

  bool IsOpen(TimeMs at) const { return IsOpenIn((at - start_) / kMinuteMs); }
  DurationMs Before(TimeMs at) const {
    const size_t minute = (at - start_) / kMinuteMs;
    return before_[minute] + (IsOpen(at) ? (at - start_) % kMinuteMs : 0);
  }
  // The earliest instant before which `open` of business time lies.
  TimeMs When(DurationMs open) const {
    const auto behind = std::lower_bound(before_.begin(), before_.end(), open);
    const TimeMs minute = start_ + (behind - before_.begin()) * kMinuteMs;
    return minute - (*behind - open);
  }
  // 0: not in the time looked at.
  TimeMs NextChange(TimeMs at) const { return change_[(at - start_) / kMinuteMs]; }

 private:
  bool IsOpenIn(size_t minute) const { return before_[minute + 1] != before_[minute]; }

  TimeMs start_;
  std::vector<DurationMs> before_;  // business time before each minute
  std::vector<TimeMs> change_;      // the next change behind each
};

TEST(CalendarPropertiesTest, CalendarsSayWhatEveryMinuteSays) {
  const char* given = std::getenv("BATON_SEED");
  const uint64_t seed =
      given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device()();
  std::cout << "BATON_SEED=" << seed << "\n";
  std::mt19937_64 random(seed);
  int64_t cases = 0;
  for (const Place& place : kPlaces) {
    const Minutes minutes = LookAt(place, random);
    for (int i = 0; i < kCalendars; ++i) {
      const CalendarRules rules = SomeRules(place, minutes, random);
      const absl::StatusOr<Calendar> calendar = Calendar::Make(rules);
      ASSERT_TRUE(calendar.ok()) << calendar.status();
      const Oracle oracle(minutes, rules);
      constexpr DurationMs kSpan = (kMinutes - 9 * kMinutesPerDay) * kMinuteMs;
      for (int j = 0; j < kCases; ++j, ++cases) {
        const TimeMs from = minutes.start + static_cast<TimeMs>(random() % kSpan);
        const TimeMs to = from + static_cast<TimeMs>(random() % (minutes.start + kSpan - from));
        ASSERT_EQ(calendar->IsOpen(from), oracle.IsOpen(from)) << place.zone << " " << from;
        const DurationMs open = oracle.Before(to) - oracle.Before(from);
        ASSERT_EQ(calendar->BusinessTime(from, to), open) << place.zone << " " << from << " " << to;
        if (open > 0) {
          ASSERT_EQ(calendar->Due(from, open), oracle.When(oracle.Before(to)));
        }
        if (const TimeMs change = oracle.NextChange(from); change != 0) {
          ASSERT_EQ(calendar->NextChange(from), change);
          ASSERT_EQ(calendar->NextOpening(from), oracle.IsOpen(from) ? from : change);
        }
      }
    }
  }
  std::cout << cases << " cases in " << std::size(kPlaces) << " zones\n";
  EXPECT_GE(cases, support::WalkLength(100'000));
}

}  // namespace
}  // namespace baton::core
