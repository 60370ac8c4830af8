// Decides and commits the leads of a batch: one round trip to load all, one for the policies, one
// for the accounts of leads whose policy asks for them, one to commit each slice of them, in their
// order; all but the last in a thread of its own, while the next one is decided. What somebody else
// changed meanwhile is loaded and decided again, and nothing else is. Whoever has lost a lead by it
// (consent withdrawn, no longer qualified) gets waiting ones at once, and who waits its turn waits
// no longer than those in front of it.
//
// Not thread-safe; blocks on the store.
#ifndef BATON_INTAKE_LEAD_APPLIER_H_
#define BATON_INTAKE_LEAD_APPLIER_H_

#include <cstddef>
#include <vector>

#include "absl/status/statusor.h"
#include "agreement/policy_cache.h"
#include "intake/batch_spans.h"
#include "intake/input_batch.h"
#include "intake/intake_metrics.h"
#include "intake/to_drain.h"
#include "store/account_store.h"
#include "store/lead_store.h"

namespace baton::intake {

class LeadApplier {
 public:
  // All outlive the applier. slice_leads: at least 1.
  LeadApplier(store::LeadStore& leads, store::AccountStore& accounts, store::RosterStore& roster,
              agreement::PolicyCache& policies, IntakeMetrics& metrics, size_t slice_leads);

  // Takes what is done out of batch.leads and adds what no workspace wants, and what meets stored
  // state that cannot be read, to batch.refused. OK when no lead is left. Otherwise call again
  // later, with the same batch: UNAVAILABLE (the store is away or a lead is contended),
  // RESOURCE_EXHAUSTED (an outbox is full), INTERNAL (broken invariant). ABORTED: the store's epoch
  // is not `epoch`, the one of the checkpoints behind which the batch was read, and nothing more
  // was written: on a store that lost its last writes the batch would leave a gap behind it.
  absl::Status Apply(InputBatch& batch, int64_t epoch);

 private:
  struct Round;
  struct Answer;
  struct Slice;

  absl::Status ApplyOnce(InputBatch& batch, int64_t epoch);
  absl::StatusOr<Round> Begin(const InputBatch& batch, int64_t epoch);
  // The leads [begin, end) of the round, without those that are refused or stay as they are.
  Slice Decide(Round& round, size_t begin, size_t end, InputBatch& batch);
  // Begins to commit the slice in another thread; the last one of a round is committed by Take.
  void Start(Slice& slice, bool is_last);
  // Waits for the store. What is not done comes to the end of batch.leads, and why, if it is the
  // first, into `status`. False: the store did not answer.
  bool Take(Slice& slice, core::TimeMs now_ms, InputBatch& batch, absl::Status& status);
  // results[i] is the outcome of slice.plans[i].
  absl::Status TakeResults(Slice& slice, const std::vector<store::CommitResult>& results,
                           core::TimeMs now_ms, InputBatch& batch);
  void CountCommitted(const core::Plan& plan, const LeadWork& work, core::TimeMs now_ms,
                      const InputBatch& batch);

  store::LeadStore& leads_;
  store::AccountStore& accounts_;
  agreement::PolicyCache& policies_;
  IntakeMetrics& metrics_;
  const size_t slice_leads_;
  ToDrain to_drain_;  // after the latest commits
};

}  // namespace baton::intake

#endif  // BATON_INTAKE_LEAD_APPLIER_H_
