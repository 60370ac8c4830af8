#include "platform/http_server.h"

#include <sys/socket.h>

#include <thread>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "httplib.h"
#include "nlohmann/json.hpp"

namespace baton::platform {
namespace {

constexpr size_t kThreads = 2;  // a scraper and a probe
constexpr int kTimeoutSeconds = 5;
constexpr size_t kRequestBytesMax = 8192;
constexpr int kStatusUnavailable = 503;
constexpr char kJson[] = "application/json";
constexpr char kMetricsText[] = "text/plain; version=0.0.4; charset=utf-8";

// "[::1]:80" -> "::1"; an empty host is every interface.
std::string HostOf(const std::string& address) {
  std::string host = address.substr(0, address.rfind(':'));
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  return host.empty() ? "0.0.0.0" : host;
}

std::string ToJson(const std::vector<ServiceState>& states) {
  nlohmann::ordered_json services = nlohmann::ordered_json::array();
  for (const ServiceState& state : states) {
    nlohmann::ordered_json service = {{"name", state.name}, {"ready", state.ready.ok()}};
    if (!state.ready.ok()) service["reason"] = state.ready.ToString();
    services.push_back(std::move(service));
  }
  const nlohmann::ordered_json answer = {{"ready", ReadyOf(states).ok()},
                                         {"services", std::move(services)}};
  return answer.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace

class HttpServer::Listener {
 public:
  Listener(Metrics& metrics, const std::function<std::vector<ServiceState>()>& states) {
    server_.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
    // The library would share the port with another process; a taken port must be an error.
    server_.set_socket_options([](int socket) {
      const int on = 1;
      setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    });
    server_.set_read_timeout(kTimeoutSeconds);
    server_.set_write_timeout(kTimeoutSeconds);
    server_.set_keep_alive_timeout(1);
    server_.set_payload_max_length(kRequestBytesMax);
    server_.Get("/metrics", [&metrics](const httplib::Request&, httplib::Response& response) {
      response.set_content(metrics.Expose(), kMetricsText);
    });
    server_.Get("/healthz", [](const httplib::Request&, httplib::Response& response) {
      response.set_content("{\"alive\":true}\n", kJson);
    });
    server_.Get("/readyz", [&states](const httplib::Request&, httplib::Response& response) {
      const std::vector<ServiceState> now = states();
      response.set_content(ToJson(now), kJson);
      if (!ReadyOf(now).ok()) response.status = kStatusUnavailable;
    });
  }

  ~Listener() {
    server_.stop();
    if (thread_.joinable()) thread_.join();
  }

  // The port bound, or -1.
  int Bind(const std::string& host, int port) {
    if (port == 0) return server_.bind_to_any_port(host.c_str());
    return server_.bind_to_port(host.c_str(), port) ? port : -1;
  }

  void Listen() {
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) std::this_thread::yield();  // else stop() could come too early
  }

 private:
  httplib::Server server_;
  std::thread thread_;
};

HttpServer::HttpServer(std::string address, Metrics& metrics,
                       std::function<std::vector<ServiceState>()> states)
    : address_(std::move(address)), metrics_(metrics), states_(std::move(states)) {}

HttpServer::~HttpServer() {
  Stop(absl::ZeroDuration());
}

absl::Status HttpServer::Start() {
  const size_t colon = address_.rfind(':');
  int port = 0;
  if (colon == std::string::npos || !absl::SimpleAtoi(address_.substr(colon + 1), &port)) {
    return absl::InvalidArgumentError(absl::StrCat(address_, " is not host:port"));
  }
  auto listener = std::make_unique<Listener>(metrics_, states_);
  port_ = listener->Bind(HostOf(address_), port);
  if (port_ < 0) {
    return absl::UnavailableError(
        absl::StrCat("cannot listen on ", address_, ": the port is taken or the host is not ours"));
  }
  listener_ = std::move(listener);
  listener_->Listen();
  return absl::OkStatus();
}

void HttpServer::Stop(absl::Duration) {
  listener_.reset();
}

absl::Status HttpServer::Ready() const {
  return absl::OkStatus();
}

}  // namespace baton::platform
