// TLS for connections to Redis: certificates are verified, and so is the name of the server.
#ifndef BATON_PLATFORM_REDIS_TLS_H_
#define BATON_PLATFORM_REDIS_TLS_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"

struct redisContext;  // hiredis
struct ssl_ctx_st;    // OpenSSL

namespace baton::platform {
class RotatingTls;
}

namespace baton::platform::redis {

struct TlsOptions {
  std::string ca_file;    // PEM; empty: the system's certificate authorities
  std::string cert_file;  // PEM, for mutual TLS; with key_file or neither
  std::string key_file;   // PEM
};

// Its files are looked at for each connection, as passwords are: one that is opened after they were
// replaced goes by the new ones, those that there are go on. Files that cannot be used change
// nothing and are an error in the log. Thread-safe: shared by all connections of a client.
class TlsContext {
 public:
  // INVALID_ARGUMENT when a file cannot be used.
  static absl::StatusOr<std::unique_ptr<TlsContext>> Create(const TlsOptions& options);
  ~TlsContext();

  // Performs the handshake on a connected socket; the certificate must name `host`.
  // UNAVAILABLE when it fails (the text says why).
  absl::Status Handshake(redisContext& connection, const std::string& host) const;

  // What a new connection goes by. May read files.
  std::shared_ptr<ssl_ctx_st> Current() const;

 private:
  explicit TlsContext(std::unique_ptr<RotatingTls> files);

  const std::unique_ptr<RotatingTls> files_;
};

}  // namespace baton::platform::redis

#endif  // BATON_PLATFORM_REDIS_TLS_H_
