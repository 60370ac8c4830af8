// The reference model of the state port: everything in this process, nothing survives it. The
// simulator runs on it, and the Redis store is held to it by the contract suite and the
// differential test. Simple rather than fast: a choice looks at every rep of the workspace.
//
// Thread-safe: one mutex. Fails only as the port says; never with UNAVAILABLE.
#ifndef BATON_STORE_MEMORY_MEMORY_STORE_H_
#define BATON_STORE_MEMORY_MEMORY_STORE_H_

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "store/memory/placement.h"
#include "store/memory/state.h"
#include "store/store.h"

namespace baton::store {

class MemoryStore final : public Store {
 public:
  using Clock = std::function<core::TimeMs()>;

  // shards: 1..kShardsMax. `clock` is called under the store's mutex, from any thread. Without
  // `keeps_history` leads have no journey, and no decisions that were replaced.
  MemoryStore(int shards, const StoreLimits& limits, Clock clock, bool keeps_history = true);

  // For who has the store to itself, on one thread: Load and Commit of one lead without copies.
  // The lead as it is, until the next call that writes; nullptr: there is none.
  const core::LeadRecord* Peek(const core::LeadKey& key);
  struct Taken {
    CommitCode code = CommitCode::kCommitted;
    bool waits_turn = false;  // as in CommitResult
  };
  Taken Take(core::Plan&& plan);
  // Whether a rep gets the lead if a plan that leaves it like this is taken and offers it.
  bool WouldBePlaced(const core::LeadRecord& after);
  // The lead, or a new one. Its facts are lent: it is without them until a plan that changed them
  // is taken, or they are given back.
  core::LeadRecord Lend(const core::LeadKey& key);
  void GiveBack(const core::LeadKey& key, core::Facts&& facts);

  absl::StatusOr<LoadedLeads> Load(absl::Span<const core::LeadKey> keys) override;
  absl::StatusOr<std::vector<CommitResult>> Commit(absl::Span<const core::Plan> plans) override;
  absl::Status NoteErasure(const core::WorkspaceId& workspace, const std::string& request_id,
                           uint64_t fingerprint) override;
  absl::StatusOr<LeadPage> ListLeads(const core::WorkspaceId& workspace, const std::string& after,
                                     int page_size) override;
  absl::StatusOr<JourneyPage> Journey(const core::LeadKey& key, int64_t index,
                                      int page_size) override;
  // Looks at every lead of the workspace.
  absl::StatusOr<std::vector<core::LeadId>> LeadsWithEmail(const core::WorkspaceId& workspace,
                                                           const std::string& email,
                                                           int max) override;
  absl::StatusOr<core::PastDecisions> Decisions(const core::LeadKey& key) override;

  absl::StatusOr<core::Rep> PutRep(const core::WorkspaceId& workspace, const core::Rep& rep,
                                   int64_t expected_revision) override;
  absl::Status DeleteRep(const core::WorkspaceId& workspace, const core::RepId& rep) override;
  absl::StatusOr<RepState> GetRep(const core::WorkspaceId& workspace,
                                  const core::RepId& rep) override;
  absl::StatusOr<std::vector<RepState>> ListReps(const core::WorkspaceId& workspace) override;
  absl::StatusOr<std::vector<QueueState>> ListQueues(const core::WorkspaceId& workspace) override;
  absl::StatusOr<std::vector<core::WorkspaceId>> ListWaiting() override;
  absl::StatusOr<core::QueueSettings> PutQueue(const core::WorkspaceId& workspace,
                                               const core::QueueSettings& settings,
                                               int64_t expected_revision) override;
  absl::Status PutHours(const core::WorkspaceId& workspace, int64_t policy_revision,
                        const std::map<std::string, core::Hours>& hours, bool only_these) override;
  absl::StatusOr<Drained> Drain(const core::WorkspaceId& workspace, const core::QueueId& queue,
                                int max) override;
  absl::StatusOr<WaitingOutlook> OutlookOf(const core::LeadKey& key) override;
  absl::StatusOr<ClaimResult> ClaimNext(const Claim& claim) override;

