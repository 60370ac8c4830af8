// Sends requests over HTTP on a thread of its own, many at once, to the addresses that its user
// lets it connect to.
#ifndef BATON_PLATFORM_OUTBOUND_HTTP_CLIENT_H_
#define BATON_PLATFORM_OUTBOUND_HTTP_CLIENT_H_

#include <sys/socket.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace baton::platform {

struct HttpRequest {
  uint64_t number = 0;  // the caller's, given back with the result
  std::string url;
  std::vector<std::string> headers;  // "name: value"
  std::optional<std::string> body;   // is POSTed; nothing: GET
};

struct HttpResult {
  uint64_t number = 0;
  int status = 0;                                     // 0: there was no response
  std::string problem;                                // empty: a response of 2xx
  std::string body;                                   // of a response of 2xx, if it is kept
  absl::Duration retry_after = absl::ZeroDuration();  // as the response says
  absl::Duration took;

  bool delivered() const { return problem.empty(); }
};

struct HttpClientOptions {
  // Why no connection may be made to the address, with or without TLS; empty: it may. Called on the
  // client's thread. Unset: any address.
  std::function<std::string(const sockaddr& address, bool tls)> refuse;
  std::string ca_file;  // PEM, read anew for connections of later minutes; empty: the system's CAs
  std::string cert_file, key_file;  // PEM, of the client's certificate: both or none
  absl::Duration timeout = absl::Seconds(15);
  // The body of a response is kept, and one that is longer is a problem. 0: it is read only so that
  // the connection can be used again, and no matter.
  size_t body_bytes_kept = 0;
};

// The address that the host's name leads to is looked at when the connection is made, and the
// connection goes there and nowhere else; redirects are not followed, proxies of the environment
// not used, certificates verified, at most 64 KiB of a response's headers read and of a body that
// is not kept, and the whole takes no longer than the timeout. Thread-safe.
class HttpClient {
 public:
  explicit HttpClient(HttpClientOptions options);
  ~HttpClient();  // requests under way are cut off

  void Send(HttpRequest request);
  // Those that came to an end since the last call.
  std::vector<HttpResult> TakeResults();

 private:
  class Loop;
  std::unique_ptr<Loop> loop_;
};

}  // namespace baton::platform

#endif  // BATON_PLATFORM_OUTBOUND_HTTP_CLIENT_H_
