// The API over HTTP for whoever speaks no gRPC: Connect's protocol with JSON or protobuf, unary
// calls and server streams (connectrpc.com/docs/protocol).
#ifndef BATON_CONNECT_CONNECT_SERVICE_H_
#define BATON_CONNECT_CONNECT_SERVICE_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "connect/cors.h"
#include "connect/http_listener.h"
#include "connect/rpc_call.h"
#include "platform/metrics.h"
#include "platform/service.h"
#include "platform/tls_files.h"

namespace baton::connect {

struct ConnectOptions {
  std::string address;     // "host:port"; port 0 takes a free one
  platform::TlsFiles tls;  // without a certificate: plaintext
  Cors cors;               // which web pages may call
  HttpLimits limits;
  bool local_hosts_only = false;  // see CallRules
};

// Start and Stop belong to one thread; the rest is thread-safe.
class ConnectService final : public platform::Service {
 public:
  // `backend` is asked for at Start: it stands before this service and outlives it.
  ConnectService(ConnectOptions options, std::function<Backend()> backend,
                 platform::Metrics& metrics);
  ~ConnectService() override;

  std::string_view name() const override { return "connect"; }
  // INVALID_ARGUMENT for an address or files that cannot be used, UNAVAILABLE for a taken address.
  absl::Status Start() override;
  void Stop(absl::Duration grace) override;  // takes at most half of it
  absl::Status Ready() const override { return absl::OkStatus(); }

  int port() const;  // the one bound; 0 before Start

 private:
  const ConnectOptions options_;
  const std::function<Backend()> backend_;
  platform::Metrics& metrics_;
  std::unique_ptr<Front> front_;
  std::unique_ptr<HttpListener> listener_;
};

}  // namespace baton::connect

#endif  // BATON_CONNECT_CONNECT_SERVICE_H_
