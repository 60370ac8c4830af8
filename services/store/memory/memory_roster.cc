#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "store/memory/memory_store.h"
#include "store/quotas.h"
#include "store/store_errors.h"

namespace baton::store {
namespace {

using memory::Place;
using memory::ShardState;
using memory::WorkspaceState;

std::vector<core::LeadId> OpenOf(const WorkspaceState& workspace, const core::RepId& rep) {
  const auto found = workspace.open.find(rep);
  if (found == workspace.open.end()) return {};
  return {found->second.begin(), found->second.end()};
}

absl::Status CheckEtag(int64_t expected, int64_t found) {
  if (expected == -1 || expected == found) return absl::OkStatus();
  return EtagMismatch(expected, found);
}

absl::Status CheckRoom(const WorkspaceState& workspace, const core::Rep& rep,
                       const StoreLimits& limits) {
  const core::WorkspaceId& id = workspace.about.id;
  const bool is_new = workspace.reps.find(rep.id) == workspace.reps.end();
  const auto reps = static_cast<int64_t>(workspace.reps.size());
  if (is_new && reps >= limits.reps_per_workspace_max) return TooManyReps(id, reps, limits);
  for (const core::QueueId& queue : rep.queues) {
    std::vector<core::RepId> members = MembersOf(workspace, queue);
    if (members.size() < core::kRepsPerQueueMax) continue;
    if (std::binary_search(members.begin(), members.end(), rep.id)) continue;
    return TooManyRepsInQueue(id, static_cast<int64_t>(members.size()));
  }
  return absl::OkStatus();
}

QueueState DescribeQueue(const core::QueueId& id, const WorkspaceState& workspace) {
  QueueState queue;
  queue.settings.id = id;
  const auto settings = workspace.queue_settings.find(id);
  if (settings != workspace.queue_settings.end()) queue.settings = settings->second;
  queue.policy = PolicyOf(workspace, id);
  queue.members = MembersOf(workspace, id);
  if (const auto backlog = workspace.backlogs.find(id); backlog != workspace.backlogs.end()) {
    queue.waiting = static_cast<int64_t>(backlog->second.size());
    for (const Place& place : backlog->second) {
      const core::TimeMs queued_at_ms = workspace.leads.at(place.lead).record.queued_at_ms;
      if (queue.oldest_queued_at_ms == 0 || queued_at_ms < queue.oldest_queued_at_ms) {
        queue.oldest_queued_at_ms = queued_at_ms;
      }
    }
  }
  if (const auto ledger = workspace.ledgers.find(id); ledger != workspace.ledgers.end()) {
    for (const auto& [rep, owed] : ledger->second) {
      if (owed != 0) queue.owed_nano[rep] = owed;
    }
  }
  return queue;
}

// Queues in which leads wait that belong to the rep.
std::vector<core::QueueId> AwaitedIn(const WorkspaceState& workspace, const core::RepId& rep) {
  std::set<core::QueueId> queues;
  for (const auto& [id, lead] : workspace.leads) {
    const std::vector<core::RepId>& owners = lead.record.owners;
    if (!lead.waiting.has_value()) continue;
    if (std::find(owners.begin(), owners.end(), rep) == owners.end()) continue;
    queues.insert(lead.waiting->queue);
  }
  return {queues.begin(), queues.end()};
}

}  // namespace

absl::StatusOr<core::Rep> MemoryStore::PutRep(const core::WorkspaceId& workspace,
                                              const core::Rep& rep, int64_t expected_revision) {
  absl::MutexLock lock(&mutex_);
  WorkspaceState* state = Find(workspace);
  if (state == nullptr) return WorkspaceNotFound(workspace);
  const auto found = state->reps.find(rep.id);
  const int64_t revision = found == state->reps.end() ? 0 : found->second.revision;
  if (absl::Status status = CheckEtag(expected_revision, revision); !status.ok()) return status;
  if (absl::Status status = CheckRoom(*state, rep, limits_); !status.ok()) return status;
  core::Rep& stored = state->reps[rep.id];
  stored = rep;
  stored.revision = revision + 1;
  state->silent.erase(rep.id);
  return stored;
}

absl::Status MemoryStore::DeleteRep(const core::WorkspaceId& workspace, const core::RepId& rep) {
  absl::MutexLock lock(&mutex_);
  WorkspaceState* state = Find(workspace);
  if (state == nullptr || state->reps.find(rep) == state->reps.end()) return RepNotFound(rep);
  const size_t open = OpenOf(*state, rep).size();
  if (open > 0) return RepOwnsLeads(rep, static_cast<int64_t>(open));
  state->reps.erase(rep);
  state->given.erase(rep);
  state->silent.erase(rep);
  state->claims.erase(rep);
  return absl::OkStatus();
}

absl::StatusOr<RepState> MemoryStore::GetRep(const core::WorkspaceId& workspace,
                                             const core::RepId& rep) {
  absl::MutexLock lock(&mutex_);
  const WorkspaceState* state = Find(workspace);
  if (state == nullptr) return RepNotFound(rep);
  const auto found = state->reps.find(rep);
  if (found == state->reps.end()) return RepNotFound(rep);
  return RepState{found->second, OpenOf(*state, rep), AwaitedIn(*state, rep)};
}

absl::StatusOr<std::vector<RepState>> MemoryStore::ListReps(const core::WorkspaceId& workspace) {
  absl::MutexLock lock(&mutex_);
  std::vector<RepState> all;
  const WorkspaceState* state = Find(workspace);
  if (state == nullptr) return all;
  for (const auto& [id, rep] : state->reps) all.push_back({rep, OpenOf(*state, id)});
  return all;
}

absl::StatusOr<std::vector<QueueState>> MemoryStore::ListQueues(
    const core::WorkspaceId& workspace) {
  absl::MutexLock lock(&mutex_);
  std::vector<QueueState> all;
  const WorkspaceState* state = Find(workspace);
  if (state == nullptr) return all;
  std::set<core::QueueId> ids;
  for (const auto& [id, policy] : state->queue_policies) ids.insert(id);
  for (const auto& [id, backlog] : state->backlogs) {
    if (!backlog.empty()) ids.insert(id);
  }
  for (const core::QueueId& id : ids) all.push_back(DescribeQueue(id, *state));
  return all;
}

absl::StatusOr<std::vector<core::WorkspaceId>> MemoryStore::ListWaiting() {
  absl::MutexLock lock(&mutex_);
  std::vector<core::WorkspaceId> waiting;
  for (const auto& [id, workspace] : workspaces_) {
    const bool waits = std::any_of(workspace.backlogs.begin(), workspace.backlogs.end(),
                                   [](const auto& backlog) { return !backlog.second.empty(); });
    if (waits) waiting.push_back(id);
  }
  return waiting;
}

absl::StatusOr<core::QueueSettings> MemoryStore::PutQueue(const core::WorkspaceId& workspace,
                                                          const core::QueueSettings& settings,
                                                          int64_t expected_revision) {
  absl::MutexLock lock(&mutex_);
  WorkspaceState* state = Find(workspace);
  if (state == nullptr) return WorkspaceNotFound(workspace);
  const auto found = state->queue_settings.find(settings.id);
  const bool is_new = found == state->queue_settings.end();
  const int64_t revision = is_new ? 0 : found->second.revision;
  if (absl::Status status = CheckEtag(expected_revision, revision); !status.ok()) return status;
  const auto queues = static_cast<int64_t>(state->queue_settings.size());
  if (is_new && queues >= limits_.queues_per_workspace_max) {
    return TooManyQueues(workspace, queues, limits_);
  }
  core::QueueSettings& stored = state->queue_settings[settings.id];
  stored = settings;
  stored.revision = revision + 1;
  return stored;
}

absl::Status MemoryStore::PutHours(const core::WorkspaceId& workspace, int64_t policy_revision,
                                   const std::map<std::string, core::Hours>& hours,
                                   bool only_these) {
  absl::MutexLock lock(&mutex_);
  WorkspaceState* state = Find(workspace);
  if (state == nullptr) return WorkspaceNotFound(workspace);
  if (absl::Status status = CheckEtag(policy_revision, state->about.policy_revision);
      !status.ok()) {
    return status;
  }
  std::map<std::string, core::Hours> all = only_these ? decltype(hours){} : state->hours;
  for (const auto& [name, one] : hours) all[name] = one;
  if (all.size() > core::kHoursMax) {
    return TooManyCalendars(workspace, static_cast<int64_t>(state->hours.size()));
  }
  state->hours = std::move(all);
  return absl::OkStatus();
}

absl::StatusOr<Drained> MemoryStore::Drain(const core::WorkspaceId& workspace,
                                           const core::QueueId& queue, int max) {
  absl::MutexLock lock(&mutex_);
  WorkspaceState* state = Find(workspace);
  if (state == nullptr) return Drained();
  ShardState& shard = ShardFor(workspace);
  return memory::DrainBacklog(queue, std::clamp(max, 1, kDrainMax), limits_,
                              {*state, shard, Now(shard), keeps_history_});
}

absl::StatusOr<WaitingOutlook> MemoryStore::OutlookOf(const core::LeadKey& key) {
  absl::MutexLock lock(&mutex_);
  WorkspaceState* state = Find(key.workspace);
  const memory::StoredLead* lead = state == nullptr ? nullptr : state->FindLead(key.lead);
  if (lead == nullptr) return WaitingOutlook();
  ShardState& shard = ShardFor(key.workspace);
  return memory::OutlookOf(lead->record, {*state, shard, Now(shard), keeps_history_});
}

}  // namespace baton::store
