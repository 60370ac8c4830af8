// What is checked and stored before a rep whose rules of work or attributes change.
#ifndef BATON_DISPATCH_REP_PREPARATION_H_
#define BATON_DISPATCH_REP_PREPARATION_H_

#include "absl/status/status.h"
#include "core/roster.h"
#include "dispatch/options.h"
#include "store/roster_store.h"

namespace baton::dispatch {

// INVALID_ARGUMENT about the field unless the rep's attributes are what the active policy declares,
// its calendar is one of that policy and its delegates exist. Then stores the hours that its rules
// of work need, so that it takes leads from the moment it is stored. ABORTED if the policy changed
// meanwhile. Does nothing if the rep is as `before` in all this. Blocks on the store.
absl::Status PrepareRep(const core::WorkspaceId& workspace, const core::Rep& before,
                        const core::Rep& rep, const PolicySource& policies,
                        store::RosterStore& roster, core::TimeMs now_ms);

}  // namespace baton::dispatch

#endif  // BATON_DISPATCH_REP_PREPARATION_H_
