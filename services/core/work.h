// When and how much a rep works, besides presence and capacity: hours by a calendar of the policy,
// planned leave with a delegate, a cap of leads a day, and a beginning with a part of the share.
//
// The choice of a rep happens where there is no database of zones (inside Redis), so a calendar
// reaches it as Hours: the instants of the next days. Both stores decide from the same Hours.
// Pure functions.
#ifndef BATON_CORE_WORK_H_
#define BATON_CORE_WORK_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/calendar.h"
#include "core/ids.h"
#include "core/time.h"

namespace baton::core {

inline constexpr size_t kAbsencesMax = 16;  // per rep
inline constexpr int32_t kDailyCapMax = 10000;
inline constexpr int32_t kRampDaysMax = 365;
inline constexpr int64_t kPermille = 1000;

struct Absence {
  TimeMs from_ms = 0;
  TimeMs until_ms = 0;  // exclusive: leads come again from then on by themselves
  RepId delegate;       // gets what would be offered to the rep; empty: nobody
  bool operator==(const Absence&) const = default;
};

// A new rep's share and capacity grow day by day from a part of them to all of them.
struct RampUp {
  TimeMs start_ms = 0;
  int32_t days = 0;          // 0: no ramp
  int32_t from_percent = 0;  // 1..99, on the first day
  bool operator==(const RampUp&) const = default;
};

struct WorkRules {
  int32_t daily_cap = 0;          // leads given in one local day, however they end; 0: no cap
  std::string calendar;           // of the policy: gets leads while it is open; empty: at any time
  std::string zone;               // IANA; empty: the calendar's, or UTC
  std::vector<Absence> absences;  // ordered by from_ms
  RampUp ramp;
  bool empty() const { return *this == WorkRules(); }
  bool operator==(const WorkRules&) const = default;
};

// What a calendar says of some days, in instants.
struct Hours {
  bool always = false;  // no calendar: open at any time
  struct Window {
    TimeMs from_ms = 0;
    TimeMs until_ms = 0;
    bool operator==(const Window&) const = default;
  };
  std::vector<Window> open;  // ordered, apart; outside it is closed, also behind the last one
  std::vector<TimeMs> days;  // when local days begin, ordered
  bool operator==(const Hours&) const = default;
};

inline constexpr int kHoursDaysAhead = 14;
inline constexpr size_t kHoursMax = 1000;  // pairs of calendar and zone, per workspace

// Under which name the stores keep the hours of such rules: "dach", "dach@Europe/Vienna",
// "@Europe/Vienna"; empty: they need none.
std::string HoursName(const WorkRules& rules);

// From the day before `now_ms` to kHoursDaysAhead later. Errors of Calendar::Make. `calendar`
// nullptr: always open, days of `zone`. `zone` empty: the calendar's.
absl::StatusOr<Hours> MakeHours(const Calendar* calendar, const std::string& zone, TimeMs now_ms);

// MakeHours for a rep. INVALID_ARGUMENT about rep.calendar if there is no such one in `calendars`.
absl::StatusOr<Hours> HoursOf(const WorkRules& rules,
                              const std::map<std::string, Calendar>& calendars, TimeMs now_ms);

// The absence that holds at `now_ms`, or nullptr.
const Absence* AbsenceAt(const WorkRules& rules, TimeMs now_ms);
// False if the rules have a calendar that is closed at `now_ms`, or of which `hours` (nullptr: none
// are known) say nothing.
bool IsAtWork(const WorkRules& rules, const Hours* hours, TimeMs now_ms);
// When the rep's day began; of UTC without hours.
TimeMs DayBegin(const Hours* hours, TimeMs now_ms);
// The first instant behind `now_ms` at which time alone makes the rules say something else: hours
// or leave begin or end, a day of who has a daily cap is over, a ramp rises. nullopt: none is
// known.
std::optional<TimeMs> NextWorkChange(const WorkRules& rules, const Hours* hours, TimeMs now_ms);
// Which part of weight and capacity counts, 1..kPermille; another one each day.
int64_t RampPermille(const RampUp& ramp, TimeMs now_ms);
// That part of a capacity; at least 1 of a capacity above 0.
int32_t RampedCapacity(int32_t capacity, int64_t permille);

}  // namespace baton::core

#endif  // BATON_CORE_WORK_H_
