// Where a Redis server listens and who asks, or which Sentinels know where it is:
//   redis[s]://[user[:password]@]host[:port][/database]
//   redis[s]+sentinel://[user[:password]@]host[:port][,host[:port]...]/primary[/database]
// The first is the common form (https://www.iana.org/assignments/uri-schemes/prov/redis), the
// second that of several clients, with what Sentinels call the primary as the first part of the
// path. User and password are those of Redis, never of the Sentinels; rediss is TLS to all of them.
#ifndef BATON_PLATFORM_REDIS_URL_H_
#define BATON_PLATFORM_REDIS_URL_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace baton::platform::redis {

inline constexpr int kSentinelsMax = 16;

struct Endpoint {
  bool tls = false;      // rediss://
  std::string user;      // empty: the default user
  std::string password;  // empty: none in the URL
  std::string host;      // name, IPv4 or IPv6 (without brackets)
  int port = 6379;       // 1..65535
  int database = 0;      // 0..65535
};

struct Location {
  Endpoint server;                  // with Sentinels: without a host, which they say
  std::vector<Endpoint> sentinels;  // in the order of the URL, 1..kSentinelsMax; empty: none
  std::string primary;              // what the Sentinels call it; empty without them
};

// User and password may be percent-encoded; "redis://secret@host" names a user, as in RFC 3986, and
// "redis://:secret@host" a password of the default user. Ports left out are 6379, of Sentinels
// 26379. INVALID_ARGUMENT names the faulty part; no message repeats the URL, because it may hold a
// password.
absl::StatusOr<Location> ParseUrl(absl::string_view url);

// "host:port", safe to print.
std::string Address(const Endpoint& endpoint);

}  // namespace baton::platform::redis

#endif  // BATON_PLATFORM_REDIS_URL_H_
