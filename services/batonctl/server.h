// The server, as commands see it: one call per request message, no gRPC type.
#ifndef BATON_BATONCTL_SERVER_H_
#define BATON_BATONCTL_SERVER_H_

#include <google/protobuf/message.h>

#include <algorithm>
#include <functional>
#include <string>

#include "absl/status/statusor.h"

namespace baton::batonctl {

// Who calls, as the server is told or shown; empty: not.
struct Identity {
  std::string principal;   // "ada@acme.example"
  std::string roles;       // "marketing,sales"
  std::string token_file;  // read for each call, so that a token may be renewed meanwhile
  std::string tls_ca;      // PEM file; without: no TLS
  std::string tls_cert;    // PEM files of a client certificate: both or none
  std::string tls_key;
};

inline constexpr size_t kPemBytesMax = 1024 * 1024;  // the CAs of a whole system are a fifth of it

// What metadata takes: printable ASCII without spaces.
inline bool IsPlain(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) { return c > 32 && c < 127; });
}

// Methods are found by the type of their request: in this API each type belongs to one method.
// Errors carry the server's reason, variables and retry time (core/errors.h); a server that did not
// answer is UNAVAILABLE, reason UNREACHABLE, or DEADLINE_EXCEEDED, reason NO_ANSWER_IN_TIME. Of a
// call that ended in its midst, with the server or the connection, the reason is CUT_OFF.
// Not thread-safe.
class Server {
 public:
  virtual ~Server() = default;

  // `response` must be of the type that the method answers with.
  virtual absl::Status Call(const google::protobuf::Message& request,
                            google::protobuf::Message& response) = 0;

  // Reads a stream: `on_response` is called after each message, which is in `response`, until it
  // answers false (then OK) or the stream ends (its status, OK if the server ended it well).
  virtual absl::Status Stream(const google::protobuf::Message& request,
                              google::protobuf::Message& response,
                              const std::function<bool()>& on_response) = 0;
};

template <typename Response>
absl::StatusOr<Response> Ask(Server& server, const google::protobuf::Message& request) {
  Response response;
  if (absl::Status status = server.Call(request, response); !status.ok()) return status;
  return response;
}

// All pages of a list up to `limit` resources, as one response; its page token is set if there are
// more. `count` tells how many resources a response has.
template <typename Response, typename Request>
absl::StatusOr<Response> AskPages(Server& server, Request request, int limit,
                                  int (*count)(const Response&)) {
  constexpr int kPageSize = 200;
  Response all;
  do {
    const int missing = limit - count(all);
    request.set_page_size(missing < kPageSize ? missing : kPageSize);
    absl::StatusOr<Response> page = Ask<Response>(server, request);
    if (!page.ok()) return page.status();
    all.clear_next_page_token();
    all.MergeFrom(*page);
    request.set_page_token(all.next_page_token());
  } while (!all.next_page_token().empty() && count(all) < limit);
  return all;
}

}  // namespace baton::batonctl

#endif  // BATON_BATONCTL_SERVER_H_
