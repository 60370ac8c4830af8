#include "store/unreadable_shards.h"

#include "absl/time/time.h"
#include "core/errors.h"

namespace baton::store {

bool IsUnreadable(const absl::Status& read) {
  return core::ErrorReason(read) == "STATE_UNREADABLE";
}

absl::StatusOr<std::map<int, absl::Status>> UnreadableShards(OutboxStore& outbox,
                                                             const std::map<int, int64_t>& after) {
  std::map<int, absl::Status> unreadable;
  for (const auto& [shard, sequence] : after) {
    const absl::Status read = outbox.Read({{shard, sequence}}, 1, absl::ZeroDuration()).status();
    if (read.ok()) continue;
    if (!IsUnreadable(read)) return read;
    unreadable[shard] = read;
  }
  return unreadable;
}

}  // namespace baton::store
