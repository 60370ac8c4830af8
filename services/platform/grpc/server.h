// A gRPC server with limits, health and an orderly end.
#ifndef BATON_PLATFORM_GRPC_SERVER_H_
#define BATON_PLATFORM_GRPC_SERVER_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "grpcpp/channel.h"
#include "grpcpp/impl/service_type.h"
#include "grpcpp/server.h"
#include "platform/grpc/connection_count.h"
#include "platform/grpc/connection_listener.h"
#include "platform/grpc/tls.h"
#include "platform/metrics.h"

namespace baton::platform::rpc {

struct ServerOptions {
  std::string address;  // "host:port"; port 0: any free one
  // Per request: a lookup table of 4 MB in its envelope; larger ones are RESOURCE_EXHAUSTED.
  int message_bytes_max = 4 * 1024 * 1024;
  // Of all connections, with what has come of messages that are not complete, which nothing else
  // bounds. More where as many connections as may be need more. Beyond, gRPC closes connections and
  // cancels calls, whosever they are.
  size_t memory_bytes_max = 256 * 1024 * 1024;
  int metadata_bytes_max = 8 * 1024;                     // per request
  int concurrent_streams_max = 1000;                     // per connection
  absl::Duration keepalive_time = absl::Seconds(30);     // an idle connection is probed after this
  absl::Duration keepalive_timeout = absl::Seconds(10);  // and closed when it stays silent
  absl::Duration client_ping_interval_min = absl::Seconds(10);  // quicker pings: GOAWAY
  absl::Duration connection_age_max = absl::Minutes(30);  // then GOAWAY, so that load spreads anew
  absl::Duration connection_age_grace = absl::Minutes(5);
  absl::Duration handshake_timeout = absl::Seconds(10);  // for TLS and the first frame of HTTP/2
  bool reflection = false;                               // grpc.reflection
  TlsFiles tls;                                          // without a certificate: plaintext
};

// Serves callback services and grpc.health.v1: "" is liveness and SERVING from Start on; the name
// of each service is readiness and NOT_SERVING until SetServing. Compressed requests are
// UNIMPLEMENTED. Start and Stop belong to one thread, the rest is thread-safe.
class Server {
 public:
  // `connections` bounds how many there are; it and `metrics` outlive the server.
  Server(ServerOptions options, ConnectionCount& connections, Metrics& metrics);
  ~Server();  // Stop(zero)

  // Registers `services`, which must outlive the server, and binds. UNAVAILABLE when the address
  // cannot be bound, INVALID_ARGUMENT when it has no port or what ServerTls says. At most once.
  absl::Status Start(const std::vector<::grpc::Service*>& services,
                     const std::vector<std::string>& service_names);

  int port() const { return listener_ == nullptr ? 0 : listener_->port(); }  // 0 before Start
  const std::vector<std::string>& service_names() const { return service_names_; }
  // Calls through it arrive as those of the network do. Between Start and Stop.
  std::shared_ptr<::grpc::Channel> InProcessChannel();
  void SetServing(bool serving);  // readiness of all services; not before Start, no effect after
                                  // BeginStop

  // Health says NOT_SERVING, also "", and keeps saying so.
  void BeginStop();
  // BeginStop, no new calls, waits for running ones up to `grace`, cancels the rest, waits for
  // them. A call that is under way when the client has not yet heard of the end is never begun:
  // gRPC answers it with CANCELLED.
  void Stop(absl::Duration grace);

 private:
  const ServerOptions options_;
  ConnectionCount& connections_;
  Metrics& metrics_;
  std::vector<std::string> service_names_;
  std::unique_ptr<ConnectionListener> listener_;  // from Start on
  std::unique_ptr<::grpc::Server> server_;        // likewise
  bool stopped_ = false;
};

}  // namespace baton::platform::rpc

#endif  // BATON_PLATFORM_GRPC_SERVER_H_
