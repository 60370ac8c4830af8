#include "clock/backlog_drain.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "store/drain.h"

namespace baton::clock {

namespace {

constexpr core::DurationMs kStoreBehindMax = core::kSecondMs;  // beyond it the rounds must do

}  // namespace

BacklogDrain::Meters::Meters(platform::Metrics& metrics)
    : drained(metrics.AddCounter("baton_leads_drained_total",
                                 "Waiting leads that the clock handed to a rep")),
      oldest_unassigned_seconds(
          metrics.AddGauge("baton_oldest_unassigned_seconds",
                           "Since when the first of the leads in backlogs waits; 0: none does")),
      waiting_leads(metrics.AddGauge("baton_waiting_leads", "Leads in backlogs")),
      unreadable_leads(metrics.AddGauge("baton_waiting_leads_unreadable",
                                        "Leads in backlogs that cannot be read")) {}

BacklogDrain::BacklogDrain(store::RosterStore& roster, int workspaces_max,
                           std::function<core::TimeMs()> now, platform::Metrics& metrics)
    : roster_(roster), workspaces_max_(workspaces_max), now_(std::move(now)), meters_(metrics) {}

void BacklogDrain::Add(const std::vector<ToDrain>& to_drain) {
  absl::MutexLock lock(&mutex_);
  for (const ToDrain& one : to_drain) {
    if (added_.size() >= kAddedMax) return;
    added_.insert(one);
  }
}

absl::Status BacklogDrain::Run(bool round_due) {
  absl::Status status = DrainAdded();
  status.Update(DrainDue());
  if (round_due || InRound()) status.Update(DrainRound());
  return status;
}

absl::Status BacklogDrain::DrainAdded() {
  std::set<ToDrain> added;
  {
    absl::MutexLock lock(&mutex_);
    added.swap(added_);
  }
  struct Places {
    std::vector<core::RepId> reps;
    std::vector<core::QueueId> queues;
  };
  std::map<core::WorkspaceId, Places> by_workspace;
  for (const ToDrain& one : added) {
    Places& places = by_workspace[one.workspace];
    if (!one.rep.empty()) places.reps.push_back(one.rep);
    if (!one.queue.empty()) places.queues.push_back(one.queue);
  }
  absl::Status status;
  for (const auto& [workspace, places] : by_workspace) {
    absl::StatusOr<int> assigned =
        store::DrainQueuesOf(roster_, workspace, places.reps, places.queues);
    if (assigned.ok()) meters_.drained.Add(*assigned);
    status.Update(assigned.status());
  }
  return status;
}

absl::Status BacklogDrain::DrainDue() {
  const core::TimeMs now_ms = now_();
  std::vector<QueueKey> due;
  for (const auto& [queue, at_ms] : next_work_) {
    if (at_ms <= now_ms) due.push_back(queue);
  }
  absl::Status status;
  for (const QueueKey& queue : due) status.Update(Drain(queue).status());
  return status;
}

absl::StatusOr<store::Drained> BacklogDrain::Drain(const QueueKey& queue) {
  absl::StatusOr<store::Drained> drained = store::DrainQueue(roster_, queue.first, queue.second);
  if (!drained.ok()) return drained.status();
  meters_.drained.Add(drained->assigned);
  if (drained->next_work_ms == 0 || drained->next_work_ms + kStoreBehindMax <= now_()) {
    next_work_.erase(queue);
  } else if (next_work_.size() < kAddedMax || next_work_.contains(queue)) {
    next_work_[queue] = drained->next_work_ms;
  }
  return drained;
}

absl::Status BacklogDrain::DrainRound() {
  if (round_.empty()) {
    absl::StatusOr<std::vector<core::WorkspaceId>> waiting = roster_.ListWaiting();
    if (!waiting.ok()) return waiting.status();
    round_.assign(waiting->rbegin(), waiting->rend());
  }
  absl::Status status;
  for (int i = 0; i < workspaces_max_ && !round_.empty(); ++i) {
    const core::WorkspaceId workspace = std::move(round_.back());
    round_.pop_back();
    status.Update(DrainWorkspace(workspace));
  }
  if (round_.empty()) waiting_ = std::exchange(seen_, {});
  ShowWaiting();
  return status;
}

void BacklogDrain::Note(const store::QueueState& queue) {
  seen_.leads += queue.waiting;
  if (queue.oldest_queued_at_ms == 0) return;
  seen_.oldest_ms = seen_.oldest_ms == 0 ? queue.oldest_queued_at_ms
                                         : std::min(seen_.oldest_ms, queue.oldest_queued_at_ms);
}

void BacklogDrain::NoteUnreadable(const QueueKey& queue, const std::vector<core::LeadId>& leads) {
  seen_.unreadable += static_cast<int64_t>(leads.size());
  for (const core::LeadId& lead : leads) {
    unreadable_.Tell({queue.first, lead}, absl::StrCat("it waits in queue ", queue.second.str(),
                                                       " and what is stored cannot be read"));
  }
}

void BacklogDrain::ShowWaiting() {
  const core::DurationMs age_ms =
      waiting_.oldest_ms == 0 ? 0 : std::max<core::DurationMs>(now_() - waiting_.oldest_ms, 0);
  meters_.oldest_unassigned_seconds.Set(static_cast<double>(age_ms) / core::kSecondMs);
  meters_.waiting_leads.Set(static_cast<double>(waiting_.leads));
  meters_.unreadable_leads.Set(static_cast<double>(waiting_.unreadable));
}

absl::Status BacklogDrain::DrainWorkspace(const core::WorkspaceId& workspace) {
  absl::StatusOr<std::vector<store::QueueState>> queues = roster_.ListQueues(workspace);
  if (absl::IsNotFound(queues.status())) return absl::OkStatus();
  if (!queues.ok()) return queues.status();
  absl::Status status;
  for (const store::QueueState& queue : *queues) {
    Note(queue);
    if (queue.waiting == 0 || queue.settings.paused) continue;
    const QueueKey key(workspace, queue.settings.id);
    const absl::StatusOr<store::Drained> drained = Drain(key);
    if (absl::IsUnavailable(drained.status())) return drained.status();
    status.Update(drained.status());
    if (drained.ok()) NoteUnreadable(key, drained->unreadable);
  }
  return status;
}

}  // namespace baton::clock
