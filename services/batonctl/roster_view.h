// Reps and queues as tables. Pure functions.
#ifndef BATON_BATONCTL_ROSTER_VIEW_H_
#define BATON_BATONCTL_ROSTER_VIEW_H_

#include <vector>

#include "baton/v1/roster_service.pb.h"
#include "batonctl/table.h"

namespace baton::batonctl {

Table RepsTable(const std::vector<v1::Rep>& reps);
Table QueuesTable(const std::vector<v1::Queue>& queues);
// One queue: its settings, then each member with what it is owed.
Table QueueDetails(const v1::Queue& queue);

}  // namespace baton::batonctl

#endif  // BATON_BATONCTL_ROSTER_VIEW_H_