  absl::StatusOr<LoadedAccounts> LoadAccounts(absl::Span<const core::AccountKey> keys) override;
  absl::StatusOr<std::vector<AccountResult>> CommitAccounts(
      absl::Span<const AccountChange> changes) override;
  absl::StatusOr<AccountPage> ListAccounts(const core::WorkspaceId& workspace,
                                           const std::string& after, int page_size) override;
  absl::StatusOr<std::vector<absl::StatusOr<core::AccountView>>> MatchAccounts(
      absl::Span<const AccountQuery> queries) override;

  absl::StatusOr<Workspace> CreateWorkspace(const core::WorkspaceId& id,
                                            const std::string& display_name) override;
  absl::StatusOr<std::vector<Workspace>> ListWorkspaces() override;
  absl::StatusOr<std::vector<absl::StatusOr<PolicyVersion>>> PolicyVersions(
      absl::Span<const core::WorkspaceId> workspaces) override;
  absl::StatusOr<PolicyDocument> GetPolicy(const core::WorkspaceId& workspace,
                                           int64_t revision) override;

  absl::StatusOr<PolicyRevision> CreateRevision(const core::Policy& policy, const std::string& yaml,
                                                const std::string& principal) override;
  absl::StatusOr<PolicyRevision> GetRevision(const RevisionKey& key) override;
  absl::StatusOr<RevisionPage> ListRevisions(const core::WorkspaceId& workspace, int64_t before,
                                             int page_size) override;
  absl::StatusOr<PolicyRevision> ApproveRevision(const RevisionKey& key,
                                                 const std::string& fingerprint,
                                                 const std::string& principal,
                                                 ApproverRole role) override;
  absl::StatusOr<PolicyRevision> RevokeApproval(const RevisionKey& key,
                                                const std::string& principal) override;
  absl::StatusOr<PolicyRevision> ActivateRevision(const core::Policy& policy,
                                                  const std::string& fingerprint,
                                                  const Activation& activation) override;
  absl::StatusOr<PolicyRevision> WithdrawRevision(const RevisionKey& key,
                                                  const std::string& principal) override;
  absl::Status DeleteRevision(const RevisionKey& key) override;

  absl::StatusOr<ShadowRun> StartShadow(const RevisionKey& key,
                                        const std::string& principal) override;
  absl::StatusOr<ShadowRun> StopShadow(const core::WorkspaceId& workspace,
                                       const std::string& principal) override;
  absl::StatusOr<ShadowRun> GetShadow(const core::WorkspaceId& workspace) override;
  absl::StatusOr<ShadowPage> ShadowDifferences(const core::WorkspaceId& workspace, int64_t before,
                                               int page_size) override;

  absl::StatusOr<TableInfo> PutTable(const core::WorkspaceId& workspace, const TableInfo& info,
                                     const std::string& csv) override;
  absl::StatusOr<std::vector<TableInfo>> ListTables(const core::WorkspaceId& workspace) override;
  absl::StatusOr<TableInfo> GetTable(const TableKey& key) override;
  absl::StatusOr<std::string> ReadTable(const TableKey& key) override;
  absl::Status DeleteTable(const TableKey& key) override;

