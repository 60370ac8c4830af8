#include "platform/redis/url.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace baton::platform::redis {
namespace {

constexpr int kPortMax = 65535;
constexpr int kDatabaseMax = 65535;
constexpr int kSentinelPort = 26379;

absl::Status Bad(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(
      "Redis URL: ", what,
      "; expected redis[s]://[user[:password]@]host[:port][/database], or with Sentinels "
      "redis[s]+sentinel://[user[:password]@]host[:port],host[:port].../primary[/database]"));
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

absl::Status ParseSentinels(absl::string_view hosts, Location& location) {
  const bool tls = location.server.tls;
  for (const absl::string_view host : absl::StrSplit(hosts, ',')) {
    Endpoint sentinel;
    sentinel.tls = tls;
    sentinel.port = kSentinelPort;
    if (absl::Status status = ParseHost(host, sentinel); !status.ok()) return status;
    location.sentinels.push_back(std::move(sentinel));
  }
  if (location.sentinels.size() > kSentinelsMax) {
    return Bad(absl::StrCat("more than ", kSentinelsMax, " Sentinels"));
  }
  return absl::OkStatus();
}

// Sentinel's own rule for names, in its configuration.
bool IsPrimaryName(absl::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char character) {
    return absl::ascii_isalnum(character) || character == '.' || character == '_' ||
           character == '-';
  });
}

// Takes the primary's name from the front of the path.
absl::Status TakePrimary(absl::string_view& path, Location& location) {
  const absl::string_view name = path.substr(0, path.find('/'));
  if (!IsPrimaryName(name)) {
    return Bad("no name of the primary behind the Sentinels (letters, digits, '.', '_', '-')");
  }
  location.primary = std::string(name);
  path.remove_prefix(name.size());
  absl::ConsumePrefix(&path, "/");
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Location> ParseUrl(absl::string_view url) {
  Location location;
  Endpoint& server = location.server;
  const size_t scheme_end = url.find("://");
  if (scheme_end == absl::string_view::npos) return Bad("no scheme");
  absl::string_view scheme = url.substr(0, scheme_end);
  const bool asks_sentinels = absl::ConsumeSuffix(&scheme, "+sentinel");
  if (scheme != "redis" && scheme != "rediss") return Bad("unknown scheme");
  server.tls = scheme == "rediss";
  url.remove_prefix(scheme_end + 3);
  absl::string_view hosts = url.substr(0, url.find('/'));
  absl::string_view path = url.substr(hosts.size());
  absl::ConsumePrefix(&path, "/");
  if (asks_sentinels) {
    if (absl::Status status = TakePrimary(path, location); !status.ok()) return status;
  }
  if (!path.empty()) {
    absl::Status status = ParseNumber(path, "database", 0, kDatabaseMax, server.database);
    if (!status.ok()) return status;
  }
  const size_t at = hosts.rfind('@');
  if (at != absl::string_view::npos) {
    if (absl::Status status = ParseUser(hosts.substr(0, at), server); !status.ok()) return status;
    hosts = hosts.substr(at + 1);
  }
  if (!asks_sentinels && absl::StrContains(hosts, ',')) return Bad("several hosts, no Sentinels");
  absl::Status status = asks_sentinels ? ParseSentinels(hosts, location) : ParseHost(hosts, server);
  if (!status.ok()) return status;
  return location;
}

std::string Address(const Endpoint& endpoint) {
  const bool brackets = endpoint.host.find(':') != std::string::npos;
  return absl::StrCat(brackets ? "[" : "", endpoint.host, brackets ? "]" : "", ":", endpoint.port);
}

}  // namespace baton::platform::redis
