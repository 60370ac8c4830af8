// What our two listeners of HTTP/1.1 ask of a request's framing. For files that use Boost.Beast.
#ifndef BATON_PLATFORM_HTTP_FRAMING_H_
#define BATON_PLATFORM_HTTP_FRAMING_H_

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <iterator>

namespace baton::platform {

inline constexpr unsigned kHttp11 = 11;  // as Beast writes versions

using HttpRequestParser = boost::beast::http::request_parser<boost::beast::http::string_body>;

// Whether there is one way only to read where the request's body ends (RFC 9112, 6.1 and 6.3): a
// server in front that reads another one takes for a body what would be the next request here.
// Beast knows the coding "chunked" if it is the last one; a body of any other it takes for none, or
// for as long as Content-Length says. REQUIRES: the header was read.
inline bool HasOneEnd(const HttpRequestParser& parser) {
  namespace http = boost::beast::http;
  const auto& head = parser.get();
  const auto [first, last] = head.equal_range(http::field::transfer_encoding);
  if (first == last) return true;
  return std::next(first) == last && boost::beast::iequals(first->value(), "chunked") &&
         head.version() == kHttp11 && head.count(http::field::content_length) == 0;
}

}  // namespace baton::platform

#endif  // BATON_PLATFORM_HTTP_FRAMING_H_
