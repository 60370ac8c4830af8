// Where webhooks may go. Lines: hosts and networks of the operator, a URL of a stranger, then the
// bytes of an IPv4 address.
#include <netinet/in.h>

#include <cstring>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "fuzz/fuzz.h"
#include "webhooks/egress_rules.h"

namespace baton::fuzz {
namespace {

using webhooks::EgressRules;

// An accepted URL names a listed host, as far as that can be told without an URL parser: numbers
// and escapes have several ways to be written.
void CheckUrl(const EgressRules& rules, const std::string& hosts, const std::string& url) {
  Require(!EgressRules().CheckUrl(url).ok(), "without hosts no URL is good");
  if (!rules.CheckUrl(url).ok()) return;
  Require(url.size() <= webhooks::kUrlBytesMax, "URLs have a cap");
  const std::string lower = absl::AsciiStrToLower(url);
  Require(absl::StartsWith(lower, "http"), "only HTTP is spoken");
  if (lower.find_first_of("%[0123456789") != std::string::npos) return;
  const std::string authority = lower.substr(0, lower.find_first_of("?#"));
  bool named = false;
  for (const absl::string_view listed : absl::StrSplit(absl::AsciiStrToLower(hosts), ',')) {
    const absl::string_view host = absl::StripPrefix(absl::StripAsciiWhitespace(listed), "*");
    named = named || (!host.empty() && absl::StrContains(authority, host));
  }
  Require(named, "an accepted URL names a listed host");
}

// The same IPv4 address, as such and written as IPv6.
void CheckAddress(const EgressRules& rules, std::string_view bytes) {
  if (bytes.size() < 4) return;
  sockaddr_in v4 = {};
  v4.sin_family = AF_INET;
  std::memcpy(&v4.sin_addr, bytes.data(), 4);
  sockaddr_in6 v6 = {};
  v6.sin6_family = AF_INET6;
  std::memset(v6.sin6_addr.s6_addr + 10, 0xff, 2);
  std::memcpy(v6.sin6_addr.s6_addr + 12, bytes.data(), 4);
  const auto& plain = reinterpret_cast<const sockaddr&>(v4);
  const auto& mapped = reinterpret_cast<const sockaddr&>(v6);
  for (const bool tls : {false, true}) {
    const bool may = rules.MayConnect(plain, tls);
    Require(may == rules.MayConnect(mapped, tls), "an address is the same as IPv6");
    Require(may == rules.WhyNotConnect(plain, tls).empty(), "a refusal says why");
  }
  Require(!rules.MayConnect(plain, false) || rules.MayConnect(plain, true),
          "TLS takes no way away");
  const auto first = static_cast<uint8_t>(bytes[0]);
  Require(!EgressRules().MayConnect(plain, true) || (first != 127 && first != 10),
          "nothing inside is reached unless listed");
}

}  // namespace
}  // namespace baton::fuzz

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text = baton::fuzz::Text(data, size);
  const std::string hosts = baton::fuzz::TakeLine(text);
  const std::string networks = baton::fuzz::TakeLine(text);
  const std::string url = baton::fuzz::TakeLine(text);
  const auto rules = baton::webhooks::EgressRules::Parse(hosts, networks);
  if (!rules.ok()) return 0;
  baton::fuzz::CheckUrl(*rules, hosts, url);
  baton::fuzz::CheckAddress(*rules, text);
  return 0;
}
