// Where the primary of a group of Redis servers is now, by the Sentinels that watch it, as laid
// down for clients (https://redis.io/docs/latest/develop/reference/sentinel-clients/):
// - The Sentinels are asked in turn, beginning with the one that answered last, with
//   SENTINEL get-master-addr-by-name; each has to connect and to answer within a deadline.
// - The server that is named has to say itself that it is a primary, as a Sentinel that was cut off
//   may name one that no longer is; if it does not, the next Sentinel is asked. By INFO, which
//   Baton asks for anyway, and not by ROLE, which says the same and would be one more permission.
// - They are asked anew for every connection. No failover needs more than that: Sentinels close the
//   connections to a primary that they demote.
#ifndef BATON_PLATFORM_REDIS_SENTINELS_H_
#define BATON_PLATFORM_REDIS_SENTINELS_H_

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "platform/redis/connection.h"
#include "platform/redis/url.h"

namespace baton::platform::redis {

// Who asks the Sentinels; without TLS settings of its own.
struct SentinelLogin {
  std::string user;           // empty: the default user
  std::string password_file;  // its first line, read at each connection; empty: none
};

// Thread-safe.
class Sentinels {
 public:
  // REQUIRES: location.sentinels is not empty. `server` is how the primary is connected to, but for
  // its address; the Sentinels with the same TLS and within its connect_timeout.
  Sentinels(const Location& location, const SentinelLogin& login, ConnectionOptions server);

  // A connection to the primary, as Connection::Open. UNAVAILABLE with what each Sentinel said if
  // none leads to one.
  absl::StatusOr<std::unique_ptr<Connection>> OpenPrimary();

  // "host:port" of the primary, by the first Sentinel that answers; it is not looked at itself.
  // UNAVAILABLE with what each said if none names one.
  absl::StatusOr<std::string> PrimaryAddress();

 private:
  // What becomes of an answer; an error: the next Sentinel is asked.
  using Use = std::function<absl::Status(const Endpoint& primary)>;
  absl::Status AskInTurn(const Use& use);
  absl::StatusOr<Endpoint> Ask(const Endpoint& sentinel) const;
  absl::Status Open(const Endpoint& primary, std::unique_ptr<Connection>& opened) const;

  const Location location_;
  const SentinelLogin login_;
  const ConnectionOptions server_;
  std::atomic<size_t> first_ = 0;  // which one is asked first
};

}  // namespace baton::platform::redis

#endif  // BATON_PLATFORM_REDIS_SENTINELS_H_
