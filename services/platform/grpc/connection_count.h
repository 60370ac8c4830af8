// Which connections of a server are open, so that they can be bounded: altogether, from one
// address, and of one principal. gRPC does not say when one ends; a descriptor that is closed, or
// is another file's by now, is noticed here by looking. Thread-safe.
#ifndef BATON_PLATFORM_GRPC_CONNECTION_COUNT_H_
#define BATON_PLATFORM_GRPC_CONNECTION_COUNT_H_

#include <sys/types.h>

#include <map>
#include <set>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace baton::platform::rpc {

struct ConnectionLimits {
  int all_max = 10'000;
  int per_address_max = 10'000;
  int per_principal_max = 1'000;
};

class ConnectionCount {
 public:
  // So long a connection that has ended may still count.
  static constexpr absl::Duration kLookInterval = absl::Milliseconds(100);
  // Of one connection; further ones (of a proxy that many share) are not counted on it.
  static constexpr size_t kPrincipalsMax = 16;

  explicit ConnectionCount(const ConnectionLimits& limits) : limits_(limits) {}

  // Whether the connection of `fd` from `peer` may stay; then it counts from now on. peer:
  // "ipv4:10.0.0.7:4711", "ipv6:[::1]:4711".
  bool Enter(int fd, const std::string& peer, absl::Time now);

  // Whether `principal` may call on the connection of `peer`; then it is one of its connections
  // from now on. Always, where `peer` never entered (a call within this process). peer: as
  // ::grpc::ServerContextBase::peer says it.
  bool Use(const std::string& peer, const std::string& principal, absl::Time now);

  int open(absl::Time now);
  const ConnectionLimits& limits() const { return limits_; }

 private:
  struct Connection {
    int fd = -1;
    ino_t inode = 0;
    std::string address;
    std::set<std::string> principals;
  };
  using Connections = std::map<std::string, Connection>;  // by peer
  using Counts = std::map<std::string, int>;

  void Look(absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Connections::iterator Forget(Connections::iterator gone) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool HasRoom(const std::string& address) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Whether the connection of `peer` is one more of `principal`.
  bool Adds(const std::string& peer, const std::string& principal) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const ConnectionLimits limits_;
  absl::Mutex mutex_;
  absl::Time looked_at_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  Connections open_ ABSL_GUARDED_BY(mutex_);
  Counts by_address_ ABSL_GUARDED_BY(mutex_);
  Counts by_principal_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace baton::platform::rpc

#endif  // BATON_PLATFORM_GRPC_CONNECTION_COUNT_H_
