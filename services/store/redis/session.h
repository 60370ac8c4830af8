// What must be true of a Redis server before it may carry calls of the store: it is a primary of
// version 7.0 or newer, no Sentinel and no node of a cluster, the installation is ours and has as
// many shards as we think, the user may do what the functions do, the functions are loaded, and the
// shards are open for this incarnation of the server (functions/open_shard.lua).
#ifndef BATON_STORE_REDIS_SESSION_H_
#define BATON_STORE_REDIS_SESSION_H_

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "platform/redis/reply.h"
#include "store/redis/function_library.h"
#include "store/redis/function_loading.h"

namespace baton::store::redis {

// Thread-safe: has no state but its configuration.
class Session {
 public:
  // library outlives the session. clock: milliseconds as text, "" for the server's own.
  Session(int shards, const FunctionLibrary& library, std::function<std::string()> clock)
      : shards_(shards), library_(library), clock_(std::move(clock)) {}

  // Makes the above true where that is possible. Safe to repeat and to race with other processes.
  // Gives the server's replication id, which is another one after a restart or a promotion.
  // FAILED_PRECONDITION when people must act, UNAVAILABLE when it may pass.
  absl::StatusOr<std::string> Prepare(const Runner& run) const;

 private:
  absl::Status CheckAccess(const Runner& run) const;
  absl::Status OpenShards(const Runner& run, const std::string& replication_id,
                          absl::Span<const platform::redis::Reply> recorded) const;

  const int shards_;
  const FunctionLibrary& library_;
  const std::function<std::string()> clock_;
};

// The value of "name:value" in an answer of INFO; empty if there is none.
std::string InfoValue(const std::string& info, absl::string_view name);

// FAILED_PRECONDITION unless the answer of INFO server is that of version 7.0 or newer.
absl::Status CheckVersion(const std::string& info);

// FAILED_PRECONDITION if that answer is of a Sentinel or of a node of Redis Cluster (ADR 29).
absl::Status CheckMode(const std::string& info);

}  // namespace baton::store::redis

#endif  // BATON_STORE_REDIS_SESSION_H_
