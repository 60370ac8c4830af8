#include "connect/http_text.h"

#include <boost/beast/http/status.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace baton::connect {
namespace {

constexpr int kNoBodyBelow = 200;
constexpr int kNoContentStatus = 204;

std::string Begin(const Response& response, const Framing& framing) {
  const auto reason =
      boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(response.status));
  std::string text = absl::StrCat(
      "HTTP/1.1 ", response.status, " ", absl::string_view(reason.data(), reason.size()),
      "\r\ndate: ", absl::FormatTime("%a, %d %b %Y %H:%M:%S GMT", absl::Now(), absl::UTCTimeZone()),
      "\r\nconnection: ", framing.keep_alive ? "keep-alive" : "close", "\r\n");
  for (const auto& [name, value] : response.headers) {
    absl::StrAppend(&text, name, ": ", value, "\r\n");
  }
  return text;
}

}  // namespace

std::string WholeText(const Response& response, const Framing& framing) {
  std::string text = Begin(response, framing);
  const bool without_length = response.status < kNoBodyBelow || response.status == kNoContentStatus;
  if (!without_length) absl::StrAppend(&text, "content-length: ", response.body.size(), "\r\n");
  absl::StrAppend(&text, "\r\n");
  if (!without_length && !framing.head_only) text += response.body;
  return text;
}

std::string HeadText(const Response& response, const Framing& framing) {
  return absl::StrCat(Begin(response, framing),
                      framing.chunked ? "transfer-encoding: chunked\r\n\r\n" : "\r\n");
}

std::string PieceText(absl::string_view piece, const Framing& framing) {
  if (!framing.chunked) return std::string(piece);
  return absl::StrCat(absl::Hex(piece.size()), "\r\n", piece, "\r\n");
}

std::string EndText(const Framing& framing) {
  return framing.chunked ? "0\r\n\r\n" : "";
}

}  // namespace baton::connect
