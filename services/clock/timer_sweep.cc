#include "clock/timer_sweep.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "clock/two_clocks.h"
#include "core/decide.h"
#include "platform/log.h"

namespace baton::clock {
namespace {

constexpr double kMsPerSecond = 1000.0;
constexpr size_t kPassedOverMax = 1000;  // workspaces of a shard

}  // namespace

TimerSweep::Meters::Meters(platform::Metrics& metrics)
    : fired(metrics.AddCounter("baton_timers_fired_total", "Timers that acted on their lead")),
      overtaken(metrics.AddCounter("baton_timers_overtaken_total",
                                   "Due timers whose lead had been changed meanwhile")),
      unreadable(metrics.AddCounter("baton_timers_unreadable_total",
                                    "Attempts at due timers whose lead cannot be read")),
      lateness_seconds(metrics.AddHistogram("baton_timer_lateness_seconds",
                                            "From due to fired, by the store's clock")),
      skew_seconds(metrics.AddGauge("baton_clock_skew_seconds",
                                    "Store's clock minus ours; 0 while they agree")),
      sla_warnings(metrics, "baton_sla_warnings_total",
                   "Warnings and escalations of service levels", kSlaSeriesMax),
      sla_breaches(metrics, "baton_sla_breaches_total", "Service levels broken", kSlaSeriesMax) {}

TimerSweep::TimerSweep(store::TimerStore& timers, store::LeadStore& leads, PolicySource policies,
                       std::function<core::TimeMs()> now, int batch_max, platform::Metrics& metrics)
    : timers_(timers),
      leads_(leads),
      policies_(std::move(policies)),
      now_(std::move(now)),
      batch_max_(batch_max),
      meters_(metrics) {}

absl::StatusOr<Sweep> TimerSweep::Run(int shard) {
  absl::StatusOr<store::DueTimers> due = ReadDue(shard);
  if (!due.ok()) return due.status();
  Sweep sweep;
  if (due->next_due_at_ms != 0) {
    sweep.next_due =
        absl::Milliseconds(std::max<core::DurationMs>(due->next_due_at_ms - due->now_ms, 0));
  }
  const bool full = static_cast<int>(due->timers.size()) >= batch_max_;
  if (!full) passed_over_.erase(shard);  // all had their turn
  if (due->timers.empty()) return sweep;
  const absl::Status fired = Fire(*due, sweep);
  PassOver(*due, sweep, passed_over_[shard]);
  if (!fired.ok()) return fired;
  // Only after progress at once: a timer that could not act now must not be spun on.
  if (full && sweep.fired > sweep.overtaken) sweep.next_due = absl::ZeroDuration();
  return sweep;
}

absl::StatusOr<store::DueTimers> TimerSweep::ReadDue(int shard) {
  const core::TimeMs asked_ms = now_();
  absl::StatusOr<store::DueTimers> due = timers_.Due(shard, batch_max_, passed_over_[shard]);
  if (!due.ok()) return due.status();
  const core::DurationMs skew_ms = Skew(asked_ms, now_(), due->now_ms);
  meters_.skew_seconds.Set(static_cast<double>(skew_ms) / kMsPerSecond);
  if (ClocksAgree(skew_ms)) return due;
  return absl::FailedPreconditionError(absl::StrCat(
      "the store's clock is ", skew_ms > 0 ? "ahead of" : "behind", " ours by more than ",
      kSkewMaxMs, " ms: timers are held until both agree; check time synchronisation"));
}

absl::StatusOr<Policies> TimerSweep::PoliciesOf(
    const std::vector<absl::StatusOr<core::LeadRecord>>& records) const {
  std::vector<core::WorkspaceId> workspaces;
  std::vector<size_t> places;
  for (size_t i = 0; i < records.size(); ++i) {
    if (!records[i].ok()) continue;
    const core::Stage stage = records[i]->stage;
    const bool handed_over = stage == core::Stage::kQueued || stage == core::Stage::kOffered;
    if (!handed_over && records[i]->clocks.empty()) continue;
    workspaces.push_back(records[i]->key.workspace);
    places.push_back(i);
  }
  Policies policies(records.size());
  if (workspaces.empty()) return policies;
  absl::StatusOr<Policies> found = policies_(workspaces);
  if (!found.ok()) return found.status();
  for (size_t i = 0; i < places.size(); ++i) policies[places[i]] = std::move((*found)[i]);
  return policies;
}

absl::Status TimerSweep::Fire(const store::DueTimers& due, Sweep& sweep) {
  std::vector<core::LeadKey> keys;
  for (const store::DueTimer& timer : due.timers) keys.push_back(timer.key);
  absl::StatusOr<store::LoadedLeads> loaded = leads_.Load(keys);
  if (!loaded.ok()) return loaded.status();
  const absl::StatusOr<Policies> policies = PoliciesOf(loaded->records);
  if (!policies.ok()) return policies.status();
  std::vector<core::Plan> plans;
  for (size_t i = 0; i < due.timers.size(); ++i) {
    const store::DueTimer& timer = due.timers[i];
    const absl::StatusOr<core::LeadRecord>& record = loaded->records[i];
    if (!record.ok()) {
      NoteUnreadable(timer.key, record.status(), sweep);
      continue;
    }
    std::optional<core::Plan> plan =
        core::DecideTimer(*record, (*policies)[i].get(), timer.due_at_ms, due.now_ms);
    if (plan.has_value()) {
      plans.push_back(*std::move(plan));
    } else {
      NoteOvertaken(sweep);
    }
  }
  if (plans.empty()) return absl::OkStatus();
  absl::StatusOr<std::vector<store::CommitResult>> results = leads_.Commit(plans);
  if (!results.ok()) return results.status();
  absl::Status status;
  for (size_t i = 0; i < plans.size(); ++i) {
    status.Update(Count(plans[i], due.now_ms, (*results)[i], sweep));
  }
  return sweep.fired > 0 ? absl::OkStatus() : status;
}

void TimerSweep::CountSla(const core::Change& change) {
  const bool breaks = change.type == core::ChangeType::kSlaBreached;
  const bool warns =
      change.type == core::ChangeType::kSlaWarned || change.type == core::ChangeType::kSlaEscalated;
  if (!breaks && !warns) return;
  const auto detail = [&change](const char* name) {
    const auto found = change.details.find(name);
    return found == change.details.end() ? std::string() : found->second;
  };
  auto& counters = breaks ? meters_.sla_breaches : meters_.sla_warnings;
  counters.Add({{"queue", change.queue.str()}, {"sla", detail("sla")}},
               {{"metric", detail("metric")}});
}

absl::Status TimerSweep::Count(const core::Plan& plan, core::TimeMs now_ms,
                               const store::CommitResult& result, Sweep& sweep) {
  switch (result.code) {
    case store::CommitCode::kCommitted:
      break;
    case store::CommitCode::kOutboxFull:
      return absl::ResourceExhaustedError("the outbox is full: Kafka has been away too long");
    case store::CommitCode::kUnreadable:
      NoteUnreadable(plan.key, result.problem, sweep);
      return absl::OkStatus();
    case store::CommitCode::kStaleRevision:
    case store::CommitCode::kStalePolicy:
    case store::CommitCode::kNotDue:
    case store::CommitCode::kTooManyLeads:
    case store::CommitCode::kUnknownWorkspace:
      NoteOvertaken(sweep);  // if it is still due, the next sweep sees it as it is then
      return absl::OkStatus();
  }
  ++sweep.fired;
  if (result.waits_turn) sweep.to_drain.push_back({plan.key.workspace, {}, result.record.queue});
  meters_.fired.Add();
  meters_.lateness_seconds.Observe(static_cast<double>(now_ms - plan.not_before_ms) / kMsPerSecond);
  for (const core::Change& change : plan.changes) {
    CountSla(change);
    if (change.type == core::ChangeType::kOfferExpired ||
        change.type == core::ChangeType::kPulledBack) {
      sweep.to_drain.push_back({plan.key.workspace, change.rep, {}});
    }
  }
  return absl::OkStatus();
}

void TimerSweep::NoteOvertaken(Sweep& sweep) {
  ++sweep.overtaken;
  meters_.overtaken.Add();
}

// Its timer stays due until somebody mends the record; the others go on.
void TimerSweep::NoteUnreadable(const core::LeadKey& key, const absl::Status& problem,
                                Sweep& sweep) {
  meters_.unreadable.Add();
  ++sweep.unreadable[key.workspace];
  unreadable_.Tell(key, std::string(problem.message()));
}

void TimerSweep::PassOver(const store::DueTimers& due, const Sweep& sweep,
                          store::PassedOver& passed_over) {
  for (const store::DueTimer& timer : due.timers) passed_over.erase(timer.key.workspace);
  for (const auto& [workspace, before] : due.more) {
    const auto unreadable = sweep.unreadable.find(workspace);
    const int count = before + (unreadable == sweep.unreadable.end() ? 0 : unreadable->second);
    if (count > 0 && passed_over.size() < kPassedOverMax) passed_over[workspace] = count;
  }
}

}  // namespace baton::clock
