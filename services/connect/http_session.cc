#include "connect/http_session.h"

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <chrono>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/random/random.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "connect/answer.h"
#include "connect/http_text.h"
#include "connect/refusal.h"
#include "platform/http_framing.h"

namespace baton::connect {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

using ErrorCode = boost::system::error_code;
using TlsStream = asio::ssl::stream<Socket>;
using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, Strand>;

constexpr size_t kReadBytes = 4096;
// Headers have a limit of their own, and bodies leave the buffer as they come: what would fill it
// are chunk extensions and trailers.
constexpr size_t kBufferBytesMax = 128 * 1024;
constexpr absl::Duration kLinger = absl::Seconds(2);
constexpr int kBadRequest = 400;
constexpr int kHeadersTooLarge = 431;
constexpr char kContinue[] = "HTTP/1.1 100 Continue\r\n\r\n";

Headers HeadersOfFields(const http::fields& fields) {
  Headers headers;
  for (const auto& field : fields) {
    const auto name = field.name_string();
    const auto value = field.value();
    headers.emplace_back(absl::AsciiStrToLower(absl::string_view(name.data(), name.size())),
                         std::string(value.data(), value.size()));
  }
  return headers;
}

// Those that came together, as behind a restart, do not go together.
absl::Duration ShareOf(absl::Duration age_max) {
  absl::BitGen random;
  return age_max * absl::Uniform(random, 0.8, 1.0);
}

// A client that has asked and now only listens: what it sends is not read before it has its answer.
template <class Stream>
class Session final : public HttpSession,
                      public Wire,
                      public std::enable_shared_from_this<Session<Stream>> {
 public:
  Session(Stream stream, const Front& front, const HttpLimits& limits, std::function<void()> left)
      : stream_(std::move(stream)),
        front_(front),
        limits_(limits),
        left_(std::move(left)),
        deadline_(stream_.get_executor()),
        age_(stream_.get_executor(), absl::ToChronoNanoseconds(ShareOf(limits.age_max))) {}
  ~Session() override { left_(); }

  void Run() override {
    asio::dispatch(Executor(), [self = Self()] {
      self->AwaitAge();
      self->Open();
    });
  }
  void Drain() override {
    asio::post(Executor(), [self = Self()] { self->DrainHere(); });
  }
  void Cut() override {
    asio::post(Executor(), [self = Self()] { self->CutHere(); });
  }

  void Post(std::function<void()> task) override { asio::post(Executor(), std::move(task)); }
  void Send(Response response) override {
    Put(WholeText(response, framing_), [this] { EndAnswer(); });
  }
  void Begin(Response head) override {
    Put(HeadText(head, framing_), [] {});
  }
  void Write(std::string piece) override {
    Put(PieceText(piece, framing_), [this] {
      if (exchange_ != nullptr) exchange_->Written();
    });
  }
  void End() override {
    Put(EndText(framing_), [this] { EndAnswer(); });
  }

 private:
  struct Output {
    std::string text;
    std::function<void()> then;
  };

  std::shared_ptr<Session> Self() { return this->shared_from_this(); }
  Strand Executor() { return stream_.get_executor(); }
  auto& TcpSocket() { return stream_.lowest_layer(); }

  void Open() {
    if constexpr (std::is_same_v<Stream, TlsStream>) {
      SetDeadline(limits_.handshake_max);
      stream_.async_handshake(asio::ssl::stream_base::server, [self = Self()](ErrorCode error) {
        if (error || self->closed_) return self->CutHere();
        self->peer_names_ = platform::CertificateNames(*self->stream_.native_handle());
        self->Await(self->limits_.header_max);
      });
    } else {
      Await(limits_.header_max);
    }
  }

  // For the first byte of the next request.
  void Await(absl::Duration patience) {
    if (buffer_.size() > 0) return ReadHead();
    SetDeadline(patience);
    if (!watching_) Watch();
  }

  // Also while an answer is made, to see the client go.
  void Watch() {
    watching_ = true;
    stream_.async_read_some(buffer_.prepare(kReadBytes),
                            [self = Self()](ErrorCode error, size_t n) {
                              self->watching_ = false;
                              if (error || self->closed_) return self->CutHere();
                              if (self->lingering_)
                                return self->Watch();  // nobody reads it any more
                              self->buffer_.commit(n);
                              if (!self->answering_) self->ReadHead();
                            });
  }

  void ReadHead() {
    SetDeadline(limits_.header_max);
    parser_.emplace();
    parser_->header_limit(static_cast<uint32_t>(limits_.header_bytes_max));
    parser_->body_limit(limits_.body_bytes_max);
    http::async_read_header(stream_, buffer_, *parser_, [self = Self()](ErrorCode error, size_t) {
      if (error || self->closed_) return self->RefuseInput(error);
      if (!platform::HasOneEnd(*self->parser_)) {
        return self->Refuse("the body has no known end: say its length, or that it is chunked",
                            kBadRequest);
      }
      self->ReadBody();
    });
  }

  void ReadBody() {
    SetDeadline(limits_.body_max);
    reading_body_ = true;
    if (absl::EqualsIgnoreCase(FieldText(http::field::expect), "100-continue")) {
      Put(kContinue, [this] {
        if (reading_body_) SetDeadline(limits_.body_max);
      });
    }
    http::async_read(stream_, buffer_, *parser_, [self = Self()](ErrorCode error, size_t) {
      self->reading_body_ = false;
      if (error || self->closed_) return self->RefuseInput(error);
      self->Converse(false);
    });
  }

  absl::string_view FieldText(http::field name) {
    const auto value = parser_->get()[name];
    return {value.data(), value.size()};
  }

  void RefuseInput(ErrorCode error) {
    if (closed_) return;
    if (error == http::error::body_limit) return Converse(true);
    const bool too_long =
        error == http::error::header_limit || error == http::error::buffer_overflow;
    // Those of the socket come from another category.
    const bool garbled =
        error.category() == http::make_error_code(http::error::bad_method).category();
    if (error == http::error::end_of_stream || !garbled) return CutHere();
    Refuse(too_long ? "the headers are too long" : "this is not HTTP/1.1",
           too_long ? kHeadersTooLarge : kBadRequest);
  }

  // What follows on this connection cannot be told apart.
  void Refuse(absl::string_view why, int status) {
    framing_ = {.keep_alive = false, .chunked = true, .head_only = false};
    answering_ = true;
    Send(Refused(WithDetails(BadProtocol(why)), status));
  }

  void Converse(bool too_large) {
    const auto& message = parser_->get();
    Request request;
    request.verb = std::string(message.method_string());
    request.target = std::string(message.target());
    request.headers = HeadersOfFields(message.base());
    if (!too_large) request.body = std::move(parser_->get().body());
    request.too_large = too_large;
    request.peer_names = peer_names_;
    const bool modern = message.version() >= platform::kHttp11;
    framing_ = {.keep_alive = message.keep_alive() && modern && !too_large && !draining_ && !old_,
                .chunked = modern,
                .head_only = message.method() == http::verb::head};
    if (output_.empty()) ClearDeadline();  // that it may go on is perhaps still being written
    answering_ = true;
    if (!too_large && !watching_ && buffer_.size() == 0) Watch();
    auto exchange = Exchange::Start(front_, std::move(request), Self());
    if (answering_ && !closed_) exchange_ = std::move(exchange);
    if (old_) EndStream();
  }

  void Put(std::string text, std::function<void()> then) {
    if (closed_) return;
    output_.push_back({std::move(text), std::move(then)});
    if (output_.size() == 1) WriteNext();
  }

  void WriteNext() {
    SetDeadline(limits_.write_max);
    asio::async_write(stream_, asio::buffer(output_.front().text),
                      [self = Self()](ErrorCode error, size_t) {
                        if (error || self->closed_) return self->CutHere();
                        self->ClearDeadline();
                        const auto then = std::move(self->output_.front().then);
                        self->output_.pop_front();
                        if (!self->output_.empty()) self->WriteNext();
                        then();
                      });
  }

  void EndAnswer() {
    exchange_ = nullptr;
    answering_ = false;
    if (!framing_.keep_alive || draining_) return Linger();
    Await(limits_.idle_max);
  }

  // Closed at once, with input unread, a client would hear of a reset and not of the answer.
  void Linger() {
    lingering_ = true;
    answering_ = true;
    ErrorCode ignored;
    TcpSocket().shutdown(asio::socket_base::shutdown_send, ignored);
    buffer_.clear();
    SetDeadline(kLinger);
    if (!watching_) Watch();
  }

  void DrainHere() {
    draining_ = true;
    if (exchange_ != nullptr) return exchange_->Drain(Stopping());
    if (!answering_) CutHere();
  }

  // An old connection ends with the answer that is made or, if there is none, with the next one: no
  // stream outlives the certificate that let it in for longer than that.
  void AwaitAge() {
    if (closed_) return;  // a timer would keep this alive
    age_.async_wait([self = Self()](ErrorCode error) {
      if (error || self->closed_) return;
      self->old_ = true;
      self->framing_.keep_alive = false;
      self->EndStream();
    });
  }

  void EndStream() {
    if (exchange_ != nullptr) exchange_->Drain(OldConnection());
  }

  void CutHere() {
    if (std::exchange(closed_, true)) return;
    ClearDeadline();
    age_.cancel();
    ErrorCode ignored;
    TcpSocket().close(ignored);
    if (const auto exchange = std::exchange(exchange_, nullptr); exchange != nullptr) {
      exchange->Abandon();
    }
  }

  void SetDeadline(absl::Duration patience) {
    if (closed_) return;  // a timer would keep this alive
    const int64_t mine = ++deadlines_;
    deadline_.expires_after(absl::ToChronoNanoseconds(patience));
    deadline_.async_wait([self = Self(), mine](ErrorCode error) {
      if (!error && mine == self->deadlines_) self->CutHere();
    });
  }
  void ClearDeadline() {
    ++deadlines_;
    deadline_.cancel();
  }

  Stream stream_;
  const Front& front_;
  const HttpLimits& limits_;
  const std::function<void()> left_;
  Timer deadline_;
  int64_t deadlines_ = 0;  // only the latest one counts
  Timer age_;
  boost::beast::flat_buffer buffer_{kBufferBytesMax};
  std::optional<platform::HttpRequestParser> parser_;
  std::vector<std::string> peer_names_;
  std::shared_ptr<Exchange> exchange_;  // while it makes an answer
  Framing framing_;                     // of the answer
  std::deque<Output> output_;           // the first one is being written
  bool watching_ = false;
  bool reading_body_ = false;
  bool answering_ = false;
  bool draining_ = false;
  bool old_ = false;
  bool lingering_ = false;
  bool closed_ = false;
};

}  // namespace

std::shared_ptr<HttpSession> NewHttpSession(Socket socket, const std::shared_ptr<SSL_CTX>& tls,
                                            const Front& front, const HttpLimits& limits,
                                            std::function<void()> left) {
  if (tls == nullptr) {
    return std::make_shared<Session<Socket>>(std::move(socket), front, limits, std::move(left));
  }
  SSL_CTX_up_ref(tls.get());
  asio::ssl::context context(tls.get());  // takes that reference; the stream has one of its own
  return std::make_shared<Session<TlsStream>>(TlsStream(std::move(socket), context), front, limits,
                                              std::move(left));
}

}  // namespace baton::connect
