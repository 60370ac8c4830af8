// Everything that a store lets one see, as lines of text that can be compared.
#ifndef BATON_CONTRACT_STORE_DIFFERENTIAL_SNAPSHOT_H_
#define BATON_CONTRACT_STORE_DIFFERENTIAL_SNAPSHOT_H_

#include <map>
#include <string>
#include <vector>

#include "store/store.h"
#include "support/manual_clock.h"

namespace baton::contract {

// Workspaces, policies, reps with open leads, queues with backlog and ledgers, leads with journeys,
// timers (seen by moving `clock` far ahead and back), outbox bounds, checkpoints of `topic`,
// counters.
std::vector<std::string> Snapshot(store::Store& store, support::ManualClock& clock,
                                  const std::string& topic);

// Outbox entries behind `after`, which moves on to the last one read.
std::vector<store::OutboxEntry> NewOutboxEntries(store::Store& store,
                                                 std::map<int, int64_t>& after);

// What must hold in every state: each lead is in exactly one place, which its stage
// tells; ledgers sum to zero. Returns what is wrong, empty if nothing.
std::string BrokenInvariant(store::Store& store);

}  // namespace baton::contract

#endif  // BATON_CONTRACT_STORE_DIFFERENTIAL_SNAPSHOT_H_
