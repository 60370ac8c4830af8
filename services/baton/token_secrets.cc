#include "baton/token_secrets.h"

#include <fstream>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "dispatch/token_sealer.h"

namespace baton {

absl::StatusOr<std::vector<std::string>> ReadTokenSecrets(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return absl::NotFoundError(absl::StrCat("--grpc-token-secret-file ", path, " cannot be read"));
  }
  std::vector<std::string> secrets;
  for (std::string line; std::getline(file, line);) {
    absl::StripAsciiWhitespace(&line);
    if (!line.empty()) secrets.push_back(std::move(line));
  }
  if (absl::Status fit = dispatch::TokenSealer::Check(secrets); !fit.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--grpc-token-secret-file ", path, ": ", fit.message()));
  }
  return secrets;
}

platform::Reloader::Look LookAtTokenSecrets(std::string path, std::vector<std::string> known,
                                            std::function<void(std::vector<std::string>)> use) {
  return [path = std::move(path), known = std::move(known),
          use = std::move(use)]() mutable -> absl::StatusOr<bool> {
    absl::StatusOr<std::vector<std::string>> secrets = ReadTokenSecrets(path);
    if (!secrets.ok()) return secrets.status();
    if (*secrets == known) return false;
    known = *secrets;
    use(*std::move(secrets));
    return true;
  };
}

}  // namespace baton
