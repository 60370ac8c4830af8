#include "identity/key_fetcher.h"

#include <netinet/in.h>

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include "absl/random/distributions.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "platform/this_machine.h"

namespace baton::identity {
namespace {

constexpr size_t kUrlBytesMax = 2048;
constexpr uint8_t kIpv4Loopback = 127;

bool IsLoopback(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    sockaddr_in v4;
    std::memcpy(&v4, &address, sizeof(v4));
    return ntohl(v4.sin_addr.s_addr) >> 24 == kIpv4Loopback;
  }
  if (address.sa_family != AF_INET6) return false;
  sockaddr_in6 v6;
  std::memcpy(&v6, &address, sizeof(v6));
  return IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr);
}

// The operator named the issuer: it may be anywhere, also inside the own networks, if TLS proves
// that it is the one.
std::string WhyNotConnect(const sockaddr& address, bool tls) {
  return tls || IsLoopback(address) ? "" : "http:// goes to this machine only";
}

platform::HttpClientOptions OptionsFor(const KeySource& source) {
  platform::HttpClientOptions options;
  options.refuse = &WhyNotConnect;
  options.ca_file = source.ca_file;
  options.timeout = KeyFetcher::kTimeout;
  options.body_bytes_kept = KeyFetcher::kBytesMax;
  return options;
}

}  // namespace

absl::Status CheckKeyUrl(const std::string& url) {
  absl::string_view rest = url;
  const bool tls = absl::ConsumePrefix(&rest, "https://");
  const bool printable = std::all_of(url.begin(), url.end(), [](char c) {
    return absl::ascii_isgraph(static_cast<unsigned char>(c));
  });
  if (url.size() > kUrlBytesMax || !printable || (!tls && !absl::ConsumePrefix(&rest, "http://"))) {
    return absl::InvalidArgumentError(
        "must be a URL such as https://id.acme.example/.well-known/jwks.json");
  }
  const absl::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
  if (authority.empty() || absl::StrContains(authority, '@')) {
    return absl::InvalidArgumentError("must name a host, without credentials");
  }
  if (!tls && !platform::IsThisMachine(authority)) {
    return absl::InvalidArgumentError(
        "must be https://: keys that anybody on the way can exchange prove nothing");
  }
  return absl::OkStatus();
}

KeyFetcher::KeyFetcher(const KeySource& source)
    : url_(source.url),
      schedule_(source.refresh, source.ask_interval),
      client_(OptionsFor(source)) {}

std::optional<absl::StatusOr<std::string>> KeyFetcher::Look(absl::Time now) {
  std::optional<absl::StatusOr<std::string>> answer;
  for (platform::HttpResult& result : client_.TakeResults()) {
    schedule_.End(result.delivered(), absl::Uniform<double>(random_, 0, 1), now);
    if (result.delivered()) {
      answer = std::move(result.body);
    } else {
      answer = absl::UnavailableError(result.problem);
    }
  }
  if (schedule_.Due(asked_, now)) {
    schedule_.Begin(now);
    asked_ = false;
    client_.Send({.url = url_, .headers = {"accept: application/jwk-set+json, application/json"}});
  }
  return answer;
}

}  // namespace baton::identity
