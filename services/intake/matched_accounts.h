// The accounts that the leads of a batch belong to.
#ifndef BATON_INTAKE_MATCHED_ACCOUNTS_H_
#define BATON_INTAKE_MATCHED_ACCOUNTS_H_

#include <cstddef>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "core/account.h"
#include "intake/active_policies.h"
#include "intake/input_batch.h"
#include "store/account_store.h"
#include "store/lead_store.h"

namespace baton::intake {

// The accounts of the leads whose policy, or the draft beside it, asks for them; leads of one
// domain share theirs.
struct MatchedAccounts {
  std::vector<absl::StatusOr<core::AccountView>> views;
  absl::flat_hash_map<size_t, size_t> view_of;  // index of a lead -> its view
  absl::flat_hash_set<size_t> for_shadow;       // leads for whom only the draft asks

  // nullptr: none was asked for.
  const absl::StatusOr<core::AccountView>* Of(size_t lead) const {
    const auto found = view_of.find(lead);
    return found == view_of.end() ? nullptr : &views[found->second];
  }
};

// One round trip, none if no policy asks. Errors as the store's; that of one account is its view's.
absl::StatusOr<MatchedAccounts> AccountsOf(const std::vector<LeadWork>& leads,
                                           const store::LoadedLeads& loaded,
                                           const ActivePolicies& policies,
                                           store::AccountStore& accounts);

}  // namespace baton::intake

#endif  // BATON_INTAKE_MATCHED_ACCOUNTS_H_
