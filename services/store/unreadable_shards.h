// For whoever reads the outboxes of several shards at once: an entry that cannot be read, damaged
// or of a newer release, stops its own shard alone. Thread-safe.
#ifndef BATON_STORE_UNREADABLE_SHARDS_H_
#define BATON_STORE_UNREADABLE_SHARDS_H_

#include <cstdint>
#include <map>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "store/pipe_store.h"

namespace baton::store {

// True if it is for what an outbox holds that `read`, a status of OutboxStore::Read, is no success.
bool IsUnreadable(const absl::Status& read);

// Those of the shards whose next entry behind after[shard] cannot be read, with the reason; or why
// the store does not answer.
absl::StatusOr<std::map<int, absl::Status>> UnreadableShards(OutboxStore& outbox,
                                                             const std::map<int, int64_t>& after);

}  // namespace baton::store

#endif  // BATON_STORE_UNREADABLE_SHARDS_H_
