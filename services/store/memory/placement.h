// Applying plans to the remembered state and handing out waiting leads: the rules of
// LeadStore::Commit and RosterStore::Drain, step by step. Pure functions of their arguments, not
// thread-safe.
#ifndef BATON_STORE_MEMORY_PLACEMENT_H_
#define BATON_STORE_MEMORY_PLACEMENT_H_

#include "store/memory/state.h"

namespace baton::store::memory {

// Where a step takes effect, and when.
struct Site {
  WorkspaceState& workspace;
  ShardState& shard;
  core::TimeMs now_ms;
  bool keeps_history = true;  // journeys, and decisions that were replaced
};

// kCommitted if nothing speaks against applying `plan`.
CommitCode CheckPlan(const core::Plan& plan, const Site& site, const StoreLimits& limits);

// Applies a plan that CheckPlan let pass; `after` is its own, and is used up. Returns the lead as
// stored then.
core::LeadRecord& ApplyPlan(const core::Plan& plan, core::LeadRecord& after, Site site);

// RosterStore::Drain.
int DrainBacklog(const core::QueueId& queue, int max, const StoreLimits& limits, Site site);

// RosterStore::OutlookOf.
WaitingOutlook OutlookOf(const core::LeadRecord& record, const Site& site);

// The rep as a choice of the queue sees it now.
core::Member MemberNow(const core::Rep& rep, const core::QueueId& queue, const Site& site);

// Gives the rep, who can take a lead, the first one in `queues` that it may claim; nullptr: none.
const core::LeadRecord* ClaimFirst(const Claim& claim, const std::vector<core::QueueId>& queues,
                                   Site site);

// Ids of the reps that have `queue`, ordered.
std::vector<core::RepId> MembersOf(const WorkspaceState& workspace, const core::QueueId& queue);

// The policy's settings of `queue`, or the defaults.
core::QueuePolicy PolicyOf(const WorkspaceState& workspace, const core::QueueId& queue);

bool IsPaused(const WorkspaceState& workspace, const core::QueueId& queue);

}  // namespace baton::store::memory

#endif  // BATON_STORE_MEMORY_PLACEMENT_H_
