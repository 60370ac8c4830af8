#include "baton/token_secrets.h"

#include <fstream>
#include <iterator>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "dispatch/token_sealer.h"
#include "platform/log.h"

namespace baton {
namespace {

constexpr absl::Duration kLookInterval = absl::Seconds(1);

}  // namespace

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

TokenSecretsWatch::TokenSecretsWatch(std::string path, std::vector<std::string> known, Use use)
    : path_(std::move(path)), use_(std::move(use)), known_(std::move(known)) {}

TokenSecretsWatch::~TokenSecretsWatch() {
  Stop(absl::ZeroDuration());
}

absl::Status TokenSecretsWatch::Start() {
  worker_.Start([this] {
    while (!worker_.StopsWithin(kLookInterval)) Look();
  });
  return absl::OkStatus();
}

void TokenSecretsWatch::Stop(absl::Duration grace) {
  worker_.Stop(grace);
}

void TokenSecretsWatch::Look() {
  absl::StatusOr<std::vector<std::string>> secrets = ReadTokenSecrets(path_);
  const std::string problem = secrets.ok() ? "" : std::string(secrets.status().message());
  if (!problem.empty() && problem != problem_) {
    platform::LogError("token_secrets.broken", {{"error", problem}});
  }
  problem_ = problem;
  if (!secrets.ok() || *secrets == known_) return;
  known_ = *secrets;
  use_(*std::move(secrets));
  platform::LogInfo("token_secrets.reloaded", {{"file", path_}});
}

}  // namespace baton
