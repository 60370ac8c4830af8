#include "contract/store/store_fixture.h"

#include "absl/strings/str_cat.h"
#include "core/errors.h"
#include "support/make_active.h"

namespace baton::contract {

using core::Change;
using core::ChangeType;
using core::Plan;
using core::Stage;

namespace {

Plan PlanOn(const core::LeadRecord& record) {
  Plan plan;
  plan.key = record.key;
  plan.expected_revision = record.revision;
  plan.after = record;
  return plan;
}

Change MakeChange(ChangeType type, const core::LeadRecord& after) {
  Change change;
  change.type = type;
  change.stage = after.stage;
  change.queue = after.queue;
  change.rep = after.rep;
  change.generation = after.generation;
  change.actor = "policy";
  change.cause = "cause-1";
  return change;
}

}  // namespace

core::QueueId QueueNamed(const std::string& id) {
  return core::QueueId::Trusted(id);
}
core::RepId RepNamed(const std::string& id) {
  return core::RepId::Trusted(id);
}

void StoreTest::SetUp() {
  MakeStore(/*shards=*/1, store::StoreLimits());
  ASSERT_TRUE(store().CreateWorkspace(acme_, "Acme").ok());
  ASSERT_TRUE(MakeActive(MakePolicy(), "first").ok());
}

void StoreTest::MakeStore(int shards, const store::StoreLimits& limits) {
  store_.reset();
  auto made = GetParam().make({shards, limits, clock_.function()});
  ASSERT_TRUE(made.ok()) << made.status();
  store_ = *std::move(made);
}

absl::StatusOr<store::PolicyRevision> StoreTest::MakeActive(const core::Policy& policy,
                                                            const std::string& yaml) {
  return support::MakeActive(store(), policy, yaml);
}

core::LeadKey StoreTest::Key(const std::string& lead) const {
  return {acme_, core::LeadId::Trusted(lead)};
}

core::Policy StoreTest::MakePolicy() const {
  core::Policy policy;
  policy.workspace = acme_;
  for (const auto& [id, mode] : {std::pair("inside", core::QueueMode::kOffer),
                                 std::pair("field", core::QueueMode::kDirect)}) {
    core::QueuePolicy& queue = policy.queues[QueueNamed(id)];
    queue.id = QueueNamed(id);
    queue.mode = mode;
    queue.accept_within_ms = kAcceptWithin;
    queue.retry_after_ms = kRetryAfter;
  }
  return policy;
}

core::Rep StoreTest::AddRep(const std::string& id, int capacity,
                            const std::vector<std::string>& queues) {
  core::Rep rep;
  rep.id = RepNamed(id);
  for (const std::string& queue : queues) rep.queues.push_back(QueueNamed(queue));
  rep.capacity = capacity;
  rep.presence = core::Presence::kOnline;
  return PutRep(rep);
}

core::Rep StoreTest::PutRep(const core::Rep& rep) {
  auto stored = store().PutRep(acme_, rep, -1);
  EXPECT_TRUE(stored.ok()) << stored.status();
  return stored.value_or(core::Rep());
}

void StoreTest::Pause(const std::string& queue, bool paused) {
  core::QueueSettings settings;
  settings.id = QueueNamed(queue);
  settings.paused = paused;
  EXPECT_TRUE(store().PutQueue(acme_, settings, -1).ok());
}

std::string StoreTest::QuotaOf(const absl::Status& status) {
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted) << status;
  EXPECT_GT(core::RetryAfter(status), absl::ZeroDuration());
  core::ErrorMetadata said = core::ErrorVariables(status);
  const std::string setting = said.contains("setting") ? said["setting"] : "fixed";
  return absl::StrCat(core::ErrorReason(status), " ", said["subject"], " ", said["count"], "/",
                      said["cap"], " ", setting);
}

core::LeadRecord StoreTest::Load(const std::string& lead) {
  return LoadKey(Key(lead));
}

core::LeadRecord StoreTest::LoadKey(const core::LeadKey& key) {
  auto loaded = store().Load({key});
  EXPECT_TRUE(loaded.ok()) << loaded.status();
  return loaded.ok() ? *loaded->records.at(0) : core::LeadRecord();
}

Plan StoreTest::Keep(const std::string& lead) {
  Plan plan = PlanOn(Load(lead));
  plan.after.stage = Stage::kNurture;
  plan.changes = {MakeChange(ChangeType::kNurtured, plan.after)};
  return plan;
}

