// What an identity provider and a certificate authority would give, for an installation that is
// being tried out. Thread-safe.
#ifndef BATON_IDENTITY_DEV_IDENTITY_H_
#define BATON_IDENTITY_DEV_IDENTITY_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace baton::identity {

inline constexpr char kDevIssuer[] = "https://dev-identity.baton.invalid";
inline constexpr char kDevAudience[] = "baton";

struct DevIdentityOptions {
  std::vector<std::string> hosts;  // names and addresses of the server
  std::string rep;                 // whom the token of the role rep is for
  absl::Time now;
  absl::Duration valid;
};

struct DevIdentity {
  std::string ca;                             // PEM
  std::string certificate;                    // of the server, PEM
  std::string key;                            // its own, PEM
  std::string key_set;                        // JSON, for TokenRules of kDevIssuer and kDevAudience
  std::map<std::string, std::string> tokens;  // by role; each for every workspace
};

// The keys that sign certificates and tokens are forgotten, so that nobody makes more of them.
// INVALID_ARGUMENT for a host that is neither name nor address.
absl::StatusOr<DevIdentity> MakeDevIdentity(const DevIdentityOptions& options);

}  // namespace baton::identity

#endif  // BATON_IDENTITY_DEV_IDENTITY_H_
