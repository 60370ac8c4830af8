#include "platform/this_machine.h"

#include <arpa/inet.h>

#include <cstdint>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/strip.h"

namespace baton::platform {
namespace {

constexpr uint32_t kLoopbackNet = 127;  // the first byte of the address

bool IsLoopback4(const std::string& host) {
  in_addr address = {};
  return inet_pton(AF_INET, host.c_str(), &address) == 1 &&
         ntohl(address.s_addr) >> 24 == kLoopbackNet;
}

bool IsLoopback6(const std::string& host) {
  in6_addr address = {};
  return inet_pton(AF_INET6, host.c_str(), &address) == 1 && IN6_IS_ADDR_LOOPBACK(&address);
}

}  // namespace

bool IsThisMachine(absl::string_view address) {
  absl::string_view host = address;
  const size_t colon = host.rfind(':');
  if (colon != absl::string_view::npos && host.find(']', colon) == absl::string_view::npos) {
    host = host.substr(0, colon);
  }
  if (absl::ConsumePrefix(&host, "[")) {
    return absl::ConsumeSuffix(&host, "]") && IsLoopback6(std::string(host));
  }
  return absl::EqualsIgnoreCase(host, "localhost") || IsLoopback4(std::string(host));
}

}  // namespace baton::platform
