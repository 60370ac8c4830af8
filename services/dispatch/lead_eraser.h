// EraseLead: finds the leads of a person and erases them.
#ifndef BATON_DISPATCH_LEAD_ERASER_H_
#define BATON_DISPATCH_LEAD_ERASER_H_

#include <vector>

#include "absl/status/statusor.h"
#include "baton/v1/lead_service.pb.h"
#include "dispatch/backlog_drainer.h"
#include "dispatch/caller_gate.h"
#include "store/lead_store.h"
#include "store/workspace_store.h"

namespace baton::dispatch {

// Thread-safe; blocks on the store.
class LeadEraser {
 public:
  static constexpr int kLeadsMax = 100;  // of one address in one call

  // All outlive this.
  LeadEraser(store::LeadStore& leads, store::WorkspaceStore& workspaces, BacklogDrainer& drainer)
      : leads_(leads), workspaces_(workspaces), drainer_(drainer) {}

  // UNAUTHENTICATED PRINCIPAL_MISSING: who erases is recorded. NOT_FOUND LEAD_NOT_FOUND for a lead
  // that was never there; an address that no lead has is no failure. If some cannot be erased, the
  // others are, and the call fails with the first one's reason. A request id is remembered once
  // there is something to erase; with another body it is INVALID_ARGUMENT REQUEST_ID_REUSED.
  absl::StatusOr<::baton::v1::EraseLeadResponse> Erase(const ::baton::v1::EraseLeadRequest& request,
                                                       const Caller& caller);

 private:
  // The leads meant, at most one more than kLeadsMax.
  absl::StatusOr<std::vector<core::LeadKey>> Find(const ::baton::v1::EraseLeadRequest& request);

  store::LeadStore& leads_;
  store::WorkspaceStore& workspaces_;
  BacklogDrainer& drainer_;
};

}  // namespace baton::dispatch

#endif  // BATON_DISPATCH_LEAD_ERASER_H_
