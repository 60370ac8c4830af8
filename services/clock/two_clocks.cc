#include "clock/two_clocks.h"

namespace baton::clock {

core::DurationMs Skew(core::TimeMs asked_ms, core::TimeMs answered_ms, core::TimeMs store_ms) {
  if (store_ms < asked_ms) return store_ms - asked_ms;
  if (store_ms > answered_ms) return store_ms - answered_ms;
  return 0;
}

}  // namespace baton::clock
