#include "clock/hours_renewal.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/roster.h"

namespace baton::clock {
namespace {

// The same error, naming whose hours they are.
absl::Status Named(const core::WorkspaceId& workspace, const absl::Status& status) {
  if (status.ok()) return status;
  return absl::Status(status.code(),
                      absl::StrCat("workspace ", workspace.str(), ": ", status.message()));
}

}  // namespace

HoursRenewal::HoursRenewal(store::RosterStore& roster, store::WorkspaceStore& workspaces,
                           agreement::PolicyCache& policies, std::function<core::TimeMs()> now)
    : roster_(roster), workspaces_(workspaces), policies_(policies), now_(std::move(now)) {}

absl::Status HoursRenewal::Run() {
  const auto listed = workspaces_.ListWorkspaces();
  if (!listed.ok()) return listed.status();
  const core::TimeMs now_ms = now_();
  std::vector<core::WorkspaceId> due;
  std::vector<bool> again;
  for (const store::Workspace& workspace : *listed) {
    const Done& done = done_[workspace.id];
    const bool anew = workspace.policy_revision != done.revision || now_ms - done.at_ms >= kEveryMs;
    if (!anew && (done.again || now_ms - done.at_ms < kAgainAfterMs)) continue;
    due.push_back(workspace.id);
    again.push_back(!anew);
  }
  if (due.empty()) return absl::OkStatus();
  const auto active = policies_.Active(due);
  if (!active.ok()) return active.status();
  absl::Status failed;
  for (size_t i = 0; i < due.size(); ++i) {
    const bool only_these = !again[i];
    const absl::Status renewed = (*active)[i].ok()
                                     ? Renew(due[i], *(*active)[i], only_these, now_ms)
                                     : (*active)[i].status();
    Done& done = done_[due[i]];
    if (renewed.ok()) done = {(*active)[i]->revision, again[i] ? done.at_ms : now_ms, again[i]};
    failed.Update(Named(due[i], renewed));
  }
  return failed;
}

absl::Status HoursRenewal::Renew(const core::WorkspaceId& workspace,
                                 const agreement::ActivePolicy& active, bool only_these,
                                 core::TimeMs now_ms) {
  const auto reps = roster_.ListReps(workspace);
  if (!reps.ok()) return reps.status();
  static const auto& none = *new std::map<std::string, core::Calendar>();
  const auto& calendars = active.policy == nullptr ? none : active.policy->calendars;
  std::map<std::string, core::Hours> all;
  bool any = false;
  for (const store::RepState& state : *reps) {
    const std::string name = core::HoursName(state.rep.work);
    any = any || !name.empty();
    if (name.empty() || all.contains(name)) continue;
    auto hours = core::HoursOf(state.rep.work, calendars, now_ms);
    if (hours.ok()) all.emplace(name, *std::move(hours));  // else its calendar is gone: closed
  }
  return any ? roster_.PutHours(workspace, active.revision, all, only_these) : absl::OkStatus();
}

}  // namespace baton::clock
