// The small HTTP listener for whoever operates the process:
//   GET /metrics   the metrics in Prometheus' text format
//   GET /healthz   200 while the process lives
//   GET /readyz    200 or 503, {"ready":false,"services":[{"name":...,"ready":...,"reason":...}]}
// With a CA of clients, /metrics is 403 without a certificate of it; the others are for probes,
// which have none.
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
#include "platform/small_http.h"
#include "platform/tls.h"

namespace baton::platform {

// Thread-safe after Start.
class HttpServer : public Service {
 public:
  // `address` is "host:port"; port 0 takes a free one, an empty host listens everywhere. `states`
  // is called by the thread of the listener until Stop. Without a certificate in `tls`: plaintext.
  HttpServer(std::string address, TlsFiles tls, Metrics& metrics,
             std::function<std::vector<ServiceState>()> states);
  ~HttpServer() override;

  std::string_view name() const override { return "http"; }
  // UNAVAILABLE naming the address that cannot be had; what RotatingTls::Open says of the files.
  absl::Status Start() override;
  void Stop(absl::Duration grace) override;
  absl::Status Ready() const override;

  int port() const { return port_; }  // after Start

 private:
  SmallHttp::Answer Answer(const SmallHttp::Request& request) const;

  const std::string address_;
  const TlsFiles tls_;
  Metrics& metrics_;
  const std::function<std::vector<ServiceState>()> states_;
  std::unique_ptr<SmallHttp> listener_;
  int port_ = 0;
};

}  // namespace baton::platform

#endif  // BATON_PLATFORM_HTTP_SERVER_H_
