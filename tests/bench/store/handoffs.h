// What the benches of the store commit, and how they measure Redis.
#ifndef BATON_BENCH_STORE_HANDOFFS_H_
#define BATON_BENCH_STORE_HANDOFFS_H_

#include <cstdint>

#include "bench_base/must.h"
#include "core/plan.h"
#include "platform/redis/client.h"
#include "store/store.h"

namespace baton::bench {

// Processor time that the server's main thread has used so far, in microseconds: unlike the time
// that calls take it does not grow when the machine is busy with something else.
double UsedMicroseconds(platform::redis::Client& client);

// A workspace with one queue, "inside", and that many reps online in it.
void Prepare(store::Store& store, const core::WorkspaceId& workspace, int reps);

// A new lead with ten facts: qualified and offered, or only stored.
core::Plan Handoff(const core::WorkspaceId& workspace, int64_t number);
core::Plan StoredLead(const core::WorkspaceId& workspace, int64_t number);

// Frees the rep, so that the next handoffs find somebody.
core::Plan Release(const core::LeadRecord& record);

}  // namespace baton::bench

#endif  // BATON_BENCH_STORE_HANDOFFS_H_
