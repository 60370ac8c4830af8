// How an implementation of the state port makes the installation's secret.
#ifndef BATON_STORE_INSTALLATION_SECRET_H_
#define BATON_STORE_INSTALLATION_SECRET_H_

#include <random>
#include <string>

namespace baton::store {

// 32 bytes of the operating system's randomness (std::random_device reads it on Linux).
inline std::string NewInstallationSecret() {
  std::random_device random;
  std::string secret;
  while (secret.size() < 32) secret.push_back(static_cast<char>(random() & 0xff));
  return secret;
}

}  // namespace baton::store

#endif  // BATON_STORE_INSTALLATION_SECRET_H_
