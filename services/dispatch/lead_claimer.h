// Claims of reps: the next lead that waits in queues of mode pull.
#ifndef BATON_DISPATCH_LEAD_CLAIMER_H_
#define BATON_DISPATCH_LEAD_CLAIMER_H_

#include "absl/status/statusor.h"
#include "baton/v1/assignment_service.pb.h"
#include "dispatch/caller_gate.h"
#include "store/lead_store.h"
#include "store/roster_store.h"

namespace baton::dispatch {

// Blocks on the store. Thread-safe.
class LeadClaimer {
 public:
  LeadClaimer(store::RosterStore& roster, store::LeadStore& leads)
      : roster_(roster), leads_(leads) {}

  // Not yet durable when it returns: CallRunner::RunChange confirms that. The request id gives the
  // assignment again. The change names the caller, as other actions do. Errors are those of
  // RosterStore::ClaimNext, NOT_FOUND NOTHING_WAITS and INVALID_FIELD.
  absl::StatusOr<::baton::v1::ClaimNextLeadResponse> Claim(
      const ::baton::v1::ClaimNextLeadRequest& request, const Caller& caller);

 private:
  store::RosterStore& roster_;
  store::LeadStore& leads_;
};

}  // namespace baton::dispatch

#endif  // BATON_DISPATCH_LEAD_CLAIMER_H_
