// The record of a shard, as functions/shard.lua writes it. Pure functions.
#ifndef BATON_STORE_REDIS_SHARD_CODEC_H_
#define BATON_STORE_REDIS_SHARD_CODEC_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "core/time.h"
#include "platform/redis/reply.h"

namespace baton::store::redis {

struct ShardRecord {
  int64_t epoch = 0;          // 0: never opened
  int64_t sequence = 0;       // of the newest outbox entry ever appended
  core::TimeMs clock_ms = 0;  // instant of the latest change
  int64_t applied = 0;
  int64_t duplicates = 0;
  std::string replication_id;  // of the server for which the shard was opened
};

// `reply`: the answer to GET. INTERNAL if it is not readable.
absl::StatusOr<ShardRecord> DecodeShard(const platform::redis::Reply& reply);

}  // namespace baton::store::redis

#endif  // BATON_STORE_REDIS_SHARD_CODEC_H_
