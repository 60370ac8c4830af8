// How often one principal and one workspace may call: token buckets in this process, in front of
// the store. Each replica counts for itself.
#ifndef BATON_DISPATCH_CALL_LIMITS_H_
#define BATON_DISPATCH_CALL_LIMITS_H_

#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace baton::dispatch {

// Of one replica; they hold for callers that prove who they are.
struct CallLimits {
  int principal_calls_per_second_max = 1000;
  int workspace_calls_per_second_max = 5000;
  int principal_streams_max = 100;
  int workspace_streams_max = 2000;
};

// A bucket for each key: `per_second` calls a second, and as many at once after a pause.
// Thread-safe.
class RateLimiter {
 public:
  static constexpr size_t kKeysMax = 100'000;  // then buckets that are full are forgotten

  explicit RateLimiter(int per_second) : per_second_(per_second) {}  // >= 1

  // Takes one call of `key`. Zero: it may go on; otherwise nothing was taken, and this is how long
  // to wait.
  absl::Duration Take(const std::string& key, absl::Time now);
  int per_second() const { return static_cast<int>(per_second_); }

 private:
  struct Bucket {
    double calls = 0;  // that may be made at once, as of `at`
    absl::Time at;
  };
  double CallsAt(const Bucket& bucket, absl::Time now) const;
  void Forget(absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const double per_second_;
  absl::Mutex mutex_;
  absl::flat_hash_map<std::string, Bucket> buckets_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace baton::dispatch

#endif  // BATON_DISPATCH_CALL_LIMITS_H_
