// A rep of the API as the simulator takes it. Pure.
#ifndef BATON_BATONCTL_SIMULATED_REP_H_
#define BATON_BATONCTL_SIMULATED_REP_H_

#include <string>

#include "baton/v1/roster_service.pb.h"
#include "core/roster.h"

namespace baton::batonctl {

// `id` is the rep's; queues and delegates may be ids or resource names. A presence that is not said
// is online.
core::Rep SimulatedRep(const v1::Rep& message, const std::string& id);

}  // namespace baton::batonctl

#endif  // BATON_BATONCTL_SIMULATED_REP_H_
