// How a lead leaves a rep and goes back to waiting: what declines, reroutes and timers share.
#ifndef BATON_CORE_HANDBACK_H_
#define BATON_CORE_HANDBACK_H_

#include "core/lead.h"
#include "core/policy.h"

namespace baton::core {

// `rep` is passed over in this round, the oldest of kPassedMax being asked again.
void AddPassed(const RepId& rep, LeadRecord& lead);

// Nobody's, no timer, no acceptance, not paused; queue and place in it stay as they are.
void ReturnToQueue(LeadRecord& lead);

// QueuePolicy::away_after of the queue; 0 without a policy.
int32_t AwayAfter(const Policy* policy, const QueueId& queue);

// No timer runs for the lead any more.
void CancelTimer(LeadRecord& lead);

}  // namespace baton::core

#endif  // BATON_CORE_HANDBACK_H_
