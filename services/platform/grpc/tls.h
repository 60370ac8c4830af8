// TLS of a gRPC server, from files that may be replaced while it runs.
#ifndef BATON_PLATFORM_GRPC_TLS_H_
#define BATON_PLATFORM_GRPC_TLS_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "grpcpp/security/auth_context.h"
#include "grpcpp/security/server_credentials.h"
#include "platform/grpc/tls_files.h"

namespace baton::platform::rpc {

// New connections see new files a few seconds after they were replaced, best by renaming; those
// that run go on.
inline constexpr int kTlsLookSeconds = 2;

// TLS 1.2 or newer. A client's certificate must come from client_ca_file; one that shows none is
// let through, so that it can be told what is missing. INVALID_ARGUMENT, naming the file, for what
// cannot be read, does not belong together or has expired.
absl::StatusOr<std::shared_ptr<::grpc::ServerCredentials>> ServerTls(const TlsFiles& files);

// Of the client's verified certificate, with their types: "dns:crm.acme.internal",
// "uri:spiffe://acme/crm". Empty without one.
std::vector<std::string> CertificateNames(const ::grpc::AuthContext& peer);

}  // namespace baton::platform::rpc

#endif  // BATON_PLATFORM_GRPC_TLS_H_
