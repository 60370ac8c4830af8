#include "platform/http_server.h"

#include <openssl/ssl.h>
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
constexpr int kStatusForbidden = 403;
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

// Each connection gets the certificate of the day when it says hello.
int UseCurrentTls(SSL* connection, int*, void* rotating) {
  const std::shared_ptr<SSL_CTX> current = static_cast<RotatingTls*>(rotating)->Current();
  if (SSL_set_SSL_CTX(connection, current.get()) == nullptr) return SSL_CLIENT_HELLO_ERROR;
  SSL_set_verify(connection, SSL_CTX_get_verify_mode(current.get()), nullptr);
  return SSL_CLIENT_HELLO_SUCCESS;
}

std::unique_ptr<httplib::Server> NewServer(RotatingTls* tls) {
  if (tls == nullptr) return std::make_unique<httplib::Server>();
  return std::make_unique<httplib::SSLServer>([tls](SSL_CTX& context) {
    SSL_CTX_set_min_proto_version(&context, TLS1_2_VERSION);
    SSL_CTX_set_session_cache_mode(&context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_options(&context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_client_hello_cb(&context, UseCurrentTls, tls);
    return true;
  });
}

}  // namespace

class HttpServer::Listener {
 public:
  // `tls` may be null.
  Listener(std::unique_ptr<RotatingTls> tls, bool ask_clients, Metrics& metrics,
           const std::function<std::vector<ServiceState>()>& states)
      : tls_(std::move(tls)), held_(NewServer(tls_.get())), server_(*held_) {
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
    server_.Get("/metrics", [&metrics, ask_clients](const httplib::Request& request,
                                                    httplib::Response& response) {
      if (ask_clients && !HasCertificate(*request.ssl)) {
        response.status = kStatusForbidden;
        return response.set_content("show a client certificate\n", "text/plain");
      }
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
  const std::unique_ptr<RotatingTls> tls_;
  const std::unique_ptr<httplib::Server> held_;
  httplib::Server& server_;  // the one held
  std::thread thread_;
};

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
  const size_t colon = address_.rfind(':');
  int port = 0;
  if (colon == std::string::npos || !absl::SimpleAtoi(address_.substr(colon + 1), &port)) {
    return absl::InvalidArgumentError(absl::StrCat(address_, " is not host:port"));
  }
  std::unique_ptr<RotatingTls> tls;
  if (!tls_.cert_file.empty()) {
    auto opened = RotatingTls::Open(tls_);
    if (!opened.ok()) return opened.status();
    tls = *std::move(opened);
  }
  auto listener =
      std::make_unique<Listener>(std::move(tls), !tls_.client_ca_file.empty(), metrics_, states_);
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
