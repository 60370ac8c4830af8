// The server over gRPC. The only file of this folder whose source includes gRPC's headers.
#ifndef BATON_BATONCTL_GRPC_SERVER_H_
#define BATON_BATONCTL_GRPC_SERVER_H_

#include <memory>
#include <string>

#include "absl/time/time.h"
#include "batonctl/server.h"

namespace baton::batonctl {

// A channel for `identity` to `address` ("host:port"), never through an HTTP proxy; with its
// tls_ca over TLS. Connects at the first call. Each call ends after `timeout`; streams end by
// themselves only. A file that cannot be read is an error of the call.
std::unique_ptr<Server> ConnectGrpc(const std::string& address, absl::Duration timeout,
                                    const Identity& identity);

}  // namespace baton::batonctl

#endif  // BATON_BATONCTL_GRPC_SERVER_H_
