// TLS of a gRPC server, from files that may be replaced while it runs.
#ifndef BATON_PLATFORM_GRPC_TLS_H_
#define BATON_PLATFORM_GRPC_TLS_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "grpcpp/security/auth_context.h"
#include "grpcpp/security/server_credentials.h"
#include "platform/tls_files.h"

namespace baton::platform::rpc {

// New connections see new files kTlsLookSeconds after they were replaced. Whom it lets through, and
// which files it refuses: as platform::NewTlsContext.
absl::StatusOr<std::shared_ptr<::grpc::ServerCredentials>> ServerTls(const TlsFiles& files);

// Of the client's verified certificate, with their types: "dns:crm.acme.internal",
// "uri:spiffe://acme/crm". Empty without one.
std::vector<std::string> CertificateNames(const ::grpc::AuthContext& peer);

}  // namespace baton::platform::rpc

#endif  // BATON_PLATFORM_GRPC_TLS_H_
