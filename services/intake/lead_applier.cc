#include "intake/lead_applier.h"

#include <algorithm>
#include <cstddef>
#include <future>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "core/decide.h"
#include "intake/active_policies.h"
#include "intake/matched_accounts.h"
#include "platform/log.h"
#include "platform/trace_context.h"

namespace baton::intake {
namespace {

// A lead is contended only by its rep and its timer, so a few rounds at once are enough.
constexpr int kRoundsMax = 8;

bool HasEffect(const core::Plan& plan) {
  return plan.applied > 0 || plan.duplicates > 0 || plan.facts_changed || !plan.changes.empty();
}

events::DeadLetter WorkspaceFull() {
  return {events::DeadLetterClass::kWorkspaceFull, "workspace",
          "the workspace is at its cap of leads"};
}

// One bad record must not hold up its neighbours: its events wait among the dead letters.
void RefuseUnreadable(const LeadWork& work, const absl::Status& problem, InputBatch& batch) {
  const std::string reason(problem.message());
  const platform::TraceScope scope(work.events.back().traceparent);
  platform::LogError("intake.state_unreadable", {{"workspace", work.key.workspace.str()},
                                                 {"lead", work.key.lead.str()},
                                                 {"records", absl::StrCat(work.records.size())},
                                                 {"reason", reason}});
  Refuse(work.records, {events::DeadLetterClass::kStateUnreadable, "lead", reason}, batch);
}

// Not yet committed; behind those that are left already.
void GiveBack(std::vector<LeadWork>& work, InputBatch& batch) {
  std::move(work.begin(), work.end(), std::back_inserter(batch.leads));
}

}  // namespace

LeadApplier::LeadApplier(store::LeadStore& leads, store::AccountStore& accounts,
                         store::RosterStore& roster, agreement::PolicyCache& policies,
                         IntakeMetrics& metrics, size_t slice_leads)
    : leads_(leads),
      accounts_(accounts),
      policies_(policies),
      metrics_(metrics),
      slice_leads_(slice_leads),
      to_drain_(roster) {}

absl::Status LeadApplier::Apply(InputBatch& batch, int64_t epoch) {
  for (int round = 0; round < kRoundsMax && !batch.leads.empty(); ++round) {
    absl::Status status = ApplyOnce(batch, epoch);
    to_drain_.Drain();
    if (!status.ok()) return status;
  }
  if (batch.leads.empty()) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat(batch.leads.size(), " leads changed in ", kRoundsMax,
                                             " rounds while they were decided"));
}

// The leads of a round, and what is known for their decisions.
struct LeadApplier::Round {
  std::vector<LeadWork> leads;
  store::LoadedLeads loaded;
  ActivePolicies policies;
  MatchedAccounts matched;
  absl::Time begun;
};

// What the store said of a slice, and when.
struct LeadApplier::Answer {
  absl::StatusOr<std::vector<store::CommitResult>> results;
  absl::Time at;
};

// Some of them, decided. work[i] is the lead of plans[i].
struct LeadApplier::Slice {
  std::vector<core::Plan> plans;
  std::vector<LeadWork> work;
  RoundTimes times;
  std::future<Answer> answer;
};

absl::Status LeadApplier::ApplyOnce(InputBatch& batch, int64_t epoch) {
  absl::StatusOr<Round> begun = Begin(batch, epoch);
  if (!begun.ok()) return begun.status();
  Round round = *std::move(begun);
  round.leads = std::exchange(batch.leads, {});
  absl::Status status;
  std::optional<Slice> under_way;
  bool store_answers = true;
  size_t next = 0;
  while (store_answers && next < round.leads.size()) {
    const size_t end = std::min(next + slice_leads_, round.leads.size());
    Slice slice = Decide(round, next, end, batch);
    next = end;
    if (under_way) store_answers = Take(*under_way, round.loaded.now_ms, batch, status);
    if (!store_answers) {
      GiveBack(slice.work, batch);
      under_way.reset();
    } else {
      Start(slice, next == round.leads.size());
      under_way = std::move(slice);
    }
  }
  if (under_way) Take(*under_way, round.loaded.now_ms, batch, status);
  std::move(round.leads.begin() + static_cast<std::ptrdiff_t>(next), round.leads.end(),
            std::back_inserter(batch.leads));
  return status;
}

absl::StatusOr<LeadApplier::Round> LeadApplier::Begin(const InputBatch& batch, int64_t epoch) {
  Round round;
  round.begun = absl::Now();
  std::vector<core::LeadKey> keys;
  for (const LeadWork& work : batch.leads) keys.push_back(work.key);
  auto loaded = leads_.Load(keys);
  if (!loaded.ok()) return loaded.status();
  if (loaded->epoch != epoch) return absl::AbortedError("the store is another incarnation");
  round.loaded = *std::move(loaded);
  auto policies = PoliciesOf(batch.leads, policies_);
  if (!policies.ok()) return policies.status();
  round.policies = *std::move(policies);
  auto matched = AccountsOf(batch.leads, round.loaded, round.policies, accounts_);
  if (!matched.ok()) return matched.status();
  round.matched = *std::move(matched);
  return round;
}

