// How a door in front of the API, in the same process, tells it which certificate a client showed
// at that door: in metadata that nobody else can make.
#ifndef BATON_PLATFORM_GRPC_PEER_VOUCHER_H_
#define BATON_PLATFORM_GRPC_PEER_VOUCHER_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace baton::platform::rpc {

// The metadata; a door never lets a client's own through.
inline constexpr char kPeerHeader[] = "baton-peer-bin";

// Immutable; thread-safe.
class PeerVoucher {
 public:
  PeerVoucher();  // with a secret of its own, which never leaves the process

  // The value for a client with these names of its verified certificate ("dns:...", "uri:...").
  std::string Issue(const std::vector<std::string>& names) const;
  // The names; nothing if this voucher did not issue the value.
  std::optional<std::vector<std::string>> Open(absl::string_view value) const;

 private:
  std::string secret_;
};

}  // namespace baton::platform::rpc

#endif  // BATON_PLATFORM_GRPC_PEER_VOUCHER_H_
