// Applying plans to the remembered state and handing out waiting leads: the rules of
// LeadStore::Commit and RosterStore::Drain, step by step. Pure functions of their arguments, not
// thread-safe.
#ifndef BATON_STORE_MEMORY_PLACEMENT_H_
#define BATON_STORE_MEMORY_PLACEMENT_H_

#include "store/memory/choosing.h"

namespace baton::store::memory {

// kCommitted if nothing speaks against applying `plan`.
CommitCode CheckPlan(const core::Plan& plan, const Site& site, const StoreLimits& limits);

// What applying a plan came to.
struct Applied {
  core::LeadRecord* lead = nullptr;  // as stored then
  bool waits_turn = false;           // as in CommitResult
};

// Applies a plan that CheckPlan let pass; `after` is its own, and is used up.
Applied ApplyPlan(const core::Plan& plan, core::LeadRecord& after, Site site);

// RosterStore::Drain.
Drained DrainBacklog(const core::QueueId& queue, int max, const StoreLimits& limits, Site site);

// Gives the rep, who can take a lead, the first one in `queues` that it may claim; nullptr: none.
const core::LeadRecord* ClaimFirst(const Claim& claim, const std::vector<core::QueueId>& queues,
                                   Site site);

}  // namespace baton::store::memory

#endif  // BATON_STORE_MEMORY_PLACEMENT_H_