LeadApplier::Slice LeadApplier::Decide(Round& round, size_t begin, size_t end, InputBatch& batch) {
  Slice slice;
  slice.times.begun = round.begun;
  for (size_t i = begin; i < end; ++i) {
    LeadWork& work = round.leads[i];
    const absl::StatusOr<agreement::ActivePolicy>& active = round.policies.at(work.key.workspace);
    const absl::StatusOr<core::LeadRecord>& record = round.loaded.records[i];
    const absl::StatusOr<core::AccountView>* account = round.matched.Of(i);
    if (active.ok() && !active->workspace_exists) {
      Refuse(work.records, UnknownWorkspace(), batch);
      continue;
    }
    if (!active.ok() || !record.ok()) {
      RefuseUnreadable(work, active.ok() ? record.status() : active.status(), batch);
      continue;
    }
    std::optional<core::Shadow> shadow = active->shadow;
    if (account != nullptr && !account->ok() && round.matched.for_shadow.contains(i)) {
      shadow->policy = nullptr;  // a failure of the draft's alone
      account = nullptr;
    }
    if (account != nullptr && !account->ok()) {
      RefuseUnreadable(work, account->status(), batch);
      continue;
    }
    core::Plan plan = core::DecideEvents(
        *record, work.events, active->policy.get(), round.loaded.times[i], nullptr,
        account == nullptr ? nullptr : &**account, shadow ? &*shadow : nullptr);
    if (!HasEffect(plan)) continue;  // applied before the batch was read again
    slice.plans.push_back(std::move(plan));
    work.owner = record->rep;
    slice.work.push_back(std::move(work));
  }
  return slice;
}

void LeadApplier::Start(Slice& slice, bool is_last) {
  slice.times.decided = absl::Now();
  // Deferred: by Take, in this thread. So is the last one, behind which there is nothing to decide,
  // and any for which no thread is to be had.
  const auto how = is_last ? std::launch::deferred : std::launch::async | std::launch::deferred;
  slice.answer = std::async(how, [this, plans = absl::MakeConstSpan(slice.plans)] {
    Answer answer;
    answer.results = plans.empty() ? std::vector<store::CommitResult>() : leads_.Commit(plans);
    answer.at = absl::Now();
    return answer;
  });
}

bool LeadApplier::Take(Slice& slice, core::TimeMs now_ms, InputBatch& batch, absl::Status& status) {
  Answer answer = slice.answer.get();
  if (answer.results.ok() && answer.results->size() != slice.plans.size()) {
    answer.results = absl::InternalError("the store answered some of the plans only");
  }
  if (!answer.results.ok()) {
    GiveBack(slice.work, batch);
    status.Update(answer.results.status());
    return false;
  }
  slice.times.committed = answer.at;
  status.Update(TakeResults(slice, *answer.results, now_ms, batch));
  return true;
}

absl::Status LeadApplier::TakeResults(Slice& slice, const std::vector<store::CommitResult>& results,
                                      core::TimeMs now_ms, InputBatch& batch) {
  std::vector<LeadWork>& left = batch.leads;
  absl::Status status;
  for (size_t i = 0; i < results.size(); ++i) {
    LeadWork& work = slice.work[i];
    switch (results[i].code) {
      case store::CommitCode::kCommitted:
        to_drain_.Note(work.owner, results[i]);
        CountCommitted(slice.plans[i], work, now_ms, batch);
        for (size_t event = 0; event < work.events.size(); ++event) {
          EmitEventSpans(batch, work.records[event], work.events[event].traceparent, work.key,
                         slice.times);
        }
        break;
      case store::CommitCode::kStaleRevision:
      case store::CommitCode::kStalePolicy:
        metrics_.retried_commits.Add();
        left.push_back(std::move(work));
        break;
      case store::CommitCode::kOutboxFull:
        status = absl::ResourceExhaustedError(
            "an outbox is full because Kafka does not take what it holds");
        left.push_back(std::move(work));
        break;
      case store::CommitCode::kTooManyLeads:
        Refuse(work.records, WorkspaceFull(), batch);
        break;
      case store::CommitCode::kUnknownWorkspace:
        Refuse(work.records, UnknownWorkspace(), batch);
        break;
      case store::CommitCode::kUnreadable:
        RefuseUnreadable(work, results[i].problem, batch);
        break;
      case store::CommitCode::kNotDue:
        status = absl::InternalError("the store took the plan of an event for that of a timer");
        left.push_back(std::move(work));
        break;
    }
  }
  return status;
}

void LeadApplier::CountCommitted(const core::Plan& plan, const LeadWork& work, core::TimeMs now_ms,
                                 const InputBatch& batch) {
  metrics_.applied.Add(plan.applied);
  metrics_.duplicates.Add(plan.duplicates);
  if (plan.policy_revision > 0) {
    metrics_.CountConditionErrors(plan.key.workspace, plan.after.judgment.errors);
    metrics_.CountConditionErrors(plan.key.workspace, plan.more_errors);
  }
  if (plan.shadow) metrics_.CountShadow(*plan.shadow);
  for (const size_t record : work.records) {
    const core::DurationMs waited_ms = now_ms - batch.records[record].timestamp_ms;
    metrics_.decision_seconds.Observe(
        static_cast<double>(std::max<core::DurationMs>(waited_ms, 0)) / core::kSecondMs);
  }
}

}  // namespace baton::intake
