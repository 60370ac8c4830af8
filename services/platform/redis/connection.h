// One blocking connection to Redis. Belongs to one thread at a time.
#ifndef BATON_PLATFORM_REDIS_CONNECTION_H_
#define BATON_PLATFORM_REDIS_CONNECTION_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "platform/redis/reply.h"
#include "platform/redis/tls.h"
#include "platform/redis/url.h"

struct redisContext;  // hiredis

namespace baton::platform::redis {

struct ConnectionOptions {
  Endpoint endpoint;
  std::string password_file;        // read at each connection; its first line wins over the URL's
  const TlsContext* tls = nullptr;  // set exactly if endpoint.tls; outlives the connection
  absl::Duration connect_timeout;   // > 0
  absl::Duration command_timeout;   // > 0; of AUTH, SELECT and CLIENT SETNAME here
};

class Connection {
 public:
  // Connects, makes TLS, authenticates, selects the database. UNAVAILABLE when the server cannot be
  // reached or is busy; PERMISSION_DENIED when it refuses user or password; FAILED_PRECONDITION
  // when the password file cannot be read or the database does not exist.
  static absl::StatusOr<std::unique_ptr<Connection>> Open(const ConnectionOptions& options);
  ~Connection();

  // Sends all commands, then reads all replies: one round trip. As many replies as commands; what
  // Redis refuses is an error reply in its place. UNAVAILABLE when the connection broke or
  // `timeout`
  // (> 0, for all together) passed: which commands took effect is then unknown, and the connection
  // is of no further use.
  absl::StatusOr<std::vector<Reply>> Run(absl::Span<const Command> commands,
                                         absl::Duration timeout);

  // An idle connection that the server closed, or on which an answer to nothing arrived.
  bool IsStale() const;
  bool broken() const { return broken_; }
  const std::string& address() const { return address_; }  // "host:port" of the server

  // What tells the server from every other one, also from itself before a restart, where whoever
  // prepares the connection knows that; else its address.
  const std::string& server_identity() const { return server_identity_; }
  void set_server_identity(std::string identity) { server_identity_ = std::move(identity); }

 private:
  struct Deleter {
    void operator()(redisContext* context) const;
  };
  explicit Connection(std::string address)
      : address_(std::move(address)), server_identity_(address_) {}

  absl::Status Connect(const ConnectionOptions& options);
  absl::Status LogIn(const ConnectionOptions& options);
  absl::Status Send(absl::Time deadline);
  absl::StatusOr<Reply> Receive(absl::Time deadline);
  absl::Status ArmTimeout(absl::Time deadline);
  absl::Status Broken(absl::string_view what);

  const std::string address_;
  std::string server_identity_;
  std::unique_ptr<redisContext, Deleter> context_;
  bool broken_ = false;
  absl::Time armed_for_;  // the deadline for which the socket's timeout was set last, and when
  absl::Time armed_at_;
};

}  // namespace baton::platform::redis

#endif  // BATON_PLATFORM_REDIS_CONNECTION_H_
