#include "core/work.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "core/errors.h"

namespace baton::core {
namespace {

constexpr int kHoursDaysBehind = 1;

void AddDays(const absl::TimeZone& zone, TimeMs from_ms, TimeMs until_ms, Hours& hours) {
  absl::CivilDay day(zone.At(absl::FromUnixMillis(from_ms)).cs);
  for (TimeMs begin = 0; begin < until_ms; ++day) {
    begin = absl::ToUnixMillis(absl::FromCivil(day, zone));
    if (hours.days.empty() || hours.days.back() < begin) hours.days.push_back(begin);
  }
}

void AddWindows(const Calendar& calendar, TimeMs from_ms, TimeMs until_ms, Hours& hours) {
  std::optional<TimeMs> opens = calendar.NextOpening(from_ms);
  while (opens.has_value() && *opens < until_ms) {
    const TimeMs closes = std::min(calendar.NextChange(*opens).value_or(until_ms), until_ms);
    hours.open.push_back({*opens, closes});
    opens = calendar.NextOpening(closes);
  }
}

TimeMs DayEnd(const Hours* hours, TimeMs now_ms) {
  if (hours != nullptr) {
    const auto next = std::upper_bound(hours->days.begin(), hours->days.end(), now_ms);
    if (next != hours->days.end()) return *next;
  }
  return DayBegin(hours, now_ms) + kDayMs;
}

// The first instant behind `now_ms` at which one of the spans begins or ends, or `before` if that
// comes first.
template <typename Span>
TimeMs NextEdge(const std::vector<Span>& spans, TimeMs now_ms, TimeMs before) {
  for (const Span& span : spans) {
    if (now_ms >= span.until_ms) continue;
    before = std::min(before, now_ms < span.from_ms ? span.from_ms : span.until_ms);
  }
  return before;
}

}  // namespace

std::string HoursName(const WorkRules& rules) {
  return rules.zone.empty() ? rules.calendar : absl::StrCat(rules.calendar, "@", rules.zone);
}

absl::StatusOr<Hours> MakeHours(const Calendar* calendar, const std::string& zone, TimeMs now_ms) {
  Hours hours;
  hours.always = calendar == nullptr;
  const TimeMs until_ms = now_ms + kHoursDaysAhead * kDayMs;
  TimeMs from_ms = now_ms - kHoursDaysBehind * kDayMs;
  const std::string& name = zone.empty() && calendar != nullptr ? calendar->rules().zone : zone;
  if (absl::Status status = CheckZone(name); !status.ok()) return status;
  absl::TimeZone loaded;
  absl::LoadTimeZone(name, &loaded);
  AddDays(loaded, from_ms, until_ms, hours);
  from_ms = hours.days.front();
  if (calendar == nullptr) return hours;
  if (name == calendar->rules().zone) {
    AddWindows(*calendar, from_ms, until_ms, hours);
    return hours;
  }
  CalendarRules rules = calendar->rules();
  rules.zone = name;
  const absl::StatusOr<Calendar> moved = Calendar::Make(std::move(rules));
  if (!moved.ok()) return moved.status();
  AddWindows(*moved, from_ms, until_ms, hours);
  return hours;
}

absl::StatusOr<Hours> HoursOf(const WorkRules& rules,
                              const std::map<std::string, Calendar>& calendars, TimeMs now_ms) {
  const auto found = calendars.find(rules.calendar);
  if (found != calendars.end()) return MakeHours(&found->second, rules.zone, now_ms);
  if (rules.calendar.empty()) return MakeHours(nullptr, rules.zone, now_ms);
  return FieldError("rep.calendar",
                    absl::StrCat("the active policy has no calendar '", rules.calendar, "'"));
}

const Absence* AbsenceAt(const WorkRules& rules, TimeMs now_ms) {
  for (const Absence& absence : rules.absences) {
    if (absence.from_ms <= now_ms && now_ms < absence.until_ms) return &absence;
  }
  return nullptr;
}

bool IsAtWork(const WorkRules& rules, const Hours* hours, TimeMs now_ms) {
  if (rules.calendar.empty()) return true;
  if (hours == nullptr) return false;
  return std::any_of(hours->open.begin(), hours->open.end(), [&](const Hours::Window& window) {
    return window.from_ms <= now_ms && now_ms < window.until_ms;
  });
}

TimeMs DayBegin(const Hours* hours, TimeMs now_ms) {
  TimeMs begin = 0;
  if (hours != nullptr && !hours->days.empty() && hours->days.front() <= now_ms) {
    begin = *(std::upper_bound(hours->days.begin(), hours->days.end(), now_ms) - 1);
  }
  const bool known = begin != 0 && (begin != hours->days.back() || now_ms - begin < kDayMs);
  return known ? begin : begin + (now_ms - begin) / kDayMs * kDayMs;
}

std::optional<TimeMs> NextWorkChange(const WorkRules& rules, const Hours* hours, TimeMs now_ms) {
  constexpr TimeMs kNever = std::numeric_limits<TimeMs>::max();
  TimeMs first = NextEdge(rules.absences, now_ms, kNever);
  if (!rules.calendar.empty() && hours != nullptr) first = NextEdge(hours->open, now_ms, first);
  const RampUp& ramp = rules.ramp;
  if (ramp.days > 0 && now_ms < ramp.start_ms + ramp.days * kDayMs) {
    const DurationMs into_day = std::max<DurationMs>(now_ms - ramp.start_ms, 0) % kDayMs;
    first = std::min(first, now_ms + kDayMs - into_day);
  }
  if (rules.daily_cap > 0) first = std::min(first, DayEnd(hours, now_ms));
  return first == kNever ? std::nullopt : std::optional<TimeMs>(first);
}

int64_t RampPermille(const RampUp& ramp, TimeMs now_ms) {
  if (ramp.days == 0) return kPermille;
  const int64_t day = std::clamp<int64_t>((now_ms - ramp.start_ms) / kDayMs, 0, ramp.days);
  const int64_t from = ramp.from_percent * (kPermille / 100);
  return from + (kPermille - from) * day / ramp.days;
}

int32_t RampedCapacity(int32_t capacity, int64_t permille) {
  const auto ramped = static_cast<int32_t>(capacity * permille / kPermille);
  return capacity > 0 ? std::max(ramped, 1) : 0;
}

}  // namespace baton::core
