// Takes again what operators may change while the process runs, such as a mounted secret.
#ifndef BATON_PLATFORM_RELOADER_H_
#define BATON_PLATFORM_RELOADER_H_

#include <functional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "platform/service.h"
#include "platform/worker.h"

namespace baton::platform {

// Looks once a second; always ready. The log says `<what>.reloaded`, and `<what>.broken` once for
// each new reason.
class Reloader final : public Service {
 public:
  // True: something new was taken. An error: it cannot be used, and the old goes on. Called on the
  // reloader's own thread.
  using Look = std::function<absl::StatusOr<bool>()>;

  Reloader(std::string what, Look look);
  ~Reloader() override;

  std::string_view name() const override { return what_; }
  absl::Status Start() override;
  void Stop(absl::Duration grace) override;
  absl::Status Ready() const override { return absl::OkStatus(); }

 private:
  void LookOnce();

  const std::string what_;
  const Look look_;
  std::string problem_;  // the last, of the thread; empty: none
  Worker worker_;        // last: its thread uses all of the above
};

}  // namespace baton::platform

#endif  // BATON_PLATFORM_RELOADER_H_
