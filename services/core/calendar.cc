#include "core/calendar.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "core/errors.h"
#include "core/text.h"
#include "expression/zone_name.h"

namespace baton::core {
namespace {

constexpr int kFirstYear = 1970, kLastYear = 2170;
constexpr int kDaysPerWeek = 7;
constexpr int kFirstDay = 3;  // 1970-01-01 was a Thursday

int64_t FloorDivide(int64_t value, int64_t by) {
  return value / by - (value % by < 0 ? 1 : 0);
}

Date DateOf(TimeMs local) {
  return FloorDivide(local, kDayMs);
}

int DayOfWeek(Date day) {  // Monday: 0
  return static_cast<int>(day + kFirstDay -
                          FloorDivide(day + kFirstDay, kDaysPerWeek) * kDaysPerWeek);
}

DurationMs Length(const DayWindows& windows) {
  DurationMs length = 0;
  for (const DayWindow& window : windows) length += (window.to - window.from) * kMinuteMs;
  return length;
}

// How much of `windows` lies before `in_day`, the time since midnight.
DurationMs LengthBefore(const DayWindows& windows, DurationMs in_day) {
  DurationMs length = 0;
  for (const DayWindow& window : windows) {
    const DurationMs from = window.from * kMinuteMs;
    if (in_day <= from) break;
    length += std::min(in_day, window.to * kMinuteMs) - from;
  }
  return length;
}

bool AreOrdered(const DayWindows& windows) {
  int before = -1;
  for (const DayWindow& window : windows) {
    if (window.from <= before || window.to <= window.from || window.to > kMinutesPerDay) {
      return false;
    }
    before = window.to;
  }
  return windows.size() <= kDayWindowsMax;
}

absl::Status CheckWindows(const CalendarRules& rules) {
  bool ordered = true, opens = false;
  for (const DayWindows& windows : rules.week) {
    ordered = ordered && AreOrdered(windows);
    opens = opens || !windows.empty();
  }
  for (const auto& [day, windows] : rules.exceptions) ordered = ordered && AreOrdered(windows);
  if (!ordered) {
    return FieldError("hours", absl::StrCat("hours of a day must be in order and apart, at most ",
                                            kDayWindowsMax, " windows"));
  }
  if (!opens) return FieldError("hours", "hours must open on at least one day of the week");
  if (rules.exceptions.size() > kCalendarDatesMax) {
    return FieldError("exceptions",
                      absl::StrCat("holidays and exceptions are ", rules.exceptions.size(),
                                   " dates, at most ", kCalendarDatesMax, " are allowed"));
  }
  return absl::OkStatus();
}

// The instant of a transition, whose first civil second is `to`.
absl::Time InstantOf(const absl::TimeZone& zone,
                     const absl::TimeZone::CivilTransition& transition) {
  const absl::TimeZone::TimeInfo info = zone.At(transition.to);
  return info.kind == absl::TimeZone::TimeInfo::UNIQUE ? info.pre : info.trans;
}

// The first `at` in from < at <= kTimeMsMax with holds(at), which is monotone; nullopt: none.
template <typename Holds>
std::optional<TimeMs> FirstAfter(TimeMs from, const Holds& holds) {
  DurationMs step = kHourMs;
  TimeMs low = from, high = from;
  do {  // widen until it holds
    if (high >= kTimeMsMax) return std::nullopt;
    low = high;
    high = std::min(kTimeMsMax, high + step);
    step *= 2;
  } while (!holds(high));
  while (high - low > 1) {
    const TimeMs middle = low + (high - low) / 2;
    (holds(middle) ? high : low) = middle;
  }
  return high;
}

}  // namespace

std::optional<Date> ParseDate(std::string_view text) {
  absl::CivilDay day;
  if (text.size() != 10 || !absl::ascii_isdigit(static_cast<unsigned char>(text[0])) ||
      !absl::ParseCivilTime(ToAbsl(text), &day) || absl::FormatCivilTime(day) != ToAbsl(text) ||
      day.year() < kFirstYear || day.year() > kLastYear) {
    return std::nullopt;
  }
  return day - absl::CivilDay(1970, 1, 1);
}

absl::Status CheckZone(std::string_view zone) {
  absl::TimeZone found;
  if (!expression::IsZoneName(zone) || !absl::LoadTimeZone(ToAbsl(zone), &found)) {
    if (expression::IsZoneName(zone) && !absl::LoadTimeZone("Etc/GMT+1", &found)) {
      return Error(absl::StatusCode::kFailedPrecondition, "ZONES_MISSING",
                   "this machine has no database of time zones (/usr/share/zoneinfo)");
    }
    return FieldError("zone", absl::StrCat("'", Shortened(zone, expression::kZoneBytesMax),
                                           "' is no time zone of the ",
                                           "IANA database; write it as Europe/Berlin"));
  }
  return absl::OkStatus();
}

absl::StatusOr<Calendar> Calendar::Make(CalendarRules rules) {
  if (absl::Status status = CheckZone(rules.zone); !status.ok()) return status;
  if (absl::Status status = CheckWindows(rules); !status.ok()) return status;
  Calendar calendar(std::move(rules));
  calendar.Tabulate();
  return calendar;
}

void Calendar::Tabulate() {
  for (int day = 0; day < kDaysPerWeek; ++day) {
    before_day_[day + 1] = before_day_[day] + Length(rules_.week[day]);
  }
  DurationMs delta = 0;
  for (const auto& [day, windows] : rules_.exceptions) {
    delta += Length(windows) - Length(rules_.week[DayOfWeek(day)]);
    exceptions_.push_back({day, delta});
  }
  absl::TimeZone zone;
  absl::LoadTimeZone(rules_.zone, &zone);
  const absl::Time end = absl::FromCivil(absl::CivilYear(kLastYear), absl::UTCTimeZone());
  absl::Time start = absl::UnixEpoch();
  const auto begin_segment = [&](TimeMs at) {
    const DurationMs offset = zone.At(start).offset * kSecondMs;
    if (!segments_.empty() && segments_.back().offset == offset) return;
    segments_.push_back({at, offset, 0});
    if (segments_.size() == 1) return;
    const Segment& before = segments_[segments_.size() - 2];
    segments_.back().open_at_start = before.open_at_start + LocalOpen(at + before.offset) -
                                     LocalOpen(before.start + before.offset);
  };
  begin_segment(kTimeMsMin);
  for (absl::TimeZone::CivilTransition next; zone.NextTransition(start, &next);) {
    start = InstantOf(zone, next);
    if (start >= end) break;
    begin_segment(absl::ToUnixMillis(start));
  }
}

const DayWindows& Calendar::WindowsOf(Date day) const {
  const auto found = rules_.exceptions.find(day);
  return found != rules_.exceptions.end() ? found->second : rules_.week[DayOfWeek(day)];
}

const Calendar::Segment& Calendar::SegmentOf(TimeMs at) const {
  const auto after =
      std::upper_bound(segments_.begin() + 1, segments_.end(), at,
                       [](TimeMs time, const Segment& segment) { return time < segment.start; });
  return *(after - 1);
}

// Business time of the local time line before `local`, counted from the week of 1970-01-01.
DurationMs Calendar::LocalOpen(TimeMs local) const {
  const Date day = DateOf(local);
  const int64_t week = FloorDivide(day + kFirstDay, kDaysPerWeek);
  DurationMs open = week * before_day_[kDaysPerWeek] + before_day_[DayOfWeek(day)] +
                    LengthBefore(WindowsOf(day), local - day * kDayMs);
  const auto here =
      std::lower_bound(exceptions_.begin(), exceptions_.end(), day,
                       [](const Exception& exception, Date d) { return exception.day < d; });
  if (here != exceptions_.begin()) open += (here - 1)->delta;
  return open;
}

DurationMs Calendar::OpenSince(TimeMs at) const {
  const Segment& segment = SegmentOf(at);
  return segment.open_at_start + LocalOpen(at + segment.offset) -
         LocalOpen(segment.start + segment.offset);
}

bool Calendar::IsOpen(TimeMs at) const {
  const TimeMs local = at + SegmentOf(at).offset;
  const Date day = DateOf(local);
  const DayWindows& windows = WindowsOf(day);
  const DurationMs in_day = local - day * kDayMs;
  return std::any_of(windows.begin(), windows.end(), [&](const DayWindow& window) {
    return window.from * kMinuteMs <= in_day && in_day < window.to * kMinuteMs;
  });
}

DurationMs Calendar::BusinessTime(TimeMs from, TimeMs to) const {
  return from < to ? OpenSince(to) - OpenSince(from) : 0;
}

std::optional<TimeMs> Calendar::Due(TimeMs from, DurationMs amount) const {
  if (amount <= 0) return from;
  const DurationMs open = OpenSince(from);
  return FirstAfter(from, [&](TimeMs at) { return OpenSince(at) - open >= amount; });
}

std::optional<TimeMs> Calendar::NextOpening(TimeMs at) const {
  return IsOpen(at) ? at : NextChange(at);
}

std::optional<TimeMs> Calendar::NextChange(TimeMs at) const {
  const bool is_open = IsOpen(at);
  const DurationMs open = OpenSince(at);
  const std::optional<TimeMs> behind = FirstAfter(
      at, [&](TimeMs later) { return OpenSince(later) - open != (is_open ? later - at : 0); });
  if (!behind.has_value()) return std::nullopt;
  return *behind - 1;  // what differs there is the millisecond before it
}

}  // namespace baton::core
