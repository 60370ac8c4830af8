// What a rep did, or the clock, read back from the change that told of it. Pure; thread-safe.
#ifndef BATON_SIMULATION_RECORDED_ACTION_H_
#define BATON_SIMULATION_RECORDED_ACTION_H_

#include <optional>

#include "core/decide.h"

namespace baton::simulation {

// nullopt: not the act of a rep (qualified, queued, assigned, offer_expired, erased ...); the list
// in recorded_action.cc says what comes of it in a run. The generation stays 0; a reroute within
// `queue` names no queue. `worked_on`: the rep had touched the lead, so that only a manager could
// take it to a queue.
std::optional<core::Action> ActionOf(const core::Change& change, const core::QueueId& queue,
                                     bool worked_on);

// The clock looked at a lead, and says that a service level is about to be broken, or is, or that a
// pause is over, or the time of a recycled lead.
bool IsSaidByClock(const core::Change& change);

// The lead was left alone because the person withdrew consent: nobody acted.
bool IsWithdrawal(const core::Change& change);

}  // namespace baton::simulation

#endif  // BATON_SIMULATION_RECORDED_ACTION_H_
