// What only the policy's document says of a queue: the server's answer leaves it out.
#ifndef BATON_BATONCTL_QUEUE_POLICY_H_
#define BATON_BATONCTL_QUEUE_POLICY_H_

#include <string>

#include "batonctl/session.h"
#include "batonctl/table.h"

namespace baton::batonctl {

// Adds requires, calendar and away_after of the queue, as far as the active policy has them, to
// `details`. Where the policy cannot be read a note says so.
void AddQueuePolicy(Session& session, const std::string& queue_name, Table& details);

}  // namespace baton::batonctl

#endif  // BATON_BATONCTL_QUEUE_POLICY_H_
