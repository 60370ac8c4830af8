// What the store says when Redis cannot be reached or refuses. Pure functions.
#ifndef BATON_STORE_REDIS_ERRORS_H_
#define BATON_STORE_REDIS_ERRORS_H_

#include "absl/status/status.h"
#include "platform/redis/reply.h"

namespace baton::store::redis {

// An error of the client, ready for callers: UNAVAILABLE gets its retry time.
absl::Status FromClient(absl::Status status);

// An error reply: UNAVAILABLE with a retry time for what passes (no memory, no disk, loading, busy,
// failing over, too few replicas), INTERNAL for the rest.
absl::Status FromReply(const platform::redis::Reply& error);

// An error reply about the key or argument of this command alone: a function refused what is stored
// (BATONREFUSED), or a key holds something else (WRONGTYPE). Its neighbours are not concerned.
bool IsOfOneCommand(const platform::redis::Reply& reply);

// The function was not executed because it (or its shard) is not there: prepare and call it again.
bool IsUnprepared(const platform::redis::Reply& reply);

}  // namespace baton::store::redis

#endif  // BATON_STORE_REDIS_ERRORS_H_
