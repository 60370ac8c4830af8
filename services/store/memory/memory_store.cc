// Leads, workspaces and pipes; reps and queues are in memory_roster.cc, accounts in
// memory_accounts.cc, revisions of policies in memory_policies.cc, runs of drafts in shadow.cc.
#include "store/memory/memory_store.h"

#include <algorithm>
#include <utility>

#include "absl/time/time.h"
#include "core/account_match.h"
#include "core/domain.h"
#include "store/installation_secret.h"
#include "store/memory/rep_care.h"
#include "store/memory/shadow.h"
#include "store/quotas.h"
#include "store/sharding.h"
#include "store/store_errors.h"

namespace baton::store {
namespace {

using memory::ShardState;
using memory::Site;
using memory::StoredLead;
using memory::WorkspaceState;

std::vector<OutboxEntry> EntriesAfter(const ShardState& shard, int64_t sequence, int max) {
  std::vector<OutboxEntry> entries;
  for (const OutboxEntry& entry : shard.outbox) {
    if (entry.sequence <= sequence) continue;
    if (static_cast<int>(entries.size()) == max) break;
    entries.push_back(entry);
  }
  return entries;
}

}  // namespace

MemoryStore::MemoryStore(int shards, const StoreLimits& limits, Clock clock, bool keeps_history)
    : limits_(limits),
      clock_(std::move(clock)),
      keeps_history_(keeps_history),
      shards_(static_cast<size_t>(std::clamp(shards, 1, kShardsMax))) {
  for (ShardState& shard : shards_) {
    shard.epoch = clock_();
    shard.last_sequence = shard.epoch * kSequencesPerMs;
  }
}

absl::Status MemoryStore::CheckShard(int shard) const {
  if (shard >= 0 && shard < shards()) return absl::OkStatus();
  return core::FieldError("shard", absl::StrCat(shard, " is not one of 0..", shards() - 1));
}

core::TimeMs MemoryStore::Now(const ShardState& shard) const {
  return std::max(shard.latest_ms, clock_());
}

WorkspaceState* MemoryStore::Find(const core::WorkspaceId& id) {
  const auto found = workspaces_.find(id);
  return found == workspaces_.end() ? nullptr : &found->second;
}

ShardState& MemoryStore::ShardFor(const core::WorkspaceId& id) {
  return shards_[static_cast<size_t>(ShardOf(id))];
}

const core::LeadRecord* MemoryStore::Peek(const core::LeadKey& key) {
  absl::MutexLock lock(&mutex_);
  const WorkspaceState* workspace = Find(key.workspace);
  const StoredLead* lead = workspace == nullptr ? nullptr : workspace->FindLead(key.lead);
  return lead == nullptr ? nullptr : &lead->record;
}

core::LeadRecord MemoryStore::Lend(const core::LeadKey& key) {
  absl::MutexLock lock(&mutex_);
  const WorkspaceState* workspace = Find(key.workspace);
  StoredLead* lead = workspace == nullptr ? nullptr : workspace->FindLead(key.lead);
  core::LeadRecord record;
  record.key = key;
  if (lead == nullptr) return record;
  core::Facts facts = std::exchange(lead->record.facts, {});
  record = lead->record;
  record.facts = std::move(facts);
  return record;
}

void MemoryStore::GiveBack(const core::LeadKey& key, core::Facts&& facts) {
  absl::MutexLock lock(&mutex_);
  const WorkspaceState* workspace = Find(key.workspace);
  StoredLead* lead = workspace == nullptr ? nullptr : workspace->FindLead(key.lead);
  if (lead != nullptr) lead->record.facts = std::move(facts);
}

absl::StatusOr<LoadedLeads> MemoryStore::Load(absl::Span<const core::LeadKey> keys) {
  absl::MutexLock lock(&mutex_);
  LoadedLeads loaded;
  loaded.now_ms = clock_();
  loaded.epoch = shards_.front().epoch;
  for (const core::LeadKey& key : keys) {
    loaded.times.push_back(Now(ShardFor(key.workspace)));
    loaded.now_ms = std::max(loaded.now_ms, loaded.times.back());
    core::LeadRecord record;
    record.key = key;
    if (const WorkspaceState* workspace = Find(key.workspace); workspace != nullptr) {
      if (const StoredLead* lead = workspace->FindLead(key.lead); lead != nullptr) {
        record = lead->record;
      }
    }
    loaded.records.emplace_back(std::move(record));
  }
  return loaded;
}

CommitCode MemoryStore::Apply(const core::Plan& plan, core::LeadRecord& after,
                              memory::Applied& applied) {
  WorkspaceState* workspace = Find(plan.key.workspace);
  if (workspace == nullptr) return CommitCode::kUnknownWorkspace;
  ShardState& shard = ShardFor(plan.key.workspace);
  const Site site{*workspace, shard, Now(shard), keeps_history_};
  const CommitCode code = CheckPlan(plan, site, limits_);
  if (code != CommitCode::kCommitted) return code;
  applied = ApplyPlan(plan, after, site);
  CountShadow(plan, *workspace);
  counters_.applied += plan.applied;
  counters_.duplicates += plan.duplicates;
  return code;
}

CommitResult MemoryStore::CommitOne(const core::Plan& plan) {
  CommitResult result;
  memory::Applied applied;
  core::LeadRecord after = plan.after;
  result.code = Apply(plan, after, applied);
  if (result.code != CommitCode::kCommitted) return result;
  // What the answer does not have is set aside while the rest is copied.
  core::Facts facts = std::exchange(applied.lead->facts, {});
  core::Judgment judgment = std::exchange(applied.lead->judgment, {});
  core::CandidatePool pool = std::exchange(applied.lead->pool, {});
  result.record = *applied.lead;
  result.waits_turn = applied.waits_turn;
  applied.lead->facts = std::move(facts);
  applied.lead->judgment = std::move(judgment);
  applied.lead->pool = std::move(pool);
  return result;
}

MemoryStore::Taken MemoryStore::Take(core::Plan&& plan) {
  absl::MutexLock lock(&mutex_);
  memory::Applied applied;
  const CommitCode code = Apply(plan, plan.after, applied);
  if (WorkspaceState* workspace = Find(plan.key.workspace)) memory::SetAwayAll(*workspace);
  return {code, applied.waits_turn};
}

bool MemoryStore::WouldBePlaced(const core::LeadRecord& after) {
  absl::MutexLock lock(&mutex_);
  WorkspaceState* workspace = Find(after.key.workspace);
  if (workspace == nullptr) return false;
  ShardState& shard = ShardFor(after.key.workspace);
  return memory::WouldBePlaced(after, {*workspace, shard, Now(shard), keeps_history_});
}

absl::StatusOr<std::vector<CommitResult>> MemoryStore::Commit(absl::Span<const core::Plan> plans) {
  absl::MutexLock lock(&mutex_);
  std::vector<CommitResult> results;
  results.reserve(plans.size());
  for (const core::Plan& plan : plans) results.push_back(CommitOne(plan));
  for (const core::Plan& plan : plans) {
    if (WorkspaceState* workspace = Find(plan.key.workspace)) memory::SetAwayAll(*workspace);
  }
  return results;
}

absl::Status MemoryStore::NoteErasure(const core::WorkspaceId& workspace,
                                      const std::string& request_id, uint64_t fingerprint) {
  if (request_id.empty()) return absl::OkStatus();
  absl::MutexLock lock(&mutex_);
  WorkspaceState* state = Find(workspace);
  if (state == nullptr) return WorkspaceNotFound(workspace);
  for (const memory::NotedErasure& noted : state->erasures) {
    if (noted.request_id != request_id) continue;
    return noted.fingerprint == fingerprint ? absl::OkStatus() : RequestIdReused(request_id);
  }
  state->erasures.push_back({request_id, fingerprint});
  if (state->erasures.size() > static_cast<size_t>(kErasureRequestsMax)) {
    state->erasures.pop_front();
  }
  return absl::OkStatus();
}

absl::StatusOr<LeadPage> MemoryStore::ListLeads(const core::WorkspaceId& workspace,
                                                const std::string& after, int page_size) {
  absl::MutexLock lock(&mutex_);
  LeadPage page;
  const WorkspaceState* state = Find(workspace);
  if (state == nullptr) return page;
  auto next = state->leads.upper_bound(core::LeadId::Trusted(after));
  for (; next != state->leads.end(); ++next) {
    if (static_cast<int>(page.leads.size()) == ClampPageSize(page_size)) {
      page.next_after = page.leads.back().str();
      break;
    }
    if (core::Exists(next->second.record)) page.leads.push_back(next->first);
  }
  return page;
}

absl::StatusOr<std::vector<core::LeadId>> MemoryStore::LeadsWithEmail(
    const core::WorkspaceId& workspace, const std::string& email, int max) {
  const std::string normal = core::NormalEmail(email);
  absl::MutexLock lock(&mutex_);
  std::vector<core::LeadId> leads;
  const WorkspaceState* state = Find(workspace);
  if (state == nullptr || normal.empty()) return leads;
  for (const auto& [id, lead] : state->leads) {
    if (static_cast<int>(leads.size()) == ClampPageSize(max)) break;
    if (core::EmailOf(lead.record.facts) == normal) leads.push_back(id);
  }
  return leads;
}

absl::StatusOr<JourneyPage> MemoryStore::Journey(const core::LeadKey& key, int64_t index,
                                                 int page_size) {
  absl::MutexLock lock(&mutex_);
  JourneyPage page;
  const WorkspaceState* workspace = Find(key.workspace);
  if (workspace == nullptr) return page;
  const StoredLead* found = workspace->FindLead(key.lead);
  if (found == nullptr) return page;
  const StoredLead& lead = *found;
  page.dropped = lead.journey_dropped;
  const auto kept = static_cast<int64_t>(lead.journey.size());
  const int64_t begin = std::clamp<int64_t>(index, 0, kept);
  const int64_t end = std::min<int64_t>(kept, begin + ClampPageSize(page_size));
  page.entries.assign(lead.journey.begin() + begin, lead.journey.begin() + end);
  if (end < kept) page.next_index = end;
  return page;
}

absl::StatusOr<core::PastDecisions> MemoryStore::Decisions(const core::LeadKey& key) {
  absl::MutexLock lock(&mutex_);
  core::PastDecisions past;
  const WorkspaceState* workspace = Find(key.workspace);
  if (workspace == nullptr) return past;
  const auto found = workspace->leads.find(key.lead);
  if (found == workspace->leads.end()) return past;
  for (const memory::PastDecision& decision : found->second.decisions) {
    if (const auto* assignment = std::get_if<core::AssignmentDecision>(&decision)) {
      past.assignments.push_back(*assignment);
    } else {
      past.qualifications.push_back(std::get<core::QualificationDecision>(decision));
    }
  }
  return past;
}

absl::StatusOr<Workspace> MemoryStore::CreateWorkspace(const core::WorkspaceId& id,
                                                       const std::string& display_name) {
  absl::MutexLock lock(&mutex_);
  if (Find(id) != nullptr) return WorkspaceExists(id);
  const auto workspaces = static_cast<int64_t>(workspaces_.size());
  if (workspaces >= limits_.workspaces_max) return TooManyWorkspaces(workspaces, limits_);
  Workspace& about = workspaces_[id].about;
  about.id = id;
  about.display_name = display_name;
  about.created_at_ms = Now(ShardFor(id));
  return about;
}

absl::StatusOr<std::vector<Workspace>> MemoryStore::ListWorkspaces() {
  absl::MutexLock lock(&mutex_);
  std::vector<Workspace> all;
  for (const auto& [id, workspace] : workspaces_) all.push_back(workspace.about);
  return all;
}

absl::StatusOr<std::vector<absl::StatusOr<PolicyVersion>>> MemoryStore::PolicyVersions(
    absl::Span<const core::WorkspaceId> workspaces) {
  absl::MutexLock lock(&mutex_);
  std::vector<absl::StatusOr<PolicyVersion>> versions;
  for (const core::WorkspaceId& id : workspaces) {
    PolicyVersion version;
    const WorkspaceState* workspace = Find(id);
    version.revision = workspace == nullptr ? kNoWorkspace : workspace->about.policy_revision;
    if (version.revision > 0) {
      version.fingerprint = workspace->policies.at(version.revision).about.fingerprint;
    }
    if (workspace != nullptr && workspace->shadow &&
        workspace->shadow->about.end == ShadowEnd::kRunning) {
      const ShadowRun& run = workspace->shadow->about;
      version.shadow_run = run.run;
      version.shadow_revision = run.revision;
      version.shadow_fingerprint = run.fingerprint;
    }
    versions.emplace_back(std::move(version));
  }
  return versions;
}

absl::StatusOr<PolicyDocument> MemoryStore::GetPolicy(const core::WorkspaceId& workspace,
                                                      int64_t revision) {
  absl::MutexLock lock(&mutex_);
  const WorkspaceState* state = Find(workspace);
  if (state == nullptr) return PolicyNotFound(workspace, revision);
  const int64_t wanted = revision == 0 ? state->about.policy_revision : revision;
  const auto found = state->policies.find(wanted);
  if (found == state->policies.end()) return PolicyNotFound(workspace, revision);
  return PolicyDocument{wanted, found->second.yaml};
}

int MemoryStore::shards() const ABSL_NO_THREAD_SAFETY_ANALYSIS {
  return static_cast<int>(shards_.size());
}

int MemoryStore::ShardOf(const core::WorkspaceId& workspace) const {
  return ShardOfWorkspace(workspace, shards());
}

absl::StatusOr<DueTimers> MemoryStore::Due(int shard, int max, const PassedOver& passed_over) {
  if (absl::Status status = CheckShard(shard); !status.ok()) return status;
  absl::MutexLock lock(&mutex_);
  ShardState& state = shards_[static_cast<size_t>(shard)];
  return state.timers.Due(Now(state), ClampPageSize(max), passed_over);
}

absl::StatusOr<OutboxBounds> MemoryStore::Bounds(int shard) {
  if (absl::Status status = CheckShard(shard); !status.ok()) return status;
  absl::MutexLock lock(&mutex_);
  const ShardState& state = shards_[static_cast<size_t>(shard)];
  const auto kept = static_cast<int64_t>(state.outbox.size());
  return OutboxBounds{state.epoch, state.last_sequence - kept + 1, state.last_sequence,
                      kept == 0 ? 0 : state.last_sequence, kept};
}

absl::StatusOr<std::map<int, std::vector<OutboxEntry>>> MemoryStore::Read(
    const std::map<int, int64_t>& after, int max, absl::Duration wait) {
  for (const auto& [shard, sequence] : after) {
    if (absl::Status status = CheckShard(shard); !status.ok()) return status;
  }
  absl::MutexLock lock(&mutex_);
  const auto has_entries = [this, &after]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return std::any_of(after.begin(), after.end(), [this](const auto& position) {
      mutex_.AssertHeld();
      const auto& outbox = shards_[static_cast<size_t>(position.first)].outbox;
      return !outbox.empty() && outbox.back().sequence > position.second;
    });
  };
  if (!after.empty()) mutex_.AwaitWithTimeout(absl::Condition(&has_entries), wait);
  std::map<int, std::vector<OutboxEntry>> read;
  for (const auto& [shard, sequence] : after) {
    auto entries = EntriesAfter(shards_[static_cast<size_t>(shard)], sequence, ClampPageSize(max));
    if (!entries.empty()) read[shard] = std::move(entries);
  }
  return read;
}

