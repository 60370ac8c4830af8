// Who a lead may go to, as the remembered state is at that instant. Pure functions of their
// arguments, not thread-safe.
#ifndef BATON_STORE_MEMORY_CHOOSING_H_
#define BATON_STORE_MEMORY_CHOOSING_H_

#include <vector>

#include "store/memory/state.h"

namespace baton::store::memory {

// Where a step takes effect, and when.
struct Site {
  WorkspaceState& workspace;
  ShardState& shard;
  core::TimeMs now_ms;
  bool keeps_history = true;  // journeys, and decisions that were replaced
};

// Who the lead's queue, skills, owners and those who passed leave, by core::ChooseFrom.
core::Choice Choose(const core::LeadRecord& record, const Site& site);

// core::MayClaim of a lead of one of the rep's queues.
bool MayClaim(const core::Rep& rep, const core::LeadRecord& record, const Site& site);

// True if leads of the queue are given to reps by the store.
bool IsGivenOut(const core::QueueId& queue, const WorkspaceState& workspace);

// What the rep was given in its day at `now_ms`.
GivenToday GivenTo(const core::Rep& rep, const WorkspaceState& workspace, core::TimeMs now_ms);

// RosterStore::OutlookOf.
WaitingOutlook OutlookOf(const core::LeadRecord& record, const Site& site);

// The rep as a choice of the queue sees it now.
core::Member MemberNow(const core::Rep& rep, const core::QueueId& queue, const Site& site);

// Ids of the reps that have `queue`, ordered.
std::vector<core::RepId> MembersOf(const WorkspaceState& workspace, const core::QueueId& queue);

// The policy's settings of `queue`, or the defaults.
core::QueuePolicy PolicyOf(const WorkspaceState& workspace, const core::QueueId& queue);

bool IsPaused(const WorkspaceState& workspace, const core::QueueId& queue);

}  // namespace baton::store::memory

#endif  // BATON_STORE_MEMORY_CHOOSING_H_
