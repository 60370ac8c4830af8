// A listener for short answers to GET, as probes and scrapers want them: HTTP/1.1, plaintext or
// TLS. What a peer sends is bounded in bytes, each request in time however slowly it comes, and
// connections in number: for one too many the oldest goes. So nobody keeps a probe waiting.
#ifndef BATON_PLATFORM_SMALL_HTTP_H_
#define BATON_PLATFORM_SMALL_HTTP_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "platform/tls.h"

namespace baton::platform {

class SmallHttp {
 public:
  static constexpr size_t kConnectionsMax = 64;
  static constexpr size_t kRequestBytesMax = 8192;  // of its head; of its body the same again
  static constexpr absl::Duration kRequestMax = absl::Seconds(5);  // from waiting to answered

  struct Request {
    std::string path;              // without query
    bool has_certificate = false;  // the client showed a verified one
  };
  struct Answer {
    int status = 200;
    std::string type;
    std::string body;
  };
  using Handler = std::function<Answer(const Request&)>;

  // `tls` may be null: plaintext. `handler` runs in the listener's one thread.
  SmallHttp(std::unique_ptr<RotatingTls> tls, Handler handler);
  ~SmallHttp();  // cuts what is open

  // "host:port", port 0 takes a free one; an empty host is every interface of IPv4. Once.
  // UNAVAILABLE naming the address that cannot be had, INVALID_ARGUMENT if it is none.
  absl::Status Start(const std::string& address);
  int port() const;  // after Start

 private:
  class Loop;
  std::unique_ptr<Loop> loop_;
};

}  // namespace baton::platform

#endif  // BATON_PLATFORM_SMALL_HTTP_H_
