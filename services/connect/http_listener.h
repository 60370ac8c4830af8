// HTTP/1.1 on a socket, with or without TLS. The only file that knows how bytes travel; the library
// behind it is Boost.Beast.
#ifndef BATON_CONNECT_HTTP_LISTENER_H_
#define BATON_CONNECT_HTTP_LISTENER_H_

#include <cstddef>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "connect/exchange.h"
#include "platform/tls.h"

namespace baton::connect {

struct HttpLimits {
  int threads = 2;
  size_t connections_max = 1000;  // further ones are closed at once
  size_t header_bytes_max = 16 * 1024;
  size_t body_bytes_max = 256 * 1024;
  absl::Duration handshake_max = absl::Seconds(10);  // of TLS
  absl::Duration header_max = absl::Seconds(10);     // from its first byte to its last
  absl::Duration body_max = absl::Seconds(30);
  absl::Duration write_max = absl::Seconds(30);  // a client that reads nothing for so long is gone
  absl::Duration idle_max = absl::Seconds(75);   // between two requests
  // Then, or up to a fifth earlier, streams end and no further request is taken: load spreads, and
  // a client shows a certificate that is still good.
  absl::Duration age_max = absl::Minutes(30);
};

// Start and Stop belong to one thread.
class HttpListener {
 public:
  // `front` outlives the listener; `tls` may be null: plaintext.
  HttpListener(std::string address, const HttpLimits& limits,
               std::unique_ptr<platform::RotatingTls> tls, const Front& front);
  ~HttpListener();  // Stop(zero)

  // UNAVAILABLE when the address cannot be had, INVALID_ARGUMENT when it is none.
  absl::Status Start();
  int port() const;  // the one bound; 0 before Start

  // No new connections and requests; streams end with UNAVAILABLE, other answers are waited for up
  // to `grace`; then whatever is open is cut. Idempotent.
  void Stop(absl::Duration grace);

  class Loop;

 private:
  std::unique_ptr<Loop> loop_;
};

}  // namespace baton::connect

#endif  // BATON_CONNECT_HTTP_LISTENER_H_
