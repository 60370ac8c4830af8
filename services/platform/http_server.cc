#include "platform/http_server.h"

#include <utility>

#include "nlohmann/json.hpp"
#include "platform/status_text.h"

namespace baton::platform {
namespace {

constexpr int kForbidden = 403;
constexpr int kNotFound = 404;
constexpr int kUnavailable = 503;
constexpr char kPlain[] = "text/plain";
constexpr char kJson[] = "application/json";
constexpr char kMetricsText[] = "text/plain; version=0.0.4; charset=utf-8";

std::string ToJson(const std::vector<ServiceState>& states) {
  nlohmann::ordered_json services = nlohmann::ordered_json::array();
  for (const ServiceState& state : states) {
    nlohmann::ordered_json service = {{"name", state.name}, {"ready", state.ready.ok()}};
    if (!state.ready.ok()) service["reason"] = StatusText(state.ready);
    services.push_back(std::move(service));
  }
  const nlohmann::ordered_json answer = {{"ready", ReadyOf(states).ok()},
                                         {"services", std::move(services)}};
  return answer.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace

HttpServer::HttpServer(std::string address, TlsFiles tls, Metrics& metrics,
                       std::function<std::vector<ServiceState>()> states)
    : address_(std::move(address)),
      tls_(std::move(tls)),
      metrics_(metrics),
      states_(std::move(states)) {}

HttpServer::~HttpServer() {
  Stop(absl::ZeroDuration());
}

absl::Status HttpServer::Start() {
  std::unique_ptr<RotatingTls> tls;
  if (!tls_.cert_file.empty()) {
    auto opened = RotatingTls::Open(tls_);
    if (!opened.ok()) return opened.status();
    tls = *std::move(opened);
  }
  auto listener = std::make_unique<SmallHttp>(
      std::move(tls), [this](const SmallHttp::Request& request) { return Answer(request); });
  if (absl::Status status = listener->Start(address_); !status.ok()) return status;
  port_ = listener->port();
  listener_ = std::move(listener);
  return absl::OkStatus();
}

SmallHttp::Answer HttpServer::Answer(const SmallHttp::Request& request) const {
  if (request.path == "/healthz") return {200, kJson, "{\"alive\":true}\n"};
  if (request.path == "/readyz") {
    const std::vector<ServiceState> now = states_();
    return {ReadyOf(now).ok() ? 200 : kUnavailable, kJson, ToJson(now)};
  }
  if (request.path != "/metrics") return {kNotFound, kPlain, "not found\n"};
  if (!tls_.client_ca_file.empty() && !request.has_certificate) {
    return {kForbidden, kPlain, "show a client certificate\n"};
  }
  return {200, kMetricsText, metrics_.Expose()};
}

void HttpServer::Stop(absl::Duration) {
  listener_.reset();
}

absl::Status HttpServer::Ready() const {
  return absl::OkStatus();
}

}  // namespace baton::platform
