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

void StreamGuard::Count(Counts& counts, const std::string& who, int by) {
  if (who.empty()) return;
  const auto count = counts.try_emplace(who, 0).first;
  count->second += by;
  if (count->second <= 0) counts.erase(count);
}

absl::Status StreamGuard::CheckRoom(const Counts& counts, const char* kind, const std::string& who,
                                    int max, const char* setting) {
  const auto found = counts.find(who);
  if (found == counts.end() || found->second < max) return absl::OkStatus();
  return core::QuotaError("TOO_MANY_STREAMS", absl::StrCat(kind, "/", who),
                          {"streams open", found->second, max, setting});
}

absl::Status StreamGuard::Enter(const void* stream, StreamPass pass,
                                std::function<void(const absl::Status&)> end) {
  absl::MutexLock lock(&mutex_);
  absl::Status room = CheckRoom(by_principal_, "principals", pass.principal, per_principal_max_,
                                "limits.principal_streams_max");
  room.Update(CheckRoom(by_workspace_, "workspaces", pass.workspace, per_workspace_max_,
                        "limits.workspace_streams_max"));
  if (!room.ok()) return room;
  Count(by_principal_, pass.principal, 1);
  Count(by_workspace_, pass.workspace, 1);
  entered_[stream] = std::make_shared<Entered>(Entered{std::move(pass), std::move(end)});
  return absl::OkStatus();
}

void StreamGuard::Leave(const void* stream) {
  absl::MutexLock lock(&mutex_);
  const auto found = entered_.find(stream);
  if (found == entered_.end()) return;
  Count(by_principal_, found->second->pass.principal, -1);
  Count(by_workspace_, found->second->pass.workspace, -1);
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
