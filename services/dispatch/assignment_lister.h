// Which assignments exist now: the reps' open sets are the truth.
#ifndef BATON_DISPATCH_ASSIGNMENT_LISTER_H_
#define BATON_DISPATCH_ASSIGNMENT_LISTER_H_

#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/lead.h"
#include "dispatch/resource_names.h"
#include "store/lead_store.h"
#include "store/roster_store.h"
#include "store/workspace_store.h"

namespace baton::dispatch {

// A lead in a rep's open set.
struct OpenLead {
  core::RepId rep;
  core::LeadId lead;
  auto operator<=>(const OpenLead&) const = default;
};

// Blocks on the store. Thread-safe.
class AssignmentLister {
 public:
  AssignmentLister(store::WorkspaceStore& workspaces, store::RosterStore& roster,
                   store::LeadStore& leads)
      : workspaces_(workspaces), roster_(roster), leads_(leads) {}

  // Every open lead that may be in scope, ordered by rep, then lead. A queue is not told apart
  // here: its leads may be with any rep. NOT_FOUND REP_NOT_FOUND | WORKSPACE_NOT_FOUND.
  absl::StatusOr<std::vector<OpenLead>> Open(const Scope& scope);

  // The records of those that are (still) with the rep named and in scope, in the same order. Those
  // that cannot be read are left out and logged.
  absl::StatusOr<std::vector<core::LeadRecord>> Load(const Scope& scope,
                                                     absl::Span<const OpenLead> open);

 private:
  store::WorkspaceStore& workspaces_;
  store::RosterStore& roster_;
  store::LeadStore& leads_;
};

}  // namespace baton::dispatch

#endif  // BATON_DISPATCH_ASSIGNMENT_LISTER_H_
