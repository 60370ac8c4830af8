#include "platform/small_http.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <list>
#include <optional>
#include <thread>
#include <type_traits>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "platform/http_framing.h"

namespace baton::platform {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using ErrorCode = boost::system::error_code;
using TlsStream = asio::ssl::stream<beast::tcp_stream>;

constexpr auto kPauseAfterError = std::chrono::milliseconds(100);

// The peer sent something else than a request, or too much; it did not just go or take its time.
bool IsBadRequest(const ErrorCode& error) {
  const ErrorCode of_http = http::error::bad_method;
  return error.category() == of_http.category() && error != http::error::end_of_stream &&
         error != http::error::partial_message;
}

// Requests of one peer, one after the other. Belongs to the listener's thread.
template <class Stream>
class Session final : public std::enable_shared_from_this<Session<Stream>> {
 public:
  Session(Stream stream, const SmallHttp::Handler& handler)
      : stream_(std::move(stream)), handler_(handler) {}

  void Run() {
    if constexpr (std::is_same_v<Stream, TlsStream>) {
      SetDeadline();
      stream_.async_handshake(asio::ssl::stream_base::server,
                              [self = this->shared_from_this()](ErrorCode error) {
                                if (!error) self->Read();
                              });
    } else {
      Read();
    }
  }

  void Cut() { beast::get_lowest_layer(stream_).close(); }

 private:
  void SetDeadline() {
    beast::get_lowest_layer(stream_).expires_after(
        absl::ToChronoNanoseconds(SmallHttp::kRequestMax));
  }

  void Read() {
    SetDeadline();
    parser_.emplace();
    parser_->header_limit(SmallHttp::kRequestBytesMax);
    parser_->body_limit(SmallHttp::kRequestBytesMax);
    http::async_read(stream_, buffer_, *parser_,
                     [self = this->shared_from_this()](ErrorCode error, size_t) {
                       if (!error) return self->Answer();
                       if (IsBadRequest(error)) self->Refuse();
                     });
  }

  void Refuse() { Write({400, "text/plain", "not a request that is served here\n"}, false); }

  void Answer() {
    if (!HasOneEnd(*parser_)) return Refuse();
    const auto& request = parser_->get();
    const bool get = request.method() == http::verb::get;
    if (!get && request.method() != http::verb::head) {
      return Write({405, "text/plain", "only GET is served here\n"}, request.keep_alive());
    }
    const std::string target(request.target());
    Write(handler_({target.substr(0, target.find('?')), HasVerifiedPeer()}), request.keep_alive(),
          get);
  }

  bool HasVerifiedPeer() {
    if constexpr (std::is_same_v<Stream, TlsStream>)
      return HasCertificate(*stream_.native_handle());
    return false;
  }

  void Write(SmallHttp::Answer answer, bool keep_alive, bool with_body = true) {
    response_ = {};
    response_.result(static_cast<unsigned>(answer.status));
    response_.set(http::field::content_type, answer.type);
    response_.keep_alive(keep_alive);
    response_.content_length(answer.body.size());
    if (with_body) response_.body() = std::move(answer.body);
    http::async_write(stream_, response_,
                      [self = this->shared_from_this(), keep_alive](ErrorCode error, size_t) {
                        if (!error && keep_alive) return self->Read();
                        ErrorCode ignored;
                        beast::get_lowest_layer(self->stream_)
                            .socket()
                            .shutdown(tcp::socket::shutdown_send, ignored);
                      });
  }

  Stream stream_;
  const SmallHttp::Handler& handler_;
  beast::flat_buffer buffer_{2 * SmallHttp::kRequestBytesMax};
  std::optional<HttpRequestParser> parser_;
  http::response<http::string_body> response_;
};

template <class Stream>
std::function<void()> CutterOf(const std::shared_ptr<Session<Stream>>& session) {
  return [weak = std::weak_ptr(session)] {
    if (const auto held = weak.lock(); held != nullptr) held->Cut();
  };
}

absl::Status CannotListen(const std::string& address, const ErrorCode& error) {
  return absl::UnavailableError(absl::StrCat("cannot listen on ", address, ": ", error.message()));
}

}  // namespace

class SmallHttp::Loop {
 public:
  Loop(std::unique_ptr<RotatingTls> tls, Handler handler)
      : tls_(std::move(tls)), handler_(std::move(handler)), acceptor_(io_), pause_(io_) {}

  ~Loop() {
    io_.stop();
    if (thread_.joinable()) thread_.join();
  }

  absl::Status Start(const std::string& address) {
    const size_t colon = address.rfind(':');
    uint32_t port = 0;
    if (colon == std::string::npos || !absl::SimpleAtoi(address.substr(colon + 1), &port) ||
        port > 65'535) {
      return absl::InvalidArgumentError(absl::StrCat(address, " is not host:port"));
    }
    std::string host = address.substr(0, colon);
    if (host.size() > 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
    if (host.empty()) host = "0.0.0.0";
    ErrorCode error;
    tcp::resolver resolver(io_);
    const auto found = resolver.resolve(host, std::to_string(port), error);
    if (!error) Listen(found.begin()->endpoint(), error);
    if (error) return CannotListen(address, error);
    port_ = acceptor_.local_endpoint().port();
    Accept();
    thread_ = std::thread([this] { io_.run(); });
    return absl::OkStatus();
  }

  int port() const { return port_; }

 private:
  void Listen(const tcp::endpoint& endpoint, ErrorCode& error) {
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  }

  void Accept() {
    acceptor_.async_accept([this](ErrorCode error, tcp::socket socket) {
      if (error) return Pause();
      MakeRoom();
      if (tls_ == nullptr) {
        Admit<beast::tcp_stream>(beast::tcp_stream(std::move(socket)));
      } else {
        const std::shared_ptr<SSL_CTX> current = tls_->Current();
        SSL_CTX_up_ref(current.get());
        asio::ssl::context context(current.get());  // takes that reference
        Admit<TlsStream>(TlsStream(std::move(socket), context));
      }
      Accept();
    });
  }

  // Out of files, most likely: others have to end first.
  void Pause() {
    pause_.expires_after(kPauseAfterError);
    pause_.async_wait([this](ErrorCode error) {
      if (!error) Accept();
    });
  }

  void MakeRoom() {
    open_.remove_if([](const Open& one) { return one.session.expired(); });
    if (open_.size() < kConnectionsMax) return;
    open_.front().cut();
    open_.pop_front();
  }

  template <class Stream>
  void Admit(Stream stream) {
    auto session = std::make_shared<Session<Stream>>(std::move(stream), handler_);
    open_.push_back({session, CutterOf(session)});
    session->Run();
  }

  struct Open {
    std::weak_ptr<void> session;
    std::function<void()> cut;
  };

  const std::unique_ptr<RotatingTls> tls_;
  const Handler handler_;
  int port_ = 0;
  asio::io_context io_{1};
  tcp::acceptor acceptor_;
  asio::steady_timer pause_;
  std::list<Open> open_;  // in the order in which they came
  std::thread thread_;
};

SmallHttp::SmallHttp(std::unique_ptr<RotatingTls> tls, Handler handler)
    : loop_(std::make_unique<Loop>(std::move(tls), std::move(handler))) {}

SmallHttp::~SmallHttp() = default;

absl::Status SmallHttp::Start(const std::string& address) {
  return loop_->Start(address);
}

int SmallHttp::port() const {
  return loop_->port();
}

}  // namespace baton::platform
