// Where a Redis server listens and who asks: redis[s]://[user[:password]@]host[:port][/database].
#ifndef BATON_PLATFORM_REDIS_URL_H_
#define BATON_PLATFORM_REDIS_URL_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace baton::platform::redis {

struct Endpoint {
  bool tls = false;      // rediss://
  std::string user;      // empty: the default user
  std::string password;  // empty: none in the URL
  std::string host;      // name, IPv4 or IPv6 (without brackets)
  int port = 6379;       // 1..65535
  int database = 0;      // 0..65535
};

// User and password may be percent-encoded; "redis://secret@host" names a user, as in RFC 3986, and
// "redis://:secret@host" a password of the default user. INVALID_ARGUMENT names the faulty part; no
// message repeats the URL, because it may hold a password.
absl::StatusOr<Endpoint> ParseUrl(absl::string_view url);

// "host:port", safe to print.
std::string Address(const Endpoint& endpoint);

}  // namespace baton::platform::redis

#endif  // BATON_PLATFORM_REDIS_URL_H_
