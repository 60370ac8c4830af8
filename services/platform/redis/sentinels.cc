#include "platform/redis/sentinels.h"

#include <map>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace baton::platform::redis {
namespace {

absl::StatusOr<Reply> RunOne(Connection& connection, Command command, absl::Duration timeout) {
  absl::StatusOr<std::vector<Reply>> replies = connection.Run({std::move(command)}, timeout);
  if (!replies.ok()) return replies.status();
  if (replies->front().is_error()) return absl::UnavailableError(replies->front().text);
  return std::move(replies->front());
}

// UNAVAILABLE unless the server says that it is a primary.
absl::Status CheckRole(Connection& connection, absl::Duration timeout) {
  const absl::StatusOr<Reply> info = RunOne(connection, {"INFO", "replication"}, timeout);
  if (!info.ok()) return info.status();
  if (absl::StrContains(info->text, "role:master")) return absl::OkStatus();
  return absl::UnavailableError(
      absl::StrCat("names ", connection.address(), ", which is no primary"));
}

}  // namespace

Sentinels::Sentinels(const Location& location, const SentinelLogin& login, ConnectionOptions server)
    : location_(location), login_(login), server_(std::move(server)) {}

absl::StatusOr<std::unique_ptr<Connection>> Sentinels::OpenPrimary() {
  std::unique_ptr<Connection> opened;
  std::map<std::string, absl::Status> tried;  // one that is gone costs its timeout once
  const absl::Status status = AskInTurn([this, &opened, &tried](const Endpoint& primary) {
    const auto [attempt, is_new] = tried.try_emplace(Address(primary));
    if (is_new) attempt->second = Open(primary, opened);
    return attempt->second;
  });
  if (!status.ok()) return status;
  return opened;
}

absl::Status Sentinels::Open(const Endpoint& primary, std::unique_ptr<Connection>& opened) const {
  ConnectionOptions options = server_;
  options.endpoint.host = primary.host;
  options.endpoint.port = primary.port;
  absl::StatusOr<std::unique_ptr<Connection>> connection = Connection::Open(options);
  if (!connection.ok()) return connection.status();
  absl::Status role = CheckRole(**connection, options.command_timeout);
  if (role.ok()) opened = *std::move(connection);
  return role;
}

absl::StatusOr<std::string> Sentinels::PrimaryAddress() {
  std::string address;
  const absl::Status status = AskInTurn([&address](const Endpoint& primary) {
    address = Address(primary);
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return address;
}

absl::Status Sentinels::AskInTurn(const Use& use) {
  const size_t count = location_.sentinels.size();
  const size_t first = first_;
  std::vector<std::string> said;
  for (size_t i = 0; i < count; ++i) {
    const size_t at = (first + i) % count;
    const Endpoint& sentinel = location_.sentinels[at];
    const absl::StatusOr<Endpoint> primary = Ask(sentinel);
    absl::Status status = primary.ok() ? use(*primary) : primary.status();
    if (status.ok()) {
      first_ = at;
      return status;
    }
    // What people have to mend is the same behind every Sentinel.
    if (primary.ok() && !absl::IsUnavailable(status)) return status;
    said.push_back(absl::StrCat(Address(sentinel), ": ", status.message()));
  }
  return absl::UnavailableError(absl::StrCat("no Sentinel leads to a primary \"", location_.primary,
                                             "\": ", absl::StrJoin(said, "; ")));
}

absl::StatusOr<Endpoint> Sentinels::Ask(const Endpoint& sentinel) const {
  ConnectionOptions options = server_;
  options.endpoint = sentinel;
  options.endpoint.user = login_.user;
  options.password_file = login_.password_file;
  options.command_timeout = server_.connect_timeout;
  const absl::StatusOr<std::unique_ptr<Connection>> connection = Connection::Open(options);
  if (!connection.ok()) return connection.status();
  const absl::StatusOr<Reply> answer =
      RunOne(**connection, {"SENTINEL", "get-master-addr-by-name", location_.primary},
             options.command_timeout);
  if (!answer.ok()) return answer.status();
  if (answer->is_nil()) return absl::UnavailableError("does not watch it");
  Endpoint primary;
  if (answer->elements.size() != 2 || !absl::SimpleAtoi(answer->elements[1].text, &primary.port)) {
    return absl::UnavailableError("answers what no Sentinel would");
  }
  primary.host = answer->elements[0].text;
  return primary;
}

}  // namespace baton::platform::redis
