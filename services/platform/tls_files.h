// Where the TLS of a listener comes from. Apart, because settings hold it and need no TLS library.
#ifndef BATON_PLATFORM_TLS_FILES_H_
#define BATON_PLATFORM_TLS_FILES_H_

#include <string>

namespace baton::platform {

struct TlsFiles {
  std::string cert_file;       // PEM, the chain; empty: no TLS
  std::string key_file;        // PEM
  std::string client_ca_file;  // PEM; empty: clients are not asked for certificates
};

}  // namespace baton::platform

#endif  // BATON_PLATFORM_TLS_FILES_H_
