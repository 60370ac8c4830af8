// Parts of timestamps and durations.
#include <optional>

#include "absl/strings/numbers.h"
#include "absl/time/civil_time.h"
#include "expression/functions.h"
#include "expression/zone_name.h"

namespace baton::expression {
namespace {

// "Europe/Berlin", "+01:00", "-08:30", "02:00"
std::optional<absl::TimeZone> ZoneNamed(std::string_view name) {
  constexpr int kSecondsPerMinute = 60, kMinutesPerHour = 60;
  const bool is_negative = !name.empty() && name[0] == '-';
  std::string_view rest = name;
  if (is_negative || (!name.empty() && name[0] == '+')) rest.remove_prefix(1);
  int hours = 0, minutes = 0;
  if (rest.size() == 5 && rest[2] == ':' &&
      absl::SimpleAtoi(absl::string_view(rest.data(), 2), &hours) &&
      absl::SimpleAtoi(absl::string_view(rest.data() + 3, 2), &minutes)) {
    const int seconds = (hours * kMinutesPerHour + minutes) * kSecondsPerMinute;
    return absl::FixedTimeZone(is_negative ? -seconds : seconds);
  }
  absl::TimeZone zone;
  if (!IsZoneName(name) || !absl::LoadTimeZone({name.data(), name.size()}, &zone)) {
    return std::nullopt;
  }
  return zone;
}

using Part = int64_t (*)(const absl::TimeZone::CivilInfo&);

int64_t FullYear(const absl::TimeZone::CivilInfo& at) {
  return at.cs.year();
}
int64_t Month(const absl::TimeZone::CivilInfo& at) {
  return at.cs.month() - 1;
}
int64_t Date(const absl::TimeZone::CivilInfo& at) {
  return at.cs.day();
}
int64_t DayOfMonth(const absl::TimeZone::CivilInfo& at) {
  return at.cs.day() - 1;
}
int64_t DayOfWeek(const absl::TimeZone::CivilInfo& at) {
  constexpr int64_t kDays = 7;
  return (static_cast<int64_t>(absl::GetWeekday(at.cs)) + 1) % kDays;  // Sunday is 0
}
int64_t DayOfYear(const absl::TimeZone::CivilInfo& at) {
  return absl::GetYearDay(absl::CivilDay(at.cs)) - 1;
}
int64_t Hours(const absl::TimeZone::CivilInfo& at) {
  return at.cs.hour();
}
int64_t Minutes(const absl::TimeZone::CivilInfo& at) {
  return at.cs.minute();
}
int64_t Seconds(const absl::TimeZone::CivilInfo& at) {
  return at.cs.second();
}
int64_t Milliseconds(const absl::TimeZone::CivilInfo& at) {
  return absl::ToInt64Milliseconds(at.subsecond);
}

template <Part kPart>
Value InUtc(Scratch&, const Value* args) {
  return Value::Int(kPart(absl::UTCTimeZone().At(args[0].timestamp())));
}

template <Part kPart>
Value InZone(Scratch& scratch, const Value* args) {
  const auto zone = ZoneNamed(args[1].text());
  if (!zone) return scratch.Error("unknown time zone: " + std::string(args[1].text()));
  return Value::Int(kPart(zone->At(args[0].timestamp())));
}

template <Part kPart>
void Add(const char* name, std::vector<Function>& out) {
  const Type timestamp(Kind::kTimestamp), number(Kind::kInt);
  out.push_back({name, true, {timestamp}, number, InUtc<kPart>, 2});
  out.push_back({name, true, {timestamp, Kind::kString}, number, InZone<kPart>, 60});
}

Value HoursOf(Scratch&, const Value* args) {
  return Value::Int(absl::ToInt64Hours(args[0].duration()));
}

Value MinutesOf(Scratch&, const Value* args) {
  return Value::Int(absl::ToInt64Minutes(args[0].duration()));
}

Value SecondsOf(Scratch&, const Value* args) {
  return Value::Int(absl::ToInt64Seconds(args[0].duration()));
}

// Of the last second only, unlike the others.
Value MillisecondsOf(Scratch&, const Value* args) {
  absl::Duration rest;
  static_cast<void>(absl::IDivDuration(args[0].duration(), absl::Seconds(1), &rest));
  return Value::Int(absl::ToInt64Milliseconds(rest));
}

}  // namespace

void AddTimeFunctions(std::vector<Function>& out) {
  Add<FullYear>("getFullYear", out);
  Add<Month>("getMonth", out);
  Add<Date>("getDate", out);
  Add<DayOfMonth>("getDayOfMonth", out);
  Add<DayOfWeek>("getDayOfWeek", out);
  Add<DayOfYear>("getDayOfYear", out);
  Add<Hours>("getHours", out);
  Add<Minutes>("getMinutes", out);
  Add<Seconds>("getSeconds", out);
  Add<Milliseconds>("getMilliseconds", out);
  const auto add = [&out](const char* name, auto call) {
    out.push_back({name, true, {Type(Kind::kDuration)}, Kind::kInt, call});
  };
  add("getHours", HoursOf);
  add("getMinutes", MinutesOf);
  add("getSeconds", SecondsOf);
  add("getMilliseconds", MillisecondsOf);
}

}  // namespace baton::expression
