// Erases people whom the policy no longer wants kept: goes through all leads of all workspaces with
// a retention, again and again, some at a time.
//
// A walk and not a timer for each lead: what a policy says of retention holds at once for leads
// that rest since long, nothing about it is stored, and a day more or less does not matter.
#ifndef BATON_CLOCK_RETENTION_WALK_H_
#define BATON_CLOCK_RETENTION_WALK_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "agreement/policy_cache.h"
#include "core/ids.h"
#include "store/lead_store.h"
#include "store/pipe_store.h"
#include "store/workspace_store.h"

namespace baton::clock {

struct RetentionStep {
  int64_t looked_at = 0;
  int64_t erased = 0;
  bool finished = false;  // the walk has come to its end; the next step begins a new one
};

// Not thread-safe.
class RetentionWalk {
 public:
  static constexpr int kLeadsPerStep = 500;

  // All outlive this.
  RetentionWalk(store::LeadStore& leads, store::WorkspaceStore& workspaces,
                agreement::PolicyCache& policies)
      : leads_(leads), workspaces_(workspaces), policies_(policies) {}

  // The next leads of the walk. A lead that cannot be read, and a workspace whose policy cannot,
  // are passed over; an error means that the same step is to be tried again later.
  absl::StatusOr<RetentionStep> Step();

 private:
  absl::StatusOr<int64_t> EraseDue(const core::WorkspaceId& workspace,
                                   const std::vector<core::LeadId>& page,
                                   const core::Retention& retention);

  store::LeadStore& leads_;
  store::WorkspaceStore& workspaces_;
  agreement::PolicyCache& policies_;
  std::optional<std::vector<core::WorkspaceId>> left_;  // of this walk, the last one first
  std::string after_;                                   // the last lead looked at in left_->back()
};

}  // namespace baton::clock

#endif  // BATON_CLOCK_RETENTION_WALK_H_
