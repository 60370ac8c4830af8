// Reps who leave offers without an answer, and reps who are set away: the rules of
// LeadStore::Commit. Pure functions of their arguments, not thread-safe.
#ifndef BATON_STORE_MEMORY_REP_CARE_H_
#define BATON_STORE_MEMORY_REP_CARE_H_

#include "store/memory/state.h"

namespace baton::store::memory {

// Counts for `rep`, who had the lead of the plan. True if it was silent too often.
bool TakeCare(const core::Plan& plan, const core::RepId& rep, WorkspaceState& workspace);

// What is said then of the lead that it had in `queue`.
core::Change SilentAway(const core::LeadRecord& lead, const core::QueueId& queue,
                        const core::RepId& rep);

// At the end of a call.
void SetAwayAll(WorkspaceState& workspace);

}  // namespace baton::store::memory

#endif  // BATON_STORE_MEMORY_REP_CARE_H_
