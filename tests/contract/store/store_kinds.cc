#include "contract/store/store_kinds.h"

#include "store/memory/memory_store.h"
#include "store/redis/redis_store.h"
#include "support/redis_server.h"

namespace baton::contract {
namespace {

absl::StatusOr<std::unique_ptr<store::Store>> MakeMemory(const StoreSetup& setup) {
  return std::make_unique<store::MemoryStore>(setup.shards, setup.limits, setup.clock);
}

// The server of this process, empty. It does not sync each write to disk: these tests are about
// what is kept, not for how long.
absl::StatusOr<support::RedisServer*> EmptyServer() {
  static auto started =
      support::RedisServer::Start({support::AppendFsync::kEverySecond, /*arguments=*/{}});
  if (!started.ok()) return started.status();
  if (absl::Status status = (*started)->Flush(); !status.ok()) return status;
  return started->get();
}

absl::StatusOr<std::unique_ptr<store::Store>> MakeRedis(const StoreSetup& setup) {
  absl::StatusOr<support::RedisServer*> server = EmptyServer();
  if (!server.ok()) return server.status();
  store::RedisStoreOptions options;
  options.url = (*server)->url();
  options.shards = setup.shards;
  options.limits = setup.limits;
  options.simulated_now = setup.clock;
  options.allow_everysec = true;
  return store::RedisStore::Open(options);
}

}  // namespace

std::vector<StoreKind> StoreKinds() {
  return {{"Memory", MakeMemory}, {"Redis", MakeRedis}};
}

}  // namespace baton::contract
