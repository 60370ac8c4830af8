// Accepts the connections of a server within limits, and hands them over. gRPC 1.51 itself takes as
// many as come, and stops listening for good when it has no descriptor left (CVE-2023-4785).
#ifndef BATON_PLATFORM_GRPC_CONNECTION_LISTENER_H_
#define BATON_PLATFORM_GRPC_CONNECTION_LISTENER_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "platform/grpc/connection_count.h"
#include "platform/metrics.h"
#include "platform/worker.h"

namespace baton::platform::rpc {

// Start and Stop belong to one thread. Without descriptors it waits until there are some again.
class ConnectionListener {
 public:
  // Takes a descriptor over, with the one that it was accepted on.
  using Take = std::function<void(int listener_fd, int fd)>;

  // Listens on "host:port"; port 0: any free one. "0.0.0.0" and "[::]" are all addresses of both
  // families, where the machine has both. UNAVAILABLE when the address cannot be bound. `count` and
  // `metrics` outlive the listener.
  static absl::StatusOr<std::unique_ptr<ConnectionListener>> Bind(const std::string& address,
                                                                  absl::Duration silence_max,
                                                                  ConnectionCount& count,
                                                                  Metrics& metrics);
  ~ConnectionListener();

  int port() const { return port_; }
  void Start(Take take);
  // Nothing is accepted any more; what was handed over goes on.
  void Stop();

 private:
  ConnectionListener(ConnectionCount& count, Metrics& metrics);
  absl::Status Listen(const std::string& host, const std::string& port);
  void Accept(int listener_fd, const Take& take);

  ConnectionCount& count_;
  Gauge& open_;
  Counter& refused_;
  std::vector<int> listeners_;
  int port_ = 0;
  absl::Duration silence_max_;
  Worker worker_;
};

}  // namespace baton::platform::rpc

#endif  // BATON_PLATFORM_GRPC_CONNECTION_LISTENER_H_
