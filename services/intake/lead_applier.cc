#include "intake/lead_applier.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "core/decide.h"
#include "intake/active_policies.h"
#include "platform/log.h"
#include "platform/trace_context.h"

namespace baton::intake {
namespace {

// A lead is contended only by its rep and its timer, so a few rounds at once are enough.
constexpr int kRoundsMax = 8;

// The accounts of the leads whose policy, or the draft beside it, asks for them; leads of one
// domain share theirs.
struct MatchedAccounts {
  std::vector<absl::StatusOr<core::AccountView>> views;
  absl::flat_hash_map<size_t, size_t> view_of;  // index of a lead -> its view
  absl::flat_hash_set<size_t> for_shadow;       // leads for whom only the draft asks

  // nullptr: none was asked for.
  const absl::StatusOr<core::AccountView>* Of(size_t lead) const {
    const auto found = view_of.find(lead);
    return found == view_of.end() ? nullptr : &views[found->second];
  }
};

absl::StatusOr<MatchedAccounts> AccountsOf(const std::vector<LeadWork>& leads,
                                           const store::LoadedLeads& loaded,
                                           const ActivePolicies& policies,
                                           store::AccountStore& accounts) {
  MatchedAccounts matched;
  std::vector<store::AccountQuery> queries;
  absl::flat_hash_map<std::pair<core::WorkspaceId, std::string>, size_t> query_of;
  for (size_t i = 0; i < leads.size(); ++i) {
    const core::WorkspaceId& workspace = leads[i].key.workspace;
    const auto& active = policies.at(workspace);
    if (!active.ok() || !loaded.records[i].ok()) continue;
    std::vector<std::string> domains =
        core::LookUpDomains(*loaded.records[i], leads[i].events, active->policy.get());
    if (domains.empty() && active->shadow) {
      domains =
          core::LookUpDomains(*loaded.records[i], leads[i].events, active->shadow->policy.get());
      matched.for_shadow.insert(i);
    }
    if (domains.empty()) continue;
    const auto [query, is_new] =
        query_of.try_emplace(std::pair(workspace, domains.front()), queries.size());
    if (is_new) queries.push_back({workspace, std::move(domains)});
    matched.view_of[i] = query->second;
  }
  if (queries.empty()) return matched;
  auto views = accounts.MatchAccounts(queries);
  if (!views.ok()) return views.status();
  matched.views = *std::move(views);
  return matched;
}

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

}  // namespace

LeadApplier::LeadApplier(store::LeadStore& leads, store::AccountStore& accounts,
                         store::RosterStore& roster, agreement::PolicyCache& policies,
                         IntakeMetrics& metrics)
    : leads_(leads),
      accounts_(accounts),
      policies_(policies),
      metrics_(metrics),
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

absl::Status LeadApplier::ApplyOnce(InputBatch& batch, int64_t epoch) {
  RoundTimes times;
  times.begun = absl::Now();
  std::vector<core::LeadKey> keys;
  for (const LeadWork& work : batch.leads) keys.push_back(work.key);
  const auto loaded = leads_.Load(keys);
  if (!loaded.ok()) return loaded.status();
  if (loaded->epoch != epoch) return absl::AbortedError("the store is another incarnation");
  const auto policies = PoliciesOf(batch.leads, policies_);
  if (!policies.ok()) return policies.status();

  absl::StatusOr<MatchedAccounts> matched = AccountsOf(batch.leads, *loaded, *policies, accounts_);
  if (!matched.ok()) return matched.status();

  std::vector<core::Plan> plans;
  std::vector<LeadWork> planned;
  for (size_t i = 0; i < batch.leads.size(); ++i) {
    LeadWork& work = batch.leads[i];
    const absl::StatusOr<agreement::ActivePolicy>& active = policies->at(work.key.workspace);
    const absl::StatusOr<core::LeadRecord>& record = loaded->records[i];
    const absl::StatusOr<core::AccountView>* account = matched->Of(i);
    if (active.ok() && !active->workspace_exists) {
      Refuse(work.records, UnknownWorkspace(), batch);
      continue;
    }
    if (!active.ok() || !record.ok()) {
      RefuseUnreadable(work, active.ok() ? record.status() : active.status(), batch);
      continue;
    }
    std::optional<core::Shadow> shadow = active->shadow;
    if (account != nullptr && !account->ok() && matched->for_shadow.contains(i)) {
      shadow->policy = nullptr;  // a failure of the draft's alone
      account = nullptr;
    }
    if (account != nullptr && !account->ok()) {
      RefuseUnreadable(work, account->status(), batch);
      continue;
    }
    core::Plan plan =
        core::DecideEvents(*record, work.events, active->policy.get(), loaded->now_ms, nullptr,
                           account == nullptr ? nullptr : &**account, shadow ? &*shadow : nullptr);
    if (!HasEffect(plan)) continue;  // applied before the batch was read again
    plans.push_back(std::move(plan));
    work.owner = record->rep;
    planned.push_back(std::move(work));
  }
  batch.leads = std::move(planned);
  if (plans.empty()) return absl::OkStatus();
  times.decided = absl::Now();
  const auto results = leads_.Commit(plans);
  if (!results.ok()) return results.status();
  times.committed = absl::Now();
  return TakeResults(plans, *results, loaded->now_ms, times, batch);
}

absl::Status LeadApplier::TakeResults(const std::vector<core::Plan>& plans,
                                      const std::vector<store::CommitResult>& results,
                                      core::TimeMs now_ms, const RoundTimes& times,
                                      InputBatch& batch) {
  std::vector<LeadWork> left;
  absl::Status status;
  for (size_t i = 0; i < plans.size(); ++i) {
    LeadWork& work = batch.leads[i];
    switch (results[i].code) {
      case store::CommitCode::kCommitted:
        to_drain_.Note(work.owner, results[i]);
        CountCommitted(plans[i], work, now_ms, batch);
        for (size_t event = 0; event < work.events.size(); ++event) {
          EmitEventSpans(batch, work.records[event], work.events[event].traceparent, work.key,
                         times);
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
  batch.leads = std::move(left);
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
