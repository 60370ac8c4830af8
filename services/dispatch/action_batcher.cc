#include "dispatch/action_batcher.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "core/errors.h"
#include "dispatch/unreadable.h"
#include "dispatch/wire_status.h"
#include "store/drain.h"
#include "store/store_errors.h"

namespace baton::dispatch {
namespace {

constexpr absl::Duration kPauseBetweenRounds = absl::Milliseconds(1);

absl::Status Contention(const core::LeadKey& key) {
  return core::Error(absl::StatusCode::kAborted, "CONTENTION",
                     absl::StrCat("lead ", key.lead.str(),
                                  " changes faster than the action can be applied; try again"),
                     {{"lead", key.lead.str()}});
}

bool IsAbandoned(const PendingAction& pending) {
  return pending.abandoned();
}

// Why a commit that is not to be repeated was refused.
absl::Status Refusal(const store::CommitResult& result, const core::LeadKey& key) {
  switch (result.code) {
    case store::CommitCode::kUnreadable:
      return result.problem;
    case store::CommitCode::kOutboxFull:
      return store::OutboxFull();
    case store::CommitCode::kUnknownWorkspace:
      return store::WorkspaceNotFound(key.workspace);
    case store::CommitCode::kCommitted:
    case store::CommitCode::kStaleRevision:
    case store::CommitCode::kStalePolicy:
    case store::CommitCode::kNotDue:
    case store::CommitCode::kTooManyLeads:
      break;
  }
  return core::Error(
      absl::StatusCode::kInternal, "UNEXPECTED_COMMIT_CODE",
      absl::StrCat("the store refused an action with code ", static_cast<int>(result.code)));
}

}  // namespace

ActionBatcher::ActionBatcher(store::LeadStore& leads, store::DurabilityGate& gate,
                             PolicySource policies, BacklogDrainer& drainer, int threads,
                             size_t waiting_max, platform::Metrics& metrics)
    : leads_(leads),
      gate_(gate),
      policies_(std::move(policies)),
      drainer_(drainer),
      thread_count_(threads),
      waiting_max_(waiting_max),
      batch_sizes_(metrics.AddHistogram("baton_action_batch_size",
                                        "Rep actions carried out in one round trip.", {},
                                        {1, 2, 4, 8, 16, 32, 64, 128})) {}

ActionBatcher::~ActionBatcher() {
  Stop();
}

void ActionBatcher::Start() {
  for (int i = 0; i < thread_count_; ++i) threads_.emplace_back([this] { Work(); });
}

void ActionBatcher::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

absl::Status ActionBatcher::Submit(PendingAction action) {
  absl::MutexLock lock(&mutex_);
  if (stopping_) return Draining();
  if (waiting_.size() >= waiting_max_) std::erase_if(waiting_, IsAbandoned);
  if (waiting_.size() >= waiting_max_) return Overloaded("actions");
  waiting_.push_back(std::move(action));
  return absl::OkStatus();
}

void ActionBatcher::Work() {
  while (true) {
    std::vector<PendingAction> batch = TakeBatch();
    if (batch.empty()) return;
    std::vector<core::LeadKey> keys;
    for (const PendingAction& pending : batch) keys.push_back(pending.key);
    CarryOut(std::move(batch));
    ReleaseBatch(keys);
  }
}

// Actions on different leads, none of which another thread is at work on; empty: stopped.
std::vector<PendingAction> ActionBatcher::TakeBatch() {
  const auto can_take = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
    if (waiting_.empty()) return stopping_;
    return std::any_of(waiting_.begin(), waiting_.end(),
                       [this](const PendingAction& pending) ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
                         return !in_work_.contains(pending.key);
                       });
  };
  absl::MutexLock lock(&mutex_, absl::Condition(&can_take));
  std::vector<PendingAction> batch;
  std::deque<PendingAction> later;
  while (!waiting_.empty() && batch.size() < kBatchMax) {
    PendingAction pending = std::move(waiting_.front());
    waiting_.pop_front();
    if (in_work_.insert(pending.key).second) {
      batch.push_back(std::move(pending));
    } else {
      later.push_back(std::move(pending));
    }
  }
  waiting_.insert(waiting_.begin(), std::make_move_iterator(later.begin()),
                  std::make_move_iterator(later.end()));
  return batch;
}

void ActionBatcher::ReleaseBatch(const std::vector<core::LeadKey>& keys) {
  absl::MutexLock lock(&mutex_);
  for (const core::LeadKey& key : keys) in_work_.erase(key);
}

void ActionBatcher::CarryOut(std::vector<PendingAction> batch) {
  for (int round = 0; round < kRoundsMax && !batch.empty(); ++round) {
    if (round > 0) absl::SleepFor(round * kPauseBetweenRounds);
    std::erase_if(batch, IsAbandoned);
    if (batch.empty()) return;
    batch_sizes_.Observe(static_cast<double>(batch.size()));
    std::vector<Done> done;
    const int64_t incarnation = gate_.Incarnation();
    std::vector<Attempt> attempts = Decide(std::move(batch), done);
    batch = Commit(std::move(attempts), done);
    Tell(std::move(done), incarnation);
  }
  for (PendingAction& pending : batch) pending.done(Contention(pending.key));
}