absl::Status MemoryStore::Trim(int shard, int64_t upto, int64_t keep) {
  if (absl::Status status = CheckShard(shard); !status.ok()) return status;
  absl::MutexLock lock(&mutex_);
  ShardState& state = shards_[static_cast<size_t>(shard)];
  const int64_t last = std::min(upto, state.last_sequence - std::max<int64_t>(keep, 0));
  while (!state.outbox.empty() && state.outbox.front().sequence <= last) state.outbox.pop_front();
  return absl::OkStatus();
}

absl::StatusOr<int64_t> MemoryStore::Purge(int shard, int64_t upto, core::TimeMs erased_before_ms) {
  if (absl::Status status = CheckShard(shard); !status.ok()) return status;
  absl::MutexLock lock(&mutex_);
  ShardState& state = shards_[static_cast<size_t>(shard)];
  const auto is_due = [&](const auto& erasure) {
    return erasure.first <= erased_before_ms && erasure.second <= upto;
  };
  if (std::none_of(state.erasures.begin(), state.erasures.end(), is_due)) return 0;
  std::erase_if(state.erasures, is_due);
  int64_t dropped = 0;
  for (; !state.outbox.empty() && state.outbox.front().sequence <= upto; ++dropped) {
    state.outbox.pop_front();
  }
  return dropped;
}

