// TLS from files that may be replaced while it runs.
#ifndef BATON_PLATFORM_TLS_H_
#define BATON_PLATFORM_TLS_H_

#include <openssl/types.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "platform/tls_files.h"

namespace baton::platform {

// New connections to a listener see new files a few seconds after they were replaced, best by
// renaming; those that run go on.
inline constexpr int kTlsLookSeconds = 2;

// For a server: TLS 1.2 or newer. A client's certificate must come from client_ca_file; one that
// shows none is let through, so that it can be told what is missing. INVALID_ARGUMENT, naming the
// file, for what cannot be read, does not belong together or has expired.
absl::StatusOr<std::shared_ptr<SSL_CTX>> NewTlsContext(const TlsFiles& files);

// Thread-safe.
class RotatingTls {
 public:
  using Make = std::function<absl::StatusOr<std::shared_ptr<SSL_CTX>>()>;

  // What NewTlsContext says; looks every kTlsLookSeconds.
  static absl::StatusOr<std::unique_ptr<RotatingTls>> Open(const TlsFiles& files);
  // `make` reads the `files`, of which empty ones are none, and says what is wrong with them.
  static absl::StatusOr<std::unique_ptr<RotatingTls>> Open(std::vector<std::string> files,
                                                           absl::Duration look_interval, Make make);

  // For a new connection. Looks at the files if it has not for so long; files that cannot be used
  // change nothing and are an error in the log. May read files.
  std::shared_ptr<SSL_CTX> Current();

 private:
  RotatingTls(std::vector<std::string> files, absl::Duration look_interval, Make make);
  std::string TextOfFiles() const;

  const std::vector<std::string> files_;
  const absl::Duration look_interval_;
  const Make make_;
  absl::Mutex mutex_;
  std::shared_ptr<SSL_CTX> context_ ABSL_GUARDED_BY(mutex_);
  std::string text_ ABSL_GUARDED_BY(mutex_);      // of the files as they were seen last
  absl::Time looked_at_ ABSL_GUARDED_BY(mutex_);  // SteadyNow
};

bool HasCertificate(const SSL& connection);  // the client showed one, and it is verified

// Of the client's verified certificate, with their types: "dns:crm.acme.internal",
// "uri:spiffe://acme/crm". Empty without one. Names with control characters are left out.
std::vector<std::string> CertificateNames(const SSL& connection);

}  // namespace baton::platform

#endif  // BATON_PLATFORM_TLS_H_
