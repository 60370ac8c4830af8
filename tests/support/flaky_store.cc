#include "support/flaky_store.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "core/errors.h"
#include "store/store_errors.h"

namespace baton::support {
namespace {

absl::Status ConnectionLost() {
  return core::WithRetryAfter(core::Error(absl::StatusCode::kUnavailable, "STORE_UNAVAILABLE",
                                          "the store's connection broke (injected)"),
                              absl::Milliseconds(1));
}

absl::Status Spoilt(const core::LeadKey& key) {
  return store::StateUnreadable(absl::StrCat("lead ", key.lead.str()), "spoilt (injected)");
}

}  // namespace

FlakyStore::FlakyStore(store::Store& inner, std::function<Fault()> next_fault)
    : inner_(inner), next_fault_(std::move(next_fault)) {}

template <typename Call>
auto FlakyStore::Try(Call call) -> decltype(call()) {
  const Fault fault = next_fault_();
  if (fault == Fault::kNeverArrives) return ConnectionLost();
  auto answer = call();
  if (fault == Fault::kLosesReply) return ConnectionLost();
  return answer;
}

absl::StatusOr<store::LoadedLeads> FlakyStore::Load(absl::Span<const core::LeadKey> keys) {
  return Try([&] {
    auto loaded = inner_.Load(keys);
    for (size_t i = 0; loaded.ok() && i < keys.size(); ++i) {
      if (spoilt_records_.contains(keys[i])) loaded->records[i] = Spoilt(keys[i]);
    }
    return loaded;
  });
}

absl::StatusOr<std::vector<store::CommitResult>> FlakyStore::Commit(
    absl::Span<const core::Plan> plans) {
  return Try([&]() -> absl::StatusOr<std::vector<store::CommitResult>> {
    std::vector<store::CommitResult> results;
    for (const core::Plan& plan : plans) {
      if (spoilt_plans_.contains(plan.key)) {
        results.push_back({store::CommitCode::kUnreadable, {}, Spoilt(plan.key)});
        continue;
      }
      auto committed = inner_.Commit({plan});
      if (!committed.ok()) return committed.status();
      results.push_back(std::move(committed->front()));
    }
    return results;
  });
}

absl::Status FlakyStore::NoteErasure(const core::WorkspaceId& workspace,
                                     const std::string& request_id, uint64_t fingerprint) {
  return Try([&] { return inner_.NoteErasure(workspace, request_id, fingerprint); });
}

absl::StatusOr<store::LeadPage> FlakyStore::ListLeads(const core::WorkspaceId& workspace,
                                                      const std::string& after, int page_size) {
  return Try([&] { return inner_.ListLeads(workspace, after, page_size); });
}

absl::StatusOr<store::JourneyPage> FlakyStore::Journey(const core::LeadKey& key, int64_t index,
                                                       int page_size) {
  return Try([&] { return inner_.Journey(key, index, page_size); });
}

absl::StatusOr<std::vector<core::LeadId>> FlakyStore::LeadsWithEmail(
    const core::WorkspaceId& workspace, const std::string& email, int max) {
  return Try([&] { return inner_.LeadsWithEmail(workspace, email, max); });
}

absl::StatusOr<core::PastDecisions> FlakyStore::Decisions(const core::LeadKey& key) {
  return Try([&] { return inner_.Decisions(key); });
}

absl::StatusOr<core::Rep> FlakyStore::PutRep(const core::WorkspaceId& workspace,
                                             const core::Rep& rep, int64_t expected_revision) {
  return Try([&] { return inner_.PutRep(workspace, rep, expected_revision); });
}

absl::Status FlakyStore::DeleteRep(const core::WorkspaceId& workspace, const core::RepId& rep) {
  return Try([&] { return inner_.DeleteRep(workspace, rep); });
}

absl::StatusOr<store::RepState> FlakyStore::GetRep(const core::WorkspaceId& workspace,
                                                   const core::RepId& rep) {
  return Try([&] { return inner_.GetRep(workspace, rep); });
}

absl::StatusOr<std::vector<store::RepState>> FlakyStore::ListReps(
    const core::WorkspaceId& workspace) {
  return Try([&] { return inner_.ListReps(workspace); });
}

absl::StatusOr<std::vector<store::QueueState>> FlakyStore::ListQueues(
    const core::WorkspaceId& workspace) {
  return Try([&] { return inner_.ListQueues(workspace); });
}

absl::StatusOr<std::vector<core::WorkspaceId>> FlakyStore::ListWaiting() {
  return Try([&] { return inner_.ListWaiting(); });
}

absl::StatusOr<core::QueueSettings> FlakyStore::PutQueue(const core::WorkspaceId& workspace,
                                                         const core::QueueSettings& settings,
                                                         int64_t expected_revision) {
  return Try([&] { return inner_.PutQueue(workspace, settings, expected_revision); });
}

absl::Status FlakyStore::PutHours(const core::WorkspaceId& workspace, int64_t policy_revision,
                                  const std::map<std::string, core::Hours>& hours,
                                  bool only_these) {
  return Try([&] { return inner_.PutHours(workspace, policy_revision, hours, only_these); });
}

absl::StatusOr<store::Drained> FlakyStore::Drain(const core::WorkspaceId& workspace,
                                                 const core::QueueId& queue, int max) {
  return Try([&] { return inner_.Drain(workspace, queue, max); });
}

absl::StatusOr<store::LoadedAccounts> FlakyStore::LoadAccounts(
    absl::Span<const core::AccountKey> keys) {
  return Try([&] { return inner_.LoadAccounts(keys); });
}

absl::StatusOr<std::vector<store::AccountResult>> FlakyStore::CommitAccounts(
    absl::Span<const store::AccountChange> changes) {
  return Try([&] { return inner_.CommitAccounts(changes); });
}

absl::StatusOr<store::AccountPage> FlakyStore::ListAccounts(const core::WorkspaceId& workspace,
                                                            const std::string& after,
                                                            int page_size) {
  return Try([&] { return inner_.ListAccounts(workspace, after, page_size); });
}

absl::StatusOr<std::vector<absl::StatusOr<core::AccountView>>> FlakyStore::MatchAccounts(
    absl::Span<const store::AccountQuery> queries) {
  return Try([&] { return inner_.MatchAccounts(queries); });
}

absl::StatusOr<store::WaitingOutlook> FlakyStore::OutlookOf(const core::LeadKey& key) {
  return Try([&] { return inner_.OutlookOf(key); });
}

absl::StatusOr<store::ClaimResult> FlakyStore::ClaimNext(const store::Claim& claim) {
  return Try([&] { return inner_.ClaimNext(claim); });
}

absl::StatusOr<store::Workspace> FlakyStore::CreateWorkspace(const core::WorkspaceId& id,
                                                             const std::string& display_name) {
  return Try([&] { return inner_.CreateWorkspace(id, display_name); });
}

absl::StatusOr<std::vector<store::Workspace>> FlakyStore::ListWorkspaces() {
  return Try([&] { return inner_.ListWorkspaces(); });
}

absl::StatusOr<std::vector<absl::StatusOr<store::PolicyVersion>>> FlakyStore::PolicyVersions(
    absl::Span<const core::WorkspaceId> workspaces) {
  return Try([&] { return inner_.PolicyVersions(workspaces); });
}

absl::StatusOr<store::PolicyDocument> FlakyStore::GetPolicy(const core::WorkspaceId& workspace,
                                                            int64_t revision) {
  return Try([&] { return inner_.GetPolicy(workspace, revision); });
}

absl::StatusOr<store::PolicyRevision> FlakyStore::CreateRevision(const core::Policy& policy,
                                                                 const std::string& yaml,
                                                                 const std::string& principal) {
  return Try([&] { return inner_.CreateRevision(policy, yaml, principal); });
}

absl::StatusOr<store::PolicyRevision> FlakyStore::GetRevision(const store::RevisionKey& key) {
  return Try([&] { return inner_.GetRevision(key); });
}

absl::StatusOr<store::RevisionPage> FlakyStore::ListRevisions(const core::WorkspaceId& workspace,
                                                              int64_t before, int page_size) {
  return Try([&] { return inner_.ListRevisions(workspace, before, page_size); });
}

absl::StatusOr<store::PolicyRevision> FlakyStore::ApproveRevision(const store::RevisionKey& key,
                                                                  const std::string& fingerprint,
                                                                  const std::string& principal,
                                                                  store::ApproverRole role) {
  return Try([&] { return inner_.ApproveRevision(key, fingerprint, principal, role); });
}

absl::StatusOr<store::PolicyRevision> FlakyStore::RevokeApproval(const store::RevisionKey& key,
                                                                 const std::string& principal) {
  return Try([&] { return inner_.RevokeApproval(key, principal); });
}

absl::StatusOr<store::PolicyRevision> FlakyStore::ActivateRevision(
    const core::Policy& policy, const std::string& fingerprint,
    const store::Activation& activation) {
  return Try([&] { return inner_.ActivateRevision(policy, fingerprint, activation); });
}

absl::StatusOr<store::PolicyRevision> FlakyStore::WithdrawRevision(const store::RevisionKey& key,
                                                                   const std::string& principal) {
  return Try([&] { return inner_.WithdrawRevision(key, principal); });
}

absl::Status FlakyStore::DeleteRevision(const store::RevisionKey& key) {
  return Try([&] { return inner_.DeleteRevision(key); });
}

absl::StatusOr<store::ShadowRun> FlakyStore::StartShadow(const store::RevisionKey& key,
                                                         const std::string& principal) {
  return Try([&] { return inner_.StartShadow(key, principal); });
}

absl::StatusOr<store::ShadowRun> FlakyStore::StopShadow(const core::WorkspaceId& workspace,
                                                        const std::string& principal) {
  return Try([&] { return inner_.StopShadow(workspace, principal); });
}

absl::StatusOr<store::ShadowRun> FlakyStore::GetShadow(const core::WorkspaceId& workspace) {
  return Try([&] { return inner_.GetShadow(workspace); });
}

absl::StatusOr<store::ShadowPage> FlakyStore::ShadowDifferences(const core::WorkspaceId& workspace,
                                                                int64_t before, int page_size) {
  return Try([&] { return inner_.ShadowDifferences(workspace, before, page_size); });
}

absl::StatusOr<store::TableInfo> FlakyStore::PutTable(const core::WorkspaceId& workspace,
                                                      const store::TableInfo& info,
                                                      const std::string& csv) {
  return Try([&] { return inner_.PutTable(workspace, info, csv); });
}

absl::StatusOr<std::vector<store::TableInfo>> FlakyStore::ListTables(
    const core::WorkspaceId& workspace) {
  return Try([&] { return inner_.ListTables(workspace); });
}

absl::StatusOr<store::TableInfo> FlakyStore::GetTable(const store::TableKey& key) {
  return Try([&] { return inner_.GetTable(key); });
}

absl::StatusOr<std::string> FlakyStore::ReadTable(const store::TableKey& key) {
  return Try([&] { return inner_.ReadTable(key); });
}

absl::Status FlakyStore::DeleteTable(const store::TableKey& key) {
  return Try([&] { return inner_.DeleteTable(key); });
}

absl::StatusOr<store::Webhook> FlakyStore::PutWebhook(const core::WorkspaceId& workspace,
                                                      const store::Webhook& webhook) {
  return Try([&] { return inner_.PutWebhook(workspace, webhook); });
}

absl::Status FlakyStore::DeleteWebhook(const store::WebhookKey& key, int64_t expected_revision) {
  return Try([&] { return inner_.DeleteWebhook(key, expected_revision); });
}

absl::StatusOr<store::WebhookState> FlakyStore::GetWebhook(const store::WebhookKey& key) {
  return Try([&] { return inner_.GetWebhook(key); });
}

absl::StatusOr<std::vector<store::WebhookState>> FlakyStore::ListWebhooks(
    const core::WorkspaceId& workspace) {
  return Try([&] { return inner_.ListWebhooks(workspace); });
}

absl::StatusOr<std::map<core::WorkspaceId, int64_t>> FlakyStore::WebhookVersions() {
  return Try([&] { return inner_.WebhookVersions(); });
}

absl::StatusOr<bool> FlakyStore::ReportWebhook(const store::WebhookKey& key,
                                               const store::WebhookReport& report) {
  return Try([&] { return inner_.ReportWebhook(key, report); });
}

absl::StatusOr<int64_t> FlakyStore::Counted(int shard) {
  return Try([&] { return inner_.Counted(shard); });
}

absl::StatusOr<std::vector<std::string>> FlakyStore::LoadCycles(
    absl::Span<const store::CycleKey> keys) {
  return Try([&] { return inner_.LoadCycles(keys); });
}

absl::Status FlakyStore::PutCycles(int shard, int64_t from, int64_t upto,
                                   absl::Span<const store::CycleRow> rows) {
  return Try([&] { return inner_.PutCycles(shard, from, upto, rows); });
}

absl::StatusOr<std::vector<store::CycleRow>> FlakyStore::ChangedCycles(
    const core::WorkspaceId& workspace, int64_t from, int max) {
  return Try([&] { return inner_.ChangedCycles(workspace, from, max); });
}

absl::StatusOr<int64_t> FlakyStore::CountCycles(const core::WorkspaceId& workspace) {
  return Try([&] { return inner_.CountCycles(workspace); });
}

absl::StatusOr<int64_t> FlakyStore::ForgetCycles(const core::WorkspaceId& workspace, int64_t upto) {
  return Try([&] { return inner_.ForgetCycles(workspace, upto); });
}

absl::StatusOr<store::DueTimers> FlakyStore::Due(int shard, int max,
                                                 const store::PassedOver& passed_over) {
  return Try([&] { return inner_.Due(shard, max, passed_over); });
}

absl::StatusOr<store::OutboxBounds> FlakyStore::Bounds(int shard) {
  return Try([&] { return inner_.Bounds(shard); });
}

absl::StatusOr<std::map<int, std::vector<store::OutboxEntry>>> FlakyStore::Read(
    const std::map<int, int64_t>& after, int max, absl::Duration wait) {
  return Try([&] { return inner_.Read(after, max, wait); });
}

absl::Status FlakyStore::Trim(int shard, int64_t upto, int64_t keep) {
  return Try([&] { return inner_.Trim(shard, upto, keep); });
}

absl::StatusOr<int64_t> FlakyStore::Purge(int shard, int64_t upto, core::TimeMs erased_before_ms) {
  return Try([&] { return inner_.Purge(shard, upto, erased_before_ms); });
}

absl::StatusOr<store::InputCheckpoints> FlakyStore::Checkpoints(const std::string& input) {
  return Try([&] { return inner_.Checkpoints(input); });
}

absl::Status FlakyStore::Advance(const store::InputId& input, int64_t epoch,
                                 absl::Span<const store::InputAdvance> advances) {
  return Try([&] { return inner_.Advance(input, epoch, advances); });
}

absl::StatusOr<store::InputCounters> FlakyStore::Counters(store::InputFlow flow) {
  return Try([&] { return inner_.Counters(flow); });
}

absl::StatusOr<std::string> FlakyStore::InstallationSecret() {
  return Try([&] { return inner_.InstallationSecret(); });
}

absl::Status FlakyStore::ConfirmDurable(int64_t incarnation) {
  return Try([&] { return inner_.ConfirmDurable(incarnation); });
}

absl::Status FlakyStore::CheckReady() {
  return Try([&] { return inner_.CheckReady(); });
}

}  // namespace baton::support
