#include "connect/answer.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "connect/envelope.h"
#include "connect/error_json.h"
#include "connect/gzip.h"
#include "connect/refusal.h"

namespace baton::connect {
namespace {

constexpr size_t kWorthCompressing = 1024;
constexpr int kUnauthorized = 401;

// What is read here is of persons: no cache keeps it, and no browser guesses what it is.
Response NewResponse(const char* content_type) {
  Response response;
  response.headers = {{"content-type", content_type},
                      {"cache-control", "no-store"},
                      {"x-content-type-options", "nosniff"}};
  return response;
}

void Append(Headers more, Headers& headers) {
  headers.insert(headers.end(), std::make_move_iterator(more.begin()),
                 std::make_move_iterator(more.end()));
}

}  // namespace

Response Refused(const ::grpc::Status& status, int http_status) {
  Response response = NewResponse(kJsonType);
  response.status = http_status == 0 ? HttpStatusOf(status.error_code()) : http_status;
  response.body = ErrorJson(status);
  response.code = CodeName(status.error_code());
  if (const auto delay = RetryAfterOf(status); delay.has_value()) {
    const int64_t seconds = absl::ToInt64Seconds(absl::Ceil(*delay, absl::Seconds(1)));
    response.headers.emplace_back("retry-after", absl::StrCat(seconds));
  }
  if (response.status == kUnauthorized) response.headers.emplace_back("www-authenticate", "Bearer");
  return response;
}

Response Answer(const Call& call, Outcome& outcome) {
  Response response = NewResponse(call.format == Format::kJson ? kJsonType : kProtoType);
  if (outcome.status.ok()) {
    auto body = WriteMessage(*call.method->output_type(), call.format, outcome.message);
    if (body.ok()) {
      response.body = *std::move(body);
    } else {
      outcome.status = WithDetails(body.status());
    }
  }
  if (!outcome.status.ok()) {
    response = Refused(outcome.status);
  } else if (call.gzip && response.body.size() >= kWorthCompressing) {
    response.body = Gzip(response.body);
    response.headers.emplace_back("content-encoding", "gzip");
  }
  response.headers.emplace_back("vary", "Accept-Encoding");
  Append(HeadersOf(outcome.head), response.headers);
  Append(HeadersOf(outcome.trailers, "trailer-"), response.headers);
  return response;
}

Response StreamHead(const Call& call, const Headers& head) {
  Response response =
      NewResponse(call.format == Format::kJson ? kJsonStreamType : kProtoStreamType);
  if (call.gzip) response.headers.emplace_back("connect-content-encoding", "gzip");
  Append(HeadersOf(head), response.headers);
  return response;
}

absl::StatusOr<std::string> StreamMessage(const Call& call, const std::string& message) {
  const auto bytes = WriteMessage(*call.method->output_type(), call.format, message);
  if (!bytes.ok()) return bytes.status();
  if (!call.gzip || bytes->size() < kWorthCompressing) return Seal(0, *bytes);
  return Seal(kCompressed, Gzip(*bytes));
}

std::string StreamEnd(const ::grpc::Status& status, const Headers& trailers) {
  return Seal(kEndOfStream, EndOfStreamJson(status, HeadersOf(trailers)));
}

Response RefusedStream(const Call& call, const ::grpc::Status& status) {
  Response response = StreamHead(call, {});
  response.body = StreamEnd(status, {});
  response.code = CodeName(status.error_code());
  return response;
}

}  // namespace baton::connect