absl::StatusOr<InputCheckpoints> MemoryStore::Checkpoints(const std::string& input) {
  absl::MutexLock lock(&mutex_);
  const auto found = checkpoints_.find(input);
  InputCheckpoints checkpoints{shards_.front().epoch, {}};
  if (found != checkpoints_.end()) checkpoints.offsets = found->second;
  return checkpoints;
}

absl::Status MemoryStore::Advance(const InputId& input, int64_t epoch,
                                  absl::Span<const InputAdvance> advances) {
  if (absl::Status status = CheckAdvances(advances); !status.ok()) return status;
  absl::MutexLock lock(&mutex_);
  if (epoch != shards_.front().epoch) return CheckpointMoved(input.name);
  std::map<int32_t, int64_t> moved = checkpoints_[input.name];
  InputCounters& totals = input.flow == InputFlow::kMarketing ? counters_ : sales_counters_;
  InputCounters counters = totals;
  for (const InputAdvance& advance : advances) {
    int64_t& checkpoint = moved[advance.partition];
    if (checkpoint == advance.next_offset) continue;
    if (checkpoint != advance.from) return CheckpointMoved(input.name);
    checkpoint = advance.next_offset;
    counters.input += advance.records;
    counters.dead_lettered += advance.dead_lettered;
    counters.applied += advance.applied;
    counters.duplicates += advance.duplicates;
    counters.ignored += advance.ignored;
  }
  checkpoints_[input.name] = std::move(moved);
  totals = counters;
  return absl::OkStatus();
}

absl::StatusOr<InputCounters> MemoryStore::Counters(InputFlow flow) {
  absl::MutexLock lock(&mutex_);
  return flow == InputFlow::kMarketing ? counters_ : sales_counters_;
}

absl::Status MemoryStore::CheckReady() {
  return absl::OkStatus();
}

absl::StatusOr<std::string> MemoryStore::InstallationSecret() {
  absl::MutexLock lock(&mutex_);
  if (secret_.empty()) secret_ = NewInstallationSecret();
  return secret_;
}

}  // namespace baton::store
