// The small HTTP listener for whoever operates the process:
//   GET /metrics   the metrics in Prometheus' text format
//   GET /healthz   200 while the process lives
//   GET /readyz    200 or 503, {"ready":false,"services":[{"name":...,"ready":...,"reason":...}]}
#ifndef BATON_PLATFORM_HTTP_SERVER_H_
#define BATON_PLATFORM_HTTP_SERVER_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "platform/lifecycle.h"
#include "platform/metrics.h"
#include "platform/service.h"

namespace baton::platform {

// Thread-safe after Start.
class HttpServer : public Service {
 public:
  // `address` is "host:port"; port 0 takes a free one, an empty host listens everywhere. `states`
  // is called by threads of the listener until Stop.
  HttpServer(std::string address, Metrics& metrics,
             std::function<std::vector<ServiceState>()> states);
  ~HttpServer() override;

  std::string_view name() const override { return "http"; }
  absl::Status Start() override;  // UNAVAILABLE naming the address that cannot be had
  void Stop(absl::Duration grace) override;
  absl::Status Ready() const override;

  int port() const { return port_; }  // after Start

 private:
  class Listener;

  const std::string address_;
  Metrics& metrics_;
  const std::function<std::vector<ServiceState>()> states_;
  std::unique_ptr<Listener> listener_;
  int port_ = 0;
};

}  // namespace baton::platform

#endif  // BATON_PLATFORM_HTTP_SERVER_H_
