#include "platform/redis/url.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace baton::platform::redis {
namespace {

constexpr int kPortMax = 65535;
constexpr int kDatabaseMax = 65535;

absl::Status Bad(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(
      "Redis URL: ", what, "; expected redis[s]://[user[:password]@]host[:port][/database]"));
}

int HexDigit(char character) {
  if (!absl::ascii_isxdigit(static_cast<unsigned char>(character))) return -1;
  const char lower = absl::ascii_tolower(static_cast<unsigned char>(character));
  return lower <= '9' ? lower - '0' : lower - 'a' + 10;
}

absl::StatusOr<std::string> PercentDecode(absl::string_view text) {
  std::string decoded;
  for (size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      decoded += text[at];
      continue;
    }
    if (at + 2 >= text.size()) return Bad("unfinished percent escape in user or password");
    const int high = HexDigit(text[at + 1]);
    const int low = HexDigit(text[at + 2]);
    if (high < 0 || low < 0) return Bad("bad percent escape in user or password");
    decoded += static_cast<char>(high * 16 + low);
    at += 2;
  }
  return decoded;
}

absl::Status ParseNumber(absl::string_view text, absl::string_view what, int min, int max,
                         int& number) {
  if (!absl::SimpleAtoi(text, &number) || number < min || number > max) {
    return Bad(absl::StrCat(what, " is not a number from ", min, " to ", max));
  }
  return absl::OkStatus();
}

absl::Status ParseUser(absl::string_view text, Endpoint& endpoint) {
  const size_t colon = text.find(':');
  const absl::StatusOr<std::string> user = PercentDecode(text.substr(0, colon));
  if (!user.ok()) return user.status();
  endpoint.user = *user;
  if (colon == absl::string_view::npos) return absl::OkStatus();
  const absl::StatusOr<std::string> password = PercentDecode(text.substr(colon + 1));
  if (!password.ok()) return password.status();
  endpoint.password = *password;
  return absl::OkStatus();
}

absl::Status ParseHost(absl::string_view text, Endpoint& endpoint) {
  absl::string_view port;
  if (absl::ConsumePrefix(&text, "[")) {
    const size_t end = text.find(']');
    if (end == absl::string_view::npos) return Bad("'[' without ']'");
    endpoint.host = std::string(text.substr(0, end));
    port = text.substr(end + 1);
    if (!port.empty() && !absl::ConsumePrefix(&port, ":")) return Bad("text after ']'");
  } else {
    const size_t colon = text.find(':');
    endpoint.host = std::string(text.substr(0, colon));
    if (colon != absl::string_view::npos) {
      port = text.substr(colon + 1);
      if (port.empty()) return Bad("no port after ':'");
    }
  }
  if (endpoint.host.empty()) return Bad("no host");
  return port.empty() ? absl::OkStatus() : ParseNumber(port, "port", 1, kPortMax, endpoint.port);
}

}  // namespace

absl::StatusOr<Endpoint> ParseUrl(absl::string_view url) {
  Endpoint endpoint;
  if (absl::ConsumePrefix(&url, "rediss://")) {
    endpoint.tls = true;
  } else if (!absl::ConsumePrefix(&url, "redis://")) {
    return Bad("unknown scheme");
  }
  const size_t slash = url.find('/');
  if (slash != absl::string_view::npos) {
    const absl::string_view database = url.substr(slash + 1);
    if (!database.empty()) {
      absl::Status status = ParseNumber(database, "database", 0, kDatabaseMax, endpoint.database);
      if (!status.ok()) return status;
    }
    url = url.substr(0, slash);
  }
  const size_t at = url.rfind('@');
  if (at != absl::string_view::npos) {
    if (absl::Status status = ParseUser(url.substr(0, at), endpoint); !status.ok()) return status;
    url = url.substr(at + 1);
  }
  if (absl::Status status = ParseHost(url, endpoint); !status.ok()) return status;
  return endpoint;
}

std::string Address(const Endpoint& endpoint) {
  const bool brackets = endpoint.host.find(':') != std::string::npos;
  return absl::StrCat(brackets ? "[" : "", endpoint.host, brackets ? "]" : "", ":", endpoint.port);
}

}  // namespace baton::platform::redis
