// Business time: when people work, in their own zone, and how much of that lies between two
// instants.
//
// An instant is open if its local time lies in a window of its local date. That alone defines what
// happens when clocks are changed: an hour that is skipped is no business time, an hour that comes
// twice counts twice. Nothing here walks over seconds or days: business time since the beginning is
// a closed form of the local time (whole weeks, the windows of one day, the dates that differ by
// prefix sums), joined at the zone's transitions, which are tabulated once per calendar.
//
// The zone's transitions are followed from 1970 to 2170; before and behind, the offset of that end
// stays. Thread-safe; never throws.
#ifndef BATON_CORE_CALENDAR_H_
#define BATON_CORE_CALENDAR_H_

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/time.h"

namespace baton::core {

inline constexpr size_t kDayWindowsMax = 8;        // per day
inline constexpr size_t kCalendarDatesMax = 1000;  // holidays and exceptions of one calendar
inline constexpr int kMinutesPerDay = 24 * 60;

// Minutes of a day, from <= minute < to.
struct DayWindow {
  int from = 0;
  int to = kMinutesPerDay;
  bool operator==(const DayWindow&) const = default;
};
using DayWindows = std::vector<DayWindow>;  // ordered, apart from each other; empty: closed

// A date as days since 1970-01-01.
using Date = int64_t;
// nullopt unless `text` is a date that exists, as 2026-12-25, in the years 1970 to 2170.
std::optional<Date> ParseDate(std::string_view text);

// What people write: a zone, a week, and the dates that differ from it.
struct CalendarRules {
  std::string zone;                       // IANA name: "Europe/Berlin"
  std::array<DayWindows, 7> week;         // Monday first
  std::map<Date, DayWindows> exceptions;  // the windows of that date instead; a holiday: none
  bool operator==(const CalendarRules&) const = default;
};

// INVALID_ARGUMENT unless `zone` names a zone of the IANA database; FAILED_PRECONDITION
// ZONES_MISSING if this machine has no such database. Only names go further, never paths.
absl::Status CheckZone(std::string_view zone);

class Calendar {
 public:
  // Errors of CheckZone; INVALID_ARGUMENT if windows are not in order, or no day of the week is
  // open.
  static absl::StatusOr<Calendar> Make(CalendarRules rules);

  const CalendarRules& rules() const { return rules_; }

  bool IsOpen(TimeMs at) const;
  // Business time from `from` to `to`; 0 unless from < to.
  DurationMs BusinessTime(TimeMs from, TimeMs to) const;
  // The earliest instant with BusinessTime(from, it) >= amount; `from` itself if amount <= 0.
  // nullopt if that lies behind the year 9999.
  std::optional<TimeMs> Due(TimeMs from, DurationMs amount) const;
  // The earliest open instant at or behind `at`; nullopt as for Due.
  std::optional<TimeMs> NextOpening(TimeMs at) const;
  // The earliest instant behind `at` at which IsOpen becomes another; nullopt: never.
  std::optional<TimeMs> NextChange(TimeMs at) const;

 private:
  struct Segment {             // the time between two transitions
    TimeMs start;              // the first one begins at kTimeMsMin
    DurationMs offset;         // local time minus UTC
    DurationMs open_at_start;  // business time since the beginning
  };
  struct Exception {
    Date day;
    DurationMs delta;  // what this date and those before it have more than the week says
  };

  explicit Calendar(CalendarRules rules) : rules_(std::move(rules)) {}
  void Tabulate();
  DurationMs LocalOpen(TimeMs local) const;
  DurationMs OpenSince(TimeMs at) const;
  const Segment& SegmentOf(TimeMs at) const;
  const DayWindows& WindowsOf(Date day) const;

  CalendarRules rules_;
  std::array<DurationMs, 8> before_day_{};  // business time of a week before its n-th day
  std::vector<Exception> exceptions_;       // ordered by day
  std::vector<Segment> segments_;           // ordered by start
};

}  // namespace baton::core

#endif  // BATON_CORE_CALENDAR_H_