Plan StoreTest::Qualify(const std::string& lead, const std::string& queue, int priority) {
  Plan plan = PlanOn(Load(lead));
  plan.after.stage = Stage::kMql;
  plan.after.cycle++;
  plan.after.queue = QueueNamed(queue);
  plan.after.judgment.qualified = true;
  plan.after.judgment.policy_revision = 1;
  plan.after.judgment.route.queue = QueueNamed(queue);
  plan.after.judgment.route.priority = priority;
  plan.judgment_changed = true;
  plan.changes = {MakeChange(ChangeType::kQualified, plan.after)};
  plan.placement = core::Placement::kOffer;
  return plan;
}

Plan StoreTest::Decline(const std::string& lead) {
  const core::LeadRecord record = Load(lead);
  Plan plan = PlanOn(record);
  plan.after.stage = Stage::kQueued;
  plan.after.rep = core::RepId();
  plan.after.passed.push_back(record.rep);
  Change change = MakeChange(ChangeType::kDeclined, plan.after);
  change.rep = record.rep;
  plan.changes = {change};
  plan.placement = core::Placement::kOffer;
  plan.refund = true;
  return plan;
}

Plan StoreTest::Release(const std::string& lead, Stage stage) {
  Plan plan = PlanOn(Load(lead));
  plan.after.stage = stage;
  plan.changes = {
      MakeChange(stage == Stage::kWon ? ChangeType::kWon : ChangeType::kRejected, plan.after)};
  plan.placement = core::Placement::kRelease;
  return plan;
}

store::CommitCode StoreTest::TryCommit(const Plan& plan) {
  auto results = store().Commit({plan});
  EXPECT_TRUE(results.ok()) << results.status();
  return results.ok() ? results->at(0).code : store::CommitCode::kUnknownWorkspace;
}

core::LeadRecord StoreTest::Commit(const Plan& plan) {
  auto results = store().Commit({plan});
  EXPECT_TRUE(results.ok()) << results.status();
  if (!results.ok()) return core::LeadRecord();
  EXPECT_EQ(results->at(0).code, store::CommitCode::kCommitted);
  core::LeadRecord record = results->at(0).record;
  EXPECT_TRUE(record.pool.candidates.empty()) << "only Load has them";
  record.pool = LoadKey(plan.key).pool;
  return record;
}

core::LeadRecord StoreTest::CommitQualified(const std::string& lead, const std::string& queue,
                                            int priority) {
  return Commit(Qualify(lead, queue, priority));
}

int StoreTest::Drain(int max, const std::string& queue) {
  const auto drained = store().Drain(acme_, QueueNamed(queue), max);
  EXPECT_TRUE(drained.ok()) << drained.status();
  return drained.ok() ? drained->assigned : -1;
}

store::QueueState StoreTest::Queue(const std::string& queue) {
  auto queues = store().ListQueues(acme_);
  EXPECT_TRUE(queues.ok()) << queues.status();
  if (!queues.ok()) return store::QueueState();
  for (const store::QueueState& state : *queues) {
    if (state.settings.id.str() == queue) return state;
  }
  ADD_FAILURE() << "no queue " << queue;
  return store::QueueState();
}

std::vector<std::string> StoreTest::OpenOf(const std::string& rep) {
  std::vector<std::string> open;
  auto state = store().GetRep(acme_, RepNamed(rep));
  EXPECT_TRUE(state.ok()) << state.status();
  if (!state.ok()) return open;
  for (const core::LeadId& lead : state->open) open.push_back(lead.str());
  return open;
}

std::vector<store::OutboxEntry> StoreTest::Outbox(int64_t after) {
  const int shard = store().ShardOf(acme_);
  auto read = store().Read({{shard, kBegin + after}}, store::kPageSizeMax, absl::ZeroDuration());
  EXPECT_TRUE(read.ok()) << read.status();
  if (!read.ok() || read->empty()) return {};
  return read->begin()->second;
}

std::vector<std::string> StoreTest::OutboxTypes(int64_t after) {
  std::vector<std::string> types;
  for (const store::OutboxEntry& entry : Outbox(after)) {
    types.emplace_back(core::ChangeTypeName(entry.change.type));
  }
  return types;
}

store::DueTimers StoreTest::Due() {
  auto due = store().Due(store().ShardOf(acme_), store::kPageSizeMax, {});
  EXPECT_TRUE(due.ok()) << due.status();
  return due.value_or(store::DueTimers());
}

}  // namespace baton::contract
