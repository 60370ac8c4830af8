// A store whose calls fail as a network makes them fail: some never arrive, some take effect but
// the answer is lost. Both look the same to the caller: UNAVAILABLE with a retry time.
#ifndef BATON_SUPPORT_FLAKY_STORE_H_
#define BATON_SUPPORT_FLAKY_STORE_H_

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "store/store.h"

namespace baton::support {

enum class Fault { kNone, kNeverArrives, kLosesReply };

// Thread-safe if `inner` and `next_fault` are.
class FlakyStore : public store::Store {
 public:
  // `next_fault` is asked once per call, before it. `inner` outlives this.
  FlakyStore(store::Store& inner, std::function<Fault()> next_fault);

  // From now on what is stored of the lead cannot be read: Load gives STATE_UNREADABLE in its
  // place. Not while other threads call.
  void SpoilRecord(const core::LeadKey& key) { spoilt_records_.insert(key); }
  void MendRecords() { spoilt_records_.clear(); }
  // From now on plans of the lead are refused with kUnreadable. Not while other threads call.
  void SpoilPlans(const core::LeadKey& key) { spoilt_plans_.insert(key); }

  absl::StatusOr<store::LoadedLeads> Load(absl::Span<const core::LeadKey> keys) override;
  absl::StatusOr<std::vector<store::CommitResult>> Commit(
      absl::Span<const core::Plan> plans) override;
  absl::Status NoteErasure(const core::WorkspaceId& workspace, const std::string& request_id,
                           uint64_t fingerprint) override;
  absl::StatusOr<store::LeadPage> ListLeads(const core::WorkspaceId& workspace,
                                            const std::string& after, int page_size) override;
  absl::StatusOr<std::vector<core::LeadId>> LeadsWithEmail(const core::WorkspaceId& workspace,
                                                           const std::string& email,
                                                           int max) override;
  absl::StatusOr<store::JourneyPage> Journey(const core::LeadKey& key, int64_t index,
                                             int page_size) override;
  absl::StatusOr<core::PastDecisions> Decisions(const core::LeadKey& key) override;

  absl::StatusOr<core::Rep> PutRep(const core::WorkspaceId& workspace, const core::Rep& rep,
                                   int64_t expected_revision) override;
  absl::Status DeleteRep(const core::WorkspaceId& workspace, const core::RepId& rep) override;
  absl::StatusOr<store::RepState> GetRep(const core::WorkspaceId& workspace,
                                         const core::RepId& rep) override;
  absl::StatusOr<std::vector<store::RepState>> ListReps(
      const core::WorkspaceId& workspace) override;
  absl::StatusOr<std::vector<store::QueueState>> ListQueues(
      const core::WorkspaceId& workspace) override;
  absl::StatusOr<std::vector<core::WorkspaceId>> ListWaiting() override;
  absl::StatusOr<core::QueueSettings> PutQueue(const core::WorkspaceId& workspace,
                                               const core::QueueSettings& settings,
                                               int64_t expected_revision) override;
  absl::Status PutHours(const core::WorkspaceId& workspace, int64_t policy_revision,
                        const std::map<std::string, core::Hours>& hours, bool only_these) override;
  absl::StatusOr<store::Drained> Drain(const core::WorkspaceId& workspace,
                                       const core::QueueId& queue, int max) override;
  absl::StatusOr<store::WaitingOutlook> OutlookOf(const core::LeadKey& key) override;
  absl::StatusOr<store::ClaimResult> ClaimNext(const store::Claim& claim) override;

  absl::StatusOr<store::LoadedAccounts> LoadAccounts(
      absl::Span<const core::AccountKey> keys) override;
  absl::StatusOr<std::vector<store::AccountResult>> CommitAccounts(
      absl::Span<const store::AccountChange> changes) override;
  absl::StatusOr<store::AccountPage> ListAccounts(const core::WorkspaceId& workspace,
                                                  const std::string& after, int page_size) override;
  absl::StatusOr<std::vector<absl::StatusOr<core::AccountView>>> MatchAccounts(
      absl::Span<const store::AccountQuery> queries) override;

  absl::StatusOr<store::Workspace> CreateWorkspace(const core::WorkspaceId& id,
                                                   const std::string& display_name) override;
  absl::StatusOr<std::vector<store::Workspace>> ListWorkspaces() override;
  absl::StatusOr<std::vector<absl::StatusOr<store::PolicyVersion>>> PolicyVersions(
      absl::Span<const core::WorkspaceId> workspaces) override;
  absl::StatusOr<store::PolicyDocument> GetPolicy(const core::WorkspaceId& workspace,
                                                  int64_t revision) override;

