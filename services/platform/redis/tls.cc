#include "platform/redis/tls.h"

#include <arpa/inet.h>
#include <hiredis/hiredis.h>
#include <hiredis/hiredis_ssl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "absl/strings/str_cat.h"

namespace baton::platform::redis {
namespace {

absl::Status BadFile(absl::string_view what, const std::string& file) {
  const unsigned long code = ERR_get_error();  // NOLINT(runtime/int): OpenSSL's type
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  ERR_clear_error();
  return absl::InvalidArgumentError(absl::StrCat("Redis TLS: cannot use ", what, " \"", file,
                                                 "\": ", reason == nullptr ? "unknown" : reason));
}

bool IsIpAddress(const std::string& host) {
  unsigned char buffer[sizeof(in6_addr)];
  return inet_pton(AF_INET, host.c_str(), buffer) == 1 ||
         inet_pton(AF_INET6, host.c_str(), buffer) == 1;
}

// Binds the session to the server's name; SNI is for names only.
bool ExpectName(SSL* session, const std::string& host) {
  if (IsIpAddress(host)) {
    return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), host.c_str()) == 1;
  }
  return SSL_set1_host(session, host.c_str()) == 1 &&
         SSL_set_tlsext_host_name(session, host.c_str()) == 1;
}

}  // namespace

void TlsContext::Deleter::operator()(ssl_ctx_st* context) const {
  SSL_CTX_free(context);
}

absl::StatusOr<std::unique_ptr<TlsContext>> TlsContext::Create(const TlsOptions& options) {
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  if (context == nullptr) return absl::InternalError("Redis TLS: no context");
  std::unique_ptr<TlsContext> tls(new TlsContext(context));
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  if (options.ca_file.empty()) {
    if (SSL_CTX_set_default_verify_paths(context) != 1) return BadFile("CA files", "system");
  } else if (SSL_CTX_load_verify_locations(context, options.ca_file.c_str(), nullptr) != 1) {
    return BadFile("CA file", options.ca_file);
  }
  if (options.cert_file.empty() != options.key_file.empty()) {
    return absl::InvalidArgumentError("Redis TLS: give both a certificate and a key, or neither");
  }
  if (!options.cert_file.empty()) {
    if (SSL_CTX_use_certificate_chain_file(context, options.cert_file.c_str()) != 1) {
      return BadFile("certificate", options.cert_file);
    }
    if (SSL_CTX_use_PrivateKey_file(context, options.key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
      return BadFile("key", options.key_file);
    }
  }
  return tls;
}

absl::Status TlsContext::Handshake(redisContext& connection, const std::string& host) const {
  SSL* session = SSL_new(context_.get());
  if (session == nullptr || !ExpectName(session, host)) {
    SSL_free(session);
    return absl::InternalError("Redis TLS: no session");
  }
  if (redisInitiateSSL(&connection, session) != REDIS_OK) {
    const long verdict = SSL_get_verify_result(session);  // NOLINT(runtime/int): OpenSSL's type
    absl::Status status = absl::UnavailableError(absl::StrCat(
        "Redis TLS handshake: ",
        verdict == X509_V_OK ? connection.errstr : X509_verify_cert_error_string(verdict)));
    SSL_free(session);  // on failure the session stays ours
    return status;
  }
  return absl::OkStatus();
}

}  // namespace baton::platform::redis
