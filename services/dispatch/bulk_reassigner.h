// Takes many leads from one rep: each as a manager's reassignment of its own.
#ifndef BATON_DISPATCH_BULK_REASSIGNER_H_
#define BATON_DISPATCH_BULK_REASSIGNER_H_

#include <vector>

#include "absl/status/statusor.h"
#include "baton/v1/roster_service.pb.h"
#include "core/lead.h"
#include "dispatch/action_batcher.h"
#include "dispatch/resource_names.h"
#include "store/lead_store.h"
#include "store/roster_store.h"

namespace baton::dispatch {

// Thread-safe.
class BulkReassigner {
 public:
  static constexpr int kLeadsDefault = 200;
  static constexpr int kLeadsMax = 500;  // in one call: below a second

  BulkReassigner(store::RosterStore& roster, store::LeadStore& leads, ActionBatcher& batcher)
      : roster_(roster), leads_(leads), batcher_(batcher) {}

  // Blocks until all of them are answered. What moved on by itself meanwhile is no failure; the
  // first real one is returned if nothing could be moved, and otherwise meets the caller in the
  // next call. NOT_FOUND REP_NOT_FOUND, INVALID_ARGUMENT for the fields. `actor`: see
  // Caller::actor.
  absl::StatusOr<::baton::v1::Reassignment> Run(const ::baton::v1::ReassignLeadsRequest& request,
                                                const std::string& actor);

 private:
  absl::Status CheckSuccessor(const RepName& rep, const std::string& text);
  // Those of the rep's leads that are to leave it now.
  absl::StatusOr<std::vector<core::LeadRecord>> Owned(const core::WorkspaceId& workspace,
                                                      const core::RepId& rep,
                                                      const std::vector<core::LeadId>& open);
  // In the order of `actions`.
  std::vector<absl::Status> Carry(std::vector<PendingAction> actions);

  store::RosterStore& roster_;
  store::LeadStore& leads_;
  ActionBatcher& batcher_;
};

}  // namespace baton::dispatch

#endif  // BATON_DISPATCH_BULK_REASSIGNER_H_
