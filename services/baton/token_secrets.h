// The secrets of page and resume tokens, from a file that operators may change: one a line, the
// first seals, each opens.
#ifndef BATON_BATON_TOKEN_SECRETS_H_
#define BATON_BATON_TOKEN_SECRETS_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "platform/reloader.h"

namespace baton {

// NOT_FOUND when the file cannot be read; INVALID_ARGUMENT, naming it, for what
// dispatch::TokenSealer::Check refuses.
absl::StatusOr<std::vector<std::string>> ReadTokenSecrets(const std::string& path);

// Hands to `use` what the file says from now on; `known` is in use already.
platform::Reloader::Look LookAtTokenSecrets(std::string path, std::vector<std::string> known,
                                            std::function<void(std::vector<std::string>)> use);

}  // namespace baton

#endif  // BATON_BATON_TOKEN_SECRETS_H_
