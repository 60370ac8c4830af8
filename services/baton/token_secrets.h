// The secrets of page and resume tokens, from a file that operators may change: one a line, the
// first seals, each opens.
#ifndef BATON_BATON_TOKEN_SECRETS_H_
#define BATON_BATON_TOKEN_SECRETS_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "platform/service.h"
#include "platform/worker.h"

namespace baton {

// NOT_FOUND when the file cannot be read; INVALID_ARGUMENT, naming it, for what
// dispatch::TokenSealer::Check refuses.
absl::StatusOr<std::vector<std::string>> ReadTokenSecrets(const std::string& path);

// Looks at the file once a second and hands on what changed; what cannot be used is an error in the
// log and changes nothing.
class TokenSecretsWatch final : public platform::Service {
 public:
  using Use = std::function<void(std::vector<std::string>)>;

  // `known` is in use already. `use` is called on the watch's own thread.
  TokenSecretsWatch(std::string path, std::vector<std::string> known, Use use);
  ~TokenSecretsWatch() override;

  std::string_view name() const override { return "token secrets"; }
  absl::Status Start() override;
  void Stop(absl::Duration grace) override;
  absl::Status Ready() const override { return absl::OkStatus(); }

 private:
  void Look();

  const std::string path_;
  const Use use_;
  std::vector<std::string> known_;  // of the thread, as the next
  std::string problem_;             // the last; empty: none
  platform::Worker worker_;         // last: its thread uses all of the above
};

}  // namespace baton

#endif  // BATON_BATON_TOKEN_SECRETS_H_
