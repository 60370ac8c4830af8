// A pool of connections to one Redis server, shared by several threads. Each call takes a
// connection for one round trip and gives it back. With Sentinels the server is the primary that
// they name (sentinels.h). A connection to a server that is not the one of now any more
// (incarnations.h) carries no further call.
//
// While the server is down, calls fail at once instead of queueing up: after a failure one caller
// at a time tries to connect again, at intervals that grow from kBackoffMin to kBackoffMax with
// jitter. So the client works again within kBackoffMax of the server's return. Nothing is ever sent
// twice.
//
// Thread-safe. Writing to a broken socket raises SIGPIPE in the client library, so Create sets that
// signal to be ignored where the process left it at its default.
#ifndef BATON_PLATFORM_REDIS_CLIENT_H_
#define BATON_PLATFORM_REDIS_CLIENT_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/random/random.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "platform/redis/connection.h"
#include "platform/redis/incarnations.h"
#include "platform/redis/reply.h"
#include "platform/redis/sentinels.h"
#include "platform/redis/tls.h"

namespace baton::platform::redis {

inline constexpr absl::Duration kBackoffMin = absl::Milliseconds(25);
inline constexpr absl::Duration kBackoffMax = absl::Seconds(1);
inline constexpr absl::Duration kAskAgainAfter = absl::Seconds(1);

struct ClientOptions {
  std::string url;            // see url.h
  std::string password_file;  // see ConnectionOptions
  TlsOptions tls;             // for rediss:// and rediss+sentinel://
  SentinelLogin sentinel;     // with a URL of Sentinels
  absl::Duration connect_timeout = absl::Seconds(1);
  absl::Duration command_timeout =
      absl::Seconds(2);     // of a round trip, and of waiting for a connection
  int connections_max = 8;  // 1..1024
};

class Client {
 public:
  // Prepares a fresh connection (checks, scripts ...) before it carries commands. An error refuses
  // the connection and is what callers get. Runs on the caller's thread, possibly several at once.
  using Prepare = std::function<absl::Status(Connection&)>;

  // INVALID_ARGUMENT for a bad URL, number or TLS file. Does not connect. incarnations: shared with
  // the other clients of the same installation; null: it has none.
  static absl::StatusOr<std::unique_ptr<Client>> Create(
      const ClientOptions& options, Prepare prepare,
      std::shared_ptr<Incarnations> incarnations = nullptr);

  // One round trip as Connection::Run. UNAVAILABLE also when no connection came free in time or the
  // server is known to be down; PERMISSION_DENIED, FAILED_PRECONDITION or whatever `prepare` says
  // when no connection could be made. The second form is for commands that block longer.
  absl::StatusOr<std::vector<Reply>> Run(absl::Span<const Command> commands);
  absl::StatusOr<std::vector<Reply>> Run(absl::Span<const Command> commands,
                                         absl::Duration timeout);

  // Asks the Sentinels, at most once in kAskAgainAfter, whether the primary is another server now,
  // and gives up the connections to the present one if so. For who notices that it may be cut off:
  // such a server still answers. Run does so by itself when the server lacks replicas
  // (NOREPLICAS). Does nothing without Sentinels or when none answers.
  void AskAgain();

 private:
  Client(const ClientOptions& options, const Location& location, std::unique_ptr<TlsContext> tls,
         Prepare prepare, std::shared_ptr<Incarnations> incarnations);

  struct Lent {
    std::unique_ptr<Connection> connection;
    int64_t incarnation = 0;  // of its server
  };
  absl::StatusOr<Lent> Take();
  absl::StatusOr<Lent> Connect();
  void GiveBack(Lent lent);
  void Drop(Lent lent, const absl::Status& why);
  void RecordFailure(const absl::Status& why) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool CanProceed() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::unique_ptr<TlsContext> tls_;
  const int connections_max_;
  const ConnectionOptions connection_options_;
  const std::unique_ptr<Sentinels> sentinels_;  // null: the server's address is fixed
  const Prepare prepare_;
  const std::shared_ptr<Incarnations> incarnations_;

  absl::Mutex mutex_;
  std::vector<Lent> idle_ ABSL_GUARDED_BY(mutex_);
  std::string server_ ABSL_GUARDED_BY(mutex_);    // address of the one that is used now
  int open_ ABSL_GUARDED_BY(mutex_) = 0;          // idle, lent and being made
  int failures_ ABSL_GUARDED_BY(mutex_) = 0;      // since the last success; 0: the server is up
  bool probing_ ABSL_GUARDED_BY(mutex_) = false;  // somebody tries whether it is up again
  absl::Time retry_at_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  absl::Status last_failure_ ABSL_GUARDED_BY(mutex_);
  absl::Time ask_again_at_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  absl::BitGen random_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace baton::platform::redis

#endif  // BATON_PLATFORM_REDIS_CLIENT_H_
