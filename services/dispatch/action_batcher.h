// Carries out what reps did with their leads, many at a time: one pipeline to load, one to commit.
#ifndef BATON_DISPATCH_ACTION_BATCHER_H_
#define BATON_DISPATCH_ACTION_BATCHER_H_

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "core/decide.h"
#include "dispatch/backlog_drainer.h"
#include "dispatch/options.h"
#include "platform/metrics.h"
#include "store/lead_store.h"
#include "store/pipe_store.h"

namespace baton::dispatch {

// What became of an action.
struct ActionAnswer {
  core::LeadRecord record;  // the lead after it
  // The request id had been answered before: what it was told then. `record` is the lead as it is
  // now.
  std::optional<core::AnsweredRequest> repeated;
};

struct PendingAction {
  core::LeadKey key;
  core::Action action;
  std::function<bool()> abandoned;  // nobody waits for the answer any more: need not start
  std::function<void(absl::StatusOr<ActionAnswer>)> done;  // runs once, on a worker thread
};

// Threads take up to kBatchMax waiting actions, of different leads each, load the leads, decide
// with core::DecideAction, commit, and repeat what met a newer lead or policy. What was done is
// told only when it is durable as far as configured; UNAVAILABLE otherwise, and the request id
// gives the answer later. Actions on one lead are carried out in the order they came. When the
// store is away, all that waits is answered UNAVAILABLE at once instead of waiting for its turn to
// fail. Thread-safe.
class ActionBatcher {
 public:
  static constexpr size_t kBatchMax = 128;
  static constexpr int kRoundsMax = 8;  // then ABORTED CONTENTION: the lead changes all the time

  ActionBatcher(store::LeadStore& leads, store::DurabilityGate& gate, PolicySource policies,
                BacklogDrainer& drainer, int threads, size_t waiting_max,
                platform::Metrics& metrics);
  ~ActionBatcher();  // Stop()

  void Start();
  // Carries out what waits, joins the threads. Idempotent.
  void Stop();

  // RESOURCE_EXHAUSTED OVERLOADED when waiting_max actions wait that are not abandoned, UNAVAILABLE
  // when stopped; then `done` does not run.
  absl::Status Submit(PendingAction action);

 private:
  // An action in a round, with the plan it led to.
  struct Attempt {
    PendingAction pending;
    core::RepId owner;  // before the action
    core::Plan plan;
  };
  // An action that is done, before anybody is told.
  struct Done {
    PendingAction pending;
    ActionAnswer answer;
  };

  void Work();
  std::vector<PendingAction> TakeBatch();
  void ReleaseBatch(const std::vector<core::LeadKey>& keys);
  void CarryOut(std::vector<PendingAction> batch);
  // Refusals are told at once; what needs no commit is added to `done`.
  std::vector<Attempt> Decide(std::vector<PendingAction> round, std::vector<Done>& done);
  void DecideOne(PendingAction pending, const absl::StatusOr<SharedPolicy>& policy,
                 absl::StatusOr<core::LeadRecord>& record, core::TimeMs now_ms,
                 std::vector<Attempt>& attempts, std::vector<Done>& done);
  // Commits; gives back what has to be tried again.
  std::vector<PendingAction> Commit(std::vector<Attempt> attempts, std::vector<Done>& done);
  Done Finish(Attempt attempt, core::Plan plan, store::CommitResult committed);
  // incarnation: of the store, before they were done.
  void Tell(std::vector<Done> done, int64_t incarnation);
  void FailAll(std::vector<PendingAction>& round, const absl::Status& status);

  store::LeadStore& leads_;
  store::DurabilityGate& gate_;
  const PolicySource policies_;
  BacklogDrainer& drainer_;
  const int thread_count_;
  const size_t waiting_max_;
  platform::Histogram& batch_sizes_;

  absl::Mutex mutex_;
  std::deque<PendingAction> waiting_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_set<core::LeadKey> in_work_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace baton::dispatch

#endif  // BATON_DISPATCH_ACTION_BATCHER_H_
