#include "platform/redis/tls.h"

#include <arpa/inet.h>
#include <hiredis/hiredis.h>
#include <hiredis/hiredis_ssl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "platform/tls.h"

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

absl::StatusOr<std::shared_ptr<SSL_CTX>> NewClientContext(const TlsOptions& options) {
  const std::shared_ptr<SSL_CTX> shared(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
  SSL_CTX* context = shared.get();
  if (context == nullptr) return absl::InternalError("Redis TLS: no context");
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  if (options.ca_file.empty()) {
    if (SSL_CTX_set_default_verify_paths(context) != 1) return BadFile("CA files", "system");
  } else if (SSL_CTX_load_verify_locations(context, options.ca_file.c_str(), nullptr) != 1) {
    return BadFile("CA file", options.ca_file);
  }
  if (options.cert_file.empty()) return shared;
  if (SSL_CTX_use_certificate_chain_file(context, options.cert_file.c_str()) != 1) {
    return BadFile("certificate", options.cert_file);
  }
  if (SSL_CTX_use_PrivateKey_file(context, options.key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
    return BadFile("key", options.key_file);
  }
  return shared;
}

}  // namespace

TlsContext::TlsContext(std::unique_ptr<RotatingTls> files) : files_(std::move(files)) {}

TlsContext::~TlsContext() = default;

absl::StatusOr<std::unique_ptr<TlsContext>> TlsContext::Create(const TlsOptions& options) {
  if (options.cert_file.empty() != options.key_file.empty()) {
    return absl::InvalidArgumentError("Redis TLS: give both a certificate and a key, or neither");
  }
  auto files =
      RotatingTls::Open({options.cert_file, options.key_file, options.ca_file},
                        absl::ZeroDuration(), [options] { return NewClientContext(options); });
  if (!files.ok()) return files.status();
  return std::unique_ptr<TlsContext>(new TlsContext(*std::move(files)));
}

std::shared_ptr<SSL_CTX> TlsContext::Current() const {
  return files_->Current();
}

absl::Status TlsContext::Handshake(redisContext& connection, const std::string& host) const {
  SSL* session = SSL_new(Current().get());
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
