// TLS for connections to Redis: certificates are verified, and so is the name of the server.
#ifndef BATON_PLATFORM_REDIS_TLS_H_
#define BATON_PLATFORM_REDIS_TLS_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"

struct redisContext;  // hiredis
struct ssl_ctx_st;    // OpenSSL

namespace baton::platform::redis {

struct TlsOptions {
  std::string ca_file;    // PEM; empty: the system's certificate authorities
  std::string cert_file;  // PEM, for mutual TLS; with key_file or neither
  std::string key_file;   // PEM
};

// Thread-safe: shared by all connections of a client.
class TlsContext {
 public:
  // INVALID_ARGUMENT when a file cannot be used.
  static absl::StatusOr<std::unique_ptr<TlsContext>> Create(const TlsOptions& options);

  // Performs the handshake on a connected socket; the certificate must name `host`.
  // UNAVAILABLE when it fails (the text says why).
  absl::Status Handshake(redisContext& connection, const std::string& host) const;

 private:
  struct Deleter {
    void operator()(ssl_ctx_st* context) const;
  };
  explicit TlsContext(ssl_ctx_st* context) : context_(context) {}

  std::unique_ptr<ssl_ctx_st, Deleter> context_;
};

}  // namespace baton::platform::redis

#endif  // BATON_PLATFORM_REDIS_TLS_H_
