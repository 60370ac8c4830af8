// The two-clock rule: a timer fires only when the store's clock, which decides, and the caller's
// own agree. A clock that was stepped then holds timers back and raises an alarm, instead of
// revoking offers early. Pure.
#ifndef BATON_CLOCK_TWO_CLOCKS_H_
#define BATON_CLOCK_TWO_CLOCKS_H_

#include "core/time.h"

namespace baton::clock {

inline constexpr core::DurationMs kSkewMaxMs = 250;

// The store said `store_ms` at some moment between `asked_ms` and `answered_ms` of our own clock.
// Returns how far it is ahead of ours (negative: behind); 0 while the answer may be exact.
core::DurationMs Skew(core::TimeMs asked_ms, core::TimeMs answered_ms, core::TimeMs store_ms);

inline bool ClocksAgree(core::DurationMs skew_ms) {
  return -kSkewMaxMs <= skew_ms && skew_ms <= kSkewMaxMs;
}

}  // namespace baton::clock

#endif  // BATON_CLOCK_TWO_CLOCKS_H_
