#include "platform/grpc/tls.h"

#include <grpc/grpc_security_constants.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "grpcpp/security/tls_certificate_provider.h"
#include "grpcpp/security/tls_credentials_options.h"
#include "platform/tls.h"

namespace baton::platform::rpc {
namespace {

void AddNames(const ::grpc::AuthContext& peer, const char* property, absl::string_view type,
              std::vector<std::string>& names) {
  for (const ::grpc::string_ref& value : peer.FindPropertyValues(property)) {
    names.push_back(absl::StrCat(type, absl::string_view(value.data(), value.size())));
  }
}

}  // namespace

absl::StatusOr<std::shared_ptr<::grpc::ServerCredentials>> ServerTls(const TlsFiles& files) {
  // gRPC would take any file and refuse each handshake.
  if (auto usable = NewTlsContext(files); !usable.ok()) return usable.status();
  namespace experimental = ::grpc::experimental;
  experimental::TlsServerCredentialsOptions options(
      std::make_shared<experimental::FileWatcherCertificateProvider>(
          files.key_file, files.cert_file, files.client_ca_file, kTlsLookSeconds));
  options.watch_identity_key_cert_pairs();
  if (!files.client_ca_file.empty()) {
    options.watch_root_certs();
    options.set_cert_request_type(GRPC_SSL_REQUEST_CLIENT_CERTIFICATE_AND_VERIFY);
  }
  return experimental::TlsServerCredentials(options);
}

std::vector<std::string> CertificateNames(const ::grpc::AuthContext& peer) {
  std::vector<std::string> names;
  AddNames(peer, GRPC_PEER_DNS_PROPERTY_NAME, "dns:", names);
  AddNames(peer, GRPC_PEER_URI_PROPERTY_NAME, "uri:", names);
  return names;
}

}  // namespace baton::platform::rpc
