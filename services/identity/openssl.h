// Internal to this folder: OpenSSL's objects as owned pointers.
#ifndef BATON_IDENTITY_OPENSSL_H_
#define BATON_IDENTITY_OPENSSL_H_

#include <openssl/evp.h>

#include <memory>

#include "absl/strings/string_view.h"

namespace baton::identity {

template <auto kFree>
struct Freer {
  template <typename T>
  void operator()(T* object) const {
    kFree(object);
  }
};
using KeyPtr = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Freer<EVP_MD_CTX_free>>;

inline const unsigned char* Bytes(absl::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace baton::identity

#endif  // BATON_IDENTITY_OPENSSL_H_
