#include "connect/cors.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace baton::connect {
namespace {

constexpr int kNoContent = 204;
constexpr int kForbidden = 403;
constexpr char kPreflightSeconds[] = "7200";
constexpr absl::string_view kTokenMarks = "!#$%&'*+-.^_`|~";

// scheme://host[:port], as browsers write it.
bool IsOrigin(absl::string_view text) {
  const size_t scheme = text.find("://");
  if (scheme == absl::string_view::npos || scheme == 0) return false;
  const absl::string_view host = text.substr(scheme + 3);
  return !host.empty() && host.find_first_of("/?#@ *") == absl::string_view::npos &&
         absl::AsciiStrToLower(text) == text;
}

bool IsListOfNames(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == ',' || c == ' ' ||
           kTokenMarks.find(c) != absl::string_view::npos;
  });
}

}  // namespace

absl::StatusOr<Cors> Cors::Parse(absl::string_view origins) {
  Cors cors;
  for (absl::string_view origin : absl::StrSplit(origins, ',', absl::SkipWhitespace())) {
    origin = absl::StripAsciiWhitespace(origin);
    if (origin == "*") {
      cors.every_origin_ = true;
    } else if (IsOrigin(origin)) {
      cors.origins_.emplace(origin);
    } else {
      return absl::InvalidArgumentError(absl::StrCat(
          "'", origin, "' is no origin such as https://app.acme.example, nor * for all"));
    }
  }
  return cors;
}

bool Cors::Allows(absl::string_view origin) const {
  return every_origin_ || origins_.count(std::string(origin)) > 0;
}

std::optional<Response> Cors::Preflight(const Request& request) const {
  const auto wanted = Find(request.headers, "access-control-request-method");
  if (request.verb != "OPTIONS" || !wanted.has_value()) return std::nullopt;
  Response response;
  response.headers = {{"vary", "Origin, Access-Control-Request-Headers"}};
  const auto origin = Find(request.headers, "origin");
  if (!origin.has_value() || !Allows(*origin)) {
    response.status = kForbidden;
    return response;
  }
  response.status = kNoContent;
  response.headers.emplace_back("access-control-allow-origin", std::string(*origin));
  response.headers.emplace_back("access-control-allow-methods", "GET, POST");
  response.headers.emplace_back("access-control-max-age", kPreflightSeconds);
  const auto names = Find(request.headers, "access-control-request-headers");
  if (names.has_value() && IsListOfNames(*names)) {
    response.headers.emplace_back("access-control-allow-headers", std::string(*names));
  }
  return response;
}

void Cors::Permit(const Request& request, Response& response) const {
  if (!every_origin_ && origins_.empty()) return;
  response.headers.emplace_back("vary", "Origin");
  const auto origin = Find(request.headers, "origin");
  if (!origin.has_value() || !Allows(*origin)) return;
  response.headers.emplace_back("access-control-allow-origin", std::string(*origin));
  response.headers.emplace_back("access-control-expose-headers", "*");
}

}  // namespace baton::connect
