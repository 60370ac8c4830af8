#include "store/redis/session.h"

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "core/errors.h"
#include "store/redis/errors.h"
#include "store/redis/redis_keys.h"
#include "store/redis/shard_codec.h"
#include "store/redis/text.h"

namespace baton::store::redis {
namespace {

using platform::redis::Command;
using platform::redis::Reply;

constexpr int kVersionMin = 7;
constexpr int kFormat = 1;  // of keys and records; another one needs a migration

// "format=1 shards=16"
std::string Installation(int shards) {
  return absl::StrCat("format=", kFormat, " shards=", shards);
}

absl::Status FirstError(absl::Span<const Reply> replies) {
  for (const Reply& reply : replies) {
    if (reply.is_error()) return FromReply(reply);
  }
  return absl::OkStatus();
}

absl::Status CheckInstallation(const std::string& recorded, int shards) {
  const std::string wanted = Installation(shards);
  if (recorded == wanted) return absl::OkStatus();
  return core::Error(
      absl::StatusCode::kFailedPrecondition, "INSTALLATION_DIFFERS",
      absl::StrCat("this Redis belongs to an installation with \"", recorded,
                   "\", this process is configured for \"", wanted,
                   "\": the number of shards is chosen at installation and cannot be changed"),
      {{"recorded", recorded}, {"configured", wanted}});
}

}  // namespace

std::string InfoValue(const std::string& info, absl::string_view name) {
  for (const absl::string_view line : absl::StrSplit(info, absl::ByAnyChar("\r\n"))) {
    if (absl::StartsWith(line, name) && line.size() > name.size() && line[name.size()] == ':') {
      return std::string(line.substr(name.size() + 1));
    }
  }
  return "";
}

absl::Status CheckVersion(const std::string& info) {
  const std::string version = InfoValue(info, "redis_version");
  int major = 0;
  if (absl::SimpleAtoi(version.substr(0, version.find('.')), &major) && major >= kVersionMin) {
    return absl::OkStatus();
  }
  return core::Error(absl::StatusCode::kFailedPrecondition, "REDIS_TOO_OLD",
                     absl::StrCat("Redis ", kVersionMin, ".0 or newer is needed, found \"", version,
                                  "\": upgrade the server"),
                     {{"version", version}});
}

absl::Status CheckMode(const std::string& info) {
  const std::string mode = InfoValue(info, "redis_mode");
  if (mode != "sentinel" && mode != "cluster") return absl::OkStatus();
  return core::Error(
      absl::StatusCode::kFailedPrecondition, "REDIS_MODE_UNSUPPORTED",
      mode == "sentinel"
          ? "this is a Sentinel, not a Redis: to have it asked for the primary, write "
            "redis+sentinel://host:port/primary"
          : "this is a node of Redis Cluster, which is not supported: use one primary with "
            "replicas, and Sentinels if it is to fail over",
      {{"mode", mode}});
}

absl::StatusOr<std::string> Session::Prepare(const Runner& run) const {
  std::vector<Command> commands = {{"INFO", "server"},
                                   {"INFO", "replication"},
                                   {"SET", InstallationKey(), Installation(shards_), "NX"},
                                   {"GET", InstallationKey()}};
  for (int shard = 0; shard < shards_; ++shard) {
    commands.push_back({"GET", ShardKeys(shard).Meta()});
  }
  const absl::StatusOr<std::vector<Reply>> replies = run(commands);
  if (!replies.ok()) return replies.status();
  if ((*replies)[0].is_error()) return FromReply((*replies)[0]);
  if (absl::Status status = CheckVersion((*replies)[0].text); !status.ok()) return status;
  if (absl::Status status = CheckMode((*replies)[0].text); !status.ok()) return status;
  const std::string& replication = (*replies)[1].text;
  if (InfoValue(replication, "role") == "slave") {
    return absl::UnavailableError("Redis: the server is a replica, not the primary");
  }
  if (absl::Status status = FirstError(*replies); !status.ok()) return status;
  if (absl::Status status = CheckInstallation((*replies)[3].text, shards_); !status.ok()) {
    return status;
  }
  if (absl::Status status = LoadLibrary(library_, run); !status.ok()) return status;
  if (absl::Status status = CheckAccess(run); !status.ok()) return status;
  std::string id = InfoValue(replication, "master_replid");
  absl::Status opened = OpenShards(run, id, absl::MakeConstSpan(*replies).subspan(4));
  if (!opened.ok()) return opened;
  return id;
}

absl::Status Session::CheckAccess(const Runner& run) const {
  const ShardKeys keys(0);
  const absl::StatusOr<std::vector<Reply>> checked =
      run({library_.Call("check_access", {keys.Meta(), keys.Outbox()}, {})});
  if (!checked.ok()) return checked.status();
  if (absl::Status status = FirstError(*checked); !status.ok()) return status;
  if ((*checked)[0].elements.empty()) return absl::OkStatus();
  std::vector<std::string> denied;
  for (const Reply& command : (*checked)[0].elements) denied.push_back(command.text);
  return core::Error(absl::StatusCode::kFailedPrecondition, "REDIS_ACCESS_DENIED",
                     absl::StrCat("the Redis user may not run: ", absl::StrJoin(denied, ", "),
                                  "; grant these commands on all keys \"{b*\""));
}

absl::Status Session::OpenShards(const Runner& run, const std::string& replication_id,
                                 absl::Span<const Reply> recorded) const {
  std::vector<Command> commands;
  for (int shard = 0; shard < shards_; ++shard) {
    const absl::StatusOr<ShardRecord> found = DecodeShard(recorded[static_cast<size_t>(shard)]);
    if (!found.ok()) return found.status();
    if (found->replication_id == replication_id) continue;
    const ShardKeys keys(shard);
    commands.push_back(
        library_.Call("open_shard", {keys.Meta(), keys.Outbox()}, {replication_id, clock_()}));
  }
  if (commands.empty()) return absl::OkStatus();
  const absl::StatusOr<std::vector<Reply>> opened = run(commands);
  if (!opened.ok()) return opened.status();
  return FirstError(*opened);
}

}  // namespace baton::store::redis
