// What the occurrences of one activity are worth as they age: of many rules with half-lives of
// their own, so it is made to be asked often.
#ifndef BATON_CORE_ACTIVITY_DAYS_H_
#define BATON_CORE_ACTIVITY_DAYS_H_

#include <cstdint>
#include <vector>

#include "core/day_counts.h"
#include "core/time.h"

namespace baton::core {

// What is left of one occurrence of that day at `now_ms`: see ActivityDays::Remaining.
double LeftOf(int32_t day, DurationMs half_life_ms, TimeMs now_ms);

// Immutable, thread-safe.
class ActivityDays {
 public:
  // Days that facts would no longer keep (kActivityDaysMax) are left out.
  explicit ActivityDays(const DayCounts& occurrences);

  // Each occurrence is worth 2^(-age / half-life), its age counted from the start of its day; one
  // dated ahead of `now_ms` has not aged yet. 0: nothing ages.
  double Remaining(DurationMs half_life_ms, TimeMs now_ms) const;

 private:
  int32_t last_day_ = 0;
  std::vector<double> counts_;  // of each day up to the last one
  double total_ = 0;
};

}  // namespace baton::core

#endif  // BATON_CORE_ACTIVITY_DAYS_H_
