// The state port on Redis: functions (functions/*.lua) change state, one step of a lead each, many
// steps per call and many calls per round trip; plain commands read. How state is laid out:
// redis_keys.h.
//
// Thread-safe. Threads work in parallel, each call on a connection of the pool; readers that wait
// for the outbox have a pool of their own. A call that loses its answer is never sent again here:
// the caller gets UNAVAILABLE and repeats it, which is safe by the contract of the port. (A
// function that Redis does not know was not executed; it is loaded and called once more.)
#ifndef BATON_STORE_REDIS_REDIS_STORE_H_
#define BATON_STORE_REDIS_REDIS_STORE_H_

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "platform/redis/client.h"
#include "store/redis/function_library.h"
#include "store/redis/names.h"
#include "store/redis/session.h"
#include "store/store.h"

namespace baton::store {

struct RedisStoreOptions {
  std::string url;            // see platform/redis/url.h
  std::string password_file;  // its first line is the password; read at each connection
  platform::redis::TlsOptions tls;
  platform::redis::SentinelLogin sentinel;
  int shards = 16;  // 1..kShardsMax; chosen at installation
  StoreLimits limits;
  int min_replica_acks = 0;     // replicas that must have a change before it is durable (WAIT)
  bool allow_everysec = false;  // readiness accepts appendfsync everysec
  absl::Duration command_timeout = absl::Seconds(2);  // of one round trip
  int connections_max = 8;                            // of each of the two pools
  // A lead waits because leads with kRequirementsMax other requirements do; null: not told. From
  // any thread, must not block.
  std::function<void()> on_requirements_full;
  // At each CheckReady: what is known against the server's version (redis/known_holes.h), "" if
  // nothing is; null: not told. Must not block.
  std::function<void(const std::string&)> on_known_holes;
  bool refuse_known_holes = false;              // they are a reason not to be ready
  std::function<core::TimeMs()> simulated_now;  // tests and simulations only; null: Redis TIME
};

class RedisStore final : public Store {
 public:
  // Does not need the server to be up: calls then give UNAVAILABLE, and work within 2 s of its
  // return. INVALID_ARGUMENT for options that cannot work; FAILED_PRECONDITION INSTALLATION_DIFFERS
  // when the server answers and was installed with another number of shards (found later, calls
  // give it).
  static absl::StatusOr<std::unique_ptr<RedisStore>> Open(const RedisStoreOptions& options);

  // For a user that may do nothing else: loads this release's functions unless they are there, or
  // deletes those of all other releases. Gives the libraries that there are then. As
  // redis/function_loading.h; UNAVAILABLE while the server is.
  static absl::StatusOr<std::vector<std::string>> LoadFunctions(const RedisStoreOptions& options);
  static absl::StatusOr<std::vector<std::string>> DeleteOldFunctions(
      const RedisStoreOptions& options);

  absl::StatusOr<LoadedLeads> Load(absl::Span<const core::LeadKey> keys) override;
  absl::StatusOr<std::vector<CommitResult>> Commit(absl::Span<const core::Plan> plans) override;
  absl::Status NoteErasure(const core::WorkspaceId& workspace, const std::string& request_id,
                           uint64_t fingerprint) override;
  absl::StatusOr<LeadPage> ListLeads(const core::WorkspaceId& workspace, const std::string& after,
                                     int page_size) override;
  absl::StatusOr<JourneyPage> Journey(const core::LeadKey& key, int64_t index,
                                      int page_size) override;
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
  // Runs inside Redis as one function: some 20 us per lead looked at or assigned, during which
  // nothing else is served, so `max` is best kept to tens.
  absl::StatusOr<Drained> Drain(const core::WorkspaceId& workspace, const core::QueueId& queue,
                                int max) override;
  absl::StatusOr<WaitingOutlook> OutlookOf(const core::LeadKey& key) override;
  absl::StatusOr<ClaimResult> ClaimNext(const Claim& claim) override;

  absl::StatusOr<LoadedAccounts> LoadAccounts(absl::Span<const core::AccountKey> keys) override;
  absl::StatusOr<std::vector<AccountResult>> CommitAccounts(
      absl::Span<const AccountChange> changes) override;
  absl::StatusOr<AccountPage> ListAccounts(const core::WorkspaceId& workspace,
                                           const std::string& after, int page_size) override;
  // One function call for each workspace asked of.
  absl::StatusOr<std::vector<absl::StatusOr<core::AccountView>>> MatchAccounts(
      absl::Span<const AccountQuery> queries) override;

  // The cap of workspaces is counted just before the creation: concurrent creators may overshoot it
  // by their number.
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

  int shards() const override { return options_.shards; }
  absl::StatusOr<DueTimers> Due(int shard, int max, const PassedOver& passed_over) override;
  int ShardOf(const core::WorkspaceId& workspace) const override;
  absl::StatusOr<OutboxBounds> Bounds(int shard) override;
  // Waits at most 30 s at a time, however long `wait` is.
  absl::StatusOr<std::map<int, std::vector<OutboxEntry>>> Read(const std::map<int, int64_t>& after,
                                                               int max,
                                                               absl::Duration wait) override;
  absl::Status Trim(int shard, int64_t upto, int64_t keep) override;
  absl::StatusOr<int64_t> Purge(int shard, int64_t upto, core::TimeMs erased_before_ms) override;

