#include "platform/reloader.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "platform/log.h"

namespace baton::platform {
namespace {

constexpr absl::Duration kReloadInterval = absl::Seconds(1);

}  // namespace

Reloader::Reloader(std::string what, Look look) : what_(std::move(what)), look_(std::move(look)) {}

Reloader::~Reloader() {
  Stop(absl::ZeroDuration());
}

absl::Status Reloader::Start() {
  worker_.Start([this] {
    while (!worker_.StopsWithin(kReloadInterval)) LookOnce();
  });
  return absl::OkStatus();
}

void Reloader::Stop(absl::Duration grace) {
  worker_.Stop(grace);
}

void Reloader::LookOnce() {
  const absl::StatusOr<bool> changed = look_();
  const std::string problem(changed.status().message());
  if (!problem.empty() && problem != problem_) {
    LogError(absl::StrCat(what_, ".broken"), {{"error", problem}});
  }
  problem_ = problem;
  if (changed.ok() && *changed) LogInfo(absl::StrCat(what_, ".reloaded"), {});
}

}  // namespace baton::platform
