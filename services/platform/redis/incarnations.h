// Which server the clients of one installation speak to, as a number: another server, or the same
// one after a restart, is another number. What is read or done while it stands still is read or
// done on one server. Clients that share an Incarnations lend no connection of an earlier number.
//
// Thread-safe.
#ifndef BATON_PLATFORM_REDIS_INCARNATIONS_H_
#define BATON_PLATFORM_REDIS_INCARNATIONS_H_

#include <cstdint>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace baton::platform::redis {

class Incarnations {
 public:
  int64_t now() const {
    absl::MutexLock lock(&mutex_);
    return now_;
  }

  // A connection has been made to the server of that identity: its number, which is now() until
  // another one is met.
  int64_t Met(const std::string& identity) {
    absl::MutexLock lock(&mutex_);
    if (identity != identity_) {
      identity_ = identity;
      ++now_;
    }
    return now_;
  }

  // The server is given up: whoever is met next is another one.
  void Leave() {
    absl::MutexLock lock(&mutex_);
    identity_.clear();
    ++now_;
  }

 private:
  mutable absl::Mutex mutex_;
  std::string identity_ ABSL_GUARDED_BY(mutex_);  // never that of a server while empty
  int64_t now_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace baton::platform::redis

#endif  // BATON_PLATFORM_REDIS_INCARNATIONS_H_
