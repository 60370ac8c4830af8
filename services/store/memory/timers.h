// The timers of a shard: each lead stands there once, at the earlier of its timer and the look at
// its clocks. Not thread-safe.
#ifndef BATON_STORE_MEMORY_TIMERS_H_
#define BATON_STORE_MEMORY_TIMERS_H_

#include <algorithm>

#include "store/memory/placement.h"

namespace baton::store::memory {

// When something of the lead is due first; 0: nothing is.
inline core::TimeMs DueOf(const core::LeadRecord& record) {
  if (record.clock_at_ms == 0) return record.due_at_ms;
  if (record.due_at_ms == 0) return record.clock_at_ms;
  return std::min(record.due_at_ms, record.clock_at_ms);
}

// Its place among the shard's timers is that of its record, or none.
inline void Unschedule(const StoredLead& lead, Site site) {
  site.shard.timers.erase({DueOf(lead.record), lead.record.key});
}

inline void Schedule(const StoredLead& lead, Site site) {
  const core::TimeMs due_ms = DueOf(lead.record);
  if (due_ms != 0) site.shard.timers.insert({due_ms, lead.record.key});
}

inline void StopTimer(StoredLead& lead) {
  lead.record.due_at_ms = 0;
  lead.record.timer = core::TimerKind::kNone;
}

inline void StartTimer(core::TimerKind kind, core::TimeMs due_at_ms, StoredLead& lead) {
  lead.record.timer = kind;
  lead.record.due_at_ms = due_at_ms;
}

}  // namespace baton::store::memory

#endif  // BATON_STORE_MEMORY_TIMERS_H_