  absl::StatusOr<store::PolicyRevision> CreateRevision(const core::Policy& policy,
                                                       const std::string& yaml,
                                                       const std::string& principal) override;
  absl::StatusOr<store::PolicyRevision> GetRevision(const store::RevisionKey& key) override;
  absl::StatusOr<store::RevisionPage> ListRevisions(const core::WorkspaceId& workspace,
                                                    int64_t before, int page_size) override;
  absl::StatusOr<store::PolicyRevision> ApproveRevision(const store::RevisionKey& key,
                                                        const std::string& fingerprint,
                                                        const std::string& principal,
                                                        store::ApproverRole role) override;
  absl::StatusOr<store::PolicyRevision> RevokeApproval(const store::RevisionKey& key,
                                                       const std::string& principal) override;
  absl::StatusOr<store::PolicyRevision> ActivateRevision(
      const core::Policy& policy, const std::string& fingerprint,
      const store::Activation& activation) override;
  absl::StatusOr<store::PolicyRevision> WithdrawRevision(const store::RevisionKey& key,
                                                         const std::string& principal) override;
  absl::Status DeleteRevision(const store::RevisionKey& key) override;

  absl::StatusOr<store::ShadowRun> StartShadow(const store::RevisionKey& key,
                                               const std::string& principal) override;
  absl::StatusOr<store::ShadowRun> StopShadow(const core::WorkspaceId& workspace,
                                              const std::string& principal) override;
  absl::StatusOr<store::ShadowRun> GetShadow(const core::WorkspaceId& workspace) override;
  absl::StatusOr<store::ShadowPage> ShadowDifferences(const core::WorkspaceId& workspace,
                                                      int64_t before, int page_size) override;

  absl::StatusOr<store::TableInfo> PutTable(const core::WorkspaceId& workspace,
                                            const store::TableInfo& info,
                                            const std::string& csv) override;
  absl::StatusOr<std::vector<store::TableInfo>> ListTables(
      const core::WorkspaceId& workspace) override;
  absl::StatusOr<store::TableInfo> GetTable(const store::TableKey& key) override;
  absl::StatusOr<std::string> ReadTable(const store::TableKey& key) override;
  absl::Status DeleteTable(const store::TableKey& key) override;

  absl::StatusOr<store::Webhook> PutWebhook(const core::WorkspaceId& workspace,
                                            const store::Webhook& webhook) override;
  absl::Status DeleteWebhook(const store::WebhookKey& key, int64_t expected_revision) override;
  absl::StatusOr<store::WebhookState> GetWebhook(const store::WebhookKey& key) override;
  absl::StatusOr<std::vector<store::WebhookState>> ListWebhooks(
      const core::WorkspaceId& workspace) override;
  absl::StatusOr<std::map<core::WorkspaceId, int64_t>> WebhookVersions() override;
  absl::StatusOr<bool> ReportWebhook(const store::WebhookKey& key,
                                     const store::WebhookReport& report) override;
  absl::StatusOr<int64_t> Counted(int shard) override;
  absl::StatusOr<std::vector<std::string>> LoadCycles(
      absl::Span<const store::CycleKey> keys) override;
  absl::Status PutCycles(int shard, int64_t from, int64_t upto,
                         absl::Span<const store::CycleRow> rows) override;
  absl::StatusOr<std::vector<store::CycleRow>> ChangedCycles(const core::WorkspaceId& workspace,
                                                             int64_t from, int max) override;
  absl::StatusOr<int64_t> CountCycles(const core::WorkspaceId& workspace) override;
  absl::StatusOr<int64_t> ForgetCycles(const core::WorkspaceId& workspace, int64_t upto) override;

  int shards() const override { return inner_.shards(); }
  absl::StatusOr<store::DueTimers> Due(int shard, int max,
                                       const store::PassedOver& passed_over) override;
  int ShardOf(const core::WorkspaceId& workspace) const override {
    return inner_.ShardOf(workspace);
  }
  absl::StatusOr<store::OutboxBounds> Bounds(int shard) override;
  absl::StatusOr<std::map<int, std::vector<store::OutboxEntry>>> Read(
      const std::map<int, int64_t>& after, int max, absl::Duration wait) override;
  absl::Status Trim(int shard, int64_t upto, int64_t keep) override;
  absl::StatusOr<int64_t> Purge(int shard, int64_t upto, core::TimeMs erased_before_ms) override;

  absl::StatusOr<store::InputCheckpoints> Checkpoints(const std::string& input) override;
  absl::Status Advance(const store::InputId& input, int64_t epoch,
                       absl::Span<const store::InputAdvance> advances) override;
  absl::StatusOr<store::InputCounters> Counters(store::InputFlow flow) override;

  int64_t Incarnation() const override { return inner_.Incarnation(); }
  absl::Status ConfirmDurable(int64_t incarnation) override;

  absl::Status CheckReady() override;
  absl::StatusOr<std::string> InstallationSecret() override;

 private:
  template <typename Call>
  auto Try(Call call) -> decltype(call());

  store::Store& inner_;
  const std::function<Fault()> next_fault_;
  std::set<core::LeadKey> spoilt_records_;
  std::set<core::LeadKey> spoilt_plans_;
};

}  // namespace baton::support

#endif  // BATON_SUPPORT_FLAKY_STORE_H_
