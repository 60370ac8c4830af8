#include "platform/redis/connection.h"

#include <hiredis/hiredis.h>
#include <poll.h>

#include <fstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "platform/steady_time.h"

namespace baton::platform::redis {
namespace {

// To set a timeout costs two system calls, so it is right to within this.
constexpr absl::Duration kTimeoutAge = absl::Milliseconds(10);

absl::StatusOr<std::string> ReadPassword(const ConnectionOptions& options) {
  if (options.password_file.empty()) return options.endpoint.password;
  std::ifstream file(options.password_file);
  std::string password;
  if (!file || !std::getline(file, password)) {
    return absl::FailedPreconditionError(
        absl::StrCat("cannot read the Redis password file \"", options.password_file, "\""));
  }
  if (!password.empty() && password.back() == '\r') password.pop_back();
  return password;
}

// Where to look when Redis does not believe who connects.
std::string PasswordHint(const ConnectionOptions& options, const Reply& reply) {
  if (reply.IsError("NOAUTH")) return "; no password was given";
  if (!reply.IsError("WRONGPASS") || options.password_file.empty()) return "";
  return absl::StrCat("; the password is the first line of \"", options.password_file, "\"");
}

// What a refused AUTH, SELECT or SETNAME means for the caller.
absl::Status LogInError(const ConnectionOptions& options, const Reply& reply) {
  const std::string message = absl::StrCat("Redis at ", Address(options.endpoint), ": ", reply.text,
                                           PasswordHint(options, reply));
  if (reply.IsError("WRONGPASS") || reply.IsError("NOAUTH") || reply.IsError("NOPERM")) {
    return absl::PermissionDeniedError(message);
  }
  if (reply.IsError("ERR")) return absl::FailedPreconditionError(message);
  return absl::UnavailableError(message);
}

}  // namespace

void Connection::Deleter::operator()(redisContext* context) const {
  redisFree(context);
}

Connection::~Connection() = default;

absl::StatusOr<std::unique_ptr<Connection>> Connection::Open(const ConnectionOptions& options) {
  std::unique_ptr<Connection> connection(new Connection(Address(options.endpoint)));
  if (absl::Status status = connection->Connect(options); !status.ok()) return status;
  if (absl::Status status = connection->LogIn(options); !status.ok()) return status;
  return connection;
}

absl::Status Connection::Connect(const ConnectionOptions& options) {
  const timeval connect_timeout = absl::ToTimeval(options.connect_timeout);
  redisOptions settings = {};
  REDIS_OPTIONS_SET_TCP(&settings, options.endpoint.host.c_str(), options.endpoint.port);
  settings.connect_timeout = &connect_timeout;
  settings.command_timeout = &connect_timeout;  // of the TLS handshake; Run sets its own
  context_.reset(redisConnectWithOptions(&settings));
  if (context_ == nullptr) return absl::ResourceExhaustedError("no memory for a Redis connection");
  if (context_->err != 0) return Broken("cannot connect");
  ReadIntoReplies(*context_->reader);
  redisEnableKeepAlive(context_.get());
  if (options.tls == nullptr) return absl::OkStatus();
  return options.tls->Handshake(*context_, options.endpoint.host);
}

absl::Status Connection::LogIn(const ConnectionOptions& options) {
  const absl::StatusOr<std::string> password = ReadPassword(options);
  if (!password.ok()) return password.status();
  std::vector<Command> commands;
  if (!options.endpoint.user.empty()) {
    commands.push_back({"AUTH", options.endpoint.user, *password});
  } else if (!password->empty()) {
    commands.push_back({"AUTH", *password});
  }
  if (options.endpoint.database != 0) {
    commands.push_back({"SELECT", absl::StrCat(options.endpoint.database)});
  }
  commands.push_back({"PING"});
  const absl::StatusOr<std::vector<Reply>> replies = Run(commands, options.command_timeout);
  if (!replies.ok()) return replies.status();
  for (const Reply& reply : *replies) {
    if (reply.is_error()) return LogInError(options, reply);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Reply>> Connection::Run(absl::Span<const Command> commands,
                                                   absl::Duration timeout) {
  const absl::Time deadline = SteadyNow() + timeout;
  std::vector<const char*> words;
  std::vector<size_t> sizes;
  for (const Command& command : commands) {
    words.clear();
    sizes.clear();
    for (const std::string& word : command) {
      words.push_back(word.data());
      sizes.push_back(word.size());
    }
    if (redisAppendCommandArgv(context_.get(), static_cast<int>(words.size()), words.data(),
                               sizes.data()) != REDIS_OK) {
      return Broken("cannot send");
    }
  }
  if (absl::Status status = Send(deadline); !status.ok()) return status;
  std::vector<Reply> replies;
  replies.reserve(commands.size());
  while (replies.size() < commands.size()) {
    absl::StatusOr<Reply> reply = Receive(deadline);
    if (!reply.ok()) return reply.status();
    replies.push_back(*std::move(reply));
  }
  return replies;
}

absl::Status Connection::Send(absl::Time deadline) {
  int done = 0;
  while (done == 0) {
    if (absl::Status status = ArmTimeout(deadline); !status.ok()) return status;
    if (redisBufferWrite(context_.get(), &done) != REDIS_OK) return Broken("cannot send");
  }
  return absl::OkStatus();
}

absl::StatusOr<Reply> Connection::Receive(absl::Time deadline) {
  while (true) {
    void* raw = nullptr;
    if (redisGetReplyFromReader(context_.get(), &raw) != REDIS_OK) return Broken("bad reply");
    if (raw != nullptr) return std::move(*TakeReply(raw));
    if (absl::Status status = ArmTimeout(deadline); !status.ok()) return status;
    if (redisBufferRead(context_.get()) != REDIS_OK) return Broken("no answer");
  }
}

absl::Status Connection::ArmTimeout(absl::Time deadline) {
  const absl::Time now = SteadyNow();
  const absl::Duration left = deadline - now;
  if (left < absl::Milliseconds(1)) {
    broken_ = true;
    return absl::UnavailableError(absl::StrCat("Redis at ", address_, ": no answer in time"));
  }
  if (deadline == armed_for_ && now < armed_at_ + kTimeoutAge) return absl::OkStatus();
  if (redisSetTimeout(context_.get(), absl::ToTimeval(left)) != REDIS_OK) {
    return Broken("cannot set a timeout");
  }
  armed_for_ = deadline;
  armed_at_ = now;
  return absl::OkStatus();
}

absl::Status Connection::Broken(absl::string_view what) {
  broken_ = true;
  return absl::UnavailableError(
      absl::StrCat("Redis at ", address_, ": ", what, ": ", context_->errstr));
}

bool Connection::IsStale() const {
  pollfd state = {context_->fd, POLLIN, 0};
  return broken_ || poll(&state, 1, 0) != 0;
}

}  // namespace baton::platform::redis
