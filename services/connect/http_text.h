// The text of an HTTP/1.1 answer. Pure functions; thread-safe.
#ifndef BATON_CONNECT_HTTP_TEXT_H_
#define BATON_CONNECT_HTTP_TEXT_H_

#include <string>

#include "absl/strings/string_view.h"
#include "connect/message.h"

namespace baton::connect {

struct Framing {
  bool keep_alive = true;
  bool chunked = true;     // for an answer in pieces; HTTP/1.0 does not know it
  bool head_only = false;  // the answer to HEAD
};

// Head and body of a whole answer.
std::string WholeText(const Response& response, const Framing& framing);
// The head of an answer in pieces.
std::string HeadText(const Response& response, const Framing& framing);
// A piece, and what stands behind the last one.
std::string PieceText(absl::string_view piece, const Framing& framing);
std::string EndText(const Framing& framing);

}  // namespace baton::connect

#endif  // BATON_CONNECT_HTTP_TEXT_H_
