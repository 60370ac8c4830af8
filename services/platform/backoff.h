// How long to wait before trying again: doubling from `first` to `most`. Not thread-safe.
#ifndef BATON_PLATFORM_BACKOFF_H_
#define BATON_PLATFORM_BACKOFF_H_

#include <algorithm>

#include "absl/time/time.h"

namespace baton::platform {

class Backoff {
 public:
  // REQUIRES: zero < first <= most.
  Backoff(absl::Duration first, absl::Duration most) : first_(first), most_(most), next_(first) {}

  // After a failure.
  absl::Duration Next() {
    const absl::Duration delay = next_;
    next_ = std::min(next_ * 2, most_);
    return delay;
  }

  // After a success.
  void Reset() { next_ = first_; }

 private:
  const absl::Duration first_;
  const absl::Duration most_;
  absl::Duration next_;
};

}  // namespace baton::platform

#endif  // BATON_PLATFORM_BACKOFF_H_
