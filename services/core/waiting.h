// What waiting in a queue leads to, by the policy: others than its owners are asked, it goes on
// waiting in another queue, it escalates. Pure functions; decisions call them, the store only keeps
// the timer that they ask for (LeadRecord::wait_until_ms).
#ifndef BATON_CORE_WAITING_H_
#define BATON_CORE_WAITING_H_

#include "core/plan.h"

namespace baton::core {

// The lead enters lead.queue, which becomes its home: it waits for its owners first if its route
// says so, and the times of the queue begin; what the queue requires of reps is found out. `policy`
// may be nullptr: without times, and the requirement stays.
void EnterQueue(const Policy* policy, TimeMs now_ms, LeadRecord& lead);

// Carries out all that is due for a waiting lead at `now_ms`, in this order: nobody has to be one
// of its owners any more; the widenings of its home that are due; the home's max_wait, after which
// the lead enters escalate_to or, without one, is announced once. Each move and announcement is a
// change kQueued of actor "clock" with the details why=widened|escalated|max_wait and from=QUEUE.
// In another queue the requirement is that of this. Sets wait_until_ms to the next time. While the
// settings of its home are not known (no policy, or one without that queue) only its owners' time
// may end, and a lead that has a time to wait for is looked at again a minute later.
void Outwait(const Policy* policy, TimeMs now_ms, Plan& plan);

}  // namespace baton::core

#endif  // BATON_CORE_WAITING_H_
