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

// Where the lead stands if it waits in its queue from now on.
Place PlaceOf(const core::LeadRecord& record, const WorkspaceState& workspace);

// True if another lead waits in the queue in front of this one's place and could have the rep, who
// has room: the lead must not get the rep now.
bool WouldOvertake(const core::LeadRecord& record, const core::RepId& rep, const Site& site);

// True if a rep gets the lead if it is offered now.
bool WouldBePlaced(const core::LeadRecord& record, const Site& site);

// True if leads of the queue are given to reps by the store.
bool IsGivenOut(const core::QueueId& queue, const WorkspaceState& workspace);

// What the rep was given in its day at `now_ms`.
GivenToday GivenTo(const core::Rep& rep, const WorkspaceState& workspace, core::TimeMs now_ms);

// Drained::next_work_ms of a queue in which leads wait.
core::TimeMs NextWorkOf(const core::QueueId& queue, const Site& site);

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
