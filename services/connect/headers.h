// Headers of HTTP and metadata of gRPC, and how one becomes the other. Pure functions; thread-safe.
#ifndef BATON_CONNECT_HEADERS_H_
#define BATON_CONNECT_HEADERS_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace baton::connect {

// Names in lower case, in the order in which they came; a name may come several times. As metadata,
// values of names that end with "-bin" are the bytes themselves; as headers they are in base64.
using Headers = std::vector<std::pair<std::string, std::string>>;

// The first value of `name`.
std::optional<absl::string_view> Find(const Headers& headers, absl::string_view name);

// Whether a list such as "gzip, br;q=0" of Accept-Encoding takes `word`.
bool Takes(absl::string_view list, absl::string_view word);

// What a service gets to see of a request. Left out: what belongs to HTTP, to the protocol or to
// one connection, "grpc-...", what vouches for clients between our own parts, and what gRPC could
// not carry.
Headers MetadataOf(const Headers& request);

// What a client gets to see of a service's metadata, each name behind `prefix`.
Headers HeadersOf(const Headers& metadata, absl::string_view prefix = "");

}  // namespace baton::connect

#endif  // BATON_CONNECT_HEADERS_H_
