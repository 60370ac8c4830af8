#include "contract/redis_functions/store_fixture.h"

#include <utility>

#include "absl/time/clock.h"

namespace baton::contract {

std::unique_ptr<support::RedisServer> StartServer(const std::vector<std::string>& arguments) {
  absl::StatusOr<std::unique_ptr<support::RedisServer>> server =
      support::RedisServer::Start({support::AppendFsync::kAlways, arguments});
  EXPECT_TRUE(server.ok()) << server.status();
  return server.ok() ? *std::move(server) : nullptr;
}

std::unique_ptr<support::RedisServer> StartPrimary() {
  return StartServer({"--repl-diskless-sync-delay", "0"});
}

void Follow(const support::RedisServer& replica, const support::RedisServer& primary) {
  RunOn(replica, {"REPLICAOF", "127.0.0.1", absl::StrCat(primary.port())});
  const absl::Time give_up_at = absl::Now() + absl::Seconds(15);
  while (absl::Now() < give_up_at) {
    const std::string info = RunOn(replica, {"INFO", "replication"}).text;
    if (info.find("master_link_status:up") != std::string::npos) return;
    absl::SleepFor(absl::Milliseconds(20));
  }
  FAIL() << "the replica does not follow";
}

store::RedisStoreOptions OptionsFor(const support::RedisServer& server) {
  store::RedisStoreOptions options;
  options.url = server.url();
  options.shards = 4;
  return options;
}

std::unique_ptr<store::RedisStore> OpenStore(const support::RedisServer& server) {
  absl::StatusOr<std::unique_ptr<store::RedisStore>> store =
      store::RedisStore::Open(OptionsFor(server));
  EXPECT_TRUE(store.ok()) << store.status();
  return store.ok() ? *std::move(store) : nullptr;
}

absl::StatusOr<platform::redis::Reply> AskOf(const support::RedisServer& server,
                                             const platform::redis::Command& command) {
  platform::redis::ClientOptions options;
  options.url = server.url();
  const auto client = platform::redis::Client::Create(
      options, [](platform::redis::Connection&) { return absl::OkStatus(); });
  const auto replies = (*client)->Run({command});
  if (!replies.ok()) return replies.status();
  return replies->front();
}

platform::redis::Reply RunOn(const support::RedisServer& server,
                             const platform::redis::Command& command) {
  const absl::StatusOr<platform::redis::Reply> reply = AskOf(server, command);
  EXPECT_TRUE(reply.ok()) << reply.status();
  if (!reply.ok()) return {};
  EXPECT_FALSE(reply->is_error()) << reply->text;
  return *reply;
}

core::WorkspaceId Acme() {
  return core::WorkspaceId::Trusted("acme");
}

core::LeadKey AcmeLead(const std::string& lead) {
  return {Acme(), core::LeadId::Trusted(lead)};
}

void CreateWorkspace(store::Store& store) {
  const auto created = store.CreateWorkspace(Acme(), "Acme");
  ASSERT_TRUE(created.ok()) << created.status();
}

absl::StatusOr<store::CommitCode> CommitLead(store::Store& store, const std::string& lead) {
  core::Plan plan;
  plan.key = AcmeLead(lead);
  plan.after.stage = core::Stage::kNurture;
  core::Change change;
  change.stage = core::Stage::kNurture;
  plan.changes = {change};
  plan.applied = 1;
  const absl::StatusOr<std::vector<store::CommitResult>> results = store.Commit({plan});
  if (!results.ok()) return results.status();
  return results->front().code;
}

}  // namespace baton::contract
