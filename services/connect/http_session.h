// One connection of HTTP/1.1: requests one after the other, each an Exchange. For http_listener.cc.
#ifndef BATON_CONNECT_HTTP_SESSION_H_
#define BATON_CONNECT_HTTP_SESSION_H_

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/strand.hpp>
#include <functional>
#include <memory>

#include "connect/exchange.h"
#include "connect/http_listener.h"
#include "platform/tls.h"

namespace baton::connect {

using Strand = boost::asio::strand<boost::asio::io_context::executor_type>;
using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, Strand>;

// Lives until it ends by itself. Thread-safe.
class HttpSession {
 public:
  virtual ~HttpSession() = default;
  virtual void Run() = 0;    // once
  virtual void Drain() = 0;  // ends as soon as nothing is being answered; streams end now
  virtual void Cut() = 0;    // ends now
};

// `tls` may be null: plaintext. `front` and `limits` outlive it; `left` is called when it is gone.
std::shared_ptr<HttpSession> NewHttpSession(Socket socket, const std::shared_ptr<SSL_CTX>& tls,
                                            const Front& front, const HttpLimits& limits,
                                            std::function<void()> left);

}  // namespace baton::connect

#endif  // BATON_CONNECT_HTTP_SESSION_H_
