// Whether a Redis server is set up so that it keeps what it acknowledges. Pure function.
#ifndef BATON_STORE_REDIS_READINESS_H_
#define BATON_STORE_REDIS_READINESS_H_

#include <string>

#include "absl/status/status.h"
#include "platform/redis/reply.h"

namespace baton::store::redis {

// The answers of Redis to INFO server, INFO memory, INFO persistence, CONFIG GET appendfsync.
struct ServerReport {
  std::string server;
  std::string memory;
  std::string persistence;
  platform::redis::Reply appendfsync;
};

// OK, or FAILED_PRECONDITION naming the first setting that would lose data, and its mend.
// `allow_everysec`: the operator accepts that a power cut may lose up to a second.
absl::Status CheckSettings(const ServerReport& report, bool allow_everysec);

}  // namespace baton::store::redis

#endif  // BATON_STORE_REDIS_READINESS_H_
