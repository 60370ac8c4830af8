// Which shard keeps a workspace: one rule for every implementation, fixed for the life of an
// installation, because keys and outbox sequences depend on it.
#ifndef BATON_STORE_SHARDING_H_
#define BATON_STORE_SHARDING_H_

#include <cstdint>

#include "core/ids.h"

namespace baton::store {

inline constexpr int kShardsMax = 1024;

// FNV-1a (64 bits) of the id, modulo `shards` (1..kShardsMax).
inline int ShardOfWorkspace(const core::WorkspaceId& workspace, int shards) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const char character : workspace.str()) {
    hash ^= static_cast<unsigned char>(character);
    hash *= 0x100000001b3;
  }
  return static_cast<int>(hash % static_cast<uint64_t>(shards));
}

}  // namespace baton::store

#endif  // BATON_STORE_SHARDING_H_
