#include "store/redis/shard_codec.h"

#include "store/redis/text.h"

namespace baton::store::redis {

absl::StatusOr<ShardRecord> DecodeShard(const platform::redis::Reply& reply) {
  ShardRecord shard;
  if (reply.is_nil()) return shard;
  Items items(reply.text, "a stored shard");
  items.Skip();  // format
  shard.epoch = items.Number();
  shard.sequence = items.Number();
  shard.clock_ms = items.Number();
  shard.applied = items.Number();
  shard.duplicates = items.Number();
  shard.replication_id = std::string(items.Word());
  if (!items.status().ok()) return items.status();
  return shard;
}

}  // namespace baton::store::redis
