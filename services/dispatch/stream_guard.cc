#include "dispatch/stream_guard.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/errors.h"

namespace baton::dispatch {

void StreamGuard::Start() {
  worker_.Start([this] {
    while (!worker_.StopsWithin(kLookInterval)) LookAtAll();
  });
}

void StreamGuard::Stop() {
  worker_.Stop();
}

absl::Status StreamGuard::Enter(const void* stream, StreamPass pass,
                                std::function<void(const absl::Status&)> end) {
  absl::MutexLock lock(&mutex_);
  if (!pass.principal.empty()) {
    int& count = by_principal_[pass.principal];
    if (count >= per_principal_max_) {
      return core::Error(absl::StatusCode::kResourceExhausted, "TOO_MANY_STREAMS",
                         absl::StrCat(pass.principal, " has ", count, " streams open already"),
                         {{"principal", pass.principal}});
    }
    ++count;
  }
  entered_[stream] = std::make_shared<Entered>(Entered{std::move(pass), std::move(end)});
  return absl::OkStatus();
}

void StreamGuard::Leave(const void* stream) {
  absl::MutexLock lock(&mutex_);
  const auto found = entered_.find(stream);
  if (found == entered_.end()) return;
  const auto count = by_principal_.find(found->second->pass.principal);
  if (count != by_principal_.end() && --count->second <= 0) by_principal_.erase(count);
  entered_.erase(found);
}

void StreamGuard::LookAtAll() {
  std::vector<std::shared_ptr<const Entered>> all;
  {
    absl::MutexLock lock(&mutex_);
    all.reserve(entered_.size());
    for (const auto& [stream, entered] : entered_) all.push_back(entered);
  }
  for (const auto& entered : all) {
    if (const absl::Status status = entered->pass.check(); !status.ok()) entered->end(status);
  }
}

}  // namespace baton::dispatch
