// Where webhooks may go: hosts that the operator listed, over HTTPS, and no address inside the
// operator's own networks unless that was listed too. Pure; immutable, thread-safe.
#ifndef BATON_WEBHOOKS_EGRESS_RULES_H_
#define BATON_WEBHOOKS_EGRESS_RULES_H_

#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace baton::webhooks {

inline constexpr size_t kUrlBytesMax = 2048;

class EgressRules {
 public:
  // No host: no webhooks.
  EgressRules() = default;

  // `hosts`: names, separated by commas; "*.acme.example" is every name below acme.example.
  // `networks`: such as "10.1.0.0/16,fd00::/8", addresses that may be reached although they are
  // internal. INVALID_ARGUMENT names what is neither.
  static absl::StatusOr<EgressRules> Parse(const std::string& hosts, const std::string& networks);

  bool off() const { return hosts_.empty(); }

  // FAILED_PRECONDITION WEBHOOKS_OFF; INVALID_ARGUMENT with what is wrong with the URL: it must be
  // https:// (http:// only towards internal networks that were listed), of a listed host, without
  // credentials, at most kUrlBytesMax.
  absl::Status CheckUrl(const std::string& url) const;

  // Whether a connection may be made to the address that a host's name was resolved to. Loopback,
  // private, link-local, shared, multicast, reserved and documentation addresses are internal, also
  // when they are written as IPv6. Without TLS only listed networks are reached.
  bool MayConnect(const sockaddr& address, bool tls) const;
  // The same as a sentence; empty: it may.
  std::string WhyNotConnect(const sockaddr& address, bool tls) const;

 private:
  using Bytes = std::array<uint8_t, 16>;  // an IPv4 address as ::ffff:a.b.c.d
  struct Network {
    Bytes base = {};
    int bits = 0;
  };

  static absl::StatusOr<Network> ParseNetwork(absl::string_view text);
  static bool Contains(const Network& network, const Bytes& address);
  static bool IsInternal(const Bytes& address);
  bool IsListed(absl::string_view host) const;

  std::vector<std::string> hosts_;  // lower case; "*.x" as ".x"
  std::vector<Network> networks_;
};

}  // namespace baton::webhooks

#endif  // BATON_WEBHOOKS_EGRESS_RULES_H_