  absl::StatusOr<Webhook> PutWebhook(const core::WorkspaceId& workspace,
                                     const Webhook& webhook) override;
  absl::Status DeleteWebhook(const WebhookKey& key, int64_t expected_revision) override;
  absl::StatusOr<WebhookState> GetWebhook(const WebhookKey& key) override;
  absl::StatusOr<std::vector<WebhookState>> ListWebhooks(
      const core::WorkspaceId& workspace) override;
  absl::StatusOr<std::map<core::WorkspaceId, int64_t>> WebhookVersions() override;
  absl::StatusOr<bool> ReportWebhook(const WebhookKey& key, const WebhookReport& report) override;
  absl::StatusOr<int64_t> Counted(int shard) override;
  absl::StatusOr<std::vector<std::string>> LoadCycles(absl::Span<const CycleKey> keys) override;
  absl::Status PutCycles(int shard, int64_t from, int64_t upto,
                         absl::Span<const CycleRow> rows) override;
  absl::StatusOr<std::vector<CycleRow>> ChangedCycles(const core::WorkspaceId& workspace,
                                                      int64_t from, int max) override;
  absl::StatusOr<int64_t> CountCycles(const core::WorkspaceId& workspace) override;
  absl::StatusOr<int64_t> ForgetCycles(const core::WorkspaceId& workspace, int64_t upto) override;

  int shards() const override;
  absl::StatusOr<DueTimers> Due(int shard, int max, const PassedOver& passed_over) override;
  int ShardOf(const core::WorkspaceId& workspace) const override;
  absl::StatusOr<OutboxBounds> Bounds(int shard) override;
  absl::StatusOr<std::map<int, std::vector<OutboxEntry>>> Read(const std::map<int, int64_t>& after,
                                                               int max,
                                                               absl::Duration wait) override;
  absl::Status Trim(int shard, int64_t upto, int64_t keep) override;
  absl::StatusOr<int64_t> Purge(int shard, int64_t upto, core::TimeMs erased_before_ms) override;

  absl::StatusOr<InputCheckpoints> Checkpoints(const std::string& input) override;
  absl::Status Advance(const InputId& input, int64_t epoch,
                       absl::Span<const InputAdvance> advances) override;
  absl::StatusOr<InputCounters> Counters(InputFlow flow) override;

  int64_t Incarnation() const override { return 0; }
  absl::Status ConfirmDurable(int64_t) override { return absl::OkStatus(); }

  absl::Status CheckReady() override;
  absl::StatusOr<std::string> InstallationSecret() override;

 private:
  absl::Status CheckShard(int shard) const;
  core::TimeMs Now(const memory::ShardState& shard) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // nullptr: no such workspace.
  memory::WorkspaceState* Find(const core::WorkspaceId& id) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  memory::ShardState& ShardFor(const core::WorkspaceId& id) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  struct FoundRevision {
    memory::WorkspaceState* workspace;
    memory::StoredRevision* revision;
  };
  // WORKSPACE_NOT_FOUND, POLICY_NOT_FOUND; revision 0: the active one.
  absl::StatusOr<FoundRevision> FindRevisionOf(const RevisionKey& key)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // WORKSPACE_NOT_FOUND, SHADOW_NOT_FOUND.
  absl::StatusOr<memory::StoredShadow*> FindShadow(const core::WorkspaceId& workspace)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // TABLE_NOT_FOUND.
  absl::StatusOr<const memory::StoredTable*> FindTable(const TableKey& key)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  CommitResult CommitOne(const core::Plan& plan) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // `after`: the plan's, is used up. `applied`: what came of it, if it was committed.
  CommitCode Apply(const core::Plan& plan, core::LeadRecord& after, memory::Applied& applied)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  AccountResult CommitAccount(const AccountChange& change) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const StoreLimits limits_;
  const Clock clock_;
  const bool keeps_history_;

  absl::Mutex mutex_;
  std::vector<memory::ShardState> shards_ ABSL_GUARDED_BY(mutex_);  // its size never changes
  std::map<core::WorkspaceId, memory::WorkspaceState> workspaces_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, std::map<int32_t, int64_t>> checkpoints_ ABSL_GUARDED_BY(mutex_);
  InputCounters counters_ ABSL_GUARDED_BY(mutex_);        // of marketing
  InputCounters sales_counters_ ABSL_GUARDED_BY(mutex_);  // of sales
  std::string secret_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace baton::store

#endif  // BATON_STORE_MEMORY_MEMORY_STORE_H_
