// The timers of a shard, by workspaces, as functions/timers.lua has them. Not thread-safe.
#ifndef BATON_STORE_MEMORY_SHARD_TIMERS_H_
#define BATON_STORE_MEMORY_SHARD_TIMERS_H_

#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "store/pipe_store.h"

namespace baton::store::memory {

class ShardTimers {
 public:
  // Takes the lead from among those due at `due_at_ms`, if it is there. Put follows.
  void Remove(const core::LeadKey& key, core::TimeMs due_at_ms);
  // The lead is due at `due_at_ms`; 0: it has no timer.
  void Put(const core::LeadKey& key, core::TimeMs due_at_ms, core::TimeMs now_ms);
  // TimerStore::Due at that instant. Steps over what is passed over one by one.
  DueTimers Due(core::TimeMs now_ms, int max, const PassedOver& passed_over);

 private:
  using Timers = std::set<std::pair<core::TimeMs, core::LeadId>>;
  struct OfWorkspace {
    Timers timers;
    // Among the shard's workspaces: when its first timer is due, or below 0 in the line of those
    // that wait for their turn; 0: it has no timers.
    int64_t place = 0;
  };
  struct Turn;

  // Puts the workspace in its place; who stands in line stays there while its first timer is due.
  void Settle(const core::WorkspaceId& id, core::TimeMs now_ms);
  void MoveTo(int64_t place, const core::WorkspaceId& id);  // 0: nowhere
  // At most `max` workspaces that have their turn. Unless these are all that are due, others found
  // due and they go to the end of the line.
  std::vector<core::WorkspaceId> NextInLine(core::TimeMs now_ms, int max);
  Turn NewTurn(const core::WorkspaceId& id, const PassedOver& passed_over, core::TimeMs now_ms);

  std::map<core::WorkspaceId, OfWorkspace> workspaces_;  // that have timers
  std::set<std::pair<int64_t, core::WorkspaceId>> places_;
};

}  // namespace baton::store::memory

#endif  // BATON_STORE_MEMORY_SHARD_TIMERS_H_
