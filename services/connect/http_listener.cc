#include "connect/http_listener.h"

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <map>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "connect/http_session.h"

namespace baton::connect {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using ErrorCode = boost::system::error_code;

constexpr auto kPauseAfterError = std::chrono::milliseconds(100);
// A silent peer is probed, and one that acknowledges neither that nor an answer is gone, within a
// minute. Not sooner than HttpLimits::write_max: a peer that reads nothing counts as well.
constexpr int kSilenceMaxSeconds = 30;
constexpr int kProbeIntervalSeconds = 10;

absl::Status CannotListen(const std::string& address, const ErrorCode& error) {
  return absl::UnavailableError(absl::StrCat("cannot listen on ", address, ": ", error.message()));
}

void SetOption(int fd, int level, int name, int value) {
  setsockopt(fd, level, name, &value, sizeof(value));  // without it all works, only not as well
}

void SetOptions(int fd) {
  SetOption(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  SetOption(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  SetOption(fd, IPPROTO_TCP, TCP_KEEPIDLE, kSilenceMaxSeconds);
  SetOption(fd, IPPROTO_TCP, TCP_KEEPINTVL, kProbeIntervalSeconds);
  SetOption(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, kSilenceMaxSeconds * 1000);
}

}  // namespace

class HttpListener::Loop {
 public:
  Loop(std::string address, const HttpLimits& limits, std::unique_ptr<platform::RotatingTls> tls,
       const Front& front)
      : address_(std::move(address)),
        limits_(limits),
        tls_(std::move(tls)),
        front_(front),
        connections_(front.metrics.AddGauge("baton_connect_connections",
                                            "Connections by HTTP that are open.")),
        refused_(
            front.metrics.AddCounter("baton_connect_connections_refused_total",
                                     "Connections closed at once, because too many are open.")),
        accepting_(asio::make_strand(io_)),
        acceptor_(accepting_),
        pause_(accepting_) {}

  absl::Status Start() {
    if (absl::Status bound = Bind(); !bound.ok()) return bound;
    Accept();
    for (int i = 0; i < limits_.threads; ++i) threads_.emplace_back([this] { io_.run(); });
    return absl::OkStatus();
  }

  int port() const { return port_; }

  void Stop(absl::Duration grace) {
    if (threads_.empty()) return;
    asio::post(accepting_, [this] {
      stopping_ = true;
      ErrorCode ignored;
      acceptor_.close(ignored);
      pause_.cancel();
    });
    ForEach([](HttpSession& session) { session.Drain(); });
    const auto none = absl::Condition(
        +[](std::map<int64_t, std::weak_ptr<HttpSession>>* open) { return open->empty(); }, &open_);
    {
      absl::MutexLock lock(&mutex_);
      mutex_.AwaitWithTimeout(none, grace);
    }
    ForEach([](HttpSession& session) { session.Cut(); });
    {
      absl::MutexLock lock(&mutex_);
      mutex_.Await(none);
    }
    work_.reset();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

 private:
  absl::Status Bind() {
    const size_t colon = address_.rfind(':');
    int port = 0;
    if (colon == std::string::npos || !absl::SimpleAtoi(address_.substr(colon + 1), &port)) {
      return absl::InvalidArgumentError(absl::StrCat(address_, " is not host:port"));
    }
    std::string host = address_.substr(0, colon);
    if (host.size() > 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
    ErrorCode error;
    if (host.empty()) {  // every interface, of both families where there are two
      if (!Listen(tcp::endpoint(tcp::v6(), static_cast<uint16_t>(port)), error)) {
        Listen(tcp::endpoint(tcp::v4(), static_cast<uint16_t>(port)), error);
      }
    } else {
      tcp::resolver resolver(io_);
      const auto found = resolver.resolve(host, std::to_string(port), error);
      if (!error) Listen(found.begin()->endpoint(), error);
    }
    if (error) return CannotListen(address_, error);
    port_ = acceptor_.local_endpoint().port();
    return absl::OkStatus();
  }

  bool Listen(const tcp::endpoint& endpoint, ErrorCode& error) {
    acceptor_.close(error);
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
    if (!error && endpoint.address().is_v6() && endpoint.address().is_unspecified()) {
      acceptor_.set_option(asio::ip::v6_only(false), error);
    }
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    return !error;
  }

  void Accept() {
    acceptor_.async_accept(asio::make_strand(io_), [this](ErrorCode error, Socket socket) {
      if (stopping_) return;
      if (error) return Pause();
      Admit(std::move(socket));
      Accept();
    });
  }

  // Out of files, most likely: others have to end first.
  void Pause() {
    pause_.expires_after(kPauseAfterError);
    pause_.async_wait([this](ErrorCode error) {
      if (!error && !stopping_) Accept();
    });
  }

  void Admit(Socket socket) {
    SetOptions(socket.native_handle());
    std::shared_ptr<HttpSession> session;
    {
      absl::MutexLock lock(&mutex_);
      if (open_.size() >= limits_.connections_max) return refused_.Add();
      const int64_t number = ++opened_;
      session = NewHttpSession(std::move(socket), tls_ == nullptr ? nullptr : tls_->Current(),
                               front_, limits_, [this, number] { Leave(number); });
      open_[number] = session;
      connections_.Set(static_cast<double>(open_.size()));
    }
    session->Run();
  }

  void Leave(int64_t number) {
    absl::MutexLock lock(&mutex_);
    open_.erase(number);
    connections_.Set(static_cast<double>(open_.size()));
  }

  template <typename Action>
  void ForEach(Action action) {
    std::vector<std::shared_ptr<HttpSession>> sessions;
    {
      absl::MutexLock lock(&mutex_);
      for (const auto& [number, weak] : open_) {
        if (auto session = weak.lock(); session != nullptr) sessions.push_back(std::move(session));
      }
    }
    for (const auto& session : sessions) action(*session);
  }

  const std::string address_;
  const HttpLimits limits_;
  const std::unique_ptr<platform::RotatingTls> tls_;
  const Front& front_;
  platform::Gauge& connections_;
  platform::Counter& refused_;
  int port_ = 0;
  bool stopping_ = false;  // of the strand that accepts
  absl::Mutex mutex_;
  int64_t opened_ ABSL_GUARDED_BY(mutex_) = 0;
  std::map<int64_t, std::weak_ptr<HttpSession>> open_ ABSL_GUARDED_BY(mutex_);
  asio::io_context io_;
  asio::executor_work_guard<asio::io_context::executor_type> work_ = asio::make_work_guard(io_);
  Strand accepting_;
  tcp::acceptor acceptor_;
  asio::steady_timer pause_;
  std::vector<std::thread> threads_;
};

HttpListener::HttpListener(std::string address, const HttpLimits& limits,
                           std::unique_ptr<platform::RotatingTls> tls, const Front& front)
    : loop_(std::make_unique<Loop>(std::move(address), limits, std::move(tls), front)) {}

HttpListener::~HttpListener() {
  Stop(absl::ZeroDuration());
}

absl::Status HttpListener::Start() {
  return loop_->Start();
}

int HttpListener::port() const {
  return loop_->port();
}

void HttpListener::Stop(absl::Duration grace) {
  loop_->Stop(grace);
}

}  // namespace baton::connect
