// When to fetch an issuer's keys. Pure; not thread-safe.
#ifndef BATON_IDENTITY_FETCH_SCHEDULE_H_
#define BATON_IDENTITY_FETCH_SCHEDULE_H_

#include <algorithm>

#include "absl/time/time.h"
#include "platform/backoff.h"

namespace baton::identity {

// At once, then every `refresh`; after a failure soon again, ever more seldom; and when somebody
// asks for it, but no sooner than `ask_interval` after the fetch before. `jitter`, 0 to 1, keeps
// replicas apart: the interval is 80% to 100% of `refresh`.
class FetchSchedule {
 public:
  static constexpr absl::Duration kRetryFirst = absl::Seconds(1);
  static constexpr absl::Duration kRetryMost = absl::Minutes(1);

  FetchSchedule(absl::Duration refresh, absl::Duration ask_interval)
      : refresh_(refresh), ask_interval_(ask_interval), backoff_(kRetryFirst, kRetryMost) {}

  // A fetch is to begin; not while one is under way.
  bool Due(bool asked, absl::Time now) const {
    if (under_way_) return false;
    return now >= next_at_ || (asked && now >= began_at_ + ask_interval_);
  }
  void Begin(absl::Time now) {
    under_way_ = true;
    began_at_ = now;
  }
  void End(bool fetched, double jitter, absl::Time now) {
    under_way_ = false;
    if (fetched) backoff_.Reset();
    const absl::Duration wait = fetched ? refresh_ : std::min(backoff_.Next(), refresh_);
    next_at_ = now + wait * (1 - 0.2 * jitter);
  }

 private:
  const absl::Duration refresh_;
  const absl::Duration ask_interval_;
  platform::Backoff backoff_;
  bool under_way_ = false;
  absl::Time began_at_ = absl::InfinitePast();
  absl::Time next_at_ = absl::InfinitePast();
};

}  // namespace baton::identity

#endif  // BATON_IDENTITY_FETCH_SCHEDULE_H_