  // INVALID_ARGUMENT unless the topic has a name that Kafka allows.
  absl::StatusOr<InputCheckpoints> Checkpoints(const std::string& input) override;
  absl::Status Advance(const InputId& input, int64_t epoch,
                       absl::Span<const InputAdvance> advances) override;
  absl::StatusOr<InputCounters> Counters(InputFlow flow) override;

  int64_t Incarnation() const override { return servers_->now(); }
  absl::Status ConfirmDurable(int64_t incarnation) override;

  // Asks the server; callers keep the answer for a while. Also notices a failover that left the
  // connections standing.
  absl::Status CheckReady() override;
  absl::StatusOr<std::string> InstallationSecret() override;

 private:
  using Replies = std::vector<platform::redis::Reply>;

  explicit RedisStore(const RedisStoreOptions& options);
  absl::Status CreateClients();

  // Carries out the commands on the pool, in slices of a bounded size. Error replies become the
  // status of the whole.
  absl::StatusOr<Replies> Run(const std::vector<platform::redis::Command>& commands);
  // The same, but error replies that concern one command alone (IsOfOneCommand) stay in its place.
  absl::StatusOr<Replies> RunEach(const std::vector<platform::redis::Command>& commands);
  absl::StatusOr<Replies> RunSlice(absl::Span<const platform::redis::Command> commands);
  absl::StatusOr<platform::redis::Reply> RunOne(platform::redis::Command command);
  absl::StatusOr<std::vector<core::WorkspaceId>> WorkspaceIds();  // ordered
  // The answer {outcome, number ...} of a function.
  struct Answer {
    redis::Outcome outcome = redis::Outcome::kDone;
    int64_t number = 0;  // 0 if there is none
  };
  static absl::StatusOr<Answer> AnswerOf(const platform::redis::Reply& reply);
  absl::StatusOr<Answer> CallForOutcome(absl::string_view function,
                                        const std::vector<std::string>& keys,
                                        const std::vector<std::string>& args);
  // The same for a function whose first keys are meta and workspace and whose first argument is the
  // revision. WORKSPACE_NOT_FOUND, POLICY_NOT_FOUND, ETAG_MISMATCH for another document.
  absl::StatusOr<Answer> CallOnRevision(const RevisionKey& key, absl::string_view function,
                                        std::vector<std::string> keys,
                                        std::vector<std::string> args);
  // Of the hash of what tables are, or of their documents. TABLE_NOT_FOUND.
  absl::StatusOr<std::string> FieldOfTable(const TableKey& key, const std::string& hash);
  // Of those of a workspace; `commands` reads progress and offsets of each.
  absl::StatusOr<std::vector<WebhookState>> ReadWebhooks(
      const core::WorkspaceId& workspace,
      const std::vector<std::pair<std::string, std::string>>& texts);
  // FCALL of commit for plans[numbers ...], all of one shard.
  platform::redis::Command CommitCall(int shard, const std::string& secret,
                                      absl::Span<const core::Plan> plans,
                                      absl::Span<const size_t> numbers) const;
  // Finds out which profiles of reps meet the requirement, a word among the skills of a lead as
  // they are stored. RESOURCE_EXHAUSTED while leads with kRequirementsMax others wait.
  absl::Status FindFits(const core::WorkspaceId& workspace, const std::string& word);
  // The same for those of the leads that the plans place, if it is not known. At the cap the lead
  // waits.
  absl::Status FindFits(absl::Span<const core::Plan> plans);
  // The same for those that a function did not know; false: none of them is known now.
  absl::StatusOr<bool> FindUnknown(const core::WorkspaceId& workspace,
                                   absl::Span<const platform::redis::Reply> words);
  // Makes the profile of the rep known, and which requirements it meets.
  absl::Status PutProfile(const core::WorkspaceId& workspace, const core::Rep& rep);
  // FCALL of put_account.
  platform::redis::Command PutAccountCall(const AccountChange& change) const;
  absl::Status CheckShard(int shard) const;
  std::string SimulatedClock() const;  // "" for Redis TIME

  // What is left of those of the leads that were erased, into their records. forgetful: the
  // workspaces that have erased leads.
  absl::Status LoadRemains(const std::string& secret, const std::set<core::WorkspaceId>& forgetful,
                           LoadedLeads& loaded);
  // Gives up a server that is not the primary any more, in case it does not notice it itself.
  void AskSentinels();

  // The installation's, as it was read last.
  absl::StatusOr<std::string> Secret() ABSL_LOCKS_EXCLUDED(secret_mutex_);
  absl::StatusOr<std::string> TakeSecret(const platform::redis::Reply& reply)
      ABSL_LOCKS_EXCLUDED(secret_mutex_);

  const RedisStoreOptions options_;
  const redis::FunctionLibrary library_;
  const redis::Session session_;
  const std::shared_ptr<platform::redis::Incarnations> servers_;  // of both clients
  std::unique_ptr<platform::redis::Client> client_;
  std::unique_ptr<platform::redis::Client> readers_;
  absl::Mutex secret_mutex_;
  std::string secret_ ABSL_GUARDED_BY(secret_mutex_);
};

}  // namespace baton::store

#endif  // BATON_STORE_REDIS_REDIS_STORE_H_
