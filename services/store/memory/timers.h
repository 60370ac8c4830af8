// A lead among the timers of its shard: it stands there once, at the earlier of its timer and the
// look at its clocks. Not thread-safe.
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

// Its place among the shard's timers is that of its record, or none. Schedule follows.
inline void Unschedule(const StoredLead& lead, Site site) {
  site.shard.timers.Remove(lead.record.key, DueOf(lead.record));
}

inline void Schedule(const StoredLead& lead, Site site) {
  site.shard.timers.Put(lead.record.key, DueOf(lead.record), site.now_ms);
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
