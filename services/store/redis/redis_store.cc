// Connections and calls; the ports are in redis_leads.cc, redis_roster.cc, redis_workspaces.cc and
// redis_pipes.cc.
#include "store/redis/redis_store.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/errors.h"
#include "store/installation_secret.h"
#include "store/redis/errors.h"
#include "store/redis/known_holes.h"
#include "store/redis/readiness.h"
#include "store/redis/redis_keys.h"
#include "store/redis/text.h"
#include "store/sharding.h"

namespace baton::store {

using platform::redis::Client;
using platform::redis::ClientOptions;
using platform::redis::Command;
using platform::redis::Connection;
using platform::redis::Reply;

namespace {

constexpr size_t kPipelineMax = 1000;  // commands in one round trip

ClientOptions ClientOptionsOf(const RedisStoreOptions& options) {
  ClientOptions client_options;
  client_options.url = options.url;
  client_options.password_file = options.password_file;
  client_options.tls = options.tls;
  client_options.sentinel = options.sentinel;
  client_options.command_timeout = options.command_timeout;
  client_options.connections_max = options.connections_max;
  return client_options;
}

// Does `change` to the libraries of the server, and says which there are then.
absl::StatusOr<std::vector<std::string>> ChangeLibraries(
    const RedisStoreOptions& options,
    absl::Status (*change)(const redis::FunctionLibrary&, const redis::Runner&)) {
  const auto client =
      Client::Create(ClientOptionsOf(options), [](Connection&) { return absl::OkStatus(); });
  if (!client.ok()) return client.status();
  const redis::Runner run = [&client](absl::Span<const Command> commands) {
    return (*client)->Run(commands);
  };
  if (absl::Status status = change(redis::FunctionLibrary(), run); !status.ok()) return status;
  return redis::ListLibraries(run);
}

}  // namespace

absl::StatusOr<std::unique_ptr<RedisStore>> RedisStore::Open(const RedisStoreOptions& options) {
  if (options.shards < 1 || options.shards > kShardsMax) {
    return core::FieldError("shards", absl::StrCat(options.shards, " is not in 1..", kShardsMax));
  }
  if (options.min_replica_acks < 0) {
    return core::FieldError("min_replica_acks", "is negative");
  }
  std::unique_ptr<RedisStore> store(new RedisStore(options));
  if (absl::Status status = store->CreateClients(); !status.ok()) return status;
  const absl::Status reached = store->client_->Run({{"PING"}}).status();
  if (absl::IsFailedPrecondition(reached)) return reached;
  return store;
}

RedisStore::RedisStore(const RedisStoreOptions& options)
    : options_(options),
      session_(options.shards, library_, [this] { return SimulatedClock(); }),
      servers_(std::make_shared<platform::redis::Incarnations>()) {}

absl::StatusOr<std::vector<std::string>> RedisStore::LoadFunctions(
    const RedisStoreOptions& options) {
  return ChangeLibraries(options, &redis::LoadLibrary);
}

absl::StatusOr<std::vector<std::string>> RedisStore::DeleteOldFunctions(
    const RedisStoreOptions& options) {
  return ChangeLibraries(options, &redis::DeleteOtherLibraries);
}

absl::Status RedisStore::CreateClients() {
  const ClientOptions client_options = ClientOptionsOf(options_);
  const auto prepare = [this](Connection& connection) -> absl::Status {
    absl::StatusOr<std::string> replication_id =
        session_.Prepare([this, &connection](absl::Span<const Command> commands) {
          return connection.Run(commands, options_.command_timeout);
        });
    if (!replication_id.ok()) return replication_id.status();
    connection.set_server_identity(*std::move(replication_id));
    return absl::OkStatus();
  };
  for (std::unique_ptr<Client>* client : {&client_, &readers_}) {
    absl::StatusOr<std::unique_ptr<Client>> created =
        Client::Create(client_options, prepare, servers_);
    if (!created.ok()) return created.status();
    *client = *std::move(created);
  }
  return absl::OkStatus();
}

absl::StatusOr<RedisStore::Replies> RedisStore::Run(const std::vector<Command>& commands) {
  absl::StatusOr<Replies> replies = RunEach(commands);
  if (!replies.ok()) return replies.status();
  for (const Reply& reply : *replies) {
    if (reply.is_error()) return redis::FromReply(reply);
  }
  return replies;
}

absl::StatusOr<RedisStore::Replies> RedisStore::RunEach(const std::vector<Command>& commands) {
  Replies replies;
  replies.reserve(commands.size());
  const absl::Span<const Command> all = commands;
  for (size_t at = 0; at < all.size(); at += kPipelineMax) {
    absl::StatusOr<Replies> slice = RunSlice(all.subspan(at, kPipelineMax));
    if (!slice.ok()) return slice.status();
    std::move(slice->begin(), slice->end(), std::back_inserter(replies));
  }
  return replies;
}

absl::StatusOr<RedisStore::Replies> RedisStore::RunSlice(absl::Span<const Command> commands) {
  absl::StatusOr<Replies> replies = client_->Run(commands);
  if (!replies.ok()) return redis::FromClient(replies.status());
  std::vector<size_t> unprepared;
  std::vector<Command> again;
  for (size_t i = 0; i < replies->size(); ++i) {
    if (!redis::IsUnprepared((*replies)[i])) continue;
    unprepared.push_back(i);
    again.push_back(commands[i]);
  }
  if (!again.empty()) {
    absl::StatusOr<std::string> prepared = session_.Prepare(
        [this](absl::Span<const Command> preparing) { return client_->Run(preparing); });
    if (!prepared.ok()) return redis::FromClient(prepared.status());
    servers_->Met(*prepared);
    absl::StatusOr<Replies> repeated = client_->Run(again);
    if (!repeated.ok()) return redis::FromClient(repeated.status());
    for (size_t i = 0; i < unprepared.size(); ++i) {
      (*replies)[unprepared[i]] = std::move((*repeated)[i]);
    }
  }
  for (const Reply& reply : *replies) {
    if (reply.is_error() && !redis::IsOfOneCommand(reply)) return redis::FromReply(reply);
  }
  return replies;
}

absl::StatusOr<Reply> RedisStore::RunOne(Command command) {
  absl::StatusOr<Replies> replies = Run({std::move(command)});
  if (!replies.ok()) return replies.status();
  return std::move(replies->front());
}

absl::StatusOr<RedisStore::Answer> RedisStore::AnswerOf(const Reply& reply) {
  if (reply.elements.empty()) return redis::Unreadable("an answer of a function");
  const std::optional<redis::Outcome> outcome =
      redis::ValueOf(redis::kOutcomeNames, reply.elements[0].integer);
  if (!outcome.has_value()) return redis::Unreadable("an outcome of a function");
  return Answer{*outcome, reply.elements.size() > 1 ? reply.elements[1].integer : 0};
}

absl::StatusOr<RedisStore::Answer> RedisStore::CallForOutcome(
    absl::string_view function, const std::vector<std::string>& keys,
    const std::vector<std::string>& args) {
  const absl::StatusOr<Reply> reply = RunOne(library_.Call(function, keys, args));
  if (!reply.ok()) return reply.status();
  return AnswerOf(*reply);
}

std::string RedisStore::SimulatedClock() const {
  return options_.simulated_now == nullptr ? "" : absl::StrCat(options_.simulated_now());
}

int RedisStore::ShardOf(const core::WorkspaceId& workspace) const {
  return ShardOfWorkspace(workspace, options_.shards);
}

absl::Status RedisStore::CheckShard(int shard) const {
  if (shard >= 0 && shard < options_.shards) return absl::OkStatus();
  return core::FieldError("shard", absl::StrCat(shard, " is not one of 0..", options_.shards - 1));
}

void RedisStore::AskSentinels() {
  client_->AskAgain();
  readers_->AskAgain();
}

absl::Status RedisStore::CheckReady() {
  AskSentinels();
  const absl::StatusOr<std::string> prepared = session_.Prepare(
      [this](absl::Span<const Command> commands) { return client_->Run(commands); });
  if (!prepared.ok()) return redis::FromClient(prepared.status());
  servers_->Met(*prepared);  // whose connections may have outlived a change of its role
  // Not through Run: a refused CONFIG GET is a finding, not a failure.
  absl::StatusOr<Replies> replies = client_->Run({{"INFO", "server"},
                                                  {"INFO", "memory"},
                                                  {"INFO", "persistence"},
                                                  {"CONFIG", "GET", "appendfsync"}});
  if (!replies.ok()) return redis::FromClient(replies.status());
  const std::string holes = redis::KnownHoles((*replies)[0].text);
  if (options_.on_known_holes) options_.on_known_holes(holes);
  if (options_.refuse_known_holes && !holes.empty()) return absl::FailedPreconditionError(holes);
  return redis::CheckSettings(
      {(*replies)[0].text, (*replies)[1].text, (*replies)[2].text, (*replies)[3]},
      options_.allow_everysec);
}

absl::StatusOr<std::string> RedisStore::InstallationSecret() {
  absl::StatusOr<Replies> replies = Run(
      {{"SET", redis::SecretKey(), NewInstallationSecret(), "NX"}, {"GET", redis::SecretKey()}});
  if (!replies.ok()) return replies.status();
  return (*replies)[1].text;
}

}  // namespace baton::store
