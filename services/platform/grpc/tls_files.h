// Where the TLS of a gRPC server comes from. Apart, because settings hold it and need no gRPC.
#ifndef BATON_PLATFORM_GRPC_TLS_FILES_H_
#define BATON_PLATFORM_GRPC_TLS_FILES_H_

#include <string>

namespace baton::platform::rpc {

struct TlsFiles {
  std::string cert_file;       // PEM, the chain; empty: no TLS
  std::string key_file;        // PEM
  std::string client_ca_file;  // PEM; empty: clients are not asked for certificates
};

}  // namespace baton::platform::rpc

#endif  // BATON_PLATFORM_GRPC_TLS_FILES_H_
