#include "platform/grpc/tls.h"

#include <grpc/grpc_security_constants.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "grpcpp/security/tls_certificate_provider.h"
#include "grpcpp/security/tls_credentials_options.h"

namespace baton::platform::rpc {
namespace {

struct ContextDeleter {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};

absl::Status BadFile(absl::string_view what, const std::string& file) {
  const unsigned long code = ERR_get_error();  // NOLINT(runtime/int): OpenSSL's type
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  ERR_clear_error();
  return absl::InvalidArgumentError(absl::StrCat("TLS: cannot use the ", what, " ", file, ": ",
                                                 reason == nullptr ? "unknown reason" : reason));
}

// gRPC would take any file and refuse each handshake.
absl::Status CheckFiles(const TlsFiles& files) {
  const std::unique_ptr<SSL_CTX, ContextDeleter> context(SSL_CTX_new(TLS_server_method()));
  if (SSL_CTX_use_certificate_chain_file(context.get(), files.cert_file.c_str()) != 1) {
    return BadFile("certificate", files.cert_file);
  }
  if (SSL_CTX_use_PrivateKey_file(context.get(), files.key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
    return BadFile("key", files.key_file);
  }
  if (X509_cmp_current_time(X509_get0_notAfter(SSL_CTX_get0_certificate(context.get()))) <= 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("TLS: the certificate ", files.cert_file, " has expired"));
  }
  if (!files.client_ca_file.empty() &&
      SSL_CTX_load_verify_locations(context.get(), files.client_ca_file.c_str(), nullptr) != 1) {
    return BadFile("clients' CA", files.client_ca_file);
  }
  return absl::OkStatus();
}

void AddNames(const ::grpc::AuthContext& peer, const char* property, absl::string_view type,
              std::vector<std::string>& names) {
  for (const ::grpc::string_ref& value : peer.FindPropertyValues(property)) {
    names.push_back(absl::StrCat(type, absl::string_view(value.data(), value.size())));
  }
}

}  // namespace

absl::StatusOr<std::shared_ptr<::grpc::ServerCredentials>> ServerTls(const TlsFiles& files) {
  if (absl::Status usable = CheckFiles(files); !usable.ok()) return usable;
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
