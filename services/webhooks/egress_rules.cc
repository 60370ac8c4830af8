#include "webhooks/egress_rules.h"

#include <arpa/inet.h>
#include <curl/urlapi.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/errors.h"

namespace baton::webhooks {
namespace {

constexpr int kBitsMax = 128;
constexpr int kMappedBits = 96;
constexpr uint8_t kMappedPrefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

// What is not the public internet: IANA's special-purpose registries. Of IPv6 only 2000::/3 is
// public; what of it embeds or tunnels other addresses is not.
constexpr const char* kInternal[] = {
    "0.0.0.0/8",     "10.0.0.0/8",      "100.64.0.0/10",  "127.0.0.0/8",    "169.254.0.0/16",
    "172.16.0.0/12", "192.0.0.0/24",    "192.0.2.0/24",   "192.88.99.0/24", "192.168.0.0/16",
    "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4",    "240.0.0.0/4",
    "2001::/23",     "2001:db8::/32",   "2002::/16",      "3fff::/20",
};
constexpr const char* kPublic[] = {"::ffff:0:0/96", "2000::/3"};

bool IsHostName(absl::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '.' || c == '_' ||
           c == ':' || c == '[' || c == ']';
  });
}

struct UrlDeleter {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

// A part of the URL, empty if it has none.
std::string PartOf(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK) return "";
  std::string copy = text;
  curl_free(text);
  return copy;
}

absl::Status WrongUrl(const std::string& what) {
  return core::FieldError("webhook.url", what);
}

}  // namespace

absl::StatusOr<EgressRules::Network> EgressRules::ParseNetwork(absl::string_view text) {
  const std::vector<std::string> parts = absl::StrSplit(text, absl::MaxSplits('/', 1));
  Network network;
  const bool v4 = inet_pton(AF_INET, parts[0].c_str(), network.base.data() + 12) == 1;
  if (v4) std::copy(std::begin(kMappedPrefix), std::end(kMappedPrefix), network.base.begin());
  const bool known = v4 || inet_pton(AF_INET6, parts[0].c_str(), network.base.data()) == 1;
  const int most = v4 ? kBitsMax - kMappedBits : kBitsMax;
  int bits = most;
  const bool sized = parts.size() == 1 || absl::SimpleAtoi(parts[1], &bits);
  if (!known || !sized || bits < 0 || bits > most) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", text, "\" is no network such as 10.1.0.0/16 or fd00::/8"));
  }
  network.bits = v4 ? bits + kMappedBits : bits;
  return network;
}

absl::StatusOr<EgressRules> EgressRules::Parse(const std::string& hosts,
                                               const std::string& networks) {
  EgressRules rules;
  for (absl::string_view host : absl::StrSplit(hosts, ',', absl::SkipWhitespace())) {
    host = absl::StripAsciiWhitespace(host);
    const absl::string_view name = absl::StartsWith(host, "*.") ? host.substr(1) : host;
    if (!IsHostName(name)) {
      return absl::InvalidArgumentError(
          absl::StrCat("\"", host, "\" is no host such as hooks.acme.example or *.acme.example"));
    }
    rules.hosts_.push_back(absl::AsciiStrToLower(name));
  }
  for (const absl::string_view text : absl::StrSplit(networks, ',', absl::SkipWhitespace())) {
    absl::StatusOr<Network> network = ParseNetwork(absl::StripAsciiWhitespace(text));
    if (!network.ok()) return network.status();
    rules.networks_.push_back(*network);
  }
  return rules;
}

bool EgressRules::IsListed(absl::string_view host) const {
  return std::any_of(hosts_.begin(), hosts_.end(), [&](const std::string& listed) {
    return listed[0] == '.' ? absl::EndsWith(host, listed) : host == listed;
  });
}

absl::Status EgressRules::CheckUrl(const std::string& url) const {
  if (off()) {
    return core::Error(absl::StatusCode::kFailedPrecondition, "WEBHOOKS_OFF",
                       "webhooks are off: the setting webhooks.hosts lists no host");
  }
  const bool printable = std::all_of(url.begin(), url.end(), [](char c) {
    return absl::ascii_isgraph(static_cast<unsigned char>(c));
  });
  if (url.size() > kUrlBytesMax || !printable) {
    return WrongUrl(absl::StrCat("must be at most ", kUrlBytesMax, " printable characters"));
  }
  const std::unique_ptr<CURLU, UrlDeleter> parsed(curl_url());
  if (curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) {
    return WrongUrl("must be a URL such as https://hooks.acme.example/baton");
  }
  const std::string scheme = PartOf(parsed.get(), CURLUPART_SCHEME);
  if (scheme != "https" && (scheme != "http" || networks_.empty())) {
    return WrongUrl(
        "must begin with https:// (http:// only where the setting webhooks.internal_networks "
        "allows it)");
  }
  if (!PartOf(parsed.get(), CURLUPART_USER).empty() ||
      !PartOf(parsed.get(), CURLUPART_PASSWORD).empty() ||
      !PartOf(parsed.get(), CURLUPART_FRAGMENT).empty()) {
    return WrongUrl("must have no user, password or fragment: messages are signed instead");
  }
  const std::string host = absl::AsciiStrToLower(PartOf(parsed.get(), CURLUPART_HOST));
  if (!IsListed(host)) {
    return WrongUrl(absl::StrCat("host ", host,
                                 " is not one that the setting webhooks.hosts "
                                 "lists"));
  }
  return absl::OkStatus();
}

bool EgressRules::Contains(const Network& network, const Bytes& address) {
  const auto whole = static_cast<size_t>(network.bits / 8);
  if (std::memcmp(network.base.data(), address.data(), whole) != 0) return false;
  const int rest = network.bits % 8;
  if (rest == 0) return true;
  const auto mask = static_cast<uint8_t>(0xff << (8 - rest));
  return (network.base[whole] & mask) == (address[whole] & mask);
}

bool EgressRules::IsInternal(const Bytes& address) {
  const auto within = [&](const char* text) { return Contains(*ParseNetwork(text), address); };
  return std::none_of(std::begin(kPublic), std::end(kPublic), within) ||
         std::any_of(std::begin(kInternal), std::end(kInternal), within);
}

bool EgressRules::MayConnect(const sockaddr& address, bool tls) const {
  Bytes bytes = {};
  if (address.sa_family == AF_INET) {
    sockaddr_in v4;
    std::memcpy(&v4, &address, sizeof(v4));
    std::copy(std::begin(kMappedPrefix), std::end(kMappedPrefix), bytes.begin());
    std::memcpy(bytes.data() + 12, &v4.sin_addr, 4);
  } else if (address.sa_family == AF_INET6) {
    sockaddr_in6 v6;
    std::memcpy(&v6, &address, sizeof(v6));
    std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
  } else {
    return false;
  }
  const bool listed = std::any_of(networks_.begin(), networks_.end(),
                                  [&](const Network& network) { return Contains(network, bytes); });
  return listed || (tls && !IsInternal(bytes));
}

std::string EgressRules::WhyNotConnect(const sockaddr& address, bool tls) const {
  if (MayConnect(address, tls)) return "";
  return tls ? "the host's address is internal and none that the setting "
               "webhooks.internal_networks lists"
             : "the host's address is none that the setting webhooks.internal_networks lists, and "
               "http:// goes nowhere else";
}

}  // namespace baton::webhooks