std::vector<ActionBatcher::Attempt> ActionBatcher::Decide(std::vector<PendingAction> round,
                                                          std::vector<Done>& done) {
  std::vector<core::LeadKey> keys;
  std::vector<core::WorkspaceId> workspaces;
  for (const PendingAction& pending : round) {
    keys.push_back(pending.key);
    workspaces.push_back(pending.key.workspace);
  }
  const auto policies = policies_(workspaces);
  auto loaded = policies.ok() ? leads_.Load(keys) : policies.status();
  if (!loaded.ok()) {
    FailAll(round, loaded.status());
    return {};
  }
  std::vector<Attempt> attempts;
  for (size_t i = 0; i < round.size(); ++i) {
    DecideOne(std::move(round[i]), (*policies)[i], loaded->records[i], loaded->times[i], attempts,
              done);
  }
  return attempts;
}

void ActionBatcher::DecideOne(PendingAction pending, const absl::StatusOr<SharedPolicy>& policy,
                              absl::StatusOr<core::LeadRecord>& record, core::TimeMs now_ms,
                              std::vector<Attempt>& attempts, std::vector<Done>& done) {
  if (!policy.ok()) return pending.done(policy.status());
  // Whose a lead is that cannot be read, nobody knows: for a rep it is another's, which is none.
  if (!pending.action.only_rep.empty() && IsUnreadable(record)) {
    record = core::LeadRecord{.key = pending.key};
  }
  if (!record.ok()) return pending.done(record.status());
  auto decision = core::DecideAction(*record, pending.action, policy->get(), now_ms);
  if (!decision.ok()) return pending.done(decision.status());
  if (const auto* answered = std::get_if<core::AnsweredRequest>(&*decision)) {
    const core::AnsweredRequest first = *answered;
    done.push_back({std::move(pending), {*std::move(record), first}});
  } else {
    attempts.push_back(
        {std::move(pending), record->rep, std::get<core::Plan>(*std::move(decision))});
  }
}

std::vector<PendingAction> ActionBatcher::Commit(std::vector<Attempt> attempts,
                                                 std::vector<Done>& done) {
  std::vector<PendingAction> again;
  if (attempts.empty()) return again;
  std::vector<core::Plan> plans;
  for (Attempt& attempt : attempts) plans.push_back(std::move(attempt.plan));
  auto results = leads_.Commit(plans);
  if (!results.ok()) {
    for (Attempt& attempt : attempts) again.push_back(std::move(attempt.pending));
    FailAll(again, results.status());
    return {};
  }
  for (size_t i = 0; i < attempts.size(); ++i) {
    store::CommitResult& result = (*results)[i];
    if (result.code == store::CommitCode::kCommitted) {
      done.push_back(Finish(std::move(attempts[i]), std::move(plans[i]), std::move(result)));
    } else if (result.code == store::CommitCode::kStaleRevision ||
               result.code == store::CommitCode::kStalePolicy) {
      again.push_back(std::move(attempts[i].pending));
    } else {
      attempts[i].pending.done(Refusal(result, plans[i].key));
    }
  }
  return again;
}

ActionBatcher::Done ActionBatcher::Finish(Attempt attempt, core::Plan plan,
                                          store::CommitResult committed) {
  core::LeadRecord stored = std::move(committed.record);
  if (store::FreedCapacity(attempt.owner, stored)) {
    drainer_.RepFreed(plan.key.workspace, attempt.owner);
  }
  if (committed.waits_turn) drainer_.QueueFreed(plan.key.workspace, stored.queue);
  // The store answers without what the plan knows already.
  stored.facts = std::move(plan.after.facts);
  stored.judgment = std::move(plan.after.judgment);
  return {std::move(attempt.pending), {std::move(stored), std::nullopt}};
}

void ActionBatcher::Tell(std::vector<Done> done, int64_t incarnation) {
  if (done.empty()) return;
  const absl::Status durable = gate_.ConfirmDurable(incarnation);
  for (Done& one : done) {
    if (durable.ok()) {
      one.pending.done(std::move(one.answer));
    } else {
      one.pending.done(durable);
    }
  }
}

void ActionBatcher::FailAll(std::vector<PendingAction>& round, const absl::Status& status) {
  if (absl::IsUnavailable(status)) {
    absl::MutexLock lock(&mutex_);
    std::move(waiting_.begin(), waiting_.end(), std::back_inserter(round));
    waiting_.clear();
  }
  for (PendingAction& pending : round) pending.done(status);
  round.clear();
}

}  // namespace baton::dispatch
