// A clock that tests set by hand. Thread-safe; copies of the function share the clock.
#ifndef BATON_SUPPORT_MANUAL_CLOCK_H_
#define BATON_SUPPORT_MANUAL_CLOCK_H_

#include <atomic>
#include <functional>
#include <memory>

#include "core/time.h"

namespace baton::support {

class ManualClock {
 public:
  explicit ManualClock(core::TimeMs start_ms)
      : now_ms_(std::make_shared<std::atomic<core::TimeMs>>(start_ms)) {}

  core::TimeMs now_ms() const { return now_ms_->load(); }
  void Advance(core::DurationMs by_ms) { *now_ms_ += by_ms; }  // may be negative

  // For constructors that want a clock; outlives this object.
  std::function<core::TimeMs()> function() const {
    return [now_ms = now_ms_] { return now_ms->load(); };
  }

 private:
  std::shared_ptr<std::atomic<core::TimeMs>> now_ms_;
};

}  // namespace baton::support

#endif  // BATON_SUPPORT_MANUAL_CLOCK_H_
