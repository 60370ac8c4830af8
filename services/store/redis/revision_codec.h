// Revisions of policies as functions/revision.lua keeps them. Pure functions; INTERNAL for what
// cannot be read.
#ifndef BATON_STORE_REDIS_REVISION_CODEC_H_
#define BATON_STORE_REDIS_REVISION_CODEC_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "platform/redis/reply.h"
#include "store/policy_store.h"

namespace baton::store::redis {

// What is active in a workspace: the answer to HMGET policy, activations.
struct ActiveRevision {
  bool workspace_exists = false;
  int64_t revision = 0;     // 0: none
  int64_t activations = 0;  // the last number given
};
absl::StatusOr<ActiveRevision> DecodeActive(const platform::redis::Reply& reply);

// The answer to HGETALL of a revision that exists.
absl::StatusOr<PolicyRevision> DecodeRevision(int64_t revision, const ActiveRevision& active,
                                              const platform::redis::Reply& reply);

}  // namespace baton::store::redis

#endif  // BATON_STORE_REDIS_REVISION_CODEC_H_
