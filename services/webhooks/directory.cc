#include "webhooks/directory.h"

#include <set>
#include <utility>

#include "core/errors.h"
#include "platform/log.h"

namespace baton::webhooks {

absl::Status Directory::Read(const core::WorkspaceId& workspace) {
  auto states = store_.ListWebhooks(workspace);
  if (!states.ok()) return states.status();
  OfWorkspace& known = workspaces_[workspace.str()];
  std::set<std::string> there;
  for (store::WebhookState& state : *states) {
    const std::string id = state.webhook.id;
    there.insert(id);
    const auto endpoint = known.find(id);
    // One that was deleted and made again is another one.
    const bool same = endpoint != known.end() &&
                      endpoint->second.webhook.created_at_ms == state.webhook.created_at_ms;
    if (same) {
      endpoint->second.Update(std::move(state));
    } else {
      known.erase(id);
      known.emplace(std::piecewise_construct, std::forward_as_tuple(id),
                    std::forward_as_tuple(store::WebhookKey{workspace, id}, std::move(state),
                                          limits_, budget_));
    }
  }
  std::erase_if(known, [&](const auto& entry) { return !there.contains(entry.first); });
  if (known.empty()) workspaces_.erase(workspace.str());
  return absl::OkStatus();
}

absl::Status Directory::Refresh() {
  const auto versions = store_.WebhookVersions();
  if (!versions.ok()) return versions.status();
  for (const auto& [workspace, version] : *versions) {
    const auto seen = versions_.find(workspace);
    if (seen != versions_.end() && seen->second == version) continue;
    const absl::Status status = Read(workspace);
    const bool unreadable = core::ErrorReason(status) == "STATE_UNREADABLE";
    if (!status.ok() && !unreadable) return status;
    if (unreadable) {
      platform::LogWarning("webhooks.unreadable", {{"workspace", workspace.str()},
                                                   {"why", std::string(status.message())}});
    }
    versions_[workspace] = version;
  }
  return absl::OkStatus();
}

Directory::OfWorkspace* Directory::Find(std::string_view workspace) {
  const auto found = workspaces_.find(workspace);
  return found == workspaces_.end() ? nullptr : &found->second;
}

Endpoint* Directory::Find(const store::WebhookKey& key) {
  OfWorkspace* workspace = Find(key.workspace.str());
  if (workspace == nullptr) return nullptr;
  const auto found = workspace->find(key.id);
  return found == workspace->end() ? nullptr : &found->second;
}

void Directory::ForEach(const std::function<void(Endpoint&)>& each) {
  for (auto& [workspace, endpoints] : workspaces_) {
    for (auto& [id, endpoint] : endpoints) each(endpoint);
  }
}

bool Directory::idle() {
  bool idle = true;
  ForEach([&](const Endpoint& each) { idle = idle && !each.active() && !each.ping_asked(); });
  return idle;
}

}  // namespace baton::webhooks
