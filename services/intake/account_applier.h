// Folds and commits the accounts of a batch: one round trip to load all, one to commit.
//
// Not thread-safe; blocks on the store.
#ifndef BATON_INTAKE_ACCOUNT_APPLIER_H_
#define BATON_INTAKE_ACCOUNT_APPLIER_H_

#include <vector>

#include "absl/status/status.h"
#include "intake/input_batch.h"
#include "intake/intake_metrics.h"
#include "store/account_store.h"

namespace baton::intake {

class AccountApplier {
 public:
  // All outlive the applier.
  AccountApplier(store::AccountStore& accounts, IntakeMetrics& metrics);

  // Takes what is done out of batch.accounts and adds what cannot be to batch.refused: no such
  // workspace, a domain that another account has, a workspace or group at its cap, stored state
  // that cannot be read. Of several events of one account only those that cannot be are refused;
  // what is behind such a one is delayed (InputBatch::delayed_accounts). Results as of
  // LeadApplier::Apply.
  absl::Status Apply(InputBatch& batch, int64_t epoch);

 private:
  absl::Status ApplyOnce(InputBatch& batch, int64_t epoch);
  // changes[i] was made of batch.accounts[i]; what is behind them has its turn in the next round.
  void TakeResults(const std::vector<store::AccountChange>& changes,
                   const std::vector<store::AccountResult>& results, InputBatch& batch);

  store::AccountStore& accounts_;
  IntakeMetrics& metrics_;
};

}  // namespace baton::intake

#endif  // BATON_INTAKE_ACCOUNT_APPLIER_H_
