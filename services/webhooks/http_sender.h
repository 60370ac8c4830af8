// Sends requests over HTTP on a thread of its own, many at once, only where EgressRules let it.
#ifndef BATON_WEBHOOKS_HTTP_SENDER_H_
#define BATON_WEBHOOKS_HTTP_SENDER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "webhooks/egress_rules.h"

namespace baton::webhooks {

struct HttpRequest {
  uint64_t number = 0;  // the caller's, given back with the result
  std::string url;
  std::vector<std::string> headers;  // "name: value"
  std::string body;
};

struct HttpResult {
  uint64_t number = 0;
  int status = 0;                                     // 0: there was no response
  std::string problem;                                // empty: a response of 2xx
  absl::Duration retry_after = absl::ZeroDuration();  // as the response says
  absl::Duration took;

  bool delivered() const { return problem.empty(); }
};

struct HttpSenderOptions {
  EgressRules rules;
  std::string ca_file;  // PEM; empty: the system's CAs
  absl::Duration timeout = absl::Seconds(15);
};

// POSTs. The address that the host's name leads to is looked at when the connection is made, and
// the connection goes there and nowhere else; redirects are not followed, proxies of the
// environment not used, certificates verified, at most 64 KiB of a response read, and the whole
// takes no longer than the timeout. Thread-safe.
class HttpSender {
 public:
  explicit HttpSender(HttpSenderOptions options);
  ~HttpSender();  // requests under way are cut off

  void Send(HttpRequest request);
  // Those that came to an end since the last call.
  std::vector<HttpResult> TakeResults();

 private:
  class Loop;
  std::unique_ptr<Loop> loop_;
};

}  // namespace baton::webhooks

#endif  // BATON_WEBHOOKS_HTTP_SENDER_H_
